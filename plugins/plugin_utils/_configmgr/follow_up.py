# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""What a person should look after when the service connection point has moved: built from what the site really has."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from .cloud_services import CloudServices, read_cloud_services
from .data_files import read_data_file
from .provider import SiteProvider
from .roles import COMPONENT_SERVER, SITE_SYSTEM, read_roles
from .service_connection_point import Mode, ServiceConnectionPoint
from .site_systems import Proxy, read_proxy
from .updates import UpdateInstallation, read_downloads, read_installations


@dataclass(frozen=True)
class Advice:
    """What to do about one thing, as ``follow_up.yml`` has it."""

    title: str
    action: str
    source: str


@dataclass(frozen=True)
class Item:
    """One line of the list."""

    id: str
    advice: Advice
    found: tuple[str, ...]
    """What the site has of it."""


@dataclass(frozen=True)
class Situation:
    """What the list depends on."""

    point: ServiceConnectionPoint
    cloud: CloudServices
    updates: tuple[UpdateInstallation, ...] = ()
    proxy: Proxy | None = None
    former: str = ""
    """The server that had the role, if it is known and still a site system without another role."""


@cache
def advices() -> dict[str, Advice]:
    """Every advice, by its name."""
    entries = read_data_file(__file__, "follow_up.yml")
    return {name: Advice(**entry) for name, entry in entries.items()}


def read_situation(provider: SiteProvider, point: ServiceConnectionPoint, former: str) -> Situation:
    """Read what the list depends on."""
    return Situation(
        point,
        read_cloud_services(provider),
        (*read_installations(provider), *read_downloads(provider)),
        read_proxy(provider, point.server),
        former if former and _is_left_over(provider, former) else "",
    )


def _is_left_over(provider: SiteProvider, server: str) -> bool:
    names = {role.name for role in read_roles(provider, None, server)}
    return SITE_SYSTEM in names and names <= {SITE_SYSTEM, COMPONENT_SERVER}


def follow_up(situation: Situation) -> list[Item]:
    """The list, most important first; a pure function."""
    cloud, point = situation.cloud, situation.point
    found: dict[str, tuple[str, ...]] = {}
    if cloud.applications:
        found["entra_secrets"] = tuple(
            f"{application.name or application.client_id}"
            + (f" of {application.tenant}" if application.tenant else "")
            + (f", expires {application.secret_expires}" if application.secret_expires else "")
            for application in cloud.applications
        )
    if cloud.services:
        found["azure_services"] = tuple(service.label for service in cloud.services)
    if cloud.applications is None or cloud.services is None:
        found["cloud_unknown"] = ()
    if situation.updates:
        found["updates_in_progress"] = tuple(f"{update.name} (state {update.state})" for update in situation.updates)
    if point.mode is Mode.OFFLINE:
        found["offline"] = (point.server,)
    else:
        found["firewall"] = (point.server,)
        if situation.proxy:
            proxy = situation.proxy
            found["proxy"] = (
                f"{proxy.server} port {proxy.port}, as {proxy.account or f'the computer account of {point.server}'}",
            )
        else:
            found["internet_directly"] = (point.server,)
    if situation.former:
        found["old_server"] = (situation.former,)
    return [Item(name, advices()[name], what) for name, what in found.items()]
