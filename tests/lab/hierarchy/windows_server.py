# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A Windows server: what it is called, what runs on it, its registry, its files, and who may manage it."""

from __future__ import annotations

from ..quirks import Quirks
from ..simulation import Simulation
from ..wmi.model import WmiService
from ..wmi.registry import Registry
from ..wmi.repository import Repository
from ..wmi.std_reg_prov import StdRegProv
from ..wmi.store import MemoryStore
from .commands import CommandInterpreter
from .moment import WmiAtOneMoment
from .services import DependentServiceClass, Service, ServiceClass, ServiceControl

OS_VERSION = "10.0.20348"

_ENVIRONMENT = {"SystemRoot": r"C:\Windows", "ProgramFiles": r"C:\Program Files"}

_WINDOWS_SERVICES = {
    "RpcSs": r"C:\Windows\system32\svchost.exe -k rpcss -p",
    "WinRM": r"C:\Windows\System32\svchost.exe -k NetworkService -p",
    "Winmgmt": r"C:\Windows\system32\svchost.exe -k netsvcs -p",
    "RemoteRegistry": r"C:\Windows\system32\svchost.exe -k localService -p",
}
_DEPENDENCIES = {"WinRM": ("RpcSs",)}
"""Not all there are: one, so that not every dependency of a server is one of SMS_EXECUTIVE."""


class Files:
    """Files by their full path. Paths ignore the letter case; text is kept as UTF-8."""

    def __init__(self) -> None:
        self._files: dict[str, tuple[str, list[bytes]]] = {}

    def __contains__(self, path: str) -> bool:
        return path.lower() in self._files

    def read(self, path: str) -> str:
        """The text of a file that is there."""
        return self.read_bytes(path).decode()

    def read_bytes(self, path: str) -> bytes:
        """The content of a file that is there."""
        return b"".join(self._files[path.lower()][1])

    def write(self, path: str, content: str | bytes) -> None:
        """Make a file, or replace its content."""
        name = self._files[path.lower()][0] if path in self else path
        self._files[path.lower()] = (name, [_encoded(content)])

    def append(self, path: str, content: str | bytes) -> None:
        """Add to the end of a file, which is made if it is not there."""
        self._files.setdefault(path.lower(), (path, []))[1].append(_encoded(content))

    def remove(self, path: str) -> None:
        """Delete a file that is there."""
        del self._files[path.lower()]

    def below(self, path: str) -> list[str]:
        """Names of the files in a folder; of the file itself if the path is one."""
        if path in self:
            return [self._files[path.lower()][0].rpartition("\\")[2]]
        folder = path.rstrip("\\").lower() + "\\"
        names = (name for key, (name, _unused) in self._files.items() if key.startswith(folder))
        return sorted({name[len(folder) :].partition("\\")[0] for name in names}, key=str.lower)


class WindowsServer:
    """One server of the domain; implements what the wire asks of a host."""

    def __init__(self, name: str, netbios_domain: str, simulation: Simulation, quirks: Quirks) -> None:
        self.name = name
        self.netbios_name = name.partition(".")[0].upper()
        self.computer_account = f"{netbios_domain}\\{self.netbios_name}$"
        self.simulation = simulation
        self.quirks = quirks
        self.os_version = OS_VERSION
        self.installation_directory = r"C:\SMS"
        """Where Configuration Manager is installed, if it is."""
        self.administrators: set[str] = set()
        self.remote_management_users: set[str] = set()
        self.files = Files()
        self.powershell_starts: list[str] = []
        self.registry = Registry()
        self.services: dict[str, Service] = {}
        self.service_control = ServiceControl(self)
        self.repository = Repository(quirks)
        self.wmi: WmiService = WmiAtOneMoment(lambda: self)
        self.commands = CommandInterpreter(self)
        self._set_up_windows()

    @property
    def log_directory(self) -> str:
        return rf"{self.installation_directory}\Logs"

    def may_manage_remotely(self, account: str) -> bool:
        return self.is_administrator(account) or _contains(self.remote_management_users, account)

    def is_administrator(self, account: str) -> bool:
        return _contains(self.administrators, account)

    def environment(self, account: str) -> dict[str, str]:
        """The environment variables of an account's programs."""
        domain, _separator, user = account.partition("\\")
        profile = rf"C:\Users\{user}"
        return {
            **_ENVIRONMENT,
            "COMPUTERNAME": self.netbios_name,
            "USERDOMAIN": domain,
            "USERNAME": user,
            "USERPROFILE": profile,
            "TEMP": rf"{profile}\AppData\Local\Temp",
            "TMP": rf"{profile}\AppData\Local\Temp",
        }

    def add_service(self, service: Service) -> None:
        """Register a service, running."""
        self.services[service.name] = service

    def delete_registry_key(self, path: str) -> None:
        """Remove a key with all below it, if it is there."""
        if self.registry.key(path) is not None:
            self.registry.delete_key(path)

    def _set_up_windows(self) -> None:
        cimv2 = "root/cimv2"
        self.repository.add_namespace(cimv2, ["cimv2.mof", "registry.mof"])
        self.repository.add_namespace("root/default", ["registry.mof"])
        registry = StdRegProv(
            self.registry,
            self.quirks,
            may_write=lambda account, path: self.is_administrator(account),
            environment=_ENVIRONMENT,
        )
        for namespace in (cimv2, "root/default"):
            self.repository.provide(namespace, "StdRegProv", registry)
        self.repository.provide(cimv2, "Win32_Service", ServiceClass(self))
        self.repository.provide(cimv2, "Win32_DependentService", DependentServiceClass(self))
        for name, path in _WINDOWS_SERVICES.items():
            self.add_service(Service(name, path, antecedents=_DEPENDENCIES.get(name, ())))
        host, _separator, domain = self.name.partition(".")
        operating_system = self.repository.new_instance(
            cimv2,
            "Win32_OperatingSystem",
            Caption="Microsoft Windows Server 2022 Standard",
            CreationClassName="Win32_OperatingSystem",
            CSName=self.netbios_name,
            Version=OS_VERSION,
            BuildNumber=OS_VERSION.rpartition(".")[2],
            OSArchitecture="64-bit",
            OperatingSystemSKU=7,
            ProductType=3,
            SystemDrive="C:",
            WindowsDirectory=r"C:\Windows",
            SystemDirectory=r"C:\Windows\system32",
            LastBootUpTime=self.simulation.now,
            LocalDateTime=self.simulation.now,
            CurrentTimeZone=0,
            Status="OK",
        )
        computer = self.repository.new_instance(
            cimv2,
            "Win32_ComputerSystem",
            Name=self.netbios_name,
            Caption=self.netbios_name,
            CreationClassName="Win32_ComputerSystem",
            DNSHostName=host,
            Domain=domain,
            DomainRole=3,
            PartOfDomain=True,
            NumberOfProcessors=1,
            NumberOfLogicalProcessors=4,
            TotalPhysicalMemory=17179869184,
            Status="OK",
        )
        for instance in (operating_system, computer):
            store = MemoryStore(self.repository.class_schema(cimv2, instance.class_name), [instance])
            self.repository.provide(cimv2, instance.class_name, store)


def _encoded(content: str | bytes) -> bytes:
    return content.encode() if isinstance(content, str) else content


def _contains(accounts: set[str], account: str) -> bool:
    return account.lower() in (name.lower() for name in accounts)
