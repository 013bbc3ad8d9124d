# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The status system of a hierarchy: status messages, and the summary of every component.

Values are those of SMS_ComponentSummarizer and SMS_StatusMessage as their reference pages list them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum

from ..simulation import Simulation


class ComponentState(IntEnum):
    """What the summarizer says a component is doing."""

    STOPPED = 0
    STARTED = 1
    PAUSED = 2
    INSTALLING = 3
    RE_INSTALLING = 4
    DE_INSTALLING = 5


class ComponentType(IntEnum):
    """How a component is started."""

    AUTOMATIC = 0
    SCHEDULED = 1
    MANUAL = 2


class Health(IntEnum):
    """The traffic light of a component."""

    OK = 0
    WARNING = 1
    CRITICAL = 2


class Severity(IntEnum):
    """The severity of a status message, a bit mask in an unsigned number."""

    INFORMATION = 0x40000000
    WARNING = 0x80000000
    ERROR = 0xC0000000


@dataclass
class ComponentStatus:
    """One component on one server, as the summarizer sees it."""

    site_code: str
    machine: str
    component: str
    state: ComponentState
    type: ComponentType = ComponentType.AUTOMATIC
    health: Health = Health.OK
    errors: int = 0
    warnings: int = 0
    infos: int = 0
    last_started: datetime | None = None
    last_contacted: datetime | None = None
    is_left_over: bool = False
    """The component was removed, but the row stayed."""


@dataclass(frozen=True)
class StatusMessage:
    """One status message with its insertion strings."""

    record_id: int
    message_id: int
    severity: Severity
    site_code: str
    machine: str
    component: str
    time: datetime
    strings: tuple[str, ...] = ()


class StatusSystem:
    """Collects status messages and keeps the summary."""

    def __init__(self, simulation: Simulation, scheduled_components: Collection[str] = ()) -> None:
        self._simulation = simulation
        self._scheduled_components = scheduled_components
        self._components: dict[tuple[str, str, str], ComponentStatus] = {}
        self.messages: list[StatusMessage] = []

    @property
    def components(self) -> Iterable[ComponentStatus]:
        """Every component of every server."""
        return self._components.values()

    def find(self, site_code: str, machine: str, component: str) -> ComponentStatus | None:
        """The summary of one component, None where the site knows of none."""
        return self._components.get((site_code, machine.lower(), component))

    def set_state(
        self, site_code: str, machine: str, component: str, state: ComponentState, health: Health | None = None
    ) -> ComponentStatus:
        """Note what a component is doing; the first note makes its row."""
        key = (site_code, machine.lower(), component)
        row = self._components.get(key)
        if row is None:
            row = self._components[key] = ComponentStatus(site_code, machine, component, state, self.type_of(component))
        if state is ComponentState.STARTED and (row.state is not state or row.last_started is None):
            row.last_started = self._simulation.now
        row.state = state
        row.is_left_over = False
        row.health = row.health if health is None else health
        row.last_contacted = self._simulation.now
        return row

    def type_of(self, component: str) -> ComponentType:
        """How a component is started, on whichever server."""
        return ComponentType.SCHEDULED if component in self._scheduled_components else ComponentType.AUTOMATIC

    def remove(self, site_code: str, machine: str, component: str) -> None:
        """Forget a component."""
        self._components.pop((site_code, machine.lower(), component), None)

    def report(self, site_code: str, machine: str, component: str, message_id: int, severity: Severity, *strings: str) -> None:
        """Store a status message and count it in the summary of its component."""
        message = StatusMessage(
            len(self.messages) + 1, message_id, severity, site_code, machine, component, self._simulation.now, strings
        )
        self.messages.append(message)
        row = self.find(site_code, machine, component)
        if row is not None:
            row.last_contacted = message.time
            row.errors += severity is Severity.ERROR
            row.warnings += severity is Severity.WARNING
            row.infos += severity is Severity.INFORMATION
