# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Passes the messages of SMB between a client and a server on, and lets something go wrong with them.

Each is preceded by a zero and its length in three bytes (MS-SMB2 2.1).
"""

from __future__ import annotations

import socket
from collections.abc import Callable
from contextlib import suppress
from threading import Lock, Thread
from typing import Protocol

LENGTH_BYTES = 4
"""What precedes a message."""


class SmbCut(Exception):
    """The connection ends here."""

    def __init__(self, last: bytes = b"") -> None:
        """``last`` still gets through."""
        super().__init__()
        self.last = last


class SmbInterference(Protocol):
    """What becomes of messages, whose length precedes them; `SmbCut` to end the connection."""

    def change_request(self, message: bytes) -> bytes:
        """What the server gets instead."""

    def change_answer(self, message: bytes) -> bytes:
        """What the client gets instead."""


class CutAfter:
    """Ends a connection after so many bytes of both directions; where they are in between, nobody can say."""

    def __init__(self, size: int) -> None:
        self._left = size
        self._lock = Lock()

    def change_request(self, message: bytes) -> bytes:
        return self._count(message)

    def change_answer(self, message: bytes) -> bytes:
        return self._count(message)

    def _count(self, message: bytes) -> bytes:
        with self._lock:
            left, self._left = self._left, self._left - len(message)
        if self._left <= 0:
            raise SmbCut(message[: max(left, 0)])
        return message


def relay(client: socket.socket, server: socket.socket, interference: SmbInterference) -> None:
    """Pass messages on, both ways, until either side has enough, or a cut."""
    ends = client, server
    back = Thread(target=_pass_on, args=(server, client, interference.change_answer, ends), daemon=True)
    back.start()
    _pass_on(client, server, interference.change_request, ends)
    back.join()


def _pass_on(
    source: socket.socket, target: socket.socket, change: Callable[[bytes], bytes], ends: tuple[socket.socket, socket.socket]
) -> None:
    try:
        with suppress(OSError):
            try:
                while message := _read_message(source):
                    target.sendall(change(message))
            except SmbCut as cut:
                target.sendall(cut.last)
    finally:
        for end in ends:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


def _read_message(source: socket.socket) -> bytes:
    """A message and its length before it; nothing at the end."""
    length = _read(source, LENGTH_BYTES)
    return length + _read(source, int.from_bytes(length, "big"))


def _read(source: socket.socket, size: int) -> bytes:
    data = bytearray()
    while len(data) < size and (piece := source.recv(size - len(data))):
        data += piece
    return bytes(data)
