# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""Bringing the service connection point into the wanted state: gather, plan, apply, verify, wait."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace

from .._wsman import codes
from .._wsman.client import WsmanClient
from .errors import SiteError
from .hierarchy import Hierarchy, missing_provider_explained, read_hierarchy
from .plan import (
    Desired,
    Install,
    Keep,
    Remove,
    SetMode,
    StayAbsent,
    Step,
    Surroundings,
    check,
    decide,
    find_site_system,
    site_system_for,
)
from .provider import SiteProvider, read_locations
from .role_components import RoleComponents
from .roles import SERVICE_CONNECTION_POINT, SITE_SYSTEM, Role, create_role, delete_role, read_role, read_roles, write_settings
from .servers import same_site
from .service_connection_point import (
    OFFLINE_MODE,
    Mode,
    ServiceConnectionPoint,
    mode_setting,
    read_service_connection_points,
    settings_of_new_role,
)
from .settling import LOGS, Components, settle
from .updates import read_installations
from .waiting import Waiting
from .writing import Overtaken, attempt, plan_anew_when_overtaken, write_once


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

    @property
    def operation(self) -> str:
        """The step in a word, as the module returns it."""
        return {Install: "install", SetMode: "set_mode", Remove: "remove"}.get(type(self.step), "none")

    @property
    def changed(self) -> bool:
        """Whether the run wrote something or, in check mode, would."""
        return self.operation != "none"


class Deployment:
    """One run for one site. Raises `SiteError` with words for an administrator, or `WsmanError`."""

    def __init__(self, client: WsmanClient, site_code: str | None, waiting: Waiting) -> None:
        self._provider = SiteProvider.connect(client, site_code)
        self._waiting = waiting
        self.written: Step | None = None
        """The step that is on record already, whatever happens afterwards."""

    def run(self, desired: Desired, *, check_mode: bool) -> Outcome:
        """Find out what is to be done and, unless in check mode, do it."""
        return plan_anew_when_overtaken("the service connection point", lambda: self._run_once(desired, check_mode=check_mode))

    def _run_once(self, desired: Desired, *, check_mode: bool) -> Outcome:
        step, around = self._plan(desired, check_mode)
        before = None if isinstance(step, Install) else step.elsewhere if isinstance(step, StayAbsent) else step.point
        role_components = self._components_of(step, around)
        if check_mode:
            is_there = isinstance(step, (SetMode, Keep, Remove))
            components = tuple(role_components.read()) if role_components and is_there else ()
            return self._outcome(step, before, before, role_components, components, is_planned=True)
        if role_components and isinstance(step, Install) and self._waiting.enabled:
            role_components.expect_installation()
        after = self._apply(step, around)
        components = settle(self._provider, step, self._waiting, role_components)
        return self._outcome(step, before, after, role_components, components)

    def _components_of(self, step: Step, around: Surroundings) -> RoleComponents | None:
        """The components of the role on the server that a step is about, if it is about one."""
        server = step.server if isinstance(step, (Install, StayAbsent)) else step.point.server
        site_server = around.hierarchy.local_site.server if around.hierarchy else None
        if isinstance(step, StayAbsent) and step.elsewhere:
            # What the site server has may belong to that one.
            site_server = server
        return RoleComponents(self._provider, server, site_server or None) if server else None

    def _outcome(
        self,
        step: Step,
        before: ServiceConnectionPoint | None,
        after: ServiceConnectionPoint | None,
        role_components: RoleComponents | None,
        components: Components,
        *,
        is_planned: bool = False,
    ) -> Outcome:
        run_on = role_components.run_on if role_components else None
        return Outcome(self._provider.site_code, step, before, after, is_planned, components, run_on)

    # Gather and plan

    def _plan(self, desired: Desired, check_mode: bool) -> tuple[Step, Surroundings]:
        with missing_provider_explained(self._provider, for_role=True):
            points = self._read_points()
        # An account without rights is shown no roles, which must not pass for their absence.
        hierarchy = None if points else read_hierarchy(self._provider)
        step = decide(desired, points)
        around = replace(self._gather(step, hierarchy), is_for_plan=check_mode)
        check(step, desired, around)
        if isinstance(step, Install):
            record = find_site_system(step, around)
            step = replace(step, server=record.server) if record else replace(step, is_site_system=False)
        return step, around

    def _read_points(self) -> tuple[ServiceConnectionPoint, ...]:
        return read_service_connection_points(self._provider)

    def _gather(self, step: Step, hierarchy: Hierarchy | None) -> Surroundings:
        """Read what the step depends on, and nothing more."""
        provider = self._provider
        if isinstance(step, (Install, StayAbsent)):
            hierarchy = hierarchy or read_hierarchy(provider)
            is_elsewhere = not hierarchy.local_site.is_top_tier
        else:
            is_elsewhere = not same_site(step.point.site_code, provider.site_code)
        if is_elsewhere:
            return Surroundings(provider.site_code, (), hierarchy, tuple(read_locations(provider.client)))
        return Surroundings(
            provider.site_code,
            updates=() if isinstance(step, (Keep, StayAbsent)) else tuple(read_installations(provider)),
            hierarchy=hierarchy,
            site_systems=tuple(read_roles(provider, SITE_SYSTEM, step.server)) if isinstance(step, Install) else (),
        )

    # Apply and verify

    def _apply(self, step: Step, around: Surroundings) -> ServiceConnectionPoint | None:
        match step:
            case Install():
                return self._install(step, site_system_for(step, around))
            case SetMode():
                return self._set_mode(step)
            case Remove(point=point):
                self._remove(step, point)
                return None
            case Keep(point=point):
                return point
        return step.elsewhere

    def _install(self, step: Install, site_system: Role) -> ServiceConnectionPoint:
        settings = settings_of_new_role(site_system.server, step.mode)

        def is_there() -> bool:
            return any(point.role.is_on(step.server) for point in self._read_points())

        def create() -> None:
            # Looked at right before the write: nothing says that the provider would refuse a second one.
            if self._read_points():
                raise Overtaken
            create_role(self._provider, SERVICE_CONNECTION_POINT, site_system.place, settings, is_there)

        with attempt(self._provider, f"Installing the service connection point on {step.server}"):
            write_once(create, is_there, means_overtaken=codes.ALREADY_EXISTS_CODES)
        self.written = step
        points = self._read_points()
        ours = next((point for point in points if point.role.is_on(step.server)), None)
        if ours is None:
            raise SiteError(
                f"The SMS Provider of site {self._provider.site_code} accepted the service connection point on {step.server}, "
                f"but does not list it. {LOGS}"
            )
        if len(points) > 1:
            self._take_back(ours, points)
        self._verify_mode(ours, step.mode)
        return ours

    def _take_back(self, ours: ServiceConnectionPoint, points: tuple[ServiceConnectionPoint, ...]) -> None:
        others = " and ".join(str(point) for point in points if point is not ours)
        with (
            attempt(self._provider, f"Taking back the second service connection point, on {ours.server},"),
            suppress(Overtaken),
        ):
            self._delete(ours)
        self.written = None
        raise SiteError(
            f"In the same moment as this task, somebody else installed the service connection point on {others}. There may be "
            f"only one, so the one on {ours.server} was removed again. Run the task again to see what is to be done now."
        )

    def _set_mode(self, step: SetMode) -> ServiceConnectionPoint:
        role = step.point.role

        def is_done() -> bool:
            # Should the mode have to be written again, then with the other settings as they are now.
            nonlocal role
            role = read_role(self._provider, role)
            return ServiceConnectionPoint(role).mode is step.mode

        with attempt(self._provider, f"Setting the service connection point on {role.server} to {step.mode.value}"):
            write_once(
                lambda: write_settings(self._provider, role, {OFFLINE_MODE: mode_setting(role, step.mode)}),
                is_done,
                means_overtaken=codes.NOT_FOUND_CODES,
            )
            self.written = step
            after = ServiceConnectionPoint(read_role(self._provider, role))
        self._verify_mode(after, step.mode)
        return after

    def _verify_mode(self, point: ServiceConnectionPoint, wanted: Mode) -> None:
        if point.mode is not wanted:
            found = point.mode.value if point.mode else "no mode at all"
            raise SiteError(
                f"The SMS Provider of site {self._provider.site_code} accepted mode {wanted.value} for the service connection "
                f"point on {point.server}, but now lists {found}. Another administrator may have changed it: run the "
                "task again."
            )

    def _remove(self, step: Remove, point: ServiceConnectionPoint) -> None:
        with attempt(self._provider, f"Removing the service connection point from {point.server}"):
            self._delete(point)
        self.written = step
        if not self._is_gone(point):
            raise SiteError(
                f"The SMS Provider of site {self._provider.site_code} accepted the removal of the service connection point "
                f"from {point.server}, but still lists it. {LOGS}"
            )

    def _delete(self, point: ServiceConnectionPoint) -> None:
        write_once(
            lambda: delete_role(self._provider, point.role),
            lambda: self._is_gone(point),
            means_overtaken=codes.NOT_FOUND_CODES,
        )

    def _is_gone(self, point: ServiceConnectionPoint) -> bool:
        return not any(left.role.keys == point.role.keys for left in self._read_points())
