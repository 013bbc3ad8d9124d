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
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Lock, Thread, current_thread
from types import TracebackType
from typing import Any, Self

from ..certificates import ServerCertificate
from ..sockets import bound
from .accounts import Accounts
from .connection import Connection, Service
from .dispatcher import Dispatcher
from .host import Host, Observer
from .interference import Interference

_PATH = "/wsman"
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


class Listeners:
    """The WinRM listeners of a lab; `close` ends them and every connection."""

    def __init__(self, accounts: Accounts, observer: Observer, client_authority: Path | None = None) -> None:
        """``client_authority`` is the file with the certificate of the authority whose client certificates are trusted."""
        self._accounts = accounts
        self._observer = observer
        self._client_authority = client_authority
        self.interference: Interference | None = None
        """What goes wrong on the way, for tests."""
        self.log_on_interference: Interference | None = None
        """The same at what is exchanged before anybody is logged on."""
        self._dispatchers: dict[str, Dispatcher] = {}
        self._tls: dict[tuple[ServerCertificate, bool, bool], ssl.SSLContext] = {}
        self._selector = selectors.DefaultSelector()
        self._servers: dict[socket.socket, Service] = {}
        self._refusing: list[tuple[socket.socket, Service]] = []
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
        interferences = (lambda: self.interference), (lambda: self.log_on_interference)
        service = Service(dispatcher, self._accounts, certificate, *interferences)
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

    def _start(self, connection: socket.socket, address: Any, service: Service) -> None:
        connection.settimeout(_IDLE_SECONDS)
        if service.certificate:
            tls = self._tls_of(service.certificate, service.dispatcher.host)
            connection = tls.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
        thread = Thread(target=self._serve, args=(connection, address, service), name="WinRM connection", daemon=True)
        with self._lock:
            self._connections[thread] = connection
        thread.start()

    def _serve(self, connection: socket.socket, address: Any, service: Service) -> None:
        try:
            with connection:
                if isinstance(connection, ssl.SSLSocket):
                    connection.do_handshake()
                Connection(connection, address, service, next(self._numbers))
        except OSError:
            pass  # the client, or close(), has cut the connection
        finally:
            with self._lock:
                del self._connections[current_thread()]
