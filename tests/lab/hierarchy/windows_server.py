# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A Windows server: what it is called, what runs on it, its registry, drives and files, and who may manage it."""

from __future__ import annotations

from collections import deque
from contextlib import suppress
from pathlib import Path

from ..internet.internet import Internet
from ..quirks import Quirks
from ..simulation import Simulation
from ..wire.host import CommandResult
from ..wire.settings import ServiceSettings
from ..wmi.model import WmiService
from ..wmi.registry import Registry
from ..wmi.repository import Repository
from ..wmi.std_reg_prov import StdRegProv
from . import windows_registry
from .account_classes import AccountClasses
from .certificate_stores import CertificateStores
from .commands import CommandInterpreter
from .directory import ADMINISTRATORS, REMOTE_MANAGEMENT_USERS, Directory
from .drives import DataFiles, LogicalDisks, usual_drives
from .files import Files
from .installed_programs import Program
from .local_groups import LocalAccounts
from .moment import WmiAtOneMoment
from .network import Network
from .operating_systems import ComputerSystems, OperatingSystems, ServerOptions
from .processes import ProcessClass, Processes
from .services import DependentServiceClass, Service, ServiceClass, ServiceControl

_ENVIRONMENT = {"SystemRoot": r"C:\Windows", "ProgramFiles": r"C:\Program Files"}

_WINDOWS_SERVICES = {
    "RpcSs": r"C:\Windows\system32\svchost.exe -k rpcss -p",
    "WinRM": r"C:\Windows\System32\svchost.exe -k NetworkService -p",
    "Winmgmt": r"C:\Windows\system32\svchost.exe -k netsvcs -p",
    "RemoteRegistry": r"C:\Windows\system32\svchost.exe -k localService -p",
}
_DEPENDENCIES = {"WinRM": ("RpcSs",)}
"""Not all there are: one, so that not every dependency of a server is one of SMS_EXECUTIVE."""


_FIRST_WITH_CURL = (10, 0, 17763)
"""Windows Server 2019."""
_CURL_VERSION: tuple[int, ...] = (8, 13, 0)
"""As the updates of 2025 have brought it."""

LOG_SIZE = 2 * 1024 * 1024
"""Bytes at which a log is full, by default (seen often, not documented for every log)."""


class WindowsServer:
    """One server of the domain; implements what the wire asks of a host."""

    def __init__(
        self,
        name: str,
        options: ServerOptions,
        directory: Directory,
        simulation: Simulation,
        quirks: Quirks,
        network: Network | None = None,
        internet: Internet | None = None,
        directory_of_files: Path | None = None,
    ) -> None:
        self.name = name
        self.is_running = True
        """Whether it answers at all."""
        self.network = network or Network([name])
        self.internet = internet or Internet(self.network)
        self.netbios_name = name.partition(".")[0].upper()
        self.computer_account = f"{directory.netbios_domain}\\{self.netbios_name}$"
        self.options = options
        self.simulation = simulation
        self.quirks = quirks
        self.os_version = options.system.version
        has_curl = tuple(map(int, self.os_version.split("."))) >= _FIRST_WITH_CURL
        self.curl_version = _CURL_VERSION if has_curl else None
        """Of curl.exe; None if there is none."""
        self.winrm = ServiceSettings()
        self.clock_error = 0.0
        """Seconds by which its clock is ahead."""
        self.installation_directory = r"C:\SMS"
        """Where Configuration Manager is installed, if it is."""
        is_domain_controller = options.domain_role == "domain_controller"
        self.accounts = LocalAccounts(self.netbios_name, options.language, directory, is_domain_controller=is_domain_controller)
        self.drives = usual_drives()
        self.files = Files(self.drives, directory_of_files)
        self.processes = Processes(simulation)
        self.programs: dict[str, Program] = {}
        """Those that run when their file is there, by its name in lower case."""
        self.powershell_starts: list[str] = []
        self.powershell_answer: CommandResult | None = None
        """What every PowerShell answers once its input has ended, in no time; None where there is no PowerShell."""
        self.smb_cuts: deque[int] = deque()
        """After how many bytes the next connections by SMB are cut."""
        self.registry = Registry()
        windows_registry.fill(self)
        self.certificates = CertificateStores(self.registry)
        self.services: dict[str, Service] = {}
        self.service_control = ServiceControl(self)
        self.repository = Repository(quirks)
        self.wmi: WmiService = WmiAtOneMoment(lambda: self)
        self.commands = CommandInterpreter(self)
        self._set_up_windows()

    @property
    def log_directory(self) -> str:
        return rf"{self.installation_directory}\Logs"

    def log(self, path: str, line: str) -> None:
        """Add a line to a log, which is renamed when it is full: the last letter of its name becomes an underscore.

        A line for which there is no room is lost.
        """
        if path in self.files and self.files.size(path) >= LOG_SIZE:
            self.files.rename(path, f"{path[:-1]}_")
        with suppress(OSError):
            self.files.append(path, line)

    def close(self) -> None:
        """End its programs, and delete its files."""
        self.processes.close()
        self.files.close()

    def may_manage_remotely(self, account: str) -> bool:
        return self.is_administrator(account) or self.accounts.is_in(REMOTE_MANAGEMENT_USERS, account)

    def is_administrator(self, account: str) -> bool:
        return self.accounts.is_in(ADMINISTRATORS, account)

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
        self.repository.provide(cimv2, "Win32_OperatingSystem", OperatingSystems(self))
        self.repository.provide(cimv2, "Win32_ComputerSystem", ComputerSystems(self))
        self.repository.provide(cimv2, "Win32_LogicalDisk", LogicalDisks(self))
        self.repository.provide(cimv2, "CIM_DataFile", DataFiles(self))
        self.repository.provide(cimv2, "Win32_Process", ProcessClass(self))
        accounts = AccountClasses(self)
        for class_name in accounts.CLASSES:
            self.repository.provide(cimv2, class_name, accounts)
        for name, path in _WINDOWS_SERVICES.items():
            self.add_service(Service(name, path, antecedents=_DEPENDENCIES.get(name, ())))
