# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""Bringing the service SMS_EXECUTIVE of one server into the wanted state: gather, plan, apply, verify.

The service says that it runs long before its threads do, so a start is done when the threads run.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from .._windows.registry import Registry
from .._windows.services import DISABLED, RUNNING, STOPPED, DependentsRun, Service, Services
from .._wsman.client import WsmanClient
from . import restart_reasons
from .errors import Refusal, SiteError
from .restart_plan import Actual, Desired, Step, decide
from .threads import SERVICE, read_thread, read_thread_names, runs_always
from .waiting import Wait, Waiting
from .whereabouts import explain_missing_thread


@dataclass(frozen=True)
class ExecutiveReport:
    """The service, and what it was last restarted for."""

    service: Service
    reason: str | None

    def after(self, step: Step) -> ExecutiveReport:
        """What a step makes of it, if all goes well."""
        state = step.state_after(self.service.state, running=RUNNING, stopped=STOPPED)
        return ExecutiveReport(replace(self.service, state=state), step.reason_after(self.reason))


@dataclass(frozen=True)
class ExecutiveOutcome:
    """What was found, what was done or in check mode would be, and what the server says now."""

    before: ExecutiveReport
    after: ExecutiveReport
    step: Step
    is_planned: bool
    threads: tuple[str, ...] = ()
    """The threads that were waited for."""
    dependents: tuple[str, ...] = ()
    """Services that depend on it and were stopped or started along with it."""

    @property
    def changed(self) -> bool:
        """Whether the run changed something or, in check mode, would."""
        return self.step.changes or bool(self.dependents)


class ExecutiveControl:
    """One run for one server. Raises `SiteError` or `WindowsError` with words for an administrator, or `WsmanError`."""

    def __init__(self, client: WsmanClient, waiting: Waiting, noted_for: str | None = None) -> None:
        """``noted_for`` names the thread for whose sake it is restarted, and for which the reason is noted."""
        self._client = client
        self._registry = Registry(client)
        self._services = Services(client)
        self._wait = Wait(waiting)
        self._noted_for = noted_for or SERVICE
        self.has_written = False
        """Whether the server has been asked to change anything, whatever happens afterwards."""

    def run(self, desired: Desired, *, check_mode: bool) -> ExecutiveOutcome:
        """Find out what is to be done and, unless in check mode, do it."""
        service = self._read()
        before = ExecutiveReport(service, restart_reasons.read_reason(self._registry, self._noted_for))
        step = decide(desired, Actual(self._is_at_work(service), service.state == STOPPED, before.reason))
        _check(step, service)
        noted = restart_reasons.read_stopped_dependents(self._registry, SERVICE) if desired.state in _CONTROLS else ()
        to_start = () if desired.state == "stopped" else noted
        if check_mode or not (step.changes or to_start):
            return ExecutiveOutcome(before, before.after(step), step, check_mode, dependents=to_start)
        awaited: tuple[str, ...] = ()
        stopped: tuple[str, ...] = ()
        if step.operation != "none":
            # Before anything happens: a note must not outlive what it was true of.
            restart_reasons.forget_reasons(self._registry)
        if step.operation == "restart":
            awaited = self._running_threads()
        if step.operation in ("stop", "restart"):
            stopped = self._stop(service, noted, is_restart=step.operation == "restart")
        if step.operation in ("start", "restart"):
            self._start()
            awaited = awaited or self._automatic_threads()
            self._await_threads(awaited)
        dependents = stopped
        if desired.state != "stopped" and (stopped or noted):
            dependents = self._start_dependents(tuple(dict.fromkeys((*stopped, *noted))))
        if step.reason is not None and (step.writes_reason or step.operation != "none"):
            restart_reasons.write_reason(self._registry, self._noted_for, step.reason)
            self.has_written = True
        after = replace(before.after(step), service=self._read())
        return ExecutiveOutcome(before, after, step, is_planned=False, threads=awaited, dependents=dependents)

    def _is_at_work(self, service: Service) -> bool:
        """Whether the service runs and, if it is controlled for the sake of one thread, that does."""
        if service.state != RUNNING or self._noted_for == SERVICE:
            return service.state == RUNNING
        thread = read_thread(self._registry, self._noted_for)
        if thread is None:
            raise explain_missing_thread(self._client, self._registry, self._noted_for)
        return thread.is_running

    def _read(self) -> Service:
        service = self._services.find(SERVICE)
        if service is None:
            raise SiteError(
                f"This server has no service {SERVICE}: it is no site server, and has no role that needs one. For the service "
                "connection point, run the task on the site_system that configmgr.site.service_connection_point_info returns."
            )
        return service

    # Stopping

    def _stop(self, service: Service, noted: tuple[str, ...], *, is_restart: bool) -> tuple[str, ...]:
        """Stop the service; returns the dependent services that had to be stopped before it, in that order.

        ``noted`` are those that an earlier run has stopped, and not started again.
        """
        dependents: tuple[str, ...] = ()
        first = service.process_id

        def read() -> Service:
            nonlocal dependents
            service = self._read()
            if service.state == RUNNING and not (is_restart and service.process_id != first):
                try:
                    self._services.stop(SERVICE)
                except DependentsRun:
                    dependents = self._stop_dependents(noted)
                    self._services.stop(SERVICE)
                self.has_written = True
            return service

        def is_done(service: Service) -> bool:
            # Another process is another start: somebody was faster than this could look.
            return service.state == STOPPED or (is_restart and service.state == RUNNING and service.process_id != first)

        self._wait_for_service(SERVICE, read, is_done, f"{SERVICE} did not stop on this server")
        return dependents

    def _stop_dependents(self, noted: tuple[str, ...]) -> tuple[str, ...]:
        dependents = tuple(self._services.running_dependents(SERVICE))
        # Noted first, so that they are started again even if this run never comes to that.
        restart_reasons.write_stopped_dependents(self._registry, SERVICE, tuple(dict.fromkeys((*dependents, *noted))))
        self.has_written = True
        for name in dependents:
            self._wait_for_service(name, partial(self._find_and_stop, name), _is_stopped, f"{name} did not stop on this server")
        return dependents

    def _find_and_stop(self, name: str) -> Service:
        service = self._find(name)
        if service.state == RUNNING:
            self._services.stop(name)
        return service

    # Starting

    def _start(self) -> None:
        def read() -> Service:
            service = self._read()
            if service.state == STOPPED:
                self._services.start(SERVICE)
                self.has_written = True
            return service

        self._wait_for_service(SERVICE, read, _is_running, f"{SERVICE} did not start on this server")

    def _start_dependents(self, names: tuple[str, ...]) -> tuple[str, ...]:
        """Start those that can be started, and return them: one may have been disabled or removed meanwhile."""
        started = []
        for name in reversed(names):
            service = self._find(name)
            if service.start_mode != DISABLED and service.state == STOPPED:
                self._services.start(name)
                self.has_written = True
                self._wait_for_service(
                    name, partial(self._find, name), _is_running, f"{name} did not start again on this server"
                )
                started.append(name)
        restart_reasons.write_stopped_dependents(self._registry, SERVICE, ())
        return tuple(reversed(started))

    def _find(self, name: str) -> Service:
        # One that was removed meanwhile is as good as stopped, and never starts.
        return self._services.find(name) or Service(name, STOPPED, DISABLED, 0)

    # Threads

    def _running_threads(self) -> tuple[str, ...]:
        names = read_thread_names(self._registry) or ()
        return tuple(name for name in names if self._runs(name))

    def _automatic_threads(self) -> tuple[str, ...]:
        return tuple(name for name in read_thread_names(self._registry) or () if runs_always(self._registry, name))

    def _runs(self, name: str) -> bool:
        thread = read_thread(self._registry, name)
        return thread is None or thread.is_running

    def _await_threads(self, names: tuple[str, ...]) -> None:
        missing = list(names)

        def read() -> list[str]:
            # Those that a schedule starts may have been at work by chance before.
            missing[:] = [name for name in missing if not self._runs(name) and runs_always(self._registry, name)]
            return missing

        def describe(missing: list[str]) -> dict[str, str]:
            few = f", not yet {', '.join(missing[:5])}{' and others' if len(missing) > 5 else ''}" if missing else ""
            return {f"{SERVICE} threads": f"{len(names) - len(missing)} of {len(names)} run{few}"}

        failure = f"{SERVICE} runs, but not all threads that ran before"
        self._wait.until(read, lambda missing: not missing, describe, failure, lambda _missing: _ADVICE)

    def _wait_for_service(
        self, name: str, read: Callable[[], Service], is_done: Callable[[Service], bool], failure: str
    ) -> None:
        def advise(service: Service | None) -> str:
            if service is not None and service.state.endswith("Pending") and name == SERVICE:
                return f"It ends its threads one by one. {_ADVICE} The last resort is to end the process smsexec.exe there."
            return _ADVICE

        self._wait.until(read, is_done, lambda service: {name: service.state}, failure, advise)


_CONTROLS = ("started", "stopped", "restarted")
_ADVICE = (
    "Look into smsexec.log and the System event log on this server, and run the task again to go on, with a longer "
    "wait_timeout if need be."
)


def _check(step: Step, service: Service) -> None:
    if step.operation in ("start", "restart") and service.start_mode == DISABLED:
        state = "is stopped" if service.state == STOPPED else "would not start again"
        raise Refusal(f"The service {SERVICE} is disabled and {state}. Set its startup type to Automatic first.")


def _is_running(service: Service) -> bool:
    return service.state == RUNNING


def _is_stopped(service: Service) -> bool:
    return service.state == STOPPED
