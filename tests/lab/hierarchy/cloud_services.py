# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a hierarchy is connected to in the cloud: Entra tenants, their applications, and Azure services.

Names and properties are those that published scripts read (see ``mof/cloud.mof``); which of them a real site fills is
not known.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import NAMESPACE_DNS, uuid5

from ..quirks import Quirks
from ..wmi.model import Instance, Value
from .provider import SiteClass

CO_MANAGEMENT = 5
"""``ServiceType`` that a published script takes for co-management and tenant attach."""


@dataclass(frozen=True)
class CloudApplication:
    """An application of a tenant that the site logs on as."""

    name: str
    tenant: str
    secret_expires: datetime | None = None


class CloudServices:
    """The cloud services of a hierarchy; global data. Numbers are the order in which things were added."""

    def __init__(self) -> None:
        self.tenants: list[str] = []
        self.applications: list[CloudApplication] = []
        self.services: list[tuple[str, int]] = []
        """Name and type."""

    def add_tenant(self, name: str) -> None:
        """Connect the hierarchy to a tenant, unless it is."""
        if name not in self.tenants:
            self.tenants.append(name)


def mof_files(quirks: Quirks) -> list[str]:
    """The declarations of the classes that the SMS Provider has."""
    if quirks.cloud_classes == "missing":
        return []
    with_expiry = quirks.secret_expiry == "present"
    return ["cloud.mof", "cloud_application_with_expiry.mof" if with_expiry else "cloud_application.mof"]


class Tenants(SiteClass):
    """SMS_AAD_Tenant_Ex."""

    def rows(self) -> Iterable[Instance]:
        return [
            self.provider.instance(self.class_name, {"ID": number, "Name": name, "TenantID": _guid(name)})
            for number, name in enumerate(self.hierarchy.cloud_services.tenants, 1)
        ]


class Applications(SiteClass):
    """SMS_AAD_Application_Ex; its TenantID is the number of the tenant."""

    def rows(self) -> Iterable[Instance]:
        cloud = self.hierarchy.cloud_services
        for number, application in enumerate(cloud.applications, 1):
            values: dict[str, Value] = {
                "ID": number,
                "ClientID": _guid(application.name),
                "IdentifierUri": f"https://{application.name}",
                "Name": application.name,
                "SecretKey": f"an encrypted secret of {application.name}",
                "SecretKeyForSCP": f"the same for the service connection point, {application.name}",
                "TenantID": cloud.tenants.index(application.tenant) + 1,
            }
            if self.hierarchy.quirks.secret_expiry == "present":
                values["SecretKeyExpiry"] = application.secret_expires
            yield self.provider.instance(self.class_name, values)


class AzureServices(SiteClass):
    """SMS_Azure_CloudService."""

    def rows(self) -> Iterable[Instance]:
        return [
            self.provider.instance(self.class_name, {"ID": number, "Name": name, "ServiceType": service_type})
            for number, (name, service_type) in enumerate(self.hierarchy.cloud_services.services, 1)
        ]


def _guid(name: str) -> str:
    return str(uuid5(NAMESPACE_DNS, name))
