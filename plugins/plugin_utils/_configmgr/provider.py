# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""The SMS Provider of a site, as the server at the other end of the connection has it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from .._wsman.client import WsmanClient
from .._wsman.errors import WsmanFault
from .._wsman.values import CimClass, CimInstance, CimReference, CimValue, KeyValue
from . import classes
from .errors import SiteError

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


def read_locations(client: WsmanClient) -> list[ProviderLocation]:
    """The providers that the server knows. `NoProvider` if it knows nothing of any site."""
    try:
        rows = list(client.query(ROOT, "SELECT * FROM SMS_ProviderLocation", classes.PROVIDER_LOCATION))
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


class SiteProvider:
    """Operations on the classes of one site's namespace."""

    def __init__(self, client: WsmanClient, site_code: str) -> None:
        self.client = client
        self.site_code = site_code
        self.namespace = f"{ROOT}/site_{site_code}"

    @classmethod
    def connect(cls, client: WsmanClient, site_code: str | None) -> SiteProvider:
        """The provider of the given site, without asking the server; of the server's own site where none is given."""
        return cls(client, site_code or _local_site_code(read_locations(client)))

    def query(self, wql: str, expected: CimClass) -> Iterator[CimInstance]:
        return self.client.query(self.namespace, wql, expected)

    def get(self, class_name: str, keys: Mapping[str, KeyValue]) -> CimInstance:
        return self.client.get(self.namespace, class_name, keys)

    def create(self, instance: CimInstance) -> CimReference:
        return self.client.create(self.namespace, instance)

    def put(self, class_name: str, keys: Mapping[str, KeyValue], changes: Mapping[str, CimValue]) -> CimInstance:
        return self.client.put(self.namespace, class_name, keys, changes)

    def delete(self, class_name: str, keys: Mapping[str, KeyValue]) -> None:
        self.client.delete(self.namespace, class_name, keys)


def _local_site_code(locations: list[ProviderLocation]) -> str:
    codes = sorted({location.site_code for location in locations if location.is_for_local_site})
    if len(codes) == 1:
        return codes[0]
    if not codes:
        raise NoProvider(
            "This server does not say which site it belongs to: SMS_ProviderLocation in root\\sms lists no provider for "
            "the local site. Set site_code, or run the task on the server with the SMS Provider of the top-tier site."
        )
    raise SiteError(f"This server has SMS Providers of several sites, {', '.join(codes)}. Set site_code to one of them.")
