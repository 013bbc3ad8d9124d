# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How SMS_SERVICE_CONNECTOR validates internet endpoints, and reports what it has found.

Documented are the numbers of the status messages and their severities, and that the component turns critical when an endpoint
that the site needs cannot be reached (11488). Not known, and so invented: when it validates - here when its thread starts and
every 24 hours, with an online role only -, the insertion strings, of which by itself it reports none, and that a validation
which passes makes the component healthy again. Left out: that the summarizer judges a component by the count of its errors.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from .executive import ComponentThread, Executive
from .site_control import Role
from .status import Health, Severity

if TYPE_CHECKING:
    from .hierarchy import Hierarchy
    from .windows_server import WindowsServer

CONNECTOR = "SMS_SERVICE_CONNECTOR"
RESULTS = {
    "passed": (11410, Severity.INFORMATION),
    "warning": (11411, Severity.WARNING),
    "failed": (11412, Severity.ERROR),
}
"""Message and severity by the result of a validation."""
UNREACHABLE = 11488
INTERVAL_SECONDS = 24 * 3600.0


class EndpointValidation:
    """The validations of every service connection point of a hierarchy. They pass, unless somebody reports another result."""

    def __init__(self, hierarchy: Hierarchy) -> None:
        self._hierarchy = hierarchy
        for executive in hierarchy.executives.values():
            executive.started.append(partial(self._thread_started, executive))

    def report(self, role: Role, result: str, strings: Sequence[str] = ()) -> None:
        """Report the result of a validation, one of `RESULTS`."""
        if result not in RESULTS:
            raise ValueError(f"the result must be {', '.join(RESULTS)}, not {result!r}")
        message_id, severity = RESULTS[result]
        self._report(role, message_id, severity, strings)
        if result == "passed":
            self._set_health(role, Health.OK)

    def report_unreachable(self, role: Role, strings: Sequence[str] = ()) -> None:
        """Report that the site cannot reach an endpoint which it needs."""
        self._report(role, UNREACHABLE, Severity.ERROR, strings)
        self._set_health(role, Health.CRITICAL)

    def _thread_started(self, executive: Executive, thread: ComponentThread) -> None:
        if thread.component == CONNECTOR:
            executive.keep_at_work(thread, lambda: self._validate(executive.server))

    def _validate(self, server: WindowsServer) -> float:
        """Returns the seconds to the next validation."""
        role = self._hierarchy.role_with_threads_on(server.name)
        if role is not None and role.mode == "online" and server.is_running:
            self.report(role, "passed")
        return INTERVAL_SECONDS

    def _report(self, role: Role, message_id: int, severity: Severity, strings: Sequence[str]) -> None:
        machine = self._hierarchy.component_manager.thread_server(role)
        self._hierarchy.status.report(role.site_code, machine, CONNECTOR, message_id, severity, *strings)

    def _set_health(self, role: Role, health: Health) -> None:
        row = self._hierarchy.status.find(role.site_code, self._hierarchy.component_manager.thread_server(role), CONNECTOR)
        if row is not None:
            row.health = health
