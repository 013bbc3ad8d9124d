# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The requests that a lab has met: counted by task, and the moment for a trigger to fire."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from threading import Lock
from typing import Any

from .wire.host import RequestRecord

NO_TASK = ""


@dataclass
class Trigger:
    """Something that another administrator does right before the ``nth`` matching request is carried out."""

    console: Mapping[str, Any]
    server: str = ""
    action: str = ""
    detail_contains: str = ""
    nth: int = 1
    seen: int = 0
    fired: bool = False
    error: str = ""
    """Why the console action failed, if it did."""

    def matches(self, record: RequestRecord) -> bool:
        """Whether a request is one that it waits for; what is empty matches everything."""
        return (
            (not self.server or self.server.lower() in (record.server.lower(), record.server.partition(".")[0].lower()))
            and (not self.action or self.action == record.action)
            and self.detail_contains.lower() in record.detail.lower()
        )


@dataclass
class TaskRequests:
    """A task of a play and the requests that came since it was announced."""

    name: str
    host: str
    requests: list[RequestRecord] = field(default_factory=list)


class RequestLog:
    """An `Observer`: keeps every request with the task that it came in, and fires triggers."""

    def __init__(self, perform: Callable[[Mapping[str, Any]], None]) -> None:
        self._perform = perform
        self._lock = Lock()
        self.clear()

    def clear(self) -> None:
        """Forget everything, triggers too."""
        with self._lock:
            self.tasks = [TaskRequests(NO_TASK, "")]
            self.triggers: list[Trigger] = []

    def start_task(self, name: str, host: str) -> None:
        """Count all requests from now on for this task."""
        with self._lock:
            self.tasks.append(TaskRequests(name, host))

    def add_trigger(self, trigger: Trigger) -> None:
        """Wait for a request."""
        with self._lock:
            self.triggers.append(trigger)

    def before(self, record: RequestRecord) -> None:
        with self._lock:
            self._task_of(record).requests.append(record)
            due = []
            for trigger in self.triggers:
                if not trigger.fired and trigger.matches(record):
                    trigger.seen += 1
                    trigger.fired = trigger.seen == trigger.nth
                    due += [trigger] if trigger.fired else []
        for trigger in due:
            try:
                self._perform(trigger.console)
            except ValueError as error:
                trigger.error = str(error)

    def _task_of(self, record: RequestRecord) -> TaskRequests:
        """The task announced last; of several announcements of it, the one for this server."""
        latest = self.tasks[-1]
        for task in reversed(self.tasks):
            if task.name != latest.name:
                break
            if task.host == record.server:
                return task
        return latest

    def after(self, record: RequestRecord) -> None:
        """Nothing: the record that `before` kept has been completed by now."""

    def describe(self) -> list[dict[str, Any]]:
        """Every task with its requests, in their order; tasks without requests too, but not the time before any."""
        with self._lock:
            return [
                {
                    "task": task.name,
                    "host": task.host,
                    "count": len(task.requests),
                    "requests": [asdict(record) for record in task.requests],
                }
                for task in self.tasks
                if task.name or task.requests
            ]

    @property
    def count(self) -> int:
        """All requests so far."""
        return sum(len(task.requests) for task in self.tasks)
