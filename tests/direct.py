# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The logic without Ansible around it, on the real wire: every single request of a run can be counted, cut off or lost.

Time is that of the lab, which passes when a run pauses and at no other moment, so that nothing is waited for.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.classes import SCHEMA
from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.deployment import Deployment, Outcome
from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.steps import Desired
from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.waiting import Clock, Progress, Waiting
from ansible_collections.configmgr.site.plugins.plugin_utils._wsman.client import Reply, WsmanClient
from ansible_collections.configmgr.site.plugins.plugin_utils._wsman.transports import PywinrmTransport
from lab.hierarchy.topology import Topology
from lab.lab import Lab
from lab.quirks import Quirks
from winrm.protocol import Protocol

Moment = Literal["before the server acts", "after the server acted"]
MOMENTS: tuple[Moment, ...] = ("before the server acts", "after the server acted")


class Cut(Exception):
    """The controller died."""


class LabTime(Clock):
    """The clock of a lab and of the runs against it: it moves when one of them pauses."""

    def __init__(self) -> None:
        self._time = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
        self._due: list[tuple[datetime, Callable[[], None]]] = []

    def __call__(self) -> datetime:
        return self._time

    def now(self) -> float:
        return self._time.timestamp()

    def sleep(self, seconds: float) -> None:
        self._time += timedelta(seconds=seconds)
        due = [action for time, action in self._due if time <= self._time]
        self._due = [(time, action) for time, action in self._due if time > self._time]
        for action in due:
            action()

    def call_after(self, seconds: float, action: Callable[[], None]) -> None:
        """Have something done by then, when a run pauses."""
        self._due.append((self._time + timedelta(seconds=seconds), action))

    def forget(self) -> None:
        """Have nothing done any more."""
        self._due.clear()


def lab_in(time: LabTime, topology: Topology, directory: Path, *, speed: float = 1, quirks: Quirks | None = None) -> Lab:
    """A lab in a time of its own. The faster, the fewer requests a run needs to wait for it."""
    return Lab(topology, directory, speed, quirks, clock=time)


def transport_to(lab: Lab, server: str) -> PywinrmTransport:
    """A new session of the lab's administrator."""
    account = lab.accounts[0]
    session = Protocol(
        f"https://127.0.0.1:{lab.https_ports[server]}/wsman",
        transport="basic",
        username=account.name,
        password=account.password,
        ca_trust_path=str(lab.authority_file),
    )
    return PywinrmTransport(session)


def is_write(envelope: bytes) -> bool:
    """Whether a request creates, changes or deletes something."""
    return any(f"/transfer/{name}<".encode() in envelope for name in ("Create", "Put", "Delete"))


class Countdown:
    """Requests until something happens, whichever transports they go by."""

    def __init__(self, k: int) -> None:
        self._left = k

    @property
    def is_over(self) -> bool:
        """Whether there was a k-th request."""
        return self._left <= 0

    def is_due(self) -> bool:
        """Count one more request: whether it is the k-th."""
        self._left -= 1
        return self._left == 0


class Faulty:
    """A transport to which something happens at the k-th of the requests that count, all of them by default."""

    def __init__(
        self,
        inner: PywinrmTransport,
        k: int | Countdown,
        happening: Callable[[], None],
        moment: Moment = "before the server acts",
        counts: Callable[[bytes], bool] = lambda envelope: True,
    ) -> None:
        self._inner = inner
        self._countdown = k if isinstance(k, Countdown) else Countdown(k)
        self._happening = happening
        self._moment = moment
        self._counts = counts
        self.endpoint = inner.endpoint
        self.operation_timeout = inner.operation_timeout

    @property
    def has_happened(self) -> bool:
        """Whether there was a k-th request."""
        return self._countdown.is_over

    def send(self, envelope: bytes) -> Reply:
        is_due = self._counts(envelope) and self._countdown.is_due()
        if is_due and self._moment == "before the server acts":
            self._happening()
        reply = self._inner.send(envelope)
        if is_due and self._moment == "after the server acted":
            self._happening()
        return reply


def raising(failure: Exception) -> Callable[[], None]:
    """Something that happens: the failure."""

    def happening() -> None:
        raise failure

    return happening


def run(
    transport: Any,
    desired: Desired,
    time: Clock,
    progress: Progress = lambda line: None,
    *,
    wait: bool = True,
    timeout: float = 1800,
    check_mode: bool = False,
    **options: Any,
) -> Outcome:
    """One run of the module's logic. ``timeout`` is in seconds; other options are those of `Deployment`."""
    waiting = Waiting(enabled=wait, timeout=timeout, progress=progress, clock=time)
    deployment = Deployment(WsmanClient(transport, SCHEMA), None, waiting, **options)
    return deployment.run(replace(desired, timeout=timeout), check_mode=check_mode)
