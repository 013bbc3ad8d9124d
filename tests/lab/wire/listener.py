# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""WinRM listeners: HTTP/1.1 over TCP or TLS, for as many simulated servers as a lab has.

One thread accepts for all listeners. Each connection has a thread, and with it its own log-on and security context.
"""

from __future__ import annotations

import itertools
import selectors
import socket
import ssl
import struct
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from threading import Lock, Thread, current_thread
from types import TracebackType
from typing import Any, Self

from ..certificates import ServerCertificate, user_principal_name
from .accounts import Accounts
from .authentication import Channel, ConnectionAuthentication, Session
from .dispatcher import Delivery, Dispatcher, Reply
from .encryption import Undecryptable, decrypt, encrypt, is_encrypted
from .envelopes import MAX_ENVELOPE_SIZE
from .host import Host, Observer
from .interference import ConnectionCut, Interference, bound

_PATH = "/wsman"
_SOAP_CONTENT = "application/soap+xml;charset=UTF-8"
_IDLE_SECONDS = 120
"""Windows drops a connection on which nothing comes for about that long."""


@dataclass(frozen=True)
class Listener:
    """An address that serves one simulated server."""

    scheme: str
    port: int

    @property
    def url(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}{_PATH}"


@dataclass(frozen=True)
class _Service:
    """What the connections of one listener share."""

    dispatcher: Dispatcher
    accounts: Accounts
    certificate: ServerCertificate | None
    interference: Callable[[], Interference | None]


class Listeners:
    """The WinRM listeners of a lab; `close` ends them and every connection."""

    def __init__(self, accounts: Accounts, observer: Observer, client_authority: Path | None = None) -> None:
        """``client_authority`` is the file with the certificate of the authority whose client certificates are trusted."""
        self._accounts = accounts
        self._observer = observer
        self._client_authority = client_authority
        self.interference: Interference | None = None
        """What goes wrong on the way, for tests."""
        self._dispatchers: dict[str, Dispatcher] = {}
        self._tls: dict[tuple[ServerCertificate, bool, bool], ssl.SSLContext] = {}
        self._selector = selectors.DefaultSelector()
        self._servers: dict[socket.socket, _Service] = {}
        self._refusing: list[tuple[socket.socket, _Service]] = []
        self._wakeup, self._wakeup_peer = socket.socketpair()
        self._selector.register(self._wakeup_peer, selectors.EVENT_READ)
        self._connections: dict[Thread, socket.socket] = {}
        self._lock = Lock()
        self._numbers = itertools.count(1)
        self._thread = Thread(target=self._accept, name="WinRM listeners", daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def listen(self, host: Host, certificate: ServerCertificate | None = None, port: int = 0) -> Listener:
        """Serve a host on a port of 127.0.0.1 (any, by default): HTTPS with a certificate, HTTP without."""
        if host.name not in self._dispatchers:
            self._dispatchers[host.name] = Dispatcher(host, self._observer)
        dispatcher = self._dispatchers[host.name]
        server = socket.create_server(("127.0.0.1", port), backlog=128)
        server.setblocking(False)
        service = _Service(dispatcher, self._accounts, certificate, lambda: self.interference)
        self._servers[server] = service
        self._selector.register(server, selectors.EVENT_READ, (server, service))
        return Listener("https" if certificate else "http", server.getsockname()[1])

    def stop_listening(self, name: str) -> None:
        """Have connections to a server be refused, until `listen_again`. Those that are open stay."""
        for server, service in list(self._servers.items()):
            if service.dispatcher.host.name == name:
                self._selector.unregister(server)
                del self._servers[server]
                port = server.getsockname()[1]
                server.close()
                self._refusing.append((bound(port), service))

    def listen_again(self) -> None:
        """Have all servers listen."""
        while self._refusing:
            server, service = self._refusing.pop()
            server.listen(128)
            server.setblocking(False)
            self._servers[server] = service
            self._selector.register(server, selectors.EVENT_READ, (server, service))

    def restart_services(self) -> None:
        """Forget every open enumeration and shell; listeners and connections stay."""
        for dispatcher in self._dispatchers.values():
            dispatcher.restart()

    def cut_connections(self) -> None:
        """Cut every connection, and wait for their threads."""
        with self._lock:
            connections = dict(self._connections)
        for connection in connections.values():
            with suppress(OSError):
                # Not TLS's own shutdown, which would wait for the client.
                socket.socket.shutdown(connection, socket.SHUT_RDWR)
        for thread in connections:
            thread.join(timeout=5)

    def close(self) -> None:
        """Stop listening, cut every connection, and wait for their threads."""
        self._wakeup.close()
        self._thread.join()
        for server in (*self._servers, *(closed for closed, _service in self._refusing)):
            server.close()
        self._selector.close()
        self._wakeup_peer.close()
        self.cut_connections()

    def _tls_of(self, certificate: ServerCertificate, host: Host) -> ssl.SSLContext:
        """TLS of a listener, which asks for client certificates where its service takes them."""
        asks, has_tls_13 = host.winrm.certificate, not host.winrm.disable_tls13
        key = (certificate, asks, has_tls_13)
        if key not in self._tls:
            authority = self._client_authority if asks else None
            self._tls[key] = certificate.server_context(authority, has_tls_13=has_tls_13)
        return self._tls[key]

    def _accept(self) -> None:
        while True:
            for key, _unused in self._selector.select():
                if key.data is None:
                    return
                server, service = key.data
                with suppress(OSError):  # the client has already gone
                    connection, address = server.accept()
                    self._start(connection, address, service)

    def _start(self, connection: socket.socket, address: Any, service: _Service) -> None:
        connection.settimeout(_IDLE_SECONDS)
        if service.certificate:
            tls = self._tls_of(service.certificate, service.dispatcher.host)
            connection = tls.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
        thread = Thread(target=self._serve, args=(connection, address, service), name="WinRM connection", daemon=True)
        with self._lock:
            self._connections[thread] = connection
        thread.start()

    def _serve(self, connection: socket.socket, address: Any, service: _Service) -> None:
        try:
            with connection:
                if isinstance(connection, ssl.SSLSocket):
                    connection.do_handshake()
                _Connection(connection, address, service, next(self._numbers))
        except OSError:
            pass  # the client, or close(), has cut the connection
        finally:
            with self._lock:
                del self._connections[current_thread()]


@dataclass(frozen=True)
class _Response:
    status: int
    body: bytes = b""
    content_type: str = ""
    challenges: tuple[str, ...] = ()
    missing: int = 0
    is_last: bool = False


class _Connection(BaseHTTPRequestHandler):
    """Serves one connection until its end; all of that happens within the constructor, as http.server has it."""

    protocol_version = "HTTP/1.1"
    server_version = "Microsoft-HTTPAPI/2.0"
    sys_version = ""
    wbufsize = -1  # a reply leaves in one piece
    disable_nagle_algorithm = True

    def __init__(self, connection: socket.socket, address: Any, service: _Service, number: int) -> None:
        self._service = service
        self._number = number
        self._host = service.dispatcher.host
        self._round_trips = 0
        channel = _channel(connection, service.certificate)
        self._authentication = ConnectionAuthentication(service.accounts, self._host, channel)
        super().__init__(connection, address, None)  # type: ignore[arg-type]

    def do_POST(self) -> None:
        if not self._service.dispatcher.is_running:
            self.close_connection = True
            return
        self._round_trips += 1
        try:
            self._send(self._respond())
        except ConnectionCut:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.close_connection = True

    def do_GET(self) -> None:
        self._send(_Response(HTTPStatus.METHOD_NOT_ALLOWED if self._is_ours else HTTPStatus.NOT_FOUND))

    @property
    def _is_ours(self) -> bool:
        return self.path.partition("?")[0].lower().strip("/") == self._host.winrm.url_prefix.lower()

    def _respond(self) -> _Response:
        if not self.headers.get("Content-Length", "").isdecimal():
            self.close_connection = True
            return _Response(HTTPStatus.LENGTH_REQUIRED)
        body = self._read_body(int(self.headers["Content-Length"]))
        if not self._is_ours:
            return _Response(HTTPStatus.NOT_FOUND)
        if body and self.headers.get("WSMANIDENTIFY", "").lower() == "unauthenticated":
            identity = self._service.dispatcher.identify(body)
            if identity is not None:
                reply = self._interfered(lambda: identity)
                return _Response(reply.status, reply.envelope, _SOAP_CONTENT, (), reply.missing, reply.is_last)
        log_on = self._authentication.authenticate(self.headers.get("Authorization"))
        if log_on.session is None:
            response = _Response(HTTPStatus.UNAUTHORIZED)
        elif body is None:
            response = _Response(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        elif not body:
            response = _Response(HTTPStatus.OK)
        elif is_encrypted(self.headers.get("Content-Type", "")):
            response = self._handle_encrypted(log_on.session, body)
        elif self._service.certificate is None and not self._host.winrm.allow_unencrypted:
            response = _Response(HTTPStatus.INTERNAL_SERVER_ERROR)  # inferred: no recording of this refusal is known
        else:
            reply = self._handle(log_on.session, body, is_encrypted=False)
            response = _Response(reply.status, reply.envelope, _SOAP_CONTENT, (), reply.missing, reply.is_last)
        if response.status == HTTPStatus.UNAUTHORIZED and log_on.session is not None:
            log_on = self._authentication.authenticate(None)
        return replace(response, challenges=log_on.challenges)

    def _handle_encrypted(self, session: Session, body: bytes) -> _Response:
        context = self._authentication.context
        if context is None:
            return _Response(HTTPStatus.BAD_REQUEST)
        try:
            decrypted = decrypt(context, self.headers.get("Content-Type", ""), body)
        except Undecryptable:
            return _Response(HTTPStatus.BAD_REQUEST)
        reply = self._handle(session, decrypted.envelope, is_encrypted=True)
        content_type, sealed = encrypt(context, decrypted.protocol, reply.envelope)
        return _Response(reply.status, sealed, content_type, (), reply.missing, reply.is_last)

    def _handle(self, session: Session, envelope: bytes, *, is_encrypted: bool) -> Reply:
        delivery = Delivery(
            self._number, self._round_trips, is_https=self._service.certificate is not None, is_encrypted=is_encrypted
        )
        self._round_trips = 0
        return self._interfered(lambda: self._service.dispatcher.handle(envelope, session, delivery))

    def _interfered(self, act: Callable[[], Reply]) -> Reply:
        interfere = self._service.interference()
        return interfere(self._host.name, act) if interfere else act()

    def _read_body(self, length: int) -> bytes | None:
        """The body, or None for one that is too large: it is read all the same, or the client would not see why."""
        if length <= MAX_ENVELOPE_SIZE:
            return self.rfile.read(length)
        while chunk := self.rfile.read(min(length, 1 << 16)):
            length -= len(chunk)
        return None

    def _send(self, response: _Response) -> None:
        self.send_response(response.status)
        for challenge in response.challenges:
            self.send_header("WWW-Authenticate", challenge)
        if response.content_type:
            self.send_header("Content-Type", response.content_type)
        self.send_header("Content-Length", str(len(response.body) + response.missing))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(response.body)
        self.close_connection |= response.is_last or response.missing > 0

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: the observer hears of every request."""


def _channel(connection: socket.socket, certificate: ServerCertificate | None) -> Channel:
    if certificate is None or not isinstance(connection, ssl.SSLSocket):
        return Channel()
    shown = connection.getpeercert(binary_form=True)
    return Channel(certificate.end_point_binding(), user_principal_name(shown) if shown else None)
