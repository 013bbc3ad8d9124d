# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sites of a hierarchy, and the classes in which the SMS Provider describes them.

Names and types of properties are those of the reference pages; the values of a real site were not recorded. Inferred:
which sites a provider shows, and that site definitions and accounts are global data. The item names of components, as
``SMS_DMP_DOWNLOADER|SMS Dmp Connector``, and EasySetupDownloadInterval as a property of one are from one author's scripts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..wmi.codes import Wbem, failure
from ..wmi.model import Caller, Instance, Value, WmiError
from .component_manager import COMPONENTS
from .provider import SiteClass
from .site_control import SERVICE_CONNECTION_POINT
from .topology import SiteType

if TYPE_CHECKING:
    from ..wmi.repository import Repository
    from .hierarchy import Hierarchy

VERSION = "5.00.9135.1000"
BUILD = 9135

_TYPE_NUMBERS: Mapping[SiteType, int] = {"secondary": 1, "primary": 2, "cas": 4}


@dataclass
class Site:
    """One site; servers are FQDNs."""

    code: str
    name: str
    type: SiteType
    parent: str
    server: str
    sms_provider: str
    """Empty for a secondary site, which has none."""
    sql_server: str
    passive_server: str
    """The site server in passive mode; empty where there is none."""

    @property
    def type_number(self) -> int:
        """The type as SMS_Site writes it."""
        return _TYPE_NUMBERS[self.type]


class Sites(SiteClass):
    """SMS_Site. Whether a site knows itself and the sites below it only is a quirk, as it was not seen."""

    def rows(self) -> Iterable[Instance]:
        if self.hierarchy.quirks.known_sites == "all":
            return [self._shown(site) for site in self.hierarchy.sites.values()]
        codes = self.hierarchy.site_codes_below(self.provider.site.code)
        return [self._shown(site) for site in self.hierarchy.sites.values() if site.code in codes]

    def invoke(self, caller: Caller, target: Instance | None, method: str, arguments: Mapping[str, Value]) -> dict[str, Value]:
        self.provider.check_may_write(caller, "ExecMethod", self.class_name)
        code, data = str(arguments["SiteCode"] or ""), arguments["Data"]
        if code.upper() not in (known.upper() for known in self.hierarchy.sites) or not data:
            text = "EncryptDataEx needs Data, and the SiteCode of a site."
            raise self.provider.error(Wbem.INVALID_PARAMETER, "ExecMethod", self.class_name, text)
        return {"EncryptedData": self.hierarchy.encryption.encrypt(code, str(data)), "ReturnValue": 0}

    def _shown(self, site: Site) -> Instance:
        return self.provider.instance(
            self.class_name,
            {
                "SiteCode": site.code,
                "SiteName": site.name,
                "ServerName": site.server,
                "InstallDir": self.hierarchy.servers[site.server].installation_directory,
                "Type": site.type_number,
                "Mode": 0,
                "Status": 1,
                "ReportingSiteCode": site.parent or self.provider.no_parent,
                "Version": VERSION,
                "BuildNumber": BUILD,
            },
        )


class SiteDefinitions(SiteClass):
    """SMS_SCI_SiteDefinition: global data, so that every site sees all of them."""

    def rows(self) -> Iterable[Instance]:
        return [self._shown(site) for site in self.hierarchy.sites.values()]

    def _shown(self, site: Site) -> Instance:
        return self.provider.instance(
            self.class_name,
            {
                "FileType": 2,
                "ItemName": "Site Definition",
                "ItemType": "Site Definition",
                "SiteCode": site.code,
                "SiteName": site.name,
                "SiteServerName": site.server,
                "SiteServerDomain": self.hierarchy.topology.netbios_domain,
                "SQLServerName": site.sql_server,
                "SQLDatabaseName": f"CM_{site.code}",
                "InstallDirectory": self.hierarchy.servers[site.server].installation_directory,
                "ParentSiteCode": site.parent or self.provider.no_parent,
                "SiteType": site.type_number,
            },
        )


class ComponentItems(SiteClass):
    """SMS_SCI_Component: settings of the components of the service connection point, where there is one."""

    def rows(self) -> Iterable[Instance]:
        codes = {role.site_code for role in self.hierarchy.site_control.roles(SERVICE_CONNECTION_POINT)}
        return [
            self._shown(code, component.name) for code in sorted(codes) for component in COMPONENTS[SERVICE_CONNECTION_POINT]
        ]

    def put(self, caller: Caller, existing: Instance, changes: Mapping[str, Value]) -> Instance:
        item = str(existing["ItemName"])
        self.provider.check_may_write(caller, "PutInstance", item)
        if "Props" in changes:
            sent = changes["Props"]
            self.hierarchy.component_properties[str(existing["SiteCode"]), item] = (
                [entry for entry in sent if isinstance(entry, Instance)] if isinstance(sent, list) else []
            )
        return self._shown(str(existing["SiteCode"]), item.partition("|")[0])

    def _shown(self, site_code: str, component: str) -> Instance:
        item = f"{component}|{SERVICE_CONNECTION_POINT}"
        properties = self.hierarchy.component_properties.get((site_code, item))
        if properties is None and component == "SMS_DMP_DOWNLOADER":
            interval: Mapping[str, Value] = {
                "ItemType": "Property",
                "PropertyName": "EasySetupDownloadInterval",
                "Value": 1440,
                "Value1": "",
                "Value2": "",
            }
            properties = [self.provider.instance("SMS_EmbeddedProperty", interval)]
        return self.provider.instance(
            self.class_name,
            {
                "FileType": 2,
                "ItemName": item,
                "ItemType": "Component",
                "SiteCode": site_code,
                "ComponentName": component,
                "Props": list(properties or ()),
                "PropLists": [],
            },
        )


class KnownAccounts(SiteClass):
    """SMS_SCI_Reserved: accounts that the site knows, with their encrypted passwords. Global data."""

    def rows(self) -> Iterable[Instance]:
        return list(self.hierarchy.known_accounts.values())

    def create(self, caller: Caller, instance: Instance) -> Instance:
        key = self._checked_key(caller, "PutInstance", instance)
        if key in self.hierarchy.known_accounts:
            text = f"The site already has an item {instance['ItemName']}."
            raise self.provider.error(Wbem.ALREADY_EXISTS, "PutInstance", self.class_name, text)
        instance.properties["FileType"] = 2
        return self._store(key, instance)

    def put(self, caller: Caller, existing: Instance, changes: Mapping[str, Value]) -> Instance:
        key = self._checked_key(caller, "PutInstance", existing)
        changed = Instance(self.class_name, {**existing.properties, **changes})
        return self._store(key, changed)

    def delete(self, caller: Caller, existing: Instance) -> None:
        del self.hierarchy.known_accounts[self._checked_key(caller, "DeleteInstance", existing)]

    def _store(self, key: tuple[str, str, str], item: Instance) -> Instance:
        password = str(item["Reserved2"] or "")
        if self.hierarchy.encryption.decrypt(str(item["SiteCode"]), password) is None:
            self.hierarchy.history.note_violation(f"the password of {item['UserName']} was not encrypted by {item['SiteCode']}")
        self.hierarchy.known_accounts[key] = item
        self.hierarchy.component_manager.retry()
        return item

    def _checked_key(self, caller: Caller, operation: str, item: Instance) -> tuple[str, str, str]:
        self.provider.check_may_write(caller, operation, self.class_name)
        site_code, item_type, name = (str(item[key] or "") for key in ("SiteCode", "ItemType", "ItemName"))
        if site_code not in self.hierarchy.sites or not item_type or not name:
            text = "An account needs SiteCode, ItemType and ItemName."
            raise self.provider.error(Wbem.INVALID_PARAMETER, operation, self.class_name, text)
        return site_code.lower(), item_type.lower(), name.lower()


class ProviderLocations:
    """SMS_ProviderLocation in root/sms of a site server or a server with an SMS Provider."""

    def __init__(self, hierarchy: Hierarchy, site_code: str, repository: Repository) -> None:
        self._hierarchy = hierarchy
        self._site_code = site_code
        self._repository = repository

    def instances(self, caller: Caller, class_name: str) -> Iterable[Instance]:
        return [
            self._repository.new_instance(
                "root/sms",
                "SMS_ProviderLocation",
                Machine=site.sms_provider,
                NamespacePath=f"\\\\{site.sms_provider}\\root\\sms\\site_{site.code}",
                ProviderForLocalSite=site.code == self._site_code,
                SiteCode=site.code,
            )
            for site in self._hierarchy.sites.values()
            if site.sms_provider
        ]

    def create(self, caller: Caller, instance: Instance) -> Instance:
        raise self._read_only()

    def put(self, caller: Caller, existing: Instance, changes: Mapping[str, Value]) -> Instance:
        raise self._read_only()

    def delete(self, caller: Caller, existing: Instance) -> None:
        raise self._read_only()

    def invoke(self, caller: Caller, target: Instance | None, method: str, arguments: Mapping[str, Value]) -> dict[str, Value]:
        raise self._read_only()

    def _read_only(self) -> WmiError:
        return failure(Wbem.PROVIDER_NOT_CAPABLE)
