# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""SMS_SCI_SysResUse: site system roles as the SMS Provider shows them and lets them be changed.

A role is created with NALPath, NALType, RoleName, SiteCode and Props alone, as Microsoft's example for a fallback
status point does; the provider fills in the rest. A Put replaces the array of properties whole.

What is refused, and with which code, is not documented: the checks of NALPath, NALType, RoleName and reserved properties
are the strictest that the documentation allows for. That a site system that still has roles cannot be deleted is documented
of the cmdlet, and of the provider inferred (the quirk ``site_system_with_roles`` has it done); that a role that Setup
installs cannot be deleted is inferred from what the console allows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta

from ..wmi.codes import Wbem
from ..wmi.model import Caller, Instance, Value, WmiError
from . import site_control
from .provider import SiteClass
from .site_control import Property, PropertyList, Role
from .site_system_access import password_of

_SITE_TYPES = {"secondary": 1, "primary": 2, "cas": 4}
_REMOTE = 8
_NO_CLIENT_CONNECTIONS = 2
_REPLICATION_SECONDS = 300
_GENERATED_KEYS = ("FileType", "ItemName", "ItemType")
_REFUSALS_OF_MISSING_KEYS = {
    "refused": Wbem.INVALID_PARAMETER,
    "refused_null": Wbem.ILLEGAL_NULL,
    "refused_failed": Wbem.FAILED,
}
"""By the values of the quirk ``create_without_item_name``."""


class RoleClass(SiteClass):
    """SMS_SCI_SysResUse of one SMS Provider; the data behind it is the hierarchy's."""

    def rows(self) -> Iterable[Instance]:
        return [self._shown(role) for role in [*self.hierarchy.site_control, *self._removed_elsewhere()]]

    def _removed_elsewhere(self) -> list[Role]:
        """What this provider has not heard yet of the removal of, where the quirk has it take a while."""
        if self.hierarchy.quirks.site_replication == "immediate":
            return []
        since = self.hierarchy.simulation.now - timedelta(seconds=_REPLICATION_SECONDS / self.hierarchy.simulation.speed)
        return [
            role
            for time, role in self.hierarchy.history.removals
            if time > since and role.site_code != self.provider.site.code and role not in self.hierarchy.site_control
        ]

    def create(self, caller: Caller, instance: Instance) -> Instance:
        operation, info = "PutInstance", self.class_name
        self.provider.check_may_write(caller, operation, info)
        sent = instance.properties
        code = _REFUSALS_OF_MISSING_KEYS.get(self.hierarchy.quirks.create_without_item_name)
        missing = [name for name in _GENERATED_KEYS if sent.get(name) is None]
        if code is not None and missing:
            raise self.provider.error(code, operation, info, f"The key properties {', '.join(missing)} are missing.")
        role = self._parsed(sent)
        if self.hierarchy.site_control.find(role.site_code, role.item_name) is not None:
            text = f"The site already has an item {role.item_name}."
            raise self.provider.error(Wbem.ALREADY_EXISTS, operation, info, text)
        self._check_accounts(role.item_name, role.site_code, role.properties)
        if self.hierarchy.quirks.second_role == "refused" and role.name == site_control.SERVICE_CONNECTION_POINT:
            self._refuse_second(role)
        self.hierarchy.site_control.add(role)
        if missing and self.hierarchy.quirks.create_without_item_name == "created_failed":
            raise self.provider.error(Wbem.FAILED, operation, info, "The item was created, but cannot be shown.")
        return self._shown(role)

    def put(self, caller: Caller, existing: Instance, changes: Mapping[str, Value]) -> Instance:
        info = str(existing["ItemName"])
        self.provider.check_may_write(caller, "PutInstance", info)
        role = self._role(existing)
        for name in ("NALPath", "NALType", "RoleName", "NetworkOSPath"):
            if name in changes and str(changes[name]).lower() != str(existing[name]).lower():
                raise self._refused(info, f"{name} of an existing item cannot be changed.")
        properties, lists = role.properties, role.property_lists
        if "Props" in changes:
            properties = self._properties(changes["Props"])
            for prop in properties:
                former = role.value(prop.name)
                if "Reserved" in prop.name and former is not None and former != prop:
                    raise self._refused(info, f"The property {prop.name} is reserved and cannot be changed.")
            self._check_accounts(info, role.site_code, properties)
            properties = self._known(info, role, properties)
        if "PropLists" in changes:
            lists = self._property_lists(changes["PropLists"])
        self.hierarchy.site_control.change(role, properties, lists)
        return self._shown(role)

    def delete(self, caller: Caller, existing: Instance) -> None:
        info = str(existing["ItemName"])
        self.provider.check_may_write(caller, "DeleteInstance", info)
        role = self._role(existing)
        problem = ""
        if role.name in site_control.ESSENTIAL_ROLES:
            problem = f"The role {role.name} can be removed by Setup only."
        elif role.name == site_control.SITE_SYSTEM:
            own = (site_control.SITE_SYSTEM, site_control.COMPONENT_SERVER)
            others = [entry.name for entry in self.hierarchy.site_control.on_server(role.server) if entry.name not in own]
            if others and self._removes_all(others):
                self._remove_roles(role)
            elif others:
                problem = f"The site system still has the roles {', '.join(others)}."
        if problem:
            raise self.provider.error(Wbem.FAILED, "DeleteInstance", info, problem)
        self.hierarchy.site_control.remove(role)

    def _removes_all(self, names: list[str]) -> bool:
        is_essential = any(name in site_control.ESSENTIAL_ROLES for name in names)
        return self.hierarchy.quirks.site_system_with_roles == "removed" and not is_essential

    def _remove_roles(self, site_system: Role) -> None:
        for role in self.hierarchy.site_control.on_server(site_system.server):
            if role.name not in (site_control.SITE_SYSTEM, site_control.COMPONENT_SERVER):
                self.hierarchy.history.note_violation(f"{role.name} was removed together with its site system {role.server}")
                self.hierarchy.site_control.remove(role)

    def _check_accounts(self, info: str, site_code: str, properties: list[Property]) -> None:
        """Refuse accounts that the site does not know, where the quirk has the SMS Provider do so."""
        if self.hierarchy.quirks.unknown_account != "refused":
            return
        for prop in properties:
            names_account = prop.name in ("UserName", "ProxyUserName") and prop.value2
            if names_account and password_of(self.hierarchy, site_code, prop.value2) is None:
                raise self._refused(info, f"Site {site_code} does not know the account {prop.value2}.")

    def _known(self, info: str, role: Role, properties: list[Property]) -> list[Property]:
        """The properties that are kept of those that a client sends."""
        if self.hierarchy.quirks.unknown_property == "kept":
            return properties
        unknown = [prop.name for prop in properties if prop.name not in site_control.KNOWN_PROPERTIES]
        unknown = [name for name in unknown if role.value(name) is None]
        if unknown and self.hierarchy.quirks.unknown_property == "refused":
            raise self._refused(info, f"There is no property {unknown[0]}.")
        return [prop for prop in properties if prop.name not in unknown]

    # From what a client sends

    def _parsed(self, sent: Mapping[str, Value]) -> Role:
        path = str(sent.get("NALPath") or "")
        site_code = str(sent.get("SiteCode") or "")
        parsed = site_control.parse_nal_path(path)
        if parsed is None:
            raise self._refused(path, f"NALPath is not a network abstraction layer path: {path!r}")
        server, nal_site_code = parsed
        if "." not in server:
            raise self._refused(path, f"'{server}' is not a valid FQDN.")
        if site_code not in self.hierarchy.sites:
            raise self._refused(path, f"There is no site {site_code!r}.")
        if nal_site_code != site_code:
            raise self._refused(path, f"NALPath names site {nal_site_code}, SiteCode says {site_code}.")
        if sent.get("NALType") != site_control.NAL_TYPE:
            raise self._refused(path, f"NALType must be {site_control.NAL_TYPE!r}.")
        wanted = str(sent.get("RoleName") or "")
        name = next((known for known in site_control.KNOWN_ROLES if known.lower() == wanted.lower()), None)
        if name is None:
            raise self._refused(path, f"There is no role {wanted!r}.")
        properties, lists = self._properties(sent.get("Props")), self._property_lists(sent.get("PropLists"))
        has_name = any(prop.name == "Server Remote Name" and prop.value1.lower() == server.lower() for prop in properties)
        if self.hierarchy.quirks.server_remote_name == "required" and not has_name:
            raise self._refused(path, f"Server Remote Name must be {server}.")
        role = Role(name, server, site_code, properties, lists)
        generated = {"ItemName": role.item_name, "ItemType": site_control.ITEM_TYPE, "FileType": 2}
        for key, value in generated.items():
            if sent.get(key) is not None and str(sent[key]).lower() != str(value).lower():
                raise self._refused(path, f"{key} must be {value!r}.")
        return role

    def _refuse_second(self, role: Role) -> None:
        others = self.hierarchy.site_control.roles(role.name)
        if others:
            raise self._refused(role.item_name, f"The hierarchy has this role on {others[0].server} already.")
        if self.hierarchy.sites[role.site_code].parent:
            raise self._refused(role.item_name, f"Site {role.site_code} is not the top-tier site.")

    def _properties(self, value: Value) -> list[Property]:
        return [
            Property(
                str(item["PropertyName"]),
                int(str(item.properties.get("Value") or 0)),
                str(item.properties.get("Value1") or ""),
                str(item.properties.get("Value2") or ""),
            )
            for item in self._embedded(value, "PropertyName")
        ]

    def _property_lists(self, value: Value) -> list[PropertyList]:
        found = []
        for item in self._embedded(value, "PropertyListName"):
            values = item.properties.get("Values")
            found.append(PropertyList(str(item["PropertyListName"]), [str(text) for text in _elements(values)]))
        return found

    def _embedded(self, value: Value, name: str) -> list[Instance]:
        items = [item for item in _elements(value) if isinstance(item, Instance)]
        if any(not item.properties.get(name) for item in items):
            raise self._refused(self.class_name, f"An embedded property has no {name}.")
        if self.hierarchy.quirks.embedded_item_type == "required" and any(
            not item.properties.get("ItemType") for item in items
        ):
            raise self._refused(self.class_name, "An embedded property has no ItemType.")
        return items

    def _refused(self, info: str, description: str) -> WmiError:
        return self.provider.error(Wbem.INVALID_PARAMETER, "PutInstance", info, description)

    def _role(self, existing: Instance) -> Role:
        role = self.hierarchy.site_control.find(str(existing["SiteCode"]), str(existing["ItemName"]))
        if role is None:
            # Its removal at another site has not been heard of yet.
            raise self.provider.error(Wbem.NOT_FOUND, "GetInstance", str(existing["ItemName"]), "The item is gone.")
        return role

    # To what a client sees

    def _shown(self, role: Role) -> Instance:
        quirks = self.hierarchy.quirks
        server = role.server.upper() if quirks.server_names == "upper" else role.server
        nal_path = site_control.nal_path(server, role.site_code)
        knows_state = quirks.server_state == "known"
        return self.provider.instance(
            self.class_name,
            {
                "FileType": 2,
                "ItemName": f"{nal_path},{role.name}",
                "ItemType": site_control.ITEM_TYPE,
                "SiteCode": role.site_code,
                "NALPath": nal_path,
                "NALType": site_control.NAL_TYPE,
                "NetworkOSPath": f"\\\\{server}",
                "RoleName": role.name.upper() if quirks.role_names == "upper" else role.name,
                "Props": [self._shown_property(prop) for prop in role.properties],
                "PropLists": [
                    self.provider.instance(
                        "SMS_EmbeddedPropertyList",
                        {"ItemType": "Property List", "PropertyListName": entry.name, "Values": list(entry.values)},
                    )
                    for entry in role.property_lists
                ],
                "RoleCount": len(self.hierarchy.site_control.on_server(role.server)),
                "ServiceWindows": [],
                # Published scripts tell a site server in passive mode by these two.
                "ServerState": (196608 if role.is_passive else 196611) if knows_state else None,
                "SiteSystemStatus": (0 if role.is_passive else 1) if knows_state else None,
                "SslState": 0 if role.name in site_control.CLIENT_FACING_ROLES else _NO_CLIENT_CONNECTIONS,
                "Type": self._server_type(role.server),
            },
        )

    def _shown_property(self, prop: Property) -> Instance:
        return self.provider.instance(
            "SMS_EmbeddedProperty",
            {
                "ItemType": "Property",
                "PropertyName": prop.name,
                "Value": prop.value,
                "Value1": prop.value1,
                "Value2": prop.value2,
            },
        )

    def _server_type(self, server: str) -> int:
        for site in self.hierarchy.sites.values():
            if site.server.lower() == server.lower():
                return _SITE_TYPES[site.type]
        return _REMOTE


def _elements(value: Value) -> list[Value]:
    if value is None:
        return []
    return list(value) if isinstance(value, list) else [value]
