# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""Carries out a transfer: goes on where it was cut off, and takes a file for whole when its digest is right at both ends."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar

from ..errors import WindowsError
from ..smb_errors import SmbLost
from .plan import FileTask
from .progress import Progress
from .stores import Digest, FileStore, sha256_digest

Value = TypeVar("Value")

_MOST_LOSSES = 6
"""In a row, without a byte more in between."""
_LONGEST_PAUSE = 30


@dataclass(frozen=True)
class Copied:
    """What became of one file."""

    path: str
    size: int
    sha256: str
    state: Literal["unchanged", "copied", "resumed"]
    sent: int
    """Bytes that have travelled for it."""


class Transfer:
    """From one store to another, of which one is the controller's: the digest of what passes through is counted there."""

    def __init__(self, source: FileStore, destination: FileStore, server: FileStore, progress: Progress) -> None:
        """``server`` is that of the two which is not the controller's."""
        self._source = source
        self._destination = destination
        self._server = server
        self._controller = destination if server is source else source
        self._progress = progress
        self._losses = 0
        self.has_written = False
        """Whether the destination has anything of it, whatever happens afterwards."""

    def compare(self, tasks: Sequence[FileTask]) -> dict[str, str]:
        """The digests of the files that are there already and the same, by the path at the source."""
        there = [task for task in tasks if task.is_there]
        if not there:
            return {}
        at_source = self._source.sha256({task.path: task.facts for task in there})
        at_destination = self._destination.sha256({task.target: task.facts for task in there})
        return {task.path: at_source[task.path] for task in there if at_source[task.path] == at_destination[task.target]}

    def check_room(self, tasks: Sequence[FileTask]) -> None:
        """`WindowsError` if the destination has not enough room for these files."""
        needed = sum(task.facts.size - task.part_size for task in tasks)
        free = self._destination.free_bytes()
        if free is not None and needed > free:
            raise WindowsError(
                f"{self._destination.where} has room for {free} bytes more, and {needed} bytes are needed. Nothing was copied. "
                "Make room there, or take another drive."
            )

    def copy(self, task: FileTask) -> Copied:
        """Copy one file. `WindowsError` if it cannot be; what has been copied of it stays for the next time."""
        resumed = task.part_size > 0
        sent, digest = self._stream(task, task.part_size)
        if self._is_damaged(task, digest):
            self._progress.say(f"{task.path}: damaged on the way, so it is copied once more")
            self._destination.remove(task.part)
            resumed = False
            again, digest = self._stream(task, 0)
            sent += again
            if self._is_damaged(task, digest):
                self._destination.remove(task.part)
                raise WindowsError(
                    f"{task.path} was copied from {self._source.where} to {self._destination.where} twice, and its SHA-256 was "
                    "another one at either end each time. It changes while it is copied, or a disk or memory is damaged."
                )
        self._patiently(lambda: self._destination.replace(task.part, task.target))
        for path in task.stale:
            self._destination.remove(path)
        return Copied(task.path, task.facts.size, digest, "resumed" if resumed else "copied", sent)

    def _is_damaged(self, task: FileTask, digest: str) -> bool:
        path = task.path if self._server is self._source else task.part
        return self._patiently(lambda: self._server.sha256({path: task.facts}))[path] != digest

    def _stream(self, task: FileTask, part_size: int) -> tuple[int, str]:
        """Copy what is missing of the part; how many bytes that were, and the digest of the whole."""
        sent = furthest = 0
        while True:
            try:
                # Nothing is lost by going back a little, to where it is certain that all was written
                offset = max(0, part_size - self._destination.unsure)
                digest = self._digest_so_far(task, offset)
                with self._destination.writer(task.part, offset) as writer:
                    self.has_written = True
                    for data in self._source.read(task.path, offset, task.facts.size):
                        digest.update(data)
                        writer.write(data)
                        sent += len(data)
                        offset += len(data)
                        self._progress.moved(task, offset)
                        if offset > furthest:
                            furthest, self._losses = offset, 0
                return sent, digest.hexdigest()
            except SmbLost as loss:
                self._recover(loss)
                part_size = self._patiently(lambda: self._size_of_part(task))

    def _size_of_part(self, task: FileTask) -> int:
        return task.with_part(self._destination.facts(task.part)).part_size

    def _digest_so_far(self, task: FileTask, offset: int) -> Digest:
        path = task.part if self._controller is self._destination else task.path
        return sha256_digest(self._controller.read(path, 0, offset) if offset else ())

    def _patiently(self, action: Callable[[], Value]) -> Value:
        while True:
            try:
                return action()
            except SmbLost as loss:
                self._recover(loss)

    def _recover(self, loss: SmbLost) -> None:
        """Connect again, with pauses in between. The loss itself once that has not helped too often in a row."""
        while True:
            self._losses += 1
            if self._losses > _MOST_LOSSES:
                raise loss
            self._progress.say(f"connection lost, trying again ({loss})")
            self._progress.pause(min(2.0 ** (self._losses - 2), _LONGEST_PAUSE))
            try:
                self._server.reconnect()
            except SmbLost as another:
                loss = another
            else:
                return
