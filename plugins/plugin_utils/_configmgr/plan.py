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
from math import ceil

from .cloud_services import AzureService
from .errors import Refusal
from .hierarchy import EXPANDING, SITE_MODE, Hierarchy, not_top_tier
from .move_note import MoveNote
from .provider import ProviderLocation, machines_of
from .roles import Role
from .servers import same_server, same_site
from .service_connection_point import ServiceConnectionPoint
from .steps import Desired, Install, Keep, Move, NoteMove, Remove, SetMode, StayAbsent, Step
from .updates import UpdateInstallation


def decide(desired: Desired, points: tuple[ServiceConnectionPoint, ...], note: MoveNote | None = None) -> Step:
    """What has to be done, given every instance of the role that the provider of a site knows. May refuse.

    ``note`` is what an earlier run has left that began to move the role: to ``desired.site_system`` or, while there is no role
    at all, to any server.
    """
    if desired.state == "absent":
        return _decide_absent(desired, points)
    if len(points) > 1:
        raise Refusal(
            f"The hierarchy has {len(points)} service connection points, on {_listed(points)}, and may have only one. Remove "
            "the others first, each with state=absent and its site_system."
        )
    if not points:
        return _decide_install(desired, note)
    (point,) = points
    if desired.site_system is not None and not point.role.is_on(desired.site_system):
        return _decide_move(desired, point, desired.site_system, note)
    if desired.state == "move_due":
        return Keep(point)
    if note and (mode := desired.mode or point.mode):
        return Move(point, note.source, point.server, mode, note.mode, note.site_code, note=note)
    if desired.mode is None or desired.mode is point.mode:
        return Keep(point)
    return SetMode(point, desired.mode)


def _decide_move(desired: Desired, point: ServiceConnectionPoint, server: str, note: MoveNote | None) -> Move | NoteMove:
    if not desired.move:
        raise Refusal(
            f"The hierarchy's service connection point is on {point}, and there may be only one: it is not installed on "
            f"{server} as well. To change it where it is, set site_system to {point.server}; to have it moved to {server}, set "
            "move to true."
        )
    mode = desired.mode or point.mode
    if mode is None:
        raise Refusal(f"The site does not say which mode the service connection point on {point} has: set mode.")
    move = Move(point, point.server, server, mode, point.mode or mode, point.site_code, note=note)
    return NoteMove(move) if desired.state == "move_due" else move


def _decide_install(desired: Desired, note: MoveNote | None) -> Install | Move | NoteMove:
    if desired.site_system is None:
        raise Refusal("The hierarchy has no service connection point. Set site_system to the server that shall get it.")
    if note:
        move = Move(None, note.source, desired.site_system, desired.mode or note.mode, note.mode, note.site_code, note=note)
        return NoteMove(move) if desired.state == "move_due" else move
    if desired.state == "move_due" or (desired.mode is None and desired.move):
        raise Refusal(
            "The hierarchy has no service connection point to move, and no move that was cut off has left a note of one. To "
            f"install one on {desired.site_system}, set mode to online or offline."
        )
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
    site_servers: tuple[Role, ...] = ()
    """The "SMS Site Server" records of the hierarchy: two of one site are a high-availability pair."""
    installation_seconds: float | None = None
    """How long the last installation of the role took."""
    unfinished_updates: tuple[UpdateInstallation, ...] = ()
    """Those of them, and what is not downloaded, when the role gets offline."""
    azure_services: tuple[AzureService, ...] | None = ()
    """What the site uses then; None where it does not tell."""
    is_for_plan: bool = False
    """In check mode, where what a task before would have made is not there."""


def check(step: Step, desired: Desired, around: Surroundings) -> None:
    """Refuse a step that the surroundings forbid: wrong site, unfit server, an update being installed."""
    match step:
        case SetMode() | Remove() | Keep():
            _check_own_site(step.point, around)
        case StayAbsent():
            _check_tier(around)
        case Install():
            _check_target(step, around)
        case NoteMove():
            _check_target(step.move, around)
            _check_timeout(step.move, desired, around)
        case Move():
            _check_target(step, around)
            _check_timeout(step, desired, around)
            if not around.is_for_plan:
                _check_source(step, around)
    if around.updates and not desired.allow_during_update:
        names = ", ".join(f"{update.name} (state {update.state})" for update in around.updates)
        raise Refusal(
            f"The site is installing an update: {names}. Microsoft advises against changing the service connection point "
            "meanwhile. Wait until it has finished, or set allow_during_update to true."
        )


def _check_source(move: Move, around: Surroundings) -> None:
    """Refuse a role of another site that was not, and will not be, removed there: only its own provider removes it."""
    if move.point and not same_site(move.point.site_code, around.site_code) and not move.is_noted:
        machines = ", ".join(machines_of(move.point.site_code, around.locations))
        raise Refusal(
            f"The service connection point is on {move.point}, which is below site {around.site_code}. A move from there takes "
            "three steps, which the role configmgr.site.service_connection_point_move does: note it here (state=move_due), "
            f"remove it on the SMS Provider of {move.point.site_code}{', ' + machines if machines else ''} (state=absent), and "
            "have it here (state=present, move=true)."
        )


def _check_target(step: Install | Move, around: Surroundings) -> None:
    """Refuse a server that cannot have the role."""
    _check_tier(around)
    if around.hierarchy and around.hierarchy.local_site.mode == SITE_MODE[EXPANDING]:
        raise Refusal(
            f"Site {around.site_code} is being put under a central administration site. Remove the service connection point "
            "here (state=absent) before that; or wait until it has finished, and have it moved to the new top-tier site then."
        )
    look = find_site_system if around.is_for_plan else site_system_for
    look(step, around)
    _check_pair(step, around)


def _check_pair(step: Install | Move, around: Surroundings) -> None:
    """Refuse the site servers of a high-availability pair."""
    pair = [role.server for role in around.site_servers if same_site(role.site_code, around.site_code)]
    if len(pair) > 1 and any(same_server(server, step.server) for server in pair):
        raise Refusal(
            f"{' and '.join(sorted(pair))} are the site servers of site {around.site_code}, a high-availability pair. Neither "
            "of them may have the service connection point: choose another site system."
        )


def _check_timeout(step: Move, desired: Desired, around: Surroundings) -> None:
    """Refuse to begin what this site cannot do in time."""
    seconds = around.installation_seconds
    if seconds is not None and not step.has_left and desired.timeout < seconds:
        raise Refusal(
            f"wait_timeout is {desired.timeout:.0f} s, but the last installation of the service connection point took this "
            f"site {seconds:.0f} s, as its status messages say, so this one would not be waited for. Set wait_timeout to "
            f"{ceil(2 * seconds)} or more."
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


def site_system_for(step: Install | Move, around: Surroundings) -> Role:
    """The site system record that the role goes onto. `Refusal` if the server is none, or one of another site."""
    record = find_site_system(step, around)
    if record is None:
        raise Refusal(
            f"{step.server} is not a site system of site {around.site_code}, so it cannot have a role. Make it one first: with "
            "configmgr.site.site_system, or in the console under Administration > Site Configuration > Servers and Site System "
            "Roles > Create Site System Server."
        )
    return record


def find_site_system(step: Install | Move, around: Surroundings) -> Role | None:
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
