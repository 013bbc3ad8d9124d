# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A hierarchy with its cloud, and a client of that which shares no code with either: the one of Python."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.client import HTTPResponse, HTTPSConnection
from urllib.parse import urlsplit

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from lab.hierarchy.accounts import make_accounts
from lab.hierarchy.console import Console
from lab.hierarchy.hierarchy import Hierarchy
from lab.hierarchy.topology import load
from lab.simulation import Simulation

SERVER = "srv1.corp.example"


class Client:
    """What one server gets from the internet."""

    def __init__(self) -> None:
        self.hierarchy = Hierarchy(load("standalone"), make_accounts("CORP"), Simulation())
        roots = self.hierarchy.servers[SERVER].certificates.trusted()
        self._tls = ssl.create_default_context(cadata="".join(root.public_bytes(Encoding.PEM).decode() for root in roots))
        self._connections = ExitStack()

    def close(self) -> None:
        self._connections.close()
        self.hierarchy.internet.close()

    def perform(self, action: str, **arguments: object) -> None:
        """An act of another administrator."""
        Console(self.hierarchy).perform({"action": action, **arguments})

    @contextmanager
    def connected(self, host: str) -> Iterator[HTTPSConnection]:
        """A connection to a host, wherever it really is."""
        address = self.hierarchy.internet.way(SERVER, host, 443)
        connection = HTTPSConnection(host, timeout=10)
        connected = socket.create_connection(address, timeout=10)
        connection.sock = self._tls.wrap_socket(connected, server_hostname=host)
        try:
            yield connection
        finally:
            connection.close()

    def request(self, url: str, method: str = "GET", body: bytes | None = None, **headers: str) -> HTTPResponse:
        """The answer; whoever wants what it has must read it."""
        parts = urlsplit(url)
        connection = self._connections.enter_context(self.connected(parts.hostname or ""))
        connection.request(method, f"{parts.path}?{parts.query}", body, headers)
        return connection.getresponse()

    def followed(self, url: str) -> HTTPResponse:
        """What there is where a link leads."""
        answer = self.request(url)
        assert answer.status == 302
        return self.request(answer.headers["Location"])


@pytest.fixture
def client() -> Iterator[Client]:
    client = Client()
    yield client
    client.close()
