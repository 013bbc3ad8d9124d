# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the registry of a server in good order says: its name, .NET Framework, the C++ runtime, TLS, and pending restarts.

Documented by Microsoft: the keys, and the meaning of their values. The settings of TLS are those that its article on TLS 1.2
for Configuration Manager asks for; a new server has none of them. A pending restart leaves a key (``REBOOT_PENDING``,
``REBOOT_REQUIRED``, whose existence is what counts), or a value (``PENDING_RENAMES``). Seen often: which of the two names
of a computer is the new one while a change of name waits for the restart.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..wmi.registry import RegistryData

if TYPE_CHECKING:
    from .windows_server import WindowsServer

SOFTWARE = r"HKLM\SOFTWARE"
SOFTWARE_32 = rf"{SOFTWARE}\Wow6432Node"
CONTROL = r"HKLM\SYSTEM\CurrentControlSet\Control"
DOTNET = r"Microsoft\NET Framework Setup\NDP"
RUNTIME = r"Microsoft\VisualStudio\14.0\VC\Runtimes\x64"
STRONG_CRYPTO = r"Microsoft\.NETFramework\v4.0.30319"
TLS = rf"{CONTROL}\SecurityProviders\SCHANNEL\Protocols\TLS 1.2"
CURRENT_VERSION = rf"{SOFTWARE}\Microsoft\Windows NT\CurrentVersion"
REBOOT_PENDING = rf"{SOFTWARE}\Microsoft\Windows\CurrentVersion\Component Based Servicing\RebootPending"
REBOOT_REQUIRED = rf"{SOFTWARE}\Microsoft\Windows\CurrentVersion\WindowsUpdate\Auto Update\RebootRequired"
PENDING_RENAMES = rf"{CONTROL}\Session Manager"
"""Its value PendingFileRenameOperations lists what will be moved at the restart."""

Values = dict[str, RegistryData]


def fill(server: WindowsServer) -> None:
    """Write everything into the registry of a new server."""
    system, registry = server.options.system, server.registry
    host, _separator, domain = server.name.partition(".")
    names: dict[str, Values] = {
        rf"{CONTROL}\ComputerName\ActiveComputerName": {"ComputerName": server.netbios_name},
        rf"{CONTROL}\ComputerName\ComputerName": {"ComputerName": server.netbios_name},
        r"HKLM\SYSTEM\CurrentControlSet\Services\Tcpip\Parameters": {
            "Hostname": host,
            "NV Hostname": host,
            "Domain": "" if server.options.domain_role == "workgroup" else domain,
        },
        CURRENT_VERSION: {
            "ProductName": system.caption.removeprefix("Microsoft "),
            "EditionID": system.edition,
            "InstallationType": system.installation_type,
            "CurrentBuildNumber": system.build,
        },
    }
    full: Values = {
        "Install": 1,
        "Release": system.dotnet_release,
        "Version": system.dotnet_version,
        "TargetVersion": "4.0.0",
    }
    former: Values = {"Install": 1, "SP": 1, "Version": "3.5.30729.4926"}
    runtime: Values = {"Installed": 1, "Major": 14, "Minor": 38, "Bld": 33135, "Rbld": 0, "Version": "v14.38.33135.00"}
    crypto: Values = {"SchUseStrongCrypto": 1, "SystemDefaultTlsVersions": 1}
    both = {rf"{DOTNET}\v4\Full": full, rf"{DOTNET}\v3.5": former, RUNTIME: runtime, STRONG_CRYPTO: crypto}
    software = {rf"{branch}\{key}": values for branch in (SOFTWARE, SOFTWARE_32) for key, values in both.items()}
    enabled: Values = {"Enabled": 1, "DisabledByDefault": 0}
    tls = {rf"{TLS}\{side}": enabled for side in ("Client", "Server")}
    for key, values in (names | software | tls).items():
        for name, value in values.items():
            registry.set(key, name, value)
    registry.create_key(PENDING_RENAMES)
    for key in (REBOOT_PENDING, REBOOT_REQUIRED):
        # The key itself is there only while a restart is pending
        registry.create_key(key.rpartition("\\")[0])
