# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""Waiting that is visible and bounded: one deadline, a line at every change, and the last state in the error."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from .._wsman.errors import (
    AuthenticationRejected,
    CertificateNotTrusted,
    HttpError,
    UndecodableAnswer,
    UnusableSetting,
    WsmanError,
    WsmanFault,
)
from .errors import WaitTimeout

Seen = TypeVar("Seen")
Progress = Callable[[str], None]

_FIRST_PAUSE = 0.5
LONGEST_PAUSE = 10
"""Seconds between two looks, at the most, unless somebody is in more of a hurry."""
_GROWTH = 1.5
_LONGEST_SILENCE = 60.0


class Clock:
    """Time as a wait sees it."""

    def now(self) -> float:
        """Seconds since some moment."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Let this many seconds pass."""
        time.sleep(seconds)


@dataclass(frozen=True)
class Waiting:
    """How long to wait, in seconds, and who is told meanwhile."""

    timeout: float
    progress: Progress = field(repr=False)
    enabled: bool = True
    longest_pause: float = LONGEST_PAUSE
    clock: Clock = field(default_factory=Clock, repr=False)


class Wait:
    """The waits of one operation, which share a deadline. It begins when this is made.

    A server that cannot be reached for a while is asked again until the deadline: servers restart, and so do connections.
    """

    def __init__(self, waiting: Waiting) -> None:
        self._timeout = waiting.timeout
        self._progress = waiting.progress
        self._clock = waiting.clock
        self._longest_pause = waiting.longest_pause
        self._started = self._last_report = waiting.clock.now()
        self._lines: dict[str, str] = {}

    def until(
        self,
        read: Callable[[], Seen],
        is_done: Callable[[Seen], bool],
        describe: Callable[[Seen], Mapping[str, str]],
        failure: str,
        advise: Callable[[Seen | None], str],
    ) -> Seen:
        """Read again and again, with pauses that grow from half a second, and return what was read last.

        ``describe`` turns what was read into lines by subject (a component, for example). A subject whose line has changed is
        reported, and after a minute of silence all are. `WaitTimeout` names the ``failure``, and what to do then: ``advise``
        says so, knowing what was read last, if anything.
        """
        seen: Seen | None = None
        pause = _FIRST_PAUSE
        while True:
            try:
                seen = read()
            except WsmanError as error:
                if not _may_pass(error):
                    raise
                self._report({**self._lines, "connection": f"lost, trying again ({error})"})
            else:
                restored = {"connection": "restored"} if "connection" in self._lines else {}
                self._report({**describe(seen), **restored})
                self._lines.pop("connection", None)
                if is_done(seen):
                    return seen
            elapsed = self._clock.now() - self._started
            if elapsed >= self._timeout:
                raise WaitTimeout(f"{failure} within {elapsed:.0f} s. Last seen: {self._last_lines()}. {advise(seen)}")
            self._clock.sleep(min(pause, self._timeout - elapsed))
            pause = min(pause * _GROWTH, self._longest_pause)

    def _report(self, lines: Mapping[str, str]) -> None:
        now = self._clock.now()
        is_silent = now - self._last_report >= _LONGEST_SILENCE
        for subject, line in lines.items():
            if is_silent or self._lines.get(subject) != line:
                self._last_report = now
                self._progress(f"{subject}: {line} ({now - self._started:.0f} s of {self._timeout:.0f} s)")
        self._lines = dict(lines)

    def _last_lines(self) -> str:
        return "; ".join(f"{subject}: {line}" for subject, line in self._lines.items()) or "nothing"


def _may_pass(error: WsmanError) -> bool:
    """Whether asking again can help: not where the server refused the question or the account."""
    if isinstance(error, (AuthenticationRejected, CertificateNotTrusted, UnusableSetting, UndecodableAnswer)):
        return False
    if isinstance(error, WsmanFault):
        return error.is_temporary
    return not isinstance(error, HttpError) or error.status >= 500
