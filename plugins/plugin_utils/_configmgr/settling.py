# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""Waiting until the site has carried out what is on record: components installed and started, or removed."""

from __future__ import annotations

from collections.abc import Callable

from .components import STOPPED, ComponentState, read_not_stopped
from .provider import SiteProvider
from .role_components import RoleComponents
from .roles import SITE_SYSTEM, read_roles
from .servers import is_spelling
from .service_connection_point import COMPONENTS, DOWNLOADER, ServiceConnectionPoint, works
from .steps import Install, Keep, Remove, StayAbsent, Step
from .waiting import Wait, Waiting

LOGS = "Look into sitecomp.log on the site server, and into the status messages of SMS_SITE_COMPONENT_MANAGER."
GOES_ON = "The site goes on by itself: run the task again to go on waiting, with a longer wait_timeout if need be."

Components = tuple[ComponentState, ...]


def settle(provider: SiteProvider, step: Step, waiting: Waiting, role_components: RoleComponents | None) -> Components:
    """Wait until a step is carried out; also one of an earlier run that did not wait. Returns what was read last.

    ``role_components`` are those on the step's server, if it has one. A mode alone changes nothing that could be waited for.
    """
    if not waiting.enabled:
        return ()
    if role_components is None:
        is_absent_everywhere = isinstance(step, StayAbsent) and step.elsewhere is None
        return _until_removed_everywhere(provider, waiting) if is_absent_everywhere else ()
    match step:
        case Install(server=server):
            return until_it_works(role_components, server, waiting)
        case Keep(point=point):
            healthy = role_components.read(healthy_one=DOWNLOADER)
            return tuple(healthy) if works(healthy) else until_it_works(role_components, point.server, waiting)
        case Remove(point=point):
            return until_removed(role_components, point.server, waiting)
        case StayAbsent(server=server):
            return until_removed(role_components, str(server), waiting)
    return ()


def until_it_works(role_components: RoleComponents, server: str, waiting: Waiting, advice: str = GOES_ON) -> Components:
    """Wait until the role on a server works. ``advice`` is what to do if it does not."""
    return _poll(
        role_components.read,
        works,
        {f"{server} {DOWNLOADER}": "not known to the site yet"},
        f"The service connection point on {server} is on record, but did not start to work",
        waiting,
        advice,
    )


def until_removed(role_components: RoleComponents, server: str, waiting: Waiting, advice: str = GOES_ON) -> Components:
    """Wait until the components of the role are gone from a server. ``advice`` is what to do if they are not."""
    return _poll(
        role_components.read,
        _are_stopped,
        {server: "components removed"},
        f"The service connection point is off the record of {server}, but its components were not removed",
        waiting,
        advice,
    )


def until_unlisted(
    read: Callable[[], tuple[ServiceConnectionPoint, ...]], point: ServiceConnectionPoint, waiting: Waiting
) -> None:
    """Wait until a role that another site's provider removes is off the record, which is replicated between sites."""
    Wait(waiting).until(
        read,
        lambda points: all(left.role.keys != point.role.keys for left in points),
        lambda points: {str(left): "still on record" for left in points} or {str(point): "off the record"},
        f"The service connection point on {point} did not leave the record",
        lambda _seen: f"Remove it on the SMS Provider of {point.site_code} (state=absent), and run the task again.",
    )


def _until_removed_everywhere(provider: SiteProvider, waiting: Waiting) -> Components:
    """Finish the wait of an earlier run that removed the role, from a server that is not known any more."""
    if not read_not_stopped(provider, COMPONENTS):
        return ()
    # The summary of a server may outlive the server. What is being removed is on one that is still a site system.
    servers = [role.server for role in read_roles(provider, SITE_SYSTEM)]

    def read() -> list[ComponentState]:
        return [
            component
            for component in read_not_stopped(provider, COMPONENTS)
            if any(is_spelling(component.server, server) for server in servers)
        ]

    return _poll(
        read,
        _are_stopped,
        {"service connection point": "components removed"},
        "The service connection point is off the record, but its components were not removed",
        waiting,
    )


def _are_stopped(components: list[ComponentState]) -> bool:
    return all(component.state == STOPPED for component in components)


def _poll(
    read: Callable[[], list[ComponentState]],
    is_done: Callable[[list[ComponentState]], bool],
    when_empty: dict[str, str],
    failure: str,
    waiting: Waiting,
    advice: str = GOES_ON,
) -> Components:
    def describe(components: list[ComponentState]) -> dict[str, str]:
        if not components:
            return when_empty
        return {f"{component.server} {component.name}": _line(component) for component in components}

    last = Wait(waiting).until(read, is_done, describe, failure, lambda _seen: f"{LOGS} {advice}".rstrip())
    return tuple(last)


def _line(component: ComponentState) -> str:
    suffix = "" if component.status in (0, None) else f", status {component.status_name}"
    return component.state_name + suffix
