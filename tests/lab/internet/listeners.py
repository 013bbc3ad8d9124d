# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ports of loopback, one for each thing that can come of a connection."""

from __future__ import annotations

import socket
import ssl
from abc import ABC, abstractmethod
from contextlib import suppress
from threading import Thread
from typing import NamedTuple

from ..sockets import bound, reset_on_close
from .answers import Answers
from .web import Service

_IDLE_SECONDS = 30


class Address(NamedTuple):
    """Where to connect to."""

    host: str
    port: int


class Port:
    """One that nobody listens on, and that nobody else gets: connections are refused."""

    def __init__(self) -> None:
        # Another process can be given the port to listen on
        self.socket = bound(0)
        self.address = Address(*self.socket.getsockname())

    def close(self) -> None:
        self.socket.close()


class StalledPort(Port):
    """Connections are accepted, and nothing ever comes back."""

    def __init__(self) -> None:
        super().__init__()
        self.socket.listen(socket.SOMAXCONN)


class SilentPort(Port):
    """Nothing answers, as where a firewall drops: the kernel does so while more wait than may (Linux)."""

    def __init__(self) -> None:
        super().__init__()
        self.socket.listen(0)
        self._waiting = [socket.socket() for _number in range(2)]
        for connection in self._waiting:
            connection.setblocking(False)
            connection.connect_ex(self.address)

    def close(self) -> None:
        super().close()
        for connection in self._waiting:
            connection.close()


class ServingPort(Port, ABC):
    """Gives every connection a thread."""

    def __init__(self) -> None:
        super().__init__()
        self._listen()

    def close(self) -> None:
        # Closing alone would not wake the thread that waits for connections
        with suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)
        super().close()

    def refuse(self) -> None:
        """Have connections be refused, until `listen_again`. Those that are open stay."""
        self.close()
        self.socket = bound(self.address.port)
        self._is_refusing = True

    def listen_again(self) -> None:
        """Serve connections, if they are refused."""
        if self._is_refusing:
            self._listen()

    def _listen(self) -> None:
        self._is_refusing = False
        self.socket.listen(socket.SOMAXCONN)
        Thread(target=self._accept, args=(self.socket,), name=type(self).__name__, daemon=True).start()

    def _accept(self, listening: socket.socket) -> None:
        # Ends when the socket is closed
        with suppress(OSError):
            while True:
                connection, _client = listening.accept()
                Thread(target=self._serve_quietly, args=(connection,), name=type(self).__name__, daemon=True).start()

    def _serve_quietly(self, connection: socket.socket) -> None:
        connection.settimeout(_IDLE_SECONDS)
        # A client that does not like what it gets hangs up
        with connection, suppress(OSError):
            self.serve(connection)

    @abstractmethod
    def serve(self, connection: socket.socket) -> None: ...


class ResettingPort(ServingPort):
    """Hangs up as soon as somebody begins to speak."""

    def serve(self, connection: socket.socket) -> None:
        connection.recv(1)
        reset_on_close(connection)


class HttpsPort(ServingPort):
    """Answers every request with the same status, or GET and POST as a service of its host does."""

    def __init__(self, tls: ssl.SSLContext, status: int, service: Service | None = None) -> None:
        self._tls = tls
        self._status = status
        self._service = service
        super().__init__()

    def serve(self, connection: socket.socket) -> None:
        with self._tls.wrap_socket(connection, server_side=True) as secured:
            Answers(secured, self._status, self._service)
