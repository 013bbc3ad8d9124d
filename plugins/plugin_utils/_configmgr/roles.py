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
from typing import NamedTuple

from .._wsman import codes
from .._wsman.errors import WsmanFault
from .._wsman.values import CimInstance, CimValue, KeyValue
from .._wsman.wql import quote
from . import classes
from .provider import SiteProvider
from .servers import nal_path, network_os_path, same_server, same_site, server_of
from .site_control import ACTUAL, keys_of

SERVICE_CONNECTION_POINT = "SMS Dmp Connector"
SITE_SYSTEM = "SMS Site System"
COMPONENT_SERVER = "SMS Component Server"
"""What the site itself adds to a server whose roles have components, and takes away again."""

_CLASS = classes.ROLE.name
_NAMES = {name.casefold(): name for name in (SERVICE_CONNECTION_POINT, SITE_SYSTEM, COMPONENT_SERVER)}
"""The names that are relied on. A script may have created a role in another letter case, which the SMS Provider accepts."""


@dataclass(frozen=True)
class Setting:
    """One embedded property: a number, and up to two strings. A string setting has its text in one of them."""

    number: int | None = 0
    text1: str = ""
    text2: str = ""

    def is_same(self, other: Setting) -> bool:
        """Whether both mean the same; names of servers and accounts have no letter case."""
        texts = ((setting.text1.casefold(), setting.text2.casefold()) for setting in (self, other))
        return self.number == other.number and len(set(texts)) == 1


class Place(NamedTuple):
    """A server as a site knows it, or would."""

    server: str
    site_code: str
    nal_path: str

    @classmethod
    def of_new_server(cls, server: str, site_code: str) -> Place:
        """That of a server which the site does not know yet."""
        return cls(server, site_code, nal_path(server, site_code))


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

    @classmethod
    def new(cls, name: str, place: Place, settings: Mapping[str, Setting]) -> Role:
        """A role that the site does not have yet."""
        empty = cls(name, place.server, place.site_code, place.nal_path, keys={})
        return empty.with_settings(settings)

    def with_settings(self, settings: Mapping[str, Setting]) -> Role:
        """The same role with some settings changed. Whatever else their embedded properties hold stays as it is."""
        embedded = []
        for instance in self.embedded:
            setting = settings.get(instance.text("PropertyName"))
            embedded.append(replace(instance, properties={**instance.properties, **_values(setting)}) if setting else instance)
        keys = self._keys_of_embedded()
        embedded += [
            _embedded_property(name, setting, **keys) for name, setting in settings.items() if self.setting(name) is None
        ]
        return replace(self, embedded=tuple(embedded))

    def _keys_of_embedded(self) -> dict[str, CimValue]:
        """The key of an embedded property, which the site writes into each; whether a new one may lack it is not known."""
        item_type = next((instance.text("ItemType") for instance in self.embedded), "")
        return {"ItemType": item_type} if item_type else {}

    def without_setting(self, name: str) -> Role:
        """The same role without the setting of exactly this name."""
        return replace(self, embedded=tuple(entry for entry in self.embedded if entry.text("PropertyName") != name))

    @property
    def place(self) -> Place:
        """The server that it is on."""
        return Place(self.server, self.site_code, self.nal_path)

    def is_on(self, server: str) -> bool:
        """Whether it is the role of the server with this FQDN."""
        return same_server(self.server, server)


def read_roles(provider: SiteProvider, name: str | None, server: str | None = None) -> list[Role]:
    """The instances of a role, or of all roles, in all sites that the provider knows, or those on one server."""
    conditions = [f"FileType = {ACTUAL}"]
    if name is not None:
        conditions.append(f"RoleName = {quote(name)}")
    if server is not None:
        conditions.append(f"NetworkOSPath = {quote(network_os_path(server))}")
    wql = f"SELECT * FROM {_CLASS} WHERE {' AND '.join(conditions)}"
    return [_role(row) for row in provider.query(wql, classes.ROLE)]


def read_own_roles(provider: SiteProvider, name: str, server: str | None = None) -> list[Role]:
    """The instances of a role in the provider's own site, or those of them on one server."""
    return [role for role in read_roles(provider, name, server) if same_site(role.site_code, provider.site_code)]


def read_role(provider: SiteProvider, role: Role) -> Role:
    """The same role as the server has it now."""
    return _role(provider.get(_CLASS, role.keys))


def write_settings(provider: SiteProvider, role: Role, settings: Mapping[str, Setting]) -> None:
    """Change some settings. The whole array is written, since an element left out would be removed."""
    _put_settings(provider, role.with_settings(settings))


def drop_setting(provider: SiteProvider, role: Role, name: str) -> None:
    """Remove a setting, and keep all others."""
    _put_settings(provider, role.without_setting(name))


def _put_settings(provider: SiteProvider, role: Role) -> None:
    provider.put(_CLASS, role.keys, {"Props": list[CimValue](role.embedded)})


def create_role(
    provider: SiteProvider, name: str, place: Place, settings: Mapping[str, Setting], is_there: Callable[[], bool]
) -> None:
    """Put a role on a server.

    Sends what Microsoft's sample "Deploy a site system role" sends, and lets the provider fill in the rest. How a provider
    would refuse that form is not known, so one that refuses it for anything but the account or the role's existence gets the
    keys spelled out, too, unless the role ``is_there`` in spite of the failure.
    """
    values: dict[str, CimValue] = {
        "NALPath": place.nal_path,
        "NALType": "Windows NT Server",
        "Props": [_embedded_property(key, setting) for key, setting in settings.items()],
        "RoleName": name,
        "SiteCode": place.site_code,
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
            "FileType": ACTUAL,
            "ItemName": f"{place.nal_path},{name}",
            "ItemType": "System Resource Usage",
            "NetworkOSPath": network_os_path(place.server),
        }
        provider.create(CimInstance(_CLASS, {**keys, **values, "Props": list[CimValue](embedded)}))


def delete_role(provider: SiteProvider, role: Role) -> None:
    """Remove a role from its server."""
    provider.delete(_CLASS, role.keys)


def _role(row: CimInstance) -> Role:
    return Role(
        name=_NAMES.get(row.text("RoleName").casefold(), row.text("RoleName")),
        server=server_of(row.text("NetworkOSPath"), row.text("NALPath")),
        site_code=row.text("SiteCode"),
        nal_path=row.text("NALPath"),
        keys=keys_of(row),
        embedded=tuple(row.objects("Props")),
    )


def _embedded_property(name: str, setting: Setting, **keys: CimValue) -> CimInstance:
    return CimInstance(classes.EMBEDDED_PROPERTY.name, {**keys, "PropertyName": name, **_values(setting)})


def _values(setting: Setting) -> dict[str, CimValue]:
    return {"Value": setting.number, "Value1": setting.text1, "Value2": setting.text2}
