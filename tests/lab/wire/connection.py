# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One connection to a WinRM listener: HTTP requests, the log-on, and the messages that are encrypted with it."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass, replace
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from typing import Any

from ..certificates import ServerCertificate, user_principal_name
from ..sockets import reset_on_close
from .accounts import Accounts
from .authentication import Channel, ConnectionAuthentication, Session
from .dispatcher import Delivery, Dispatcher, Reply
from .encryption import Undecryptable, decrypt, encrypt, is_encrypted
from .envelopes import MAX_ENVELOPE_SIZE
from .interference import ConnectionCut, Interference

_SOAP_CONTENT = "application/soap+xml;charset=UTF-8"


@dataclass(frozen=True)
class Service:
    """What the connections of one listener share."""

    dispatcher: Dispatcher
    accounts: Accounts
    certificate: ServerCertificate | None
    interference: Callable[[], Interference | None]
    log_on_interference: Callable[[], Interference | None]


@dataclass(frozen=True)
class _Response:
    status: int
    body: bytes = b""
    content_type: str = ""
    challenges: tuple[str, ...] = ()
    missing: int = 0
    is_last: bool = False


class Connection(BaseHTTPRequestHandler):
    """Serves one connection until its end; all of that happens within the constructor, as http.server has it."""

    protocol_version = "HTTP/1.1"
    server_version = "Microsoft-HTTPAPI/2.0"
    sys_version = ""
    wbufsize = -1  # a reply leaves in one piece
    disable_nagle_algorithm = True

    def __init__(self, connection: socket.socket, address: Any, service: Service, number: int) -> None:
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
            reset_on_close(self.connection)
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
                return _response(self._interfered(lambda: identity))
        log_on = self._authentication.authenticate(self.headers.get("Authorization"))
        if log_on.session is None:
            return self._answer_log_on(HTTPStatus.UNAUTHORIZED, log_on.challenges)
        if body is None:
            response = _Response(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        elif not body:
            return self._answer_log_on(HTTPStatus.OK, log_on.challenges)
        elif is_encrypted(self.headers.get("Content-Type", "")):
            response = self._handle_encrypted(log_on.session, body)
        elif self._service.certificate is None and not self._host.winrm.allow_unencrypted:
            response = _Response(HTTPStatus.INTERNAL_SERVER_ERROR)  # inferred: no recording of this refusal is known
        else:
            response = _response(self._handle(log_on.session, body, is_encrypted=False))
        if response.status == HTTPStatus.UNAUTHORIZED:
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

    def _answer_log_on(self, status: HTTPStatus, challenges: tuple[str, ...]) -> _Response:
        """What answers in the server's place knows no challenge."""
        own = Reply(status, b"")
        interfere = self._service.log_on_interference()
        reply = interfere(self._host.name, lambda: own) if interfere else own
        is_own = (reply.status, reply.envelope) == (own.status, own.envelope)
        return replace(_response(reply), challenges=challenges if is_own else ())

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


def _response(reply: Reply) -> _Response:
    content_type = _SOAP_CONTENT if reply.envelope else ""
    return _Response(reply.status, reply.envelope, content_type, (), reply.missing, reply.is_last)


def _channel(connection: socket.socket, certificate: ServerCertificate | None) -> Channel:
    if certificate is None or not isinstance(connection, ssl.SSLSocket):
        return Channel()
    shown = connection.getpeercert(binary_form=True)
    return Channel(certificate.end_point_binding(), user_principal_name(shown) if shown else None)
