# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""What the info modules read: the hierarchy, and the service connection point with its components."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from .._wsman.client import WsmanClient
from .components import ComponentState, worst_status
from .hierarchy import Hierarchy, missing_provider_explained, read_hierarchy
from .provider import ProviderLocation, SiteProvider, local_site_code, read_locations
from .role_components import RoleComponents
from .role_messages import RoleMessages, read_role_messages
from .servers import same_site
from .service_connection_point import (
    ServiceConnectionPoint,
    read_service_connection_points,
    works,
)
from .site_servers import SiteServers, read_site_servers
from .site_systems import Proxy, read_proxy


@dataclass(frozen=True)
class SiteReport:
    """A hierarchy as one of its SMS Providers sees it."""

    hierarchy: Hierarchy
    locations: tuple[ProviderLocation, ...]
    points: tuple[ServiceConnectionPoint, ...]
    servers: Mapping[str, SiteServers]
    """By the code of the site."""


@dataclass(frozen=True)
class RoleReport:
    """A service connection point, with its components and their messages, of which only the provider of its site knows."""

    point: ServiceConnectionPoint
    components: tuple[ComponentState, ...]
    components_run_on: str
    is_of_this_site: bool
    proxy: Proxy | None
    messages: RoleMessages | None
    """None where the asked provider cannot know."""

    @property
    def works(self) -> bool | None:
        """Whether the role works; None where the asked provider cannot know."""
        return works(self.components) if self.is_of_this_site else None

    @property
    def status(self) -> str:
        """The worst status of the components; see `worst_status`."""
        return worst_status(self.components)


def read_site_report(client: WsmanClient, site_code: str | None) -> SiteReport:
    """Read the sites, the providers and where the role is."""
    locations = read_locations(client)
    provider = SiteProvider(client, site_code or local_site_code(locations))
    with missing_provider_explained(provider):
        hierarchy = read_hierarchy(provider)
    points = read_service_connection_points(provider)
    return SiteReport(hierarchy, tuple(locations), points, read_site_servers(provider))


def read_provider_and_points(
    client: WsmanClient, site_code: str | None
) -> tuple[SiteProvider, tuple[ServiceConnectionPoint, ...]]:
    """The provider of a site, and every instance of the role: one at the most in a healthy hierarchy."""
    provider = SiteProvider.connect(client, site_code)
    with missing_provider_explained(provider):
        points = read_service_connection_points(provider)
    if not points:
        # An account without rights is shown no roles, which must not pass for their absence.
        read_hierarchy(provider)
    return provider, points


def read_role_report(client: WsmanClient, site_code: str | None, since: datetime | None, limit: int) -> tuple[RoleReport, ...]:
    """Read every instance of the role with its components and, at the most, so many of their problems since a moment."""
    provider, points = read_provider_and_points(client, site_code)
    return tuple(_report(provider, point, since, limit) for point in points)


def _report(provider: SiteProvider, point: ServiceConnectionPoint, since: datetime | None, limit: int) -> RoleReport:
    proxy = read_proxy(provider, point.server)
    role_components = RoleComponents(provider, point.server)
    if not same_site(point.site_code, provider.site_code):
        return RoleReport(point, (), role_components.run_on, False, proxy, None)
    components = tuple(role_components.read())
    servers = {point.server, role_components.run_on}
    messages = read_role_messages(provider, sorted(servers), since, limit)
    return RoleReport(point, components, role_components.run_on, True, proxy, messages)
