# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""The sites of a hierarchy and how they hang together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum

from .._wsman.errors import WsmanFault
from .._wsman.values import CimInstance
from . import classes
from .errors import Refusal, SiteError
from .provider import NoProvider, ProviderLocation, SiteProvider, machines_of, no_own_provider, read_locations
from .servers import same_site


class SiteType(Enum):
    """``SMS_Site.Type``."""

    SECONDARY = 1
    PRIMARY = 2
    CENTRAL_ADMINISTRATION_SITE = 4

    @property
    def label(self) -> str:
        """As modules return it, such as central_administration_site."""
        return self.name.lower()


SITE_STATUS = {1: "active", 2: "pending", 3: "failed", 4: "deleted", 5: "upgrading"}
"""``SMS_Site.Status``."""

EXPANDING = 5
SITE_MODE = {
    0: "normal",
    1: "normal",
    2: "recovery",
    3: "upgrading",
    EXPANDING: "expanding",
}
"""``SMS_Site.Mode``, as far as it is documented with a meaning."""


@dataclass(frozen=True)
class Site:
    """One site of the hierarchy, as ``SMS_Site`` has it."""

    code: str
    name: str
    type: SiteType | None
    parent: str
    """Code of the site it reports to; empty at the top."""
    server: str
    version: str
    status: str
    mode: str
    install_directory: str

    @property
    def is_top_tier(self) -> bool:
        """A central administration site, or a primary site that reports to none."""
        return not self.parent and self.type in (SiteType.PRIMARY, SiteType.CENTRAL_ADMINISTRATION_SITE)


@dataclass(frozen=True)
class Hierarchy:
    """The sites that a provider knows, seen from its own site."""

    sites: tuple[Site, ...]
    local_site: Site

    def find(self, code: str) -> Site | None:
        """The site with this code, if the provider knows it."""
        return next((site for site in self.sites if same_site(site.code, code)), None)

    def top_tier_above(self, site: Site) -> str:
        """Code of the site at the top of a site's branch. A provider need not list the sites above its own."""
        code, seen = site.code, set[str]()
        above: Site | None = site
        while above and above.parent and above.code not in seen:
            seen.add(above.code)
            code = above.parent
            above = self.find(code)
        return code


def read_hierarchy(provider: SiteProvider) -> Hierarchy:
    """Read the sites. `SiteError` if the account is not allowed to see even the local one."""
    sites = tuple(_site(row) for row in provider.query("SELECT * FROM SMS_Site", classes.SITE))
    local = next((site for site in sites if same_site(site.code, provider.site_code)), None)
    if local is None:
        raise SiteError(
            f"The SMS Provider of site {provider.site_code} shows no sites to this account. Give the account a security "
            "role in Configuration Manager that can read sites, such as Read-only Analyst or Infrastructure Administrator."
        )
    return Hierarchy(sites, local)


def _site(row: CimInstance) -> Site:
    code, parent = row.text("SiteCode"), row.text("ReportingSiteCode")
    number = row.number("Type")
    return Site(
        code=code,
        name=row.text("SiteName"),
        type=SiteType(number) if number in SiteType._value2member_map_ else None,
        # Some reports map the empty parent of a top-tier site to the site itself.
        parent="" if same_site(parent, code) else parent,
        server=row.text("ServerName"),
        version=row.text("Version"),
        status=_word(SITE_STATUS, row.number("Status")),
        mode=_word(SITE_MODE, row.number("Mode")),
        install_directory=row.text("InstallDir"),
    )


def _word(words: Mapping[int, str], number: int | None) -> str:
    return "unknown" if number is None else words.get(number, str(number))


@contextmanager
def missing_provider_explained(provider: SiteProvider, *, for_role: bool = False) -> Iterator[None]:
    """Around the first request to a site's namespace: says why the server has none, and where to go instead.

    ``for_role`` refuses sites that cannot have a service connection point, instead of sending people to them.
    """
    try:
        yield
    except WsmanFault as fault:
        if not fault.is_missing_namespace:
            raise
        raise _explain_missing_provider(provider, for_role, fault) from fault


def _explain_missing_provider(provider: SiteProvider, for_role: bool, fault: WsmanFault) -> SiteError:
    wanted = provider.site_code
    locations = read_locations(provider.client)
    hierarchy = _hierarchy_of_local_provider(provider, locations)
    site = hierarchy.find(wanted) if hierarchy else None
    machines = machines_of(wanted, locations)
    if hierarchy and site and not site.is_top_tier and (for_role or not machines):
        return Refusal(not_top_tier(site, hierarchy, locations))
    if machines:
        return NoProvider(
            f"The SMS Provider of site {wanted} is not on this server but on {', '.join(machines)}. Run the task there. "
            f"(Asked for its namespace, this server answered {fault.name}.)"
        )
    if not any(location.is_for_local_site for location in locations):
        return NoProvider(no_own_provider(locations))
    known = {location.site_code for location in locations} | {site.code for site in (hierarchy.sites if hierarchy else ())}
    return NoProvider(
        f"This server knows no site {wanted}"
        + (f"; it knows {', '.join(sorted(known))}." if known else ".")
        + " Correct site_code, or leave it out to use the site of the server that the task runs on."
    )


def not_top_tier(site: Site, hierarchy: Hierarchy, locations: list[ProviderLocation]) -> str:
    """The sentence that refuses a site below the top tier, naming where to go instead."""
    if not site.parent:
        kind = site.type.label if site.type else "unknown"
        return f"Site {site.code} has the type {kind}, and does not say which site it reports to. It is not changed."
    what = "secondary" if site.type is SiteType.SECONDARY else "child primary"
    top_code = hierarchy.top_tier_above(site)
    top = hierarchy.find(top_code)
    where = ", ".join(machines_of(top_code, locations)) or (top.server if top else "")
    return (
        f"Site {site.code} is a {what} site that reports to {site.parent}. The service connection point of a hierarchy belongs "
        f"to its top-tier site, {top_code}: run the task on the SMS Provider of {top_code}{', ' if where else ''}{where}."
    )


def _hierarchy_of_local_provider(provider: SiteProvider, locations: list[ProviderLocation]) -> Hierarchy | None:
    """What the provider on this server, if there is one, knows of the hierarchy."""
    for code in sorted({location.site_code for location in locations if location.is_for_local_site}):
        if same_site(code, provider.site_code):
            continue
        try:
            return read_hierarchy(SiteProvider(provider.client, code))
        except (WsmanFault, SiteError):
            continue
    return None


def version_numbers(version: str) -> tuple[int, ...]:
    """The version of a site or an update to compare by: ``5.00.9135.1000`` and ``5.0.9135.1000`` are the same."""
    return tuple(int(part) for part in version.split(".") if part.isdecimal())
