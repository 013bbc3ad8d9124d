# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""Site system roles: the ``SMS_SCI_SysResUse`` items of the site control data.

One item stands for one role on one server. Its settings are embedded properties, selected by name: Microsoft publishes no
list of them, names are case sensitive, and whoever writes one must write all of them back.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from .._wsman import codes
from .._wsman.errors import WsmanFault
from .._wsman.values import CimInstance, CimValue, KeyValue
from .._wsman.wql import quote
from . import classes
from .provider import SiteProvider
from .servers import network_os_path, same_server, server_of

SERVICE_CONNECTION_POINT = "SMS Dmp Connector"
SITE_SYSTEM = "SMS Site System"

_CLASS = classes.ROLE.name
_KEYS = ("FileType", "ItemName", "ItemType", "SiteCode")
_ACTUAL = 2
"""``FileType`` of the items that are in force; every published instance has it."""


@dataclass(frozen=True)
class Setting:
    """One embedded property: a number, and up to two strings. A string setting has its text in one of them."""

    number: int | None = 0
    text1: str = ""
    text2: str = ""


@dataclass(frozen=True)
class Role:
    """A role as the site control data has it."""

    name: str
    server: str
    site_code: str
    nal_path: str
    keys: Mapping[str, KeyValue]
    embedded: tuple[CimInstance, ...] = field(default=(), repr=False)
    """The embedded properties as they were read, with everything that nobody here knows."""

    def setting(self, name: str) -> Setting | None:
        """The setting of exactly this name."""
        for instance in self.embedded:
            if instance.text("PropertyName") == name:
                return Setting(instance.number("Value"), instance.text("Value1"), instance.text("Value2"))
        return None

    def is_on(self, server: str) -> bool:
        """Whether it is the role of the server with this FQDN."""
        return same_server(self.server, server)


def read_roles(provider: SiteProvider, name: str, server: str | None = None) -> list[Role]:
    """The instances of a role in all sites that the provider knows, or those on one server."""
    wql = f"SELECT * FROM {_CLASS} WHERE RoleName = {quote(name)} AND FileType = {_ACTUAL}"
    if server is not None:
        wql += f" AND NetworkOSPath = {quote(network_os_path(server))}"
    return [_role(row) for row in provider.query(wql, classes.ROLE)]


def read_role(provider: SiteProvider, role: Role) -> Role:
    """The same role as the server has it now."""
    return _role(provider.get(_CLASS, role.keys))


def write_number(provider: SiteProvider, role: Role, name: str, number: int) -> None:
    """Change the number of one setting. The whole array is written, since an element left out would be removed."""
    changed = [
        replace(instance, properties={**instance.properties, "Value": number})
        if instance.text("PropertyName") == name
        else instance
        for instance in role.embedded
    ]
    if role.setting(name) is None:
        changed.append(_embedded_property(name, Setting(number)))
    provider.put(_CLASS, role.keys, {"Props": list[CimValue](changed)})


def create_role(
    provider: SiteProvider, name: str, site_system: Role, settings: Mapping[str, Setting], is_there: Callable[[], bool]
) -> None:
    """Put a role on a site system.

    Sends what Microsoft's sample "Deploy a site system role" sends, and lets the provider fill in the rest. How a provider
    would refuse that form is not known, so one that refuses it for anything but the account or the role's existence gets the
    keys spelled out, too, unless the role ``is_there`` in spite of the failure.
    """
    values: dict[str, CimValue] = {
        "NALPath": site_system.nal_path,
        "NALType": "Windows NT Server",
        "Props": [_embedded_property(key, setting) for key, setting in settings.items()],
        "RoleName": name,
        "SiteCode": site_system.site_code,
    }
    try:
        provider.create(CimInstance(_CLASS, values))
    except WsmanFault as fault:
        if fault.reply_lost or fault.is_access_denied or fault.code in codes.ALREADY_EXISTS_CODES:
            raise
        if is_there():
            return
        embedded = [_embedded_property(key, setting, ItemType="Property") for key, setting in settings.items()]
        keys: dict[str, CimValue] = {
            "FileType": _ACTUAL,
            "ItemName": f"{site_system.nal_path},{name}",
            "ItemType": "System Resource Usage",
            "NetworkOSPath": network_os_path(site_system.server),
        }
        provider.create(CimInstance(_CLASS, {**keys, **values, "Props": list[CimValue](embedded)}))


def delete_role(provider: SiteProvider, role: Role) -> None:
    """Remove a role from its server."""
    provider.delete(_CLASS, role.keys)


def _role(row: CimInstance) -> Role:
    return Role(
        name=row.text("RoleName"),
        server=server_of(row.text("NetworkOSPath"), row.text("NALPath")),
        site_code=row.text("SiteCode"),
        nal_path=row.text("NALPath"),
        keys={key: row.number(key) or 0 if key == "FileType" else row.text(key) for key in _KEYS},
        embedded=tuple(row.objects("Props")),
    )


def _embedded_property(name: str, setting: Setting, **keys: CimValue) -> CimInstance:
    values: dict[str, CimValue] = {"Value": setting.number, "Value1": setting.text1, "Value2": setting.text2}
    return CimInstance(classes.EMBEDDED_PROPERTY.name, {**keys, "PropertyName": name, **values})
