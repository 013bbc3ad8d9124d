# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""What the modules have returned about one service connection point."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from ..servers import same_server
from ..views import View


@dataclass(frozen=True)
class Wanted:
    """How the role shall be; None for what nobody has said."""

    state: str = "present"
    site_system: str | None = None
    mode: str | None = None


@dataclass(frozen=True)
class Collected:
    """Results of the modules. One that was not asked is empty; one that has failed says so itself."""

    site: View
    role: View
    messages: View = field(default_factory=dict)
    server: View = field(default_factory=dict)
    prerequisites: View = field(default_factory=dict)
    connected: View = field(default_factory=dict)
    internet: View = field(default_factory=dict)
    logs: Sequence[View] = ()
    wanted: Wanted = Wanted()

    @property
    def points(self) -> list[View]:
        """Every instance of the role."""
        return list(self.role.get("service_connection_points") or ())

    @property
    def point(self) -> View:
        """The one that is looked at: the wanted one, or else the first; empty where there is none."""
        wanted = [point for point in self.points if same_server(self.wanted.site_system or "", point["site_system"])]
        return next(iter(wanted or self.points), {})

    @property
    def server_name(self) -> str:
        """The server that was looked at, which has the components of the role."""
        return str(self.point.get("components_run_on") or self.where)

    @property
    def where(self) -> str:
        """The server with the role, or else the site."""
        return str(self.point.get("site_system") or f"site {self.site.get('top_tier_site_code') or '?'}")

    @property
    def is_connected(self) -> bool:
        """Whether all endpoints were tried and can be connected to."""
        return self.internet.get("verdict") == "passed"

    def essential_parts(self) -> Iterator[tuple[str, View]]:
        """What the server with the role was asked, without which nothing can be said, by what it is for people."""
        yield "its state", self.server
        yield "its internet access", self.internet

    def other_parts(self) -> Iterator[tuple[str, View]]:
        """What else was asked."""
        yield "status messages", self.messages
        yield "what the server has", self.prerequisites
        yield "which features are in use", self.connected
        for log in self.logs:
            yield log_name(log), log


def has_failed(result: View) -> bool:
    """Whether a module could not do what it was asked; one that has found enough to fail has."""
    return bool(result.get("failed") or result.get("unreachable")) and not (result.get("endpoints") or result.get("checks"))


def log_name(log: View) -> str:
    """The log that a result is about."""
    return str(log.get("item") or "a log")
