# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""How far a transfer has come: a line every few seconds, and an end to it when its time is over."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ..errors import WindowsError
from .plan import FileTask

_SECONDS_BETWEEN_LINES = 10.0
_UNITS = ("bytes", "KB", "MB", "GB", "TB")


class Progress:
    """Of one transfer. It begins when this is made."""

    def __init__(
        self,
        tell: Callable[[str], None],
        timeout: float,
        now: Callable[[], float],
        sleep: Callable[[float], None],
    ) -> None:
        self._tell = tell
        self._timeout = timeout
        self._now = now
        self._sleep = sleep
        self._started = self._last_line = now()
        self._done = self._total = 0

    def begin(self, tasks: Sequence[FileTask], where: str) -> None:
        """These files are copied now."""
        self._total = sum(task.facts.size for task in tasks)
        self._tell(f"{len(tasks)} {'file' if len(tasks) == 1 else 'files'}, {in_words(self._total)}, to {where}")

    def moved(self, task: FileTask, position: int) -> None:
        """So much of a file is there now. `WindowsError` when the time is over."""
        now = self._now()
        if now - self._started > self._timeout:
            raise WindowsError(
                f"The transfer took more than {self._timeout:.0f} s, and {in_words(self._done + position)} of "
                f"{in_words(self._total)} are there. Run the task again: it goes on from there. Or raise timeout."
            )
        if now - self._last_line >= _SECONDS_BETWEEN_LINES:
            self._last_line = now
            done = self._done + position
            share = f"{100 * done // self._total} %" if self._total else "all"
            self._tell(f"{task.path}: {in_words(done)} of {in_words(self._total)} ({share}) after {now - self._started:.0f} s")

    def finished(self, task: FileTask) -> None:
        """A file is whole."""
        self._done += task.facts.size

    def say(self, line: str) -> None:
        self._tell(line)

    def pause(self, seconds: float) -> None:
        self._sleep(seconds)


def in_words(size: float) -> str:
    """A number of bytes for people: ``1.9 GB`` of 1000 MB each."""
    number = float(size)
    for unit in _UNITS[:-1]:
        if number < 1000:
            return f"{number:.0f} {unit}" if unit == _UNITS[0] else f"{number:.1f} {unit}"
        number /= 1000
    return f"{number:.1f} {_UNITS[-1]}"
