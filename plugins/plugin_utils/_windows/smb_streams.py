# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""Reading and writing an open file by SMB with several requests on their way, so that the way there and back costs little.

A server answers up to 8 MiB in one request, and the library waits for each answer by default.
"""

from __future__ import annotations

import contextlib
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from .errors import WindowsError
from .smb_errors import FAILURES, SmbLost
from .smb_write_requests import send_write

with contextlib.suppress(ImportError):
    from smbprotocol.open import SMB2ReadResponse, SMB2WriteResponse

CHUNK = 1024 * 1024
"""Bytes of a request."""
DEPTH = 8
"""Requests on their way."""
UNSURE = CHUNK * DEPTH
"""How many bytes at the end of a file whose writing was cut off may have holes, as requests are carried out in any order."""
_ANSWER_SECONDS = 60
_CREDIT = 64 * 1024
"""Bytes of a request that one credit is good for (MS-SMB2 3.1.5.2)."""


@dataclass(frozen=True)
class OpenFile:
    """A file of a server that is open."""

    handle: Any
    """As smbprotocol has it."""
    path: str
    explain: Callable[[Exception], WindowsError]
    """Makes one of our errors of one of the library's."""


class _Pipeline:
    """Requests on one open file, answered in the order in which they were sent."""

    def __init__(self, file: OpenFile, response: type[Any]) -> None:
        """``response`` is the library's class for the body of an answer."""
        self._connection = file.handle.connection
        self._explain = file.explain
        self._response = response
        self._sent: deque[Any] = deque()

    def __len__(self) -> int:
        return len(self._sent)

    def send(self, send: Callable[[], Any], size: int) -> Iterator[Any]:
        """Send a request for so many bytes; yields the answers that had to be waited for first."""
        while self._sent and (len(self._sent) >= DEPTH or not self._has_credits(size)):
            yield self.receive()
        try:
            self._sent.append(send())
        except FAILURES as error:
            raise self._explain(error) from error

    def receive(self) -> Any:
        """The answer to the oldest request. `SmbLost` if it does not come."""
        response = self._response()
        try:
            answer = self._connection.receive(self._sent.popleft(), timeout=_ANSWER_SECONDS)
            response.unpack(answer["data"].get_value())
        except FAILURES as error:
            raise self._explain(error) from error
        return response

    def _has_credits(self, size: int) -> bool:
        window = self._connection.sequence_window
        return bool(window["high"] - window["low"] > -(-size // _CREDIT))


def read_chunks(file: OpenFile, offset: int, size: int) -> Iterator[bytes]:
    """The bytes of a file of ``size`` bytes from an offset on. `SmbLost` for one that has become shorter, too."""
    pipeline = _Pipeline(file, SMB2ReadResponse)
    connection, tree = file.handle.connection, file.handle.tree_connect
    chunk = min(CHUNK, connection.max_read_size)
    for position in range(offset, size, chunk):
        length = min(chunk, size - position)
        message, _receive = file.handle.read(position, length, send=False)
        send = partial(connection.send, message, tree.session.session_id, tree.tree_connect_id)
        for answer in pipeline.send(send, length):
            yield bytes(answer["buffer"].get_value())
    while len(pipeline):
        yield bytes(pipeline.receive()["buffer"].get_value())


class ChunkWriter:
    """Writes to an open file from an offset on; `finish` waits until all of it is written."""

    def __init__(self, file: OpenFile, offset: int) -> None:
        self._file = file
        self._pipeline = _Pipeline(file, SMB2WriteResponse)
        self._chunk = min(CHUNK, file.handle.connection.max_write_size)
        self._position = offset

    def write(self, data: bytes) -> None:
        """Send it on its way."""
        whole = memoryview(data)
        for start in range(0, len(data), self._chunk):
            part = whole[start : start + self._chunk]
            for answer in self._pipeline.send(partial(send_write, self._file.handle, part, self._position), len(part)):
                _check_written(answer, self._file.path)
            self._position += len(part)

    def finish(self) -> None:
        while len(self._pipeline):
            _check_written(self._pipeline.receive(), self._file.path)


def _check_written(answer: Any, path: str) -> None:
    if not answer["count"].get_value():
        raise SmbLost(f"The server has not written what it was sent of {path}.")
