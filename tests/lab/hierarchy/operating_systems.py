# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The versions of Windows that a server of a lab can have, and what each says of itself.

Documented: versions and builds, numbers of editions (OperatingSystemSKU), releases of .NET Framework. Weak is what
OperatingSystemSKU a Server Core installation has: the number of its edition, or one of those that the reference page
lists for core installations; the quirk ``server_core_sku`` decides. Its InstallationType in the registry is plain.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Literal

from ..wmi.model import Caller, Instance
from ..wmi.read_only import ReadOnlyClass
from .local_groups import Language

if TYPE_CHECKING:
    from .windows_server import WindowsServer

_STANDARD_SERVER, _STANDARD_SERVER_CORE = 7, 13
_WORKSTATION, _DOMAIN_CONTROLLER, _SERVER = 1, 2, 3
"""Values of ProductType."""
_LOCALES: dict[Language, tuple[str, int, str]] = {
    "en": ("0409", 1033, "en-US"),
    "de": ("0407", 1031, "de-DE"),
    "nl": ("0413", 1043, "nl-NL"),
}
"""Locale, OSLanguage and MUILanguages by language."""

DomainRole = Literal["member", "domain_controller", "workgroup"]
_DOMAIN_ROLES: dict[DomainRole, int] = {"workgroup": 2, "member": 3, "domain_controller": 5}
"""Values of the property DomainRole."""


@dataclass(frozen=True)
class OperatingSystem:
    """One version and edition of Windows."""

    caption: str
    version: str
    dotnet_release: int
    """.NET Framework as it comes with this version."""
    dotnet_version: str
    sku: int = _STANDARD_SERVER
    installation_type: str = "Server"
    edition: str = "ServerStandard"

    @property
    def build(self) -> str:
        return self.version.rpartition(".")[2]


_2022 = OperatingSystem("Microsoft Windows Server 2022 Standard", "10.0.20348", 528449, "4.8.04161")

OPERATING_SYSTEMS = {
    "windows_server_2022": _2022,
    "windows_server_2022_core": OperatingSystem(
        _2022.caption, _2022.version, _2022.dotnet_release, _2022.dotnet_version, installation_type="Server Core"
    ),
    "windows_server_2025": OperatingSystem("Microsoft Windows Server 2025 Standard", "10.0.26100", 533325, "4.8.09032"),
    "windows_server_2019": OperatingSystem("Microsoft Windows Server 2019 Standard", "10.0.17763", 461814, "4.7.03190"),
    "windows_server_2016": OperatingSystem("Microsoft Windows Server 2016 Standard", "10.0.14393", 394802, "4.6.01586"),
    "windows_server_2012_r2": OperatingSystem("Microsoft Windows Server 2012 R2 Standard", "6.3.9600", 378675, "4.5.51641"),
    "windows_11": OperatingSystem(
        "Microsoft Windows 11 Enterprise", "10.0.22631", 533320, "4.8.09037", 4, "Client", "Enterprise"
    ),
}


@dataclass(frozen=True)
class ServerOptions:
    """What sets a server apart from the usual one."""

    language: Language = "en"
    operating_system: str = "windows_server_2022"
    domain_role: DomainRole = "member"

    @property
    def system(self) -> OperatingSystem:
        return OPERATING_SYSTEMS[self.operating_system]


class OperatingSystems(ReadOnlyClass):
    """Win32_OperatingSystem of one server."""

    def __init__(self, server: WindowsServer) -> None:
        self._server = server
        self._started = server.simulation.now

    def instances(self, caller: Caller, class_name: str) -> Iterable[Instance]:
        server, options = self._server, self._server.options
        system = options.system
        is_core = system.installation_type == "Server Core" and server.quirks.server_core_sku == "own"
        locale, language, name = _LOCALES[options.language]
        product_type = _DOMAIN_CONTROLLER if options.domain_role == "domain_controller" else _SERVER
        return [
            server.repository.new_instance(
                "root/cimv2",
                "Win32_OperatingSystem",
                Caption=system.caption,
                CreationClassName="Win32_OperatingSystem",
                CSCreationClassName="Win32_ComputerSystem",
                CSName=server.netbios_name,
                Version=system.version,
                BuildNumber=system.build,
                Locale=locale,
                Manufacturer="Microsoft Corporation",
                MUILanguages=[name],
                OSArchitecture="64-bit" if options.language == "en" else "64-Bit",
                OSLanguage=language,
                OperatingSystemSKU=_STANDARD_SERVER_CORE if is_core else system.sku,
                ProductType=_WORKSTATION if system.installation_type == "Client" else product_type,
                SystemDrive="C:",
                WindowsDirectory=r"C:\Windows",
                SystemDirectory=r"C:\Windows\system32",
                LastBootUpTime=self._started,
                LocalDateTime=server.simulation.now + timedelta(seconds=server.clock_error),
                CurrentTimeZone=0,
                Status="OK",
            )
        ]


class ComputerSystems(ReadOnlyClass):
    """Win32_ComputerSystem of one server."""

    def __init__(self, server: WindowsServer) -> None:
        self._server = server

    def instances(self, caller: Caller, class_name: str) -> Iterable[Instance]:
        server = self._server
        host, _separator, domain = server.name.partition(".")
        is_in_domain = server.options.domain_role != "workgroup"
        return [
            server.repository.new_instance(
                "root/cimv2",
                "Win32_ComputerSystem",
                Name=server.netbios_name,
                Caption=server.netbios_name,
                CreationClassName="Win32_ComputerSystem",
                CurrentTimeZone=0,
                DNSHostName=host,
                Domain=domain if is_in_domain else "WORKGROUP",
                DomainRole=_DOMAIN_ROLES[server.options.domain_role],
                Manufacturer="Microsoft Corporation",
                Model="Virtual Machine",
                PartOfDomain=is_in_domain,
                NumberOfProcessors=1,
                NumberOfLogicalProcessors=4,
                SystemType="x64-based PC",
                TotalPhysicalMemory=17179869184,
                Workgroup=None if is_in_domain else "WORKGROUP",
                Status="OK",
            )
        ]
