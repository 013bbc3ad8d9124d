# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""Bringing the service connection point into the wanted state: gather, plan, apply, verify."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from .._wsman import codes
from .._wsman.client import WsmanClient
from .._wsman.errors import WsmanError, WsmanFault
from .components import DEINSTALLING, STOPPED, ComponentState, read_components, read_deinstalling
from .errors import Refusal, SiteError
from .hierarchy import missing_provider_explained, read_hierarchy
from .plan import Desired, Install, Keep, Remove, SetMode, Step, Surroundings, check, decide, site_system_for
from .provider import SiteProvider, read_locations
from .roles import (
    SERVICE_CONNECTION_POINT,
    SITE_SYSTEM,
    create_role,
    delete_role,
    read_role,
    read_roles,
    write_setting,
)
from .service_connection_point import (
    COMPONENTS,
    DOWNLOADER,
    OFFLINE_MODE,
    Mode,
    ServiceConnectionPoint,
    read_service_connection_points,
    settings_of_new_role,
    works,
)
from .updates import read_installations
from .waiting import Clock, Progress, Wait

RIGHTS = (
    "The account needs a security role in Configuration Manager that may change sites, such as Full Administrator or "
    "Infrastructure Administrator."
)
LOGS = "Look into sitecomp.log on the site server, and into the status messages of SMS_SITE_COMPONENT_MANAGER."


@dataclass(frozen=True)
class Waiting:
    """Whether and how long to wait for the site to carry out what was written, in seconds."""

    enabled: bool
    timeout: float
    progress: Progress = field(repr=False)
    clock: Clock = field(default_factory=Clock, repr=False)


@dataclass(frozen=True)
class Outcome:
    """What was found, what was done or would be, and what the site says now."""

    site_code: str
    step: Step
    before: ServiceConnectionPoint | None
    after: ServiceConnectionPoint | None
    """As read back; None where it is absent, and in check mode before an installation."""
    components: tuple[ComponentState, ...] = ()

    @property
    def changed(self) -> bool:
        return not isinstance(self.step, Keep)


class Deployment:
    """One run for one site. Raises `SiteError` with words for an administrator, or `WsmanError`."""

    def __init__(self, client: WsmanClient, site_code: str | None, waiting: Waiting) -> None:
        self._provider = SiteProvider.connect(client, site_code)
        self._waiting = waiting

    def run(self, desired: Desired, *, check_mode: bool) -> Outcome:
        """Find out what is to be done and, unless in check mode, do it."""
        with missing_provider_explained(self._provider, for_installation=True):
            points = self._read_points()
        step = decide(desired, self._provider.site_code, points)
        around = self._gather(step)
        check(step, desired, around)
        before = step.point if isinstance(step, (SetMode, Remove, Keep)) else None
        after, components = before, tuple[ComponentState, ...]()
        if not check_mode:
            after = self._apply(step, around)
            components = self._wait(step, after)
        return Outcome(self._provider.site_code, step, before, after, components)

    # Gather

    def _read_points(self) -> tuple[ServiceConnectionPoint, ...]:
        return read_service_connection_points(self._provider)

    def _gather(self, step: Step) -> Surroundings:
        """Read what the step depends on, and nothing more."""
        match step:
            case Keep(point=None):
                # An account without rights is shown no roles, which must not pass for their absence.
                return Surroundings(hierarchy=read_hierarchy(self._provider))
            case Keep():
                return Surroundings()
            case Install(server=server):
                return Surroundings(
                    updates=tuple(read_installations(self._provider)),
                    hierarchy=read_hierarchy(self._provider),
                    locations=tuple(read_locations(self._provider.client)),
                    site_systems=tuple(read_roles(self._provider, SITE_SYSTEM, server)),
                )
        return Surroundings(updates=tuple(read_installations(self._provider)))

    # Apply and verify

    def _apply(self, step: Step, around: Surroundings) -> ServiceConnectionPoint | None:
        match step:
            case Install():
                return self._install(step, around)
            case SetMode():
                return self._set_mode(step)
            case Remove(point=point):
                self._remove(point)
                return None
        return step.point

    def _install(self, step: Install, around: Surroundings) -> ServiceConnectionPoint:
        site_system = site_system_for(step, around)
        settings = settings_of_new_role(site_system.server, step.mode)
        self._refuse_if_appeared()
        with self._attempt(f"Installing the service connection point on {step.server}"):
            self._write(
                lambda: create_role(self._provider, SERVICE_CONNECTION_POINT, site_system, settings),
                lambda: any(point.role.is_on(step.server) for point in self._read_points()),
                carried_out=codes.ALREADY_EXISTS_CODES,
            )
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

    def _refuse_if_appeared(self) -> None:
        """Look once more right before the installation: nothing says that the provider would refuse a second one."""
        if appeared := self._read_points():
            raise Refusal(
                f"While this task ran, somebody else installed the service connection point on {appeared[0]}. There may be "
                "only one, so nothing was written. Run the task again to see what is to be done now."
            )

    def _take_back(self, ours: ServiceConnectionPoint, points: tuple[ServiceConnectionPoint, ...]) -> None:
        others = " and ".join(str(point) for point in points if point is not ours)
        with self._attempt(f"Taking back the second service connection point, on {ours.server},"):
            delete_role(self._provider, ours.role)
        raise SiteError(
            f"In the same moment as this task, somebody else installed the service connection point on {others}. There may be "
            f"only one, so the one on {ours.server} was removed again. Run the task again to see what is to be done now."
        )

    def _set_mode(self, step: SetMode) -> ServiceConnectionPoint:
        role = step.point.role
        with self._attempt(f"Setting the service connection point on {role.server} to {step.mode.value}"):
            self._write(
                lambda: write_setting(self._provider, role, OFFLINE_MODE, step.mode.setting),
                lambda: ServiceConnectionPoint(read_role(self._provider, role)).mode is step.mode,
            )
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

    def _remove(self, point: ServiceConnectionPoint) -> None:
        def is_gone() -> bool:
            return not any(left.role.keys == point.role.keys for left in self._read_points())

        with self._attempt(f"Removing the service connection point from {point.server}"):
            self._write(lambda: delete_role(self._provider, point.role), is_gone, carried_out=codes.NOT_FOUND_CODES)
        if not is_gone():
            raise SiteError(
                f"The SMS Provider of site {self._provider.site_code} accepted the removal of the service connection point "
                f"from {point.server}, but still lists it. {LOGS}"
            )

    def _write(
        self,
        write: Callable[[], None],
        is_done: Callable[[], bool],
        carried_out: frozenset[int] = frozenset(),
    ) -> None:
        """Write once. Where the reply is lost, read back before writing again, and take ``carried_out`` for success then."""
        try:
            write()
            return
        except WsmanError as error:
            if not error.reply_lost:
                raise
        if is_done():
            return
        try:
            write()
        except WsmanFault as fault:
            if fault.code not in carried_out:
                raise

    @contextmanager
    def _attempt(self, what: str) -> Iterator[None]:
        """Say what was tried when the provider refuses it."""
        try:
            yield
        except WsmanFault as fault:
            advice = RIGHTS if fault.is_access_denied else "SMSProv.log on the server with the SMS Provider has more."
            raise SiteError(
                f"{what} failed at the SMS Provider of site {self._provider.site_code}: {fault}. {advice}"
            ) from fault

    # Wait

    def _wait(self, step: Step, after: ServiceConnectionPoint | None) -> tuple[ComponentState, ...]:
        """Wait until the role runs, or is gone; a mode alone changes nothing that could be waited for."""
        if not self._waiting.enabled or isinstance(step, SetMode):
            return ()
        if isinstance(step, Remove):
            return self._wait_until_gone(step.point)
        if after is None:
            return self._wait_until_deinstalled()
        if isinstance(step, Keep):
            unhealthy = read_components(self._provider, COMPONENTS, after.server, healthy_one=DOWNLOADER)
            if works(unhealthy):
                return tuple(unhealthy)
        return self._wait_until_started(after)

    def _wait_until_started(self, point: ServiceConnectionPoint) -> tuple[ComponentState, ...]:
        return self._poll(
            lambda: read_components(self._provider, COMPONENTS, point.server),
            works,
            f"{point.server} {DOWNLOADER}",
            "not known to the site yet",
            f"The installation of the service connection point on {point.server}",
        )

    def _wait_until_gone(self, point: ServiceConnectionPoint) -> tuple[ComponentState, ...]:
        return self._poll(
            lambda: read_components(self._provider, COMPONENTS, point.server),
            lambda components: all(component.state == STOPPED for component in components),
            point.server,
            "components removed",
            f"The removal of the service connection point from {point.server}",
        )

    def _wait_until_deinstalled(self) -> tuple[ComponentState, ...]:
        """Finish the wait of an earlier run that removed the role."""
        components = read_deinstalling(self._provider, COMPONENTS)
        if not components:
            return ()
        return self._poll(
            lambda: read_deinstalling(self._provider, COMPONENTS),
            lambda left: not any(component.state == DEINSTALLING for component in left),
            "service connection point",
            "components removed",
            f"The removal of the service connection point from {components[0].server}",
        )

    def _poll(
        self,
        read: Callable[[], list[ComponentState]],
        is_done: Callable[[list[ComponentState]], bool],
        subject: str,
        none_seen: str,
        what: str,
    ) -> tuple[ComponentState, ...]:
        def describe(components: list[ComponentState]) -> dict[str, str]:
            if not components:
                return {subject: none_seen}
            return {f"{component.server} {component.name}": _line(component) for component in components}

        wait = Wait(
            read,
            is_done,
            describe,
            timeout=self._waiting.timeout,
            progress=self._waiting.progress,
            clock=self._waiting.clock,
        )
        return tuple(wait.run(what, LOGS))


def _line(component: ComponentState) -> str:
    suffix = "" if component.status in (0, None) else f", status {component.status_name}"
    return component.state_name + suffix
