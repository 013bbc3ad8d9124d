# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""State of a site's components, as the component status summarizer has it (``SMS_ComponentSummarizer``)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from .._wsman.values import CimInstance
from .._wsman.wql import any_of, quote
from . import classes
from .provider import SiteProvider
from .servers import same_server, spellings

SINCE_INSTALLATION = "0001128000080008"
"""Tally interval "since site installation"; queries that name none get empty objects."""

STOPPED, STARTED, PAUSED = 0, 1, 2
INSTALLED_STATES = frozenset({STOPPED, STARTED, PAUSED})
"""Of a component that is neither on its way nor leaving."""
STATES = ("stopped", "started", "paused", "installing", "re-installing", "de-installing")
STATUSES = ("ok", "warning", "critical")
AUTOMATIC = 0
"""``Type`` of a component that runs all the time; others run by schedule or on request."""


@dataclass(frozen=True)
class ComponentState:
    """What the summarizer says of one component on one server."""

    name: str
    server: str
    site_code: str
    state: int | None
    status: int | None
    start_type: int | None = AUTOMATIC
    last_started: datetime | None = None
    last_contacted: datetime | None = None

    @property
    def is_as_it_should_be(self) -> bool:
        """Started, or stopped because it only runs by schedule or on request."""
        return self.state == STARTED or (self.state == STOPPED and self.start_type not in (AUTOMATIC, None))

    @property
    def state_name(self) -> str:
        """A word out of `STATES`; unknown where the site gives none."""
        return _name(STATES, self.state)

    @property
    def status_name(self) -> str:
        """A word out of `STATUSES`; unknown where the site gives none."""
        return _name(STATUSES, self.status)


def worst_status(components: Iterable[ComponentState]) -> str:
    """The worst of their statuses: critical, warning, unknown, which no components have as well, or ok."""
    found = {component.status_name for component in components}
    known = next((status for status in ("critical", "warning") if status in found), None)
    return known or ("ok" if found == {"ok"} else "unknown")


def read_components(
    provider: SiteProvider,
    names: Sequence[str],
    server: str,
    *,
    healthy_one: str | None = None,
    site_code: str | None = None,
) -> list[ComponentState]:
    """The named components of a site, by default the provider's own, on a server, sorted by name.

    With ``healthy_one``, components other than that one are left out while they are started: on a healthy server the answer
    has one row, and so needs one request.
    """
    machine = any_of("MachineName", [quote(name) for name in spellings(server)])
    if healthy_one:
        others = _any_of([name for name in names if name != healthy_one])
        condition = f"ComponentName = {quote(healthy_one)} OR ({others} AND State <> {STARTED})"
    else:
        condition = _any_of(names)
    rows = _read(provider, f"({machine}) AND ({condition})", site_code)
    # A NetBIOS name may be that of another server, too.
    return [row for row in rows if same_server(row.server, server)] or rows


def read_not_stopped(provider: SiteProvider, names: Sequence[str]) -> list[ComponentState]:
    """The named components of the provider's site that are in any state but stopped, on whichever server."""
    return _read(provider, f"State <> {STOPPED} AND {_any_of(names)}")


def read_summaries(provider: SiteProvider, names: Sequence[str]) -> list[ComponentState]:
    """The named components of the provider's site, on whichever server, sorted by name."""
    return _read(provider, _any_of(names))


def read_servers(provider: SiteProvider, name: str) -> list[str]:
    """The servers that have a component of the provider's site, as the summarizer spells them.

    Where one has it started, those that only remember a component which was removed are left out.
    """
    rows = read_summaries(provider, [name])
    return sorted({row.server for row in rows if row.state != STOPPED} or {row.server for row in rows})


def _any_of(names: Sequence[str]) -> str:
    return any_of("ComponentName", [quote(name) for name in names])


def _read(provider: SiteProvider, condition: str, site_code: str | None = None) -> list[ComponentState]:
    wql = (
        f"SELECT * FROM {classes.COMPONENT_SUMMARIZER.name} WHERE TallyInterval = {quote(SINCE_INSTALLATION)} "
        f"AND SiteCode = {quote(site_code or provider.site_code)} AND {condition}"
    )
    rows = provider.query(wql, classes.COMPONENT_SUMMARIZER)
    return sorted((_component(row) for row in rows), key=lambda component: (component.name, component.server))


def _component(row: CimInstance) -> ComponentState:
    return ComponentState(
        name=row.text("ComponentName"),
        server=row.text("MachineName"),
        site_code=row.text("SiteCode"),
        state=row.number("State"),
        status=row.number("Status"),
        start_type=row.number("Type"),
        last_started=row.moment("LastStarted"),
        last_contacted=row.moment("LastContacted"),
    )


def _name(names: Sequence[str], number: int | None) -> str:
    if number is None:
        return "unknown"
    return names[number] if number < len(names) else f"unknown ({number})"
