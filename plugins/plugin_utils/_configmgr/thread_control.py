# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""Bringing one thread of SMS_EXECUTIVE into the wanted state: gather, plan, apply, verify, as the manual procedure does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from .._windows.registry import Registry
from .._windows.services import RUNNING, Services
from .._wsman.client import WsmanClient
from . import threads
from .errors import SiteError
from .restart_plan import Actual, Desired, Operation, Step, decide
from .restart_reasons import read_reason, write_reason
from .threads import SERVICE, Thread, read_thread
from .waiting import Wait, Waiting
from .whereabouts import explain_missing_thread


@dataclass(frozen=True)
class ThreadReport:
    """A thread, and what it was last restarted for."""

    thread: Thread
    reason: str | None

    def after(self, step: Step) -> ThreadReport:
        """What a step makes of it, if all goes well."""
        state = step.state_after(self.thread.state, running=threads.RUNNING, stopped=threads.STOPPED)
        return ThreadReport(replace(self.thread, state=state), step.reason_after(self.reason))


@dataclass(frozen=True)
class ThreadOutcome:
    """What was found, what was done or in check mode would be, and what the server says now."""

    before: ThreadReport
    after: ThreadReport
    step: Step
    is_planned: bool


class ThreadControl:
    """One run for one thread. Raises `SiteError` or `WindowsError` with words for an administrator, or `WsmanError`."""

    def __init__(self, client: WsmanClient, name: str, waiting: Waiting) -> None:
        self._client = client
        self._registry = Registry(client)
        self._name = name
        self._waiting = waiting
        self.has_written = False
        """Whether the server has been asked to change anything, whatever happens afterwards."""

    def run(self, desired: Desired, *, check_mode: bool) -> ThreadOutcome:
        """Find out what is to be done and, unless in check mode, do it."""
        thread = self._read()
        before = ThreadReport(thread, read_reason(self._registry, self._name))
        step = decide(desired, Actual(thread.is_running, thread.is_stopped, before.reason))
        if check_mode or not step.changes:
            return ThreadOutcome(before, before.after(step), step, check_mode)
        if step.writes_reason and step.reason is None:
            # Before anything happens: a note must not outlive what it was true of.
            self._note(None)
        if step.operation != "none":
            thread = self._carry_out(step.operation, thread)
        if step.writes_reason and step.reason is not None:
            self._note(step.reason)
        return ThreadOutcome(before, replace(before.after(step), thread=thread), step, is_planned=False)

    def _note(self, reason: str | None) -> None:
        write_reason(self._registry, self._name, reason)
        self.has_written = True

    def _request(self, operation: str) -> None:
        threads.request(self._registry, self._name, operation)
        self.has_written = True

    def _read(self) -> Thread:
        thread = read_thread(self._registry, self._name)
        if thread is None:
            raise explain_missing_thread(self._client, self._registry, self._name)
        return thread

    def _carry_out(self, operation: Operation, thread: Thread) -> Thread:
        self._check_service()
        wait = Wait(self._waiting)
        if operation != "start":
            thread = self._stop(thread, wait, is_restart=operation == "restart")
        if operation != "stop":
            thread = self._start(wait)
        return thread

    def _check_service(self) -> None:
        service = Services(self._client).find(SERVICE)
        if service is None or service.state != RUNNING:
            found = f"is {service.state}" if service else "is not installed"
            raise SiteError(
                f"{self._name} cannot be controlled, because the service {SERVICE} on this server {found}. Start it first: "
                "configmgr.site.executive with state started."
            )

    def _stop(self, thread: Thread, wait: Wait, *, is_restart: bool) -> Thread:
        asked, has_left = 0, not thread.is_running

        def read() -> Thread:
            nonlocal asked, has_left
            thread = self._read()
            if has_left and thread.is_running and not is_restart:
                raise SiteError(
                    f"{self._name} stopped, and runs again already: something starts it by itself. Configuration Manager "
                    "does that about five minutes after a thread was stopped; a site backup restarts all of them."
                )
            has_left = has_left or thread.is_stopped or thread.is_stopping
            if thread.is_running and not has_left and asked < _REQUESTS:
                # More than once: a restart by somebody else in this very moment swallows a request.
                self._request(threads.STOP)
                asked += 1
                # Looked at once more at once: soon it may run again.
                thread = self._read()
                has_left = thread.is_stopped or thread.is_stopping
            return thread

        def is_done(thread: Thread) -> bool:
            return thread.is_stopped or (has_left and thread.is_running)

        return self._until(read, is_done, wait, f"{self._name} did not stop on this server")

    def _start(self, wait: Wait) -> Thread:
        def read() -> Thread:
            thread = self._read()
            if thread.is_stopped:
                # Asked for at every look: a request that comes too early is lost.
                self._request(threads.START)
            return thread

        return self._until(read, lambda thread: thread.is_running, wait, f"{self._name} did not start on this server")

    def _until(self, read: Callable[[], Thread], is_done: Callable[[Thread], bool], wait: Wait, failure: str) -> Thread:
        def describe(thread: Thread) -> dict[str, str]:
            return {self._name: thread.state or "in a state that the server does not tell"}

        return wait.until(read, is_done, describe, failure, self._advise)

    def _advise(self, thread: Thread | None) -> str:
        if thread is not None and thread.is_running:
            return (
                "It was running at every look after it had been asked to stop: either it takes no notice, or something starts "
                f"it again at once, so that its restart is not proven. Restart the service instead: {_EXECUTIVE}."
            )
        if thread is not None and not thread.is_stopped:
            return (
                "A thread ends what it is doing before it stops; its log says what that is. Run the task again to go on "
                f"waiting, with a longer wait_timeout if need be, or restart the service instead: {_EXECUTIVE}."
            )
        return f"Look into smsexec.log on this server, and run the task again. To restart the whole service: {_EXECUTIVE}."


_REQUESTS = 3
_EXECUTIVE = "configmgr.site.executive with state restarted"
