# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""The SMS Provider of a site, as the server at the other end of the connection has it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from .._wsman.client import WsmanClient
from .._wsman.errors import WsmanFault
from .._wsman.values import CimClass, CimInstance, CimReference, CimValue, KeyValue
from . import classes
from .errors import SiteError
from .servers import same_site

ROOT = "root/sms"


@dataclass(frozen=True)
class ProviderLocation:
    """Where an SMS Provider is installed."""

    machine: str
    site_code: str
    is_for_local_site: bool
    """Whether it serves the site that the asked server belongs to."""


class NoProvider(SiteError):
    """The asked server does not run the SMS Provider that is needed."""


def read_locations(client: WsmanClient, *, of_local_site: bool = False) -> list[ProviderLocation]:
    """The providers that the server knows, or only those of its own site: one row, and so one request, nearly always.

    `NoProvider` if the server knows nothing of any site.
    """
    wql = "SELECT * FROM SMS_ProviderLocation" + (" WHERE ProviderForLocalSite = TRUE" if of_local_site else "")
    try:
        rows = list(client.query(ROOT, wql, classes.PROVIDER_LOCATION))
    except WsmanFault as fault:
        if fault.is_missing_namespace:
            raise NoProvider(
                "This server has no SMS Provider: its WMI namespace root\\sms does not exist. Run the task on the server "
                "with the SMS Provider of the top-tier site (usually the site server)."
            ) from fault
        raise
    return [
        ProviderLocation(row.text("Machine"), row.text("SiteCode"), row.properties.get("ProviderForLocalSite") is True)
        for row in rows
    ]


def local_site_code(locations: Sequence[ProviderLocation]) -> str:
    """Code of the site that the server belongs to which gave these locations. `SiteError` if it is not exactly one."""
    codes = sorted({location.site_code for location in locations if location.is_for_local_site})
    if len(codes) == 1:
        return codes[0]
    if codes:
        raise SiteError(f"This server has SMS Providers of several sites, {', '.join(codes)}. Set site_code to one of them.")
    raise NoProvider(no_own_provider(locations))


def no_own_provider(locations: Sequence[ProviderLocation]) -> str:
    """The sentence for a server that knows the providers of other sites only: where to go instead."""
    known = ", ".join(f"{place.site_code} on {place.machine}" for place in sorted(locations, key=lambda place: place.site_code))
    return (
        "This server does not have the SMS Provider of a site of its own; that of a secondary site never has. "
        + (f"It knows those of {known}. " if known else "SMS_ProviderLocation in root\\sms is empty. ")
        + "Run the task on the SMS Provider of the top-tier site."
    )


def machines_of(site_code: str, locations: Iterable[ProviderLocation]) -> list[str]:
    """The servers with an SMS Provider of a site, sorted."""
    return sorted({location.machine for location in locations if same_site(location.site_code, site_code)})


class SiteProvider:
    """Operations on the classes of one site's namespace."""

    def __init__(self, client: WsmanClient, site_code: str) -> None:
        self.client = client
        self.site_code = site_code
        self.namespace = f"{ROOT}/site_{site_code}"

    @classmethod
    def connect(cls, client: WsmanClient, site_code: str | None) -> SiteProvider:
        """The provider of the given site, without asking the server; of the server's own site where none is given."""
        if site_code is None:
            site_code = local_site_code(read_locations(client, of_local_site=True) or read_locations(client))
        return cls(client, site_code)

    def query(self, wql: str, expected: CimClass) -> Iterator[CimInstance]:
        """The instances that a WQL query selects; see `WsmanClient.query`."""
        return self.client.query(self.namespace, wql, expected)

    def query_if_known(self, wql: str, expected: CimClass) -> list[CimInstance] | None:
        """The same; None where the provider does not tell: it has no such class, or not for this account."""
        try:
            return list(self.query(wql, expected))
        except WsmanFault as fault:
            if fault.is_temporary:
                raise
            return None

    def get(self, class_name: str, keys: Mapping[str, KeyValue]) -> CimInstance:
        """The instance with these keys."""
        return self.client.get(self.namespace, class_name, keys)

    def create(self, instance: CimInstance) -> CimReference:
        """Create an instance; returns its keys."""
        return self.client.create(self.namespace, instance)

    def put(self, class_name: str, keys: Mapping[str, KeyValue], changes: Mapping[str, CimValue]) -> CimInstance:
        """Change some properties of an instance, and return it as the site has it then."""
        return self.client.put(self.namespace, class_name, keys, changes)

    def invoke(self, class_name: str, method: str, arguments: Mapping[str, CimValue]) -> dict[str, CimValue]:
        """Call a method of a class that changes nothing; returns its output parameters, as text."""
        return self.client.invoke(self.namespace, class_name, method, arguments, is_repeatable=True)

    def delete(self, class_name: str, keys: Mapping[str, KeyValue]) -> None:
        """Delete the instance with these keys."""
        self.client.delete(self.namespace, class_name, keys)
