# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""From the state that is and the state that is wanted to the step between them: pure functions, no network.

Reading costs requests, so it happens in two turns. `decide` looks at the instances of the role alone and says what would
have to be done; the facts that this asks for are read then, and `check` refuses what they forbid.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from .errors import Refusal
from .hierarchy import Hierarchy, not_top_tier
from .provider import ProviderLocation, machines_of
from .roles import Role
from .servers import same_server, same_site
from .service_connection_point import Mode, ServiceConnectionPoint
from .updates import UpdateInstallation


@dataclass(frozen=True)
class Desired:
    """The wanted state; None leaves things as they are."""

    state: Literal["present", "absent"]
    site_system: str | None = None
    mode: Mode | None = None
    allow_during_update: bool = False


@dataclass(frozen=True)
class Install:
    """Put the role on a server that has none, in a hierarchy that has none."""

    server: str
    mode: Mode
    is_site_system: bool = True
    """Whether the server is a site system already, as it must be; only a plan goes on without."""


@dataclass(frozen=True)
class SetMode:
    """Change the mode of the role where it is."""

    point: ServiceConnectionPoint
    mode: Mode


@dataclass(frozen=True)
class Remove:
    """Remove the role from its server."""

    point: ServiceConnectionPoint


@dataclass(frozen=True)
class Keep:
    """Nothing to change: the role is as wanted."""

    point: ServiceConnectionPoint


@dataclass(frozen=True)
class StayAbsent:
    """Nothing to change: the role is absent, from the hierarchy or from the server that was asked for."""

    server: str | None
    elsewhere: ServiceConnectionPoint | None
    """The role on another server than the one that was asked for."""


Step = Install | SetMode | Remove | Keep | StayAbsent


def decide(desired: Desired, points: tuple[ServiceConnectionPoint, ...]) -> Step:
    """What has to be done, given every instance of the role that the provider of a site knows. May refuse."""
    if desired.state == "absent":
        return _decide_absent(desired, points)
    if len(points) > 1:
        raise Refusal(
            f"The hierarchy has {len(points)} service connection points, on {_listed(points)}, and may have only one. Remove "
            "the others first, each with state=absent and its site_system."
        )
    if not points:
        return _decide_install(desired)
    (point,) = points
    if desired.site_system is not None and not point.role.is_on(desired.site_system):
        raise Refusal(
            f"The hierarchy's service connection point is on {point}, and there may be only one: it is not installed on "
            f"{desired.site_system} as well. To change it where it is, set site_system to {point.server}; to have it "
            "elsewhere, remove it first (state=absent)."
        )
    if desired.mode is None or desired.mode is point.mode:
        return Keep(point)
    return SetMode(point, desired.mode)


def _decide_install(desired: Desired) -> Install:
    if desired.site_system is None:
        raise Refusal("The hierarchy has no service connection point. Set site_system to the server that shall get it.")
    if desired.mode is None:
        raise Refusal(
            f"The service connection point is not installed on {desired.site_system} yet, and a new one needs a mode: set "
            "mode to online or offline."
        )
    return Install(desired.site_system, desired.mode)


def _decide_absent(desired: Desired, points: tuple[ServiceConnectionPoint, ...]) -> Remove | StayAbsent:
    candidates = points
    if desired.site_system is not None:
        candidates = tuple(point for point in points if point.role.is_on(desired.site_system))
    if len(candidates) > 1:
        raise Refusal(
            f"The hierarchy has {len(candidates)} service connection points, on {_listed(candidates)}. Set site_system to the "
            "server that shall lose it."
        )
    if candidates:
        return Remove(candidates[0])
    return StayAbsent(desired.site_system, points[0] if points else None)


@dataclass(frozen=True)
class Surroundings:
    """What a step is checked against. None, or empty, was not read because the step does not depend on it."""

    site_code: str
    """The site whose provider is asked."""
    updates: tuple[UpdateInstallation, ...] = ()
    hierarchy: Hierarchy | None = None
    locations: tuple[ProviderLocation, ...] = ()
    site_systems: tuple[Role, ...] = ()
    """The "SMS Site System" records of the server that shall get the role."""
    is_for_plan: bool = False
    """In check mode, where what a task before would have made is not there."""


def check(step: Step, desired: Desired, around: Surroundings) -> None:
    """Refuse a step that the surroundings forbid: wrong site, no site system, an update being installed."""
    if isinstance(step, (SetMode, Remove, Keep)):
        _check_own_site(step.point, around)
    else:
        _check_tier(around)
    if isinstance(step, Install):
        look = find_site_system if around.is_for_plan else site_system_for
        look(step, around)
    if around.updates and not desired.allow_during_update:
        names = ", ".join(f"{update.name} (state {update.state})" for update in around.updates)
        raise Refusal(
            f"The site is installing an update: {names}. Microsoft advises against changing the service connection point "
            "meanwhile. Wait until it has finished, or set allow_during_update to true."
        )


def _check_own_site(point: ServiceConnectionPoint, around: Surroundings) -> None:
    """Refuse to act on another site's role: its own provider does that."""
    if not same_site(point.site_code, around.site_code):
        machines = machines_of(point.site_code, around.locations)
        where = f", {', '.join(machines)}" if machines else ""
        raise Refusal(
            f"The hierarchy's service connection point, on {point.server}, belongs to site {point.site_code}, but the task "
            f"asks the SMS Provider of site {around.site_code}. Run it on the SMS Provider of {point.site_code}{where}."
        )


def _check_tier(around: Surroundings) -> None:
    """Refuse any site but a central administration site or a stand-alone primary."""
    hierarchy = around.hierarchy
    if hierarchy is None:
        raise ValueError("the hierarchy was not read")
    if not hierarchy.local_site.is_top_tier:
        raise Refusal(not_top_tier(hierarchy.local_site, hierarchy, list(around.locations)))


def site_system_for(step: Install, around: Surroundings) -> Role:
    """The site system record that the role goes onto. `Refusal` if the server is none, or one of another site."""
    record = find_site_system(step, around)
    if record is None:
        raise Refusal(
            f"{step.server} is not a site system of site {around.site_code}, so it cannot have a role. Make it one first: with "
            "configmgr.site.site_system, or in the console under Administration > Site Configuration > Servers and Site System "
            "Roles > Create Site System Server."
        )
    return record


def find_site_system(step: Install, around: Surroundings) -> Role | None:
    """The site system record that the role goes onto; None if the server is none. `Refusal` if it is one of another site."""
    records = [record for record in around.site_systems if same_server(record.server, step.server)]
    for record in records:
        if same_site(record.site_code, around.site_code):
            return record
    if records:
        raise Refusal(
            f"{step.server} is a site system of site {records[0].site_code}, not of {around.site_code}, where the service "
            "connection point belongs. Use a site system of that site."
        )
    return None


def _listed(points: tuple[ServiceConnectionPoint, ...]) -> str:
    return " and ".join(str(point) for point in points)
