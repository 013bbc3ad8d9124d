# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""Bringing the service connection point into the wanted state: gather, plan, apply, verify, wait."""

from __future__ import annotations

from dataclasses import dataclass, replace

from .._wsman.client import WsmanClient
from .cloud_services import read_azure_services
from .components import INSTALLED_STATES
from .hierarchy import Hierarchy, missing_provider_explained, read_hierarchy
from .installation_speed import read_installation_seconds
from .mode_changes import consequences
from .move_note import MoveNote, note_on, read_notes
from .plan import Surroundings, check, decide, find_site_system, site_system_for
from .point_writing import PointWriter
from .provider import SiteProvider, machines_of, read_locations
from .relocation import Relocation
from .role_components import RoleComponents
from .roles import SITE_SYSTEM, Role, read_roles
from .servers import same_site
from .service_connection_point import DOWNLOADER, Mode, ServiceConnectionPoint
from .settling import Components, settle, until_removed
from .site_servers import SITE_SERVER
from .steps import Desired, Install, Keep, Move, NoteMove, Remove, SetMode, StayAbsent, Step, new_mode
from .updates import read_installations, read_unfinished
from .waiting import Waiting
from .writing import plan_anew_when_overtaken


@dataclass(frozen=True)
class Outcome:
    """What was found, what was done or would be, and what the site says now."""

    site_code: str
    step: Step
    before: ServiceConnectionPoint | None
    after: ServiceConnectionPoint | None
    """As read back; in check mode as before. None where it is absent."""
    is_planned: bool
    """In check mode: nothing was done."""
    components: Components = ()
    components_run_on: str | None = None
    """The server on which the components were found, or are expected."""
    providers_of_source: tuple[str, ...] = ()
    """The servers with the SMS Provider of the site that a role is moved from, if that is another one."""
    has_changed_mode: bool = False
    """Whether the mode of an installed role was changed, planned or not."""
    has_tidied: bool = False
    """Whether the note of a move that is over was taken away or, in check mode, would be."""
    threads_remain: bool = False
    """In check mode: whether the server that gets the role still has threads of one that was removed a moment ago. They run on
    when it is put back, with the mode of that one."""
    consequences: tuple[str, ...] = ()
    """What another mode stops, loses and brings, if the role gets one."""

    @property
    def mode_changed(self) -> bool:
        """Whether the mode of an installed role was changed or, in check mode, would be."""
        if self.has_changed_mode:
            return True
        match self.step:
            case SetMode():
                return True
            case Move(point=point, mode=mode):
                return self.step.has_arrived and point is not None and point.mode is not mode
        return False

    @property
    def operation(self) -> str:
        """The step in a word, as the module returns it."""
        if isinstance(self.step, NoteMove):
            return "none" if self.step.move.is_noted else "note_move"
        return {Install: "install", SetMode: "set_mode", Remove: "remove", Move: "move"}.get(type(self.step), "none")

    @property
    def changed(self) -> bool:
        """Whether the run wrote something or, in check mode, would."""
        return self.operation != "none" or self.has_tidied


class Deployment:
    """One run for one site. Raises `SiteError` with words for an administrator, or `WsmanError`."""

    def __init__(
        self,
        client: WsmanClient,
        site_code: str | None,
        waiting: Waiting,
        *,
        takes_back: bool = True,
        waits_for_removal: bool = True,
    ) -> None:
        """``takes_back`` and ``waits_for_removal`` are for moves, see `Relocation`."""
        self._provider = SiteProvider.connect(client, site_code)
        self._waiting = waiting
        self._takes_back = takes_back
        self._waits_for_removal = waits_for_removal
        self.writer = PointWriter(self._provider)

    def run(self, desired: Desired, *, check_mode: bool) -> Outcome:
        """Find out what is to be done and, unless in check mode, do it."""
        return plan_anew_when_overtaken("the service connection point", lambda: self._run_once(desired, check_mode=check_mode))

    def _run_once(self, desired: Desired, *, check_mode: bool) -> Outcome:
        step, around = self._plan(desired, check_mode)
        sentences = _consequences(step, around)
        if not check_mode:
            for sentence in sentences:
                self._waiting.progress(f"warning: {sentence}")
        return replace(self._carry_out(step, around, desired, check_mode=check_mode), consequences=sentences)

    def _carry_out(self, step: Step, around: Surroundings, desired: Desired, *, check_mode: bool) -> Outcome:
        role_components = self._components_of(step, around)
        leftovers = [note for role in around.site_systems if (note := note_on(role))]
        if check_mode:
            is_there = role_components is not None and step.point is not None and step.point.role.is_on(role_components.server)
            components = tuple(role_components.read()) if role_components and is_there else ()
            outcome = self._outcome(step, step.point, role_components, components)
            sources = _providers_of_source(step, around)
            has_tidied = bool(leftovers) and not isinstance(step, (Move, NoteMove))
            remain = isinstance(step, (Install, Move)) and RoleComponents(self._provider, step.server).remain()
            return replace(outcome, is_planned=True, providers_of_source=sources, has_tidied=has_tidied, threads_remain=remain)
        if isinstance(step, Move):
            point, components, run_on = self._relocation(desired).run(step, site_system_for(step, around))
            outcome = Outcome(self._provider.site_code, step, step.point, point, False, components, run_on)
            return replace(outcome, has_changed_mode=self.writer.has_changed_mode)
        if role_components and isinstance(step, Install) and self._waiting.enabled:
            for note in leftovers:
                # A move that was cut off has left that server, and nothing says that it has lost its components yet.
                source = RoleComponents(self._provider, note.source, site_code=note.site_code or None)
                until_removed(source, note.source, self._waiting)
            role_components.expect_installation()
        after = self._apply(step, desired, around)
        components = settle(self._provider, step, self._waiting, role_components)
        is_over = isinstance(step, (Install, Remove, StayAbsent)) or (isinstance(step, (Keep, SetMode)) and leftovers)
        has_tidied = bool(is_over) and self._relocation(desired).forget_all()
        return replace(self._outcome(step, after, role_components, components), has_tidied=has_tidied)

    def _components_of(self, step: Step, around: Surroundings) -> RoleComponents | None:
        """The components of the role on the server that a step is about, if it is about one."""
        server = step.point.server if isinstance(step, (Move, NoteMove)) and step.point else step.server
        site_server = around.hierarchy.local_site.server if around.hierarchy else None
        if isinstance(step, StayAbsent) and step.elsewhere:
            # What the site server has may belong to that one.
            site_server = server
        return RoleComponents(self._provider, server, site_server or None) if server else None

    def _outcome(
        self,
        step: Step,
        after: ServiceConnectionPoint | None,
        role_components: RoleComponents | None,
        components: Components,
    ) -> Outcome:
        run_on = role_components.run_on if role_components else None
        return Outcome(self._provider.site_code, step, step.point, after, False, components, run_on)

    # Gather and plan

    def _plan(self, desired: Desired, check_mode: bool) -> tuple[Step, Surroundings]:
        with missing_provider_explained(self._provider, for_role=True):
            points = self.writer.read()
        # An account without rights is shown no roles, which must not pass for their absence.
        hierarchy = None if points else read_hierarchy(self._provider)
        target = tuple(read_roles(self._provider, SITE_SYSTEM, desired.site_system)) if desired.move else ()
        step = decide(desired, points, self._note(target, points) if desired.move else None)
        if isinstance(step, Move) and step.has_arrived and self._is_installed(step.server):
            # That move is over, but for its note.
            step = decide(desired, points)
        around = replace(self._gather(step, hierarchy, target), is_for_plan=check_mode)
        check(step, desired, around)
        if isinstance(step, (Install, Move)):
            record = find_site_system(step, around)
            step = replace(step, server=record.server) if record else replace(step, is_site_system=False)
        return step, around

    def _note(self, target: tuple[Role, ...], points: tuple[ServiceConnectionPoint, ...]) -> MoveNote | None:
        """The note of a move to the target. Where there is no role at all, that of the only move to whichever server."""
        own = [role for role in target if same_site(role.site_code, self._provider.site_code)]
        if own and (note := note_on(own[0])):
            return note
        notes = [] if points else read_notes(self._provider)
        return notes[0] if len(notes) == 1 else None

    def _is_installed(self, server: str) -> bool:
        """Whether the site has installed all of the role on a server, whatever it does there now."""
        rows = RoleComponents(self._provider, server).read()
        return any(row.name == DOWNLOADER for row in rows) and all(row.state in INSTALLED_STATES for row in rows)

    def _gather(self, step: Step, hierarchy: Hierarchy | None, target: tuple[Role, ...]) -> Surroundings:
        """Read what the step depends on, and nothing more."""
        provider = self._provider
        is_arrival = isinstance(step, (Install, Move, NoteMove))
        is_elsewhere = step.point is not None and not same_site(step.point.site_code, provider.site_code)
        if is_arrival or isinstance(step, StayAbsent):
            hierarchy = hierarchy or read_hierarchy(provider)
            is_elsewhere = is_elsewhere and not isinstance(step, StayAbsent)
        is_below = hierarchy is not None and not hierarchy.local_site.is_top_tier
        around = Surroundings(
            provider.site_code,
            hierarchy=hierarchy,
            locations=tuple(read_locations(provider.client)) if is_elsewhere or is_below else (),
        )
        if isinstance(step, (Keep, SetMode)):
            around = replace(around, site_systems=target)
        if is_below or (is_elsewhere and not is_arrival) or isinstance(step, (Keep, StayAbsent)):
            return around
        if new_mode(step) is Mode.OFFLINE:
            unfinished = tuple(read_unfinished(provider))
            around = replace(
                around,
                updates=tuple(update for update in unfinished if update.is_being_installed),
                unfinished_updates=unfinished,
                azure_services=read_azure_services(provider),
            )
        else:
            around = replace(around, updates=tuple(read_installations(provider)))
        if not is_arrival:
            return around
        is_departure = isinstance(step, (Move, NoteMove)) and self._waiting.enabled
        return replace(
            around,
            site_systems=target or tuple(read_roles(provider, SITE_SYSTEM, step.server)),
            site_servers=tuple(read_roles(provider, SITE_SERVER)),
            installation_seconds=read_installation_seconds(provider) if is_departure else None,
        )

    # Apply, which verifies

    def _apply(self, step: Step, desired: Desired, around: Surroundings) -> ServiceConnectionPoint | None:
        match step:
            case Install(mode=mode):
                return self.writer.install(site_system_for(step, around), mode)
            case SetMode(point=point, mode=mode):
                return self.writer.set_mode(point, mode)
            case Remove(point=point):
                self.writer.remove(point)
                return None
            case NoteMove(move=move):
                self._relocation(desired).note(move, site_system_for(move, around))
        return step.point

    def _relocation(self, desired: Desired) -> Relocation:
        return Relocation(
            self._provider,
            self.writer,
            self._waiting,
            takes_back=self._takes_back,
            waits_for_removal=self._waits_for_removal,
            is_mode_given=desired.mode is not None,
        )


def _consequences(step: Step, around: Surroundings) -> tuple[str, ...]:
    mode = new_mode(step)
    if mode is None or step.server is None:
        return ()
    return consequences(mode, step.server, around.unfinished_updates, around.azure_services)


def _providers_of_source(step: Step, around: Surroundings) -> tuple[str, ...]:
    if isinstance(step, (Move, NoteMove)) and step.point and not same_site(step.point.site_code, around.site_code):
        return tuple(machines_of(step.point.site_code, around.locations))
    return ()
