# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""Waiting that is visible and bounded: one deadline, a line at every change, and the last state in the error."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Generic, TypeVar

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

_FIRST_PAUSE = 1.0
_LONGEST_PAUSE = 10.0
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


class Wait(Generic[Seen]):
    """Polls until a condition holds.

    ``describe`` turns what was read into lines by subject (a component, for example). A subject whose line has changed is
    reported, and after a minute of silence all are. The pauses grow from one second to ten. A server that cannot be reached
    for a while is asked again until the deadline: servers restart, and so do connections.
    """

    def __init__(
        self,
        read: Callable[[], Seen],
        is_done: Callable[[Seen], bool],
        describe: Callable[[Seen], Mapping[str, str]],
        *,
        timeout: float,
        progress: Progress,
        clock: Clock | None = None,
    ) -> None:
        self._read = read
        self._is_done = is_done
        self._describe = describe
        self._timeout = timeout
        self._progress = progress
        self._clock = clock or Clock()
        self._lines: dict[str, str] = {}
        self._last_report = 0.0

    def run(self, failure: str, where_to_look: str) -> Seen:
        """Wait, and return what was read last. `WaitTimeout` names the ``failure`` and ``where_to_look``."""
        started = self._last_report = self._clock.now()
        pause = _FIRST_PAUSE
        while True:
            try:
                seen = self._read()
            except WsmanError as error:
                if not _may_pass(error):
                    raise
                self._report({**self._lines, "connection": f"lost, trying again ({error})"}, started)
            else:
                restored = {"connection": "restored"} if "connection" in self._lines else {}
                self._report({**self._describe(seen), **restored}, started)
                self._lines.pop("connection", None)
                if self._is_done(seen):
                    return seen
            elapsed = self._clock.now() - started
            if elapsed >= self._timeout:
                raise WaitTimeout(self._timeout_message(failure, where_to_look, elapsed))
            self._clock.sleep(min(pause, self._timeout - elapsed))
            pause = min(pause * _GROWTH, _LONGEST_PAUSE)

    def _report(self, lines: Mapping[str, str], started: float) -> None:
        now = self._clock.now()
        is_silent = now - self._last_report >= _LONGEST_SILENCE
        for subject, line in lines.items():
            if is_silent or self._lines.get(subject) != line:
                self._last_report = now
                self._progress(f"{subject}: {line} ({now - started:.0f} s of {self._timeout:.0f} s)")
        self._lines = dict(lines)

    def _timeout_message(self, failure: str, where_to_look: str, elapsed: float) -> str:
        last = "; ".join(f"{subject}: {line}" for subject, line in self._lines.items()) or "nothing"
        return (
            f"{failure} within {elapsed:.0f} s. Last seen: {last}. {where_to_look} The site goes on by itself: run "
            "the task again to go on waiting, with a longer wait_timeout if need be."
        )


def _may_pass(error: WsmanError) -> bool:
    """Whether asking again can help: not where the server refused the question or the account."""
    if isinstance(error, (AuthenticationRejected, CertificateNotTrusted, UnusableSetting, UndecodableAnswer)):
        return False
    if isinstance(error, WsmanFault):
        return error.reply_lost
    return not isinstance(error, HttpError) or error.status >= 500
