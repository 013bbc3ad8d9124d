# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""SHA-256 of what is read."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from queue import SimpleQueue
from threading import Semaphore, Thread
from types import TracebackType

_MOST = 8
"""Pieces that wait to be counted."""


def sha256_of_all(pieces: Iterable[bytes]) -> str:
    """The digest of all of them, one after the other, in lower case."""
    digest = hashlib.sha256()
    for piece in pieces:
        digest.update(piece)
    return digest.hexdigest()


class DigestBeside:
    """Counted in a thread of its own, while the pieces travel: that takes as long as the network does. Use it in a ``with``."""

    def __init__(self) -> None:
        self._digest = hashlib.sha256()
        self._pieces: SimpleQueue[bytes | None] = SimpleQueue()
        self._room = Semaphore(_MOST)
        self._thread = Thread(target=self._count, daemon=True)

    def __enter__(self) -> DigestBeside:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        self._end()

    def update(self, piece: bytes) -> None:
        """Add a piece; waits while too many others wait."""
        self._room.acquire()
        self._pieces.put(piece)

    def hexdigest(self) -> str:
        """The digest of all that was added. Nothing can be added any more."""
        self._end()
        return self._digest.hexdigest()

    def _end(self) -> None:
        if self._thread.is_alive():
            self._pieces.put(None)
            self._thread.join()

    def _count(self) -> None:
        while (piece := self._pieces.get()) is not None:
            self._digest.update(piece)
            self._room.release()
