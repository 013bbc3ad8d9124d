# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""SMS_EXECUTIVE on one server: the service whose threads are the components.

Its control panel is the registry: a key for each thread, whose ``Requested Operation`` is acted on at once and falls
back to ``None``, and whose ``Current State`` tells what became of it (Microsoft's documentation, from SMS 2.0 on).
Configuration Manager Service Manager does no other (one source).

A ``Start`` that comes while the thread is still stopping is taken note of and lost. That is inferred, and the stricter
of the two: nothing public tells whether it is kept. Inferred too: nothing is read while the service does not run, and what
was requested meanwhile is forgotten when it starts. The seconds that stopping and starting take are invented.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from ..simulation import Event
from .logs import legacy_line
from .services import Service
from .status import ComponentState, Severity, StatusSystem

if TYPE_CHECKING:
    from .windows_server import WindowsServer

SERVICE = "SMS_EXECUTIVE"
THREADS = r"HKLM\SOFTWARE\Microsoft\SMS\COMPONENTS\SMS_EXECUTIVE\Threads"

STOP_SECONDS = 10
START_SECONDS = 3
RESTART_SECONDS = 300
"""A stopped thread comes back by itself after about five minutes (one source)."""
SCHEDULED_RUN_SECONDS = 60
"""How long a thread that is started by schedule is at work."""
RESCUE_SECONDS = 1
"""How soon somebody else starts a thread again that is kept running."""

ThreadState = Literal["Running", "Stopping", "Stopped"]

_thread_ids = itertools.count(4000, 36)


@dataclass
class ComponentThread:
    """One component as a thread of SMS_EXECUTIVE."""

    component: str
    site_code: str
    is_scheduled: bool = False
    """Started by schedule (a day does not pass in a lab), and on request; it stops when its work is done."""
    state: ThreadState = "Stopped"
    thread_id: int = 0
    starts: int = 0
    effective_mode: str | None = None
    """The mode that SMS_DMP_DOWNLOADER found on record when it started, which is the one it keeps to."""
    hangs: bool = False
    """It gets stuck when it is to stop, until the whole service starts again."""
    is_held: bool = False
    """It does not start, whoever asks for it."""
    is_kept_running: bool = False
    """Somebody else starts it almost as soon as it has stopped."""
    timer: Event | None = None
    """What will happen to the thread next, if anything."""


class Executive:
    """SMS_EXECUTIVE of one server, there as long as the server has a component."""

    def __init__(
        self,
        server: WindowsServer,
        status: StatusSystem,
        mode_on_record: Callable[[], str | None],
        *,
        restarts_threads: bool = True,
    ) -> None:
        """``restarts_threads`` is whether a thread that somebody has stopped is started again after a while."""
        self.server = server
        self._restarts_threads = restarts_threads
        self._simulation = server.simulation
        self._status = status
        self._mode_on_record = mode_on_record
        self.threads: dict[str, ComponentThread] = {}
        self.started: list[Callable[[ComponentThread], None]] = []
        """Told of every thread that has begun to run, which is when its work begins."""
        server.registry.watchers.append(self._registry_written)

    @property
    def is_running(self) -> bool:
        """Whether the service is there and runs; otherwise no thread starts, and no request is read."""
        service = self.server.services.get(SERVICE)
        return service is not None and service.state == "Running"

    def install(self, component: str, site_code: str, library: str, is_scheduled: bool = False) -> None:
        """Add a component's thread and start it, unless that is up to a schedule or to the service."""
        if SERVICE not in self.server.services:
            self.server.add_service(
                Service(
                    SERVICE,
                    rf"{self.server.installation_directory}\bin\x64\smsexec.exe",
                    stop_seconds=30,
                    start_seconds=15,
                    on_stopped=self._service_stopped,
                    on_started=self._start_one_after_the_other,
                )
            )
        known = self.threads.get(component)
        self._forget_timer(known)
        starts = known.starts if known else 0
        thread = self.threads[component] = ComponentThread(component, site_code, is_scheduled, starts=starts)
        # Automatic with an empty schedule was seen once; Scheduled is an invention after the summarizer's types
        startup_type = "Scheduled" if is_scheduled else "Automatic"
        values = {"DLL": library, "Startup Type": startup_type, "Startup Schedule": "", "Requested Operation": "None"}
        for name, value in values.items():
            self.server.registry.set(f"{THREADS}\\{component}", name, value)
        self._start_if_automatic(thread)

    def uninstall(self, component: str) -> None:
        """Remove a component's thread, and the service with the last of them."""
        self._forget_timer(self.threads.pop(component, None))
        self.server.delete_registry_key(f"{THREADS}\\{component}")
        if not self.threads:
            self.server.services.pop(SERVICE, None)

    def restart(self, component: str) -> None:
        """Stop and start a thread of the running service at once, as an administrator at the server would in the end."""
        self._start(self.threads[component])

    def restart_all(self) -> None:
        """Restart every thread, as a backup of the site does with the service, unless the service does not run."""
        if self.is_running:
            self.server.services[SERVICE].make_process()
            self._start_all()

    def keep_at_work(self, thread: ComponentThread, work: Callable[[], float]) -> None:
        """Have a thread that has started do its work until it stops; ``work`` returns the seconds to the next time."""
        start = thread.starts

        def go_on() -> None:
            if self.threads.get(thread.component) is thread and thread.starts == start and thread.state == "Running":
                self._simulation.schedule(work(), go_on)

        go_on()

    def hang(self, component: str) -> None:
        """Have a thread get stuck when it is to stop, or where it is about to."""
        thread = self.threads[component]
        thread.hangs = True
        if thread.state == "Stopping":
            self._forget_timer(thread)

    def _registry_written(self, key: str, name: str) -> None:
        parent, _separator, component = key.rpartition("\\")
        if parent.lower() != THREADS.lower() or name.lower() != "requested operation":
            return
        thread = next((thread for thread in self.threads.values() if thread.component.lower() == component.lower()), None)
        if thread is None or not self.is_running:
            return
        value = self.server.registry.get(key, name)
        requested = value.data if value else None
        if requested == "Stop" and thread.state == "Running":
            self._stop(thread)
        elif requested == "Start" and thread.state == "Stopped":
            self._after(thread, START_SECONDS, self._start_if_service_runs)
        if requested in ("Stop", "Start"):
            self.server.registry.set(f"{THREADS}\\{thread.component}", "Requested Operation", "None")

    def _after(self, thread: ComponentThread, seconds: float, action: Callable[[ComponentThread], None]) -> None:
        self._forget_timer(thread)
        thread.timer = self._simulation.schedule(seconds, lambda: action(thread))

    def _forget_timer(self, thread: ComponentThread | None) -> None:
        if thread is not None and thread.timer is not None:
            thread.timer.cancel()
            thread.timer = None

    def _stop(self, thread: ComponentThread) -> None:
        self._set_state(thread, "Stopping")
        if not thread.hangs:
            self._after(thread, STOP_SECONDS, self._stopped)

    def _stopped(self, thread: ComponentThread) -> None:
        self._set_state(thread, "Stopped")
        if thread.is_kept_running:
            self._after(thread, RESCUE_SECONDS, self._start_if_service_runs)
        elif not thread.is_scheduled and self._restarts_threads:
            self._after(thread, RESTART_SECONDS, self._start_if_service_runs)

    def _start_if_automatic(self, thread: ComponentThread) -> None:
        if thread.is_scheduled or not self.is_running:
            self._forget_timer(thread)
            self._set_state(thread, "Stopped")
        else:
            self._start(thread)

    def _start_if_service_runs(self, thread: ComponentThread) -> None:
        if self.is_running:
            self._start(thread)

    def _start_one_after_the_other(self) -> None:
        """What a start of the service does: it says that it runs, and its threads begin after that (invented seconds)."""
        for number, thread in enumerate(self.threads.values(), start=1):
            self._make_ready(thread)
            if not thread.is_scheduled:
                self._after(thread, number * START_SECONDS, self._start_if_service_runs)

    def _start(self, thread: ComponentThread) -> None:
        self._forget_timer(thread)
        if thread.is_held:
            self._set_state(thread, "Stopped")
            return
        thread.thread_id = next(_thread_ids)
        thread.starts += 1
        self._set_state(thread, "Running")
        self._status.report(thread.site_code, self.server.name, thread.component, 500, Severity.INFORMATION)
        self._log_start(thread)
        for watcher in self.started:
            watcher(thread)
        if thread.is_scheduled:
            self._after(thread, SCHEDULED_RUN_SECONDS, self._stopped)

    def _set_state(self, thread: ComponentThread, state: ThreadState) -> None:
        thread.state = state
        self.server.registry.set(f"{THREADS}\\{thread.component}", "Current State", state)
        if state != "Running":
            thread.effective_mode = None
        elif thread.component == "SMS_DMP_DOWNLOADER":
            thread.effective_mode = self._mode_on_record()
        if state != "Stopping":
            row = self._status.set_state(
                thread.site_code,
                self.server.name,
                thread.component,
                ComponentState.STARTED if state == "Running" else ComponentState.STOPPED,
            )
            if state == "Running":
                # Also where it was started before: a restart at once is a start, too
                row.last_started = row.last_contacted

    def _service_stopped(self) -> None:
        for thread in self.threads.values():
            self._forget_timer(thread)
            self._set_state(thread, "Stopped")

    def _start_all(self) -> None:
        for thread in self.threads.values():
            self._make_ready(thread)
            self._start_if_automatic(thread)

    def _make_ready(self, thread: ComponentThread) -> None:
        """What a new process of the service does for each thread: nothing of what was before counts any more."""
        thread.hangs = False
        self.server.registry.set(f"{THREADS}\\{thread.component}", "Requested Operation", "None")

    def _log_start(self, thread: ComponentThread) -> None:
        now = self._simulation.now
        number = thread.thread_id
        executive_log = f"{self.server.log_directory}\\smsexec.log"
        self.server.log(executive_log, legacy_line(now, SERVICE, f"Started {thread.component} as thread ID {number}.", number))
        if thread.component == "SMS_DMP_DOWNLOADER":
            log = f"{self.server.log_directory}\\dmpdownloader.log"
            self.server.log(log, legacy_line(now, thread.component, f"Starting {thread.component}.", number))
