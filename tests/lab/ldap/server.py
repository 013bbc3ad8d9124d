# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The LDAP listeners of a lab's domain: one in the clear, which can be turned to TLS, and one with TLS from the start.

Each connection has a thread, which hands ldaptor's protocol the bytes that come; so ldaptor needs no event loop here.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable
from contextlib import suppress
from socketserver import BaseRequestHandler, ThreadingTCPServer
from threading import Thread
from typing import TYPE_CHECKING

from .protocol import DirectoryProtocol

if TYPE_CHECKING:
    from ..hierarchy.hierarchy import Hierarchy

_IDLE_SECONDS = 120
_SEQUENCE = b"\x30"
"""What every message starts with."""


class LdapServer:
    """Serves the directory of the present hierarchy on loopback until it is closed."""

    def __init__(self, hierarchy: Callable[[], Hierarchy], tls: ssl.SSLContext) -> None:
        self.searches: list[str] = []
        """The base of every search that was asked for, whatever came of it."""
        self._servers = [_Listener(hierarchy, tls, is_secure, self.searches) for is_secure in (False, True)]
        self.port, self.tls_port = (server.server_address[1] for server in self._servers)
        for server in self._servers:
            Thread(target=server.serve_forever, args=(0.05,), name="LDAP", daemon=True).start()

    @property
    def url(self) -> str:
        return f"ldap://127.0.0.1:{self.port}"

    @property
    def tls_url(self) -> str:
        """By a name that the lab's certificates have."""
        return f"ldaps://localhost:{self.tls_port}"

    def close(self) -> None:
        """Stop to serve, and end every connection."""
        for server in self._servers:
            server.shutdown()
            server.server_close()
            server.end_connections()


class _Listener(ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def __init__(self, hierarchy: Callable[[], Hierarchy], tls: ssl.SSLContext, is_secure: bool, searches: list[str]) -> None:
        self.hierarchy, self.tls, self.is_secure, self.searches = hierarchy, tls, is_secure, searches
        self._connections: set[socket.socket] = set()
        super().__init__(("127.0.0.1", 0), _Connection)

    def add_connection(self, connection: socket.socket) -> None:
        self._connections.add(connection)

    def forget_connection(self, connection: socket.socket) -> None:
        self._connections.discard(connection)

    def end_connections(self) -> None:
        for connection in list(self._connections):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)


class _Transport:
    """What ldaptor writes to."""

    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection
        self.is_open = True

    def write(self, data: bytes) -> None:
        self.connection.sendall(data)

    def loseConnection(self) -> None:
        self.is_open = False


class _Connection(BaseRequestHandler):
    server: _Listener

    def handle(self) -> None:
        connection: socket.socket = self.request
        self.server.add_connection(connection)
        try:
            # A domain controller hangs up on what is no LDAP; there is no telling what ldaptor makes of it
            with suppress(Exception):
                self._serve(connection)
        finally:
            self.server.forget_connection(connection)

    def _serve(self, plain: socket.socket) -> None:
        plain.settimeout(_IDLE_SECONDS)
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        is_secure = self.server.is_secure
        transport = _Transport(self._secured(plain) if is_secure else plain)
        protocol = DirectoryProtocol(self.server.hierarchy, has_tls=is_secure, searches=self.server.searches)
        protocol.makeConnection(transport)
        try:
            while transport.is_open and (data := transport.connection.recv(65536)):
                if not (protocol.buffer + data).startswith(_SEQUENCE):
                    return
                protocol.dataReceived(data)
                if protocol.starts_tls:
                    protocol.starts_tls = False
                    transport.connection = self._secured(plain)
        finally:
            protocol.connectionLost()
            with suppress(OSError):
                transport.connection.close()

    def _secured(self, plain: socket.socket) -> ssl.SSLSocket:
        return self.server.tls.wrap_socket(plain, server_side=True)
