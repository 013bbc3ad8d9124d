# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""What a hierarchy is connected to in the cloud, as far as its SMS Provider tells: Entra tenants, applications, Azure services.

Microsoft documents these classes as types that cmdlets return; their properties are known from published scripts. So what is
not there is left out, and a site without a class is one that does not tell.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from .._wsman.values import CimClass, CimInstance, CimValue
from . import classes
from .provider import SiteProvider

_CO_MANAGEMENT = 5
SERVICE_TYPES = {_CO_MANAGEMENT: "co-management and tenant attach"}
"""``SMS_Azure_CloudService.ServiceType``, as far as a published script names it."""


@dataclass(frozen=True)
class Tenant:
    """An Entra (Azure AD) tenant."""

    name: str
    tenant_id: str


@dataclass(frozen=True)
class Application:
    """An application that the site logs on as, with a secret key."""

    name: str
    client_id: str
    tenant: str
    """Name of its tenant; empty where the site does not tell."""
    secret_expires: str
    """As the site writes it; empty where its class has no such property."""


@dataclass(frozen=True)
class AzureService:
    """A service of Azure that the site uses."""

    name: str
    type: int | None

    @property
    def label(self) -> str:
        """Its name, and what it is for where that is known."""
        use = SERVICE_TYPES.get(self.type) if self.type is not None else None
        return " - ".join(filter(None, (self.name, use))) or f"service of type {self.type}"


@dataclass(frozen=True)
class CloudServices:
    """All of them; None where the SMS Provider does not tell: it has no such class, or not for this account."""

    tenants: tuple[Tenant, ...] | None
    applications: tuple[Application, ...] | None
    services: tuple[AzureService, ...] | None


def read_cloud_services(provider: SiteProvider) -> CloudServices:
    """Read what the site is connected to. Secrets, which come encrypted, are left out at once."""
    tenants = _rows(provider, classes.ENTRA_TENANT)
    applications = _rows(provider, classes.ENTRA_APPLICATION)
    # By its number or by its identifier: which of the two an application names is not documented.
    names = {row.text(key): row.text("Name") for row in tenants or () for key in ("ID", "TenantID")}
    return CloudServices(
        None if tenants is None else tuple(Tenant(row.text("Name"), row.text("TenantID")) for row in tenants),
        None if applications is None else tuple(_application(row, names) for row in applications),
        read_azure_services(provider),
    )


def read_azure_services(provider: SiteProvider) -> tuple[AzureService, ...] | None:
    """The services of Azure alone; None where the SMS Provider does not tell."""
    rows = _rows(provider, classes.AZURE_SERVICE)
    return None if rows is None else tuple(AzureService(row.text("Name"), row.number("ServiceType")) for row in rows)


def _rows(provider: SiteProvider, declared: CimClass) -> list[CimInstance] | None:
    return provider.query_if_known(f"SELECT * FROM {declared.name}", declared)


def _application(row: CimInstance, tenants: dict[str, str]) -> Application:
    expiry = next((value for name, value in row.properties.items() if "expir" in name.casefold()), None)
    return Application(row.text("Name"), row.text("ClientID"), tenants.get(row.text("TenantID"), ""), _moment(expiry))


def _moment(value: CimValue) -> str:
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    return value if isinstance(value, str) else ""
