# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The hierarchy manager: notes every change of the site control data, a little after it happened.

Message 3306 and the wording of the log lines are documented for roles of other kinds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .site_control import Role
from .status import Severity

if TYPE_CHECKING:
    from .hierarchy import Hierarchy

HIERARCHY_MANAGER = "SMS_HIERARCHY_MANAGER"

NOTICE_SECONDS = 5
"""From a change on record to the hierarchy manager's note of it."""


class HierarchyManager:
    """The hierarchy managers of every site."""

    def __init__(self, hierarchy: Hierarchy) -> None:
        self._hierarchy = hierarchy
        control = hierarchy.site_control
        control.added.append(lambda role: self._note(role, f"New site system: {_described(role)}"))
        control.changed.append(lambda role: self._note(role, ""))
        control.removed.append(lambda role: self._note(role, f"Site system no longer in use: {_described(role)}"))

    def _note(self, role: Role, text: str) -> None:
        def write() -> None:
            server = self._hierarchy.sites[role.site_code].server
            if text:
                self._hierarchy.log(role.site_code, HIERARCHY_MANAGER, text)
            self._hierarchy.status.report(role.site_code, server, HIERARCHY_MANAGER, 3306, Severity.INFORMATION, role.site_code)
            text_3306 = f"STATMSG: ID=3306 SEV=I LEV=M COMP={HIERARCHY_MANAGER}"
            self._hierarchy.log(role.site_code, HIERARCHY_MANAGER, text_3306)

        self._hierarchy.simulation.schedule(NOTICE_SECONDS, write)


def _described(role: Role) -> str:
    return f"{role.site_code} {role.server} {role.name}"
