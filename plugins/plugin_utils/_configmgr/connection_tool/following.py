# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""Telling the log of the service connection tool as it grows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from types import TracebackType

from ..._windows.files import read_text_file
from ..._wsman.client import WsmanClient
from ..._wsman.errors import WsmanFault
from ..._wsman.shell import CommandShell
from ..waiting import Clock
from .tool_log import Step, ToolRecord, parse_tool_log, told

SECONDS_BETWEEN_LOOKS = 5.0


class SmallFile:
    """A file that is read again and again for the time of a ``with``, in a shell that is kept for that."""

    def __init__(self, client: WsmanClient, path: str) -> None:
        self._client = client
        self._path = path
        self._opened = ExitStack()
        self._shell: CommandShell | None = None

    def __enter__(self) -> SmallFile:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        self._close()

    def read(self) -> str:
        """Its text; empty where there is none. Raises `WsmanError`."""
        if self._shell is not None:
            try:
                return read_text_file(self._shell, self._path) or ""
            except WsmanFault:
                # A server that was restarted meanwhile does not know the shell any more
                self._close()
        self._shell = self._opened.enter_context(CommandShell(self._client))
        return read_text_file(self._shell, self._path) or ""

    def _close(self) -> None:
        self._shell = None
        self._opened.close()


class LogFollower:
    """Tells the records of the log that were not there the last time."""

    def __init__(self, read: Callable[[], str], tell: Callable[[str], None], steps: Sequence[Step], clock: Clock) -> None:
        self._read = read
        self._tell = tell
        self._steps = steps
        self._clock = clock
        self._looked: float | None = None
        self.records: tuple[ToolRecord, ...] = ()

    def look_if_due(self) -> None:
        """Look, unless that was done a moment ago: the tool may put out more than the log is worth being read for."""
        if self._looked is None or self._clock.now() - self._looked >= SECONDS_BETWEEN_LOOKS:
            try:
                self.look()
            finally:
                self._looked = self._clock.now()

    def look(self) -> None:
        """Read the log, which is small, and tell what is new. Raises `WsmanError`."""
        records = tuple(parse_tool_log(self._read()))
        # Its last line may be one that is being written
        is_new = records[: len(self.records)] != self.records
        for record in records if is_new else records[len(self.records) :]:
            if line := told(record, self._steps):
                self._tell(line)
        self.records = records
