# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What was done to a hierarchy: where the service connection point was and when, and what must never have happened."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from . import site_control
from .site_control import Role, SiteControl

Happening = Literal["on record", "off the record", "works", "gone"]
"""Of the service connection point on one server: ``works`` when its last component was installed, ``gone`` with the last."""


@dataclass(frozen=True)
class Moment:
    """Something that happened to a service connection point."""

    time: datetime
    what: Happening
    server: str


@dataclass(frozen=True)
class Violation:
    """Something that was done to the hierarchy and must not be."""

    time: datetime
    text: str


class History:
    """Watches the site control data of a hierarchy from its construction on."""

    def __init__(self, control: SiteControl, top_tier_site: str, now: Callable[[], datetime]) -> None:
        self._control = control
        self._top_tier_site = top_tier_site
        self._now = now
        self.violations: list[Violation] = []
        self.moments: list[Moment] = []
        self.removals: list[tuple[datetime, Role]] = []
        control.added.append(self._added)
        control.removed.append(self._removed)

    def note(self, role: Role, what: Happening) -> None:
        """Keep what happened to a role, if it is a service connection point."""
        if role.name == site_control.SERVICE_CONNECTION_POINT:
            self.moments.append(Moment(self._now(), what, role.server))

    def note_violation(self, text: str) -> None:
        """Remember that something was done that must never be."""
        self.violations.append(Violation(self._now(), text))

    def _removed(self, role: Role) -> None:
        self.note(role, "off the record")
        self.removals.append((self._now(), role))

    def _added(self, role: Role) -> None:
        self.note(role, "on record")
        if role.name == site_control.SERVICE_CONNECTION_POINT:
            points = self._control.roles(role.name)
            if len(points) > 1:
                names = " and ".join(f"{point.server} ({point.site_code})" for point in points)
                self.note_violation(f"more than one service connection point: {names}")
            if role.site_code != self._top_tier_site:
                self.note_violation(f"service connection point at {role.site_code}, which is not the top-tier site")
        if role.name not in (site_control.SITE_SYSTEM, site_control.COMPONENT_SERVER) and not any(
            entry.site_code == role.site_code for entry in self._control.roles(site_control.SITE_SYSTEM, role.server)
        ):
            self.note_violation(f"{role.name} on {role.server}, which is no site system of {role.site_code}")
