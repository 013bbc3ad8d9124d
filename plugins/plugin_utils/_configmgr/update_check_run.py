# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""Having SMS_DMP_DOWNLOADER look for updates now: ask, wait until it has, and read in its log what has come of it.

Its server is asked by the two times that it keeps in its registry; see `CheckTimes`. That a check which has failed is noted as
the last one is not known, so the end of a check is looked for in the log as well.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from functools import partial

from .._windows.errors import WindowsError
from .._windows.file_tail import read_tail
from .._windows.registry import Registry
from .._windows.system import read_bias, read_operating_system
from .._wsman.client import WsmanClient
from .._wsman.errors import WsmanError
from .._wsman.shell import CommandShell
from .errors import SiteError
from .log_files import find_log
from .log_tail import Entry, LogReader, Wanted
from .restart_reasons import read_reason
from .service_connection_point import DOWNLOADER, Mode
from .threads import Thread, read_thread
from .update_check_log import Account, judge
from .update_check_plan import may_be_under_way, refuse_idle_thread, refuse_to_ask
from .update_checks import RESTART, TIMES, CheckTimes
from .waiting import Wait, Waiting
from .whereabouts import explain_missing_thread

LOG = "dmpdownloader.log"
_MOST_RECORDS, _MOST_BYTES = 2000, 8 * 1024 * 1024
_SETTLED_SECONDS = 30.0
"""How long the server has, once its log tells of a success, to note the end of the check by itself."""


@dataclass(frozen=True)
class CheckOutcome:
    """What was done, or in check mode would be, and what has come of it."""

    mode: Mode | None
    is_planned: bool
    was_under_way: bool
    """Whether somebody else's check was waited for, instead of asking for one."""
    asked: datetime | None = None
    """When a check was asked for; these times are by the server's clock."""
    started: datetime | None = None
    finished: datetime | None = None
    account: Account | None = None
    """What the log tells; None before there was anything to read."""
    log_problem: str = ""
    """Why the log could not be read, if so."""

    @property
    def result(self) -> str | None:
        """manifest_updated, failed, or ended if the log does not tell; None for a plan."""
        if self.account is None:
            return None
        return self.account.verdict or "ended"


@dataclass(frozen=True)
class _Seen:
    """One look at a check."""

    thread: Thread | None
    started: datetime | None
    finished: datetime | None
    account: Account


class UpdateCheckRun:
    """One run on the server with the role. Raises `SiteError` or `WindowsError` for an administrator, or `WsmanError`."""

    def __init__(self, client: WsmanClient, waiting: Waiting) -> None:
        self._client = client
        self._registry = Registry(client)
        self._times = CheckTimes(self._registry)
        self._waiting = waiting
        self._log_path = ""
        self._log_problem = ""
        self._success_seen: float | None = None
        self.has_written = False
        """Whether the registry may be another one now, whatever happens afterwards; not where the server has refused that."""

    def run(self, mode: Mode | None, *, check_mode: bool) -> CheckOutcome:
        """Ask for a check, unless one is under way, and wait until it is over. ``mode`` is that on record, if it is known."""
        self._check_thread()
        if mode is None:
            mode = Mode.named(read_reason(self._registry, DOWNLOADER))
        now = self._server_time()
        began = self._began(now)
        types = self._times.types()
        if began is None:
            if not types:
                # Then nothing but the log will tell what has come of it.
                self._read_log(now)
            refuse_to_ask(types, self._log_problem)
        if check_mode:
            return CheckOutcome(mode, True, began is not None)
        if began is None:
            self._ask(types)
        since = began or now
        seen = self._wait(since, keeps_times=bool(types))
        account = seen.account if seen.account.verdict else judge(self._read_log(since))
        return CheckOutcome(
            mode,
            False,
            began is not None,
            asked=None if began else now,
            started=seen.started or account.begun,
            finished=seen.finished or account.ended,
            account=account,
            log_problem=self._log_problem,
        )

    def _check_thread(self) -> None:
        thread = read_thread(self._registry, DOWNLOADER)
        if thread is None:
            raise explain_missing_thread(self._client, self._registry, DOWNLOADER)
        refuse_idle_thread(thread)

    def _server_time(self) -> datetime:
        return read_operating_system(self._client).time or datetime.now(timezone.utc)

    def _began(self, now: datetime) -> datetime | None:
        """When the check was begun that is under way; None if there is none."""
        requested = self._times.requested
        if requested is None or not may_be_under_way(requested, self._times.last, now):
            return None
        return None if judge(self._read_log(requested)).verdict else requested

    def _ask(self, types: Mapping[str, int]) -> None:
        for name in TIMES:
            try:
                self._times.reset(name, types)
            except WsmanError as error:
                self.has_written |= error.reply_lost
                raise
            self.has_written = True

    # Waiting

    def _wait(self, since: datetime, *, keeps_times: bool) -> _Seen:
        earliest = since.replace(microsecond=0)

        def read() -> _Seen:
            thread = read_thread(self._registry, DOWNLOADER)
            started, last = self._times.requested, self._times.last
            finished = last if last is not None and last >= earliest else None
            account = judge(() if finished else self._read_log(since))
            return _Seen(thread, started, finished, account)

        def is_done(seen: _Seen) -> bool:
            if seen.finished or seen.account.verdict == "failed":
                return True
            return seen.account.verdict is not None and (not keeps_times or self._is_settled())

        failure = f"{DOWNLOADER} did not look for updates on this server"
        return Wait(self._waiting).until(read, is_done, self._describe, failure, self._advise)

    def _is_settled(self) -> bool:
        """Whether a success has been in the log for a while."""
        now = self._waiting.clock.now()
        self._success_seen = self._success_seen or now
        return now - self._success_seen >= _SETTLED_SECONDS

    @staticmethod
    def _describe(seen: _Seen) -> dict[str, str]:
        if seen.finished or seen.account.verdict:
            line = "the check is over"
        elif seen.thread is None or not seen.thread.is_running:
            line = f"the thread is {seen.thread.state.lower() if seen.thread else 'gone'}"
        elif begun := seen.started or seen.account.begun:
            line = f"it looks for updates since {begun:%H:%M:%S} UTC"
        else:
            line = "it has not begun to look for updates yet"
        return {DOWNLOADER: line}

    def _advise(self, seen: _Seen | None) -> str:
        if seen is not None and (seen.started or seen.account.begun):
            return f"It has begun to, and goes on by itself. Look into {LOG} on this server, or run the task again to wait."
        return (
            "It was asked by setting LastSyncedTime and LastSyncRequestTime in its registry key to 0. That the server looks at "
            "them is not documented by Microsoft, and the request stays until it does. To have it look for updates for sure, "
            f"restart its thread: {RESTART}."
        )

    # The log

    def _read_log(self, since: datetime) -> tuple[Entry, ...]:
        """The records since a moment; none, and a problem to tell of, where the log cannot be read."""
        if self._log_problem:
            return ()
        try:
            with CommandShell(self._client) as shell:
                self._log_path = self._log_path or find_log(shell, LOG)
                reader = LogReader(partial(read_tail, shell), partial(read_bias, self._client), _MOST_BYTES)
                found = reader.find(self._log_path, Wanted(_MOST_RECORDS, since=since))
        except (SiteError, WindowsError) as error:
            self._log_problem = str(error)
            return ()
        return found.entries if found else ()
