# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The site control data of a hierarchy: which site system roles there are, on which servers.

It is global data: every SMS Provider of the hierarchy shows and changes the same. Formats of NALPath and ItemName are
those of SMS_SCI_SysResUse, as its reference page and recorded instances show them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

SITE_SYSTEM = "SMS Site System"
COMPONENT_SERVER = "SMS Component Server"
SITE_SERVER = "SMS Site Server"
SQL_SERVER = "SMS SQL Server"
SMS_PROVIDER = "SMS Provider"
SERVICE_CONNECTION_POINT = "SMS Dmp Connector"

KNOWN_ROLES = (
    SITE_SYSTEM,
    COMPONENT_SERVER,
    SITE_SERVER,
    SQL_SERVER,
    SMS_PROVIDER,
    SERVICE_CONNECTION_POINT,
    "SMS Management Point",
    "SMS Distribution Point",
    "SMS Fallback Status Point",
    "SMS Software Update Point",
    "SMS State Migration Point",
    "SMS SRS Reporting Point",
)
ESSENTIAL_ROLES = (SITE_SERVER, SQL_SERVER, SMS_PROVIDER)
"""What a site cannot be without; Setup alone removes them."""

MANAGEMENT_POINT = "SMS Management Point"
CLIENT_FACING_ROLES = (MANAGEMENT_POINT, "SMS Distribution Point")

KNOWN_PROPERTIES = (
    "OfflineMode",
    "Server Remote Name",
    "Server Remote Public Name",
    "FDMOperation",
    "UseMachineAccount",
    "UserName",
    "UseProxy",
    "ProxyName",
    "ProxyServerPort",
    "ProxyUserName",
    "AnonymousProxyAccess",
    "ForestFQDN",
    "DomainFQDN",
    "IsProtected",
)
"""Embedded properties of site systems and service connection points, as published scripts have them."""

ITEM_TYPE = "System Resource Usage"
NAL_TYPE = "Windows NT Server"

_NAL_PATH = re.compile(
    r'\["Display=\\\\(?P<display>[^\\"]+)\\"\]MSWNET:\["SMS_SITE=(?P<site>[A-Za-z0-9]{3})"\]\\\\(?P<server>[^\\"]+)\\'
)


@dataclass
class Property:
    """An embedded property (SMS_EmbeddedProperty). Its name is case sensitive."""

    name: str
    value: int = 0
    value1: str = ""
    value2: str = ""


@dataclass
class PropertyList:
    """An embedded property list (SMS_EmbeddedPropertyList)."""

    name: str
    values: list[str] = field(default_factory=list)


@dataclass
class Role:
    """One site system role on one server (an SMS_SCI_SysResUse item)."""

    name: str
    server: str
    site_code: str
    properties: list[Property] = field(default_factory=list)
    property_lists: list[PropertyList] = field(default_factory=list)
    is_passive: bool = False
    """Of a site server: whether it waits for the other one of its pair to fail."""

    @property
    def nal_path(self) -> str:
        """The server and the site as the key NALPath writes them."""
        return nal_path(self.server, self.site_code)

    @property
    def item_name(self) -> str:
        """What names it in the site control file."""
        return f"{self.nal_path},{self.name}"

    def value(self, name: str) -> Property | None:
        """The embedded property of exactly this name."""
        return next((prop for prop in self.properties if prop.name == name), None)

    @property
    def mode(self) -> str:
        """Of a service connection point: online or offline, as OfflineMode says; unknown where that is missing."""
        offline = self.value("OfflineMode")
        return "unknown" if offline is None else "offline" if offline.value else "online"


def nal_path(server: str, site_code: str) -> str:
    """The network abstraction layer path of a server in a site."""
    return f'["Display=\\\\{server}\\"]MSWNET:["SMS_SITE={site_code}"]\\\\{server}\\'


def parse_nal_path(path: str) -> tuple[str, str] | None:
    """Server and site code of a NAL path; None for anything that is not one of a Windows server."""
    match = _NAL_PATH.fullmatch(path)
    if match is None or match["display"].lower() != match["server"].lower():
        return None
    return match["server"], match["site"]


class SiteControl:
    """Every role of the hierarchy. Watchers are told of each change, after it."""

    def __init__(self) -> None:
        self._roles: dict[tuple[str, str], Role] = {}
        self.added: list[Callable[[Role], None]] = []
        self.changed: list[Callable[[Role], None]] = []
        self.removed: list[Callable[[Role], None]] = []

    def __iter__(self) -> Iterator[Role]:
        return iter(list(self._roles.values()))

    def find(self, site_code: str, item_name: str) -> Role | None:
        """The role with this key, letter case aside."""
        return self._roles.get((site_code.lower(), item_name.lower()))

    def roles(self, name: str, server: str | None = None) -> list[Role]:
        """Every role of this name, on this server where one is named."""
        return [role for role in self if role.name == name and (server is None or role.server.lower() == server.lower())]

    def on_server(self, server: str) -> list[Role]:
        """Every role of this server."""
        return [role for role in self if role.server.lower() == server.lower()]

    def add(self, role: Role) -> None:
        """Store a new role."""
        self._roles[role.site_code.lower(), role.item_name.lower()] = role
        for watcher in self.added:
            watcher(role)

    def change(self, role: Role, properties: list[Property], property_lists: list[PropertyList]) -> None:
        """Replace the embedded properties of a role, whole."""
        role.properties = properties
        role.property_lists = property_lists
        for watcher in self.changed:
            watcher(role)

    def remove(self, role: Role) -> None:
        """Remove a role."""
        del self._roles[role.site_code.lower(), role.item_name.lower()]
        for watcher in self.removed:
            watcher(role)
