# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""Reading what the checks judge. What cannot be read is unknown, and does not keep the rest from being read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import TypeVar

from ..._windows.errors import WindowsError
from ..._windows.local_groups import ADMINISTRATORS, LocalGroup, Member, find_local_group, read_members, with_sid
from ..._windows.registry import Registry
from ..._windows.system import (
    Computer,
    Drive,
    OperatingSystem,
    find_in_roots,
    read_computer,
    read_drives,
    read_operating_system,
)
from ..._wsman.client import WsmanClient
from ..._wsman.errors import WsmanFault

_DOTNET = r"SOFTWARE\Microsoft\NET Framework Setup\NDP\v4\Full"
_RUNTIME = r"SOFTWARE\Microsoft\VisualStudio\14.0\VC\Runtimes\x64"
_STRONG_CRYPTO = r"SOFTWARE\Microsoft\.NETFramework\v4.0.30319"
_TLS = r"SYSTEM\CurrentControlSet\Control\SecurityProviders\SCHANNEL\Protocols\TLS 1.2"
_NAMES = r"SYSTEM\CurrentControlSet\Control\ComputerName"
_CURRENT_VERSION = r"SOFTWARE\Microsoft\Windows NT\CurrentVersion"
_RESTARTS = {
    "Windows features": r"SOFTWARE\Microsoft\Windows\CurrentVersion\Component Based Servicing\RebootPending",
    "Windows Update": r"SOFTWARE\Microsoft\Windows\CurrentVersion\WindowsUpdate\Auto Update\RebootRequired",
}
_SESSION_MANAGER = r"SYSTEM\CurrentControlSet\Control\Session Manager"

_GROUPS_LOOKED_UP = 4

Value = TypeVar("Value")


@dataclass(frozen=True)
class Unknown:
    """Stands for what could not be read."""

    reason: str


@dataclass(frozen=True)
class Administrators:
    """The local administrators; a domain controller has no such group."""

    group: LocalGroup | None
    members: tuple[Member, ...]


@dataclass(frozen=True)
class Space:
    """The drives, and those that the site must not use."""

    drives: tuple[Drive, ...]
    excluded: tuple[str, ...]


@dataclass(frozen=True)
class Facts:
    """Everything that the checks judge. None stands for a value that the server does not have."""

    operating_system: OperatingSystem | Unknown
    read_at: datetime
    """By the clock of the controller, at the moment when the operating system was read."""
    installation_type: str | Unknown | None
    computer: Computer | Unknown
    administrators: Administrators | Unknown
    dotnet_release: int | Unknown | None
    runtime_version: str | Unknown | None
    strong_crypto: tuple[int | None, ...] | Unknown
    tls_12: dict[str, int | None] | Unknown
    pending_restarts: tuple[str, ...] | Unknown
    names: tuple[str | None, str | None] | Unknown
    """The computer's name, and the one that it has after the next restart."""
    space: Space | Unknown


def gather(client: WsmanClient) -> Facts:
    """Read everything, in one connection. Raises `WsmanError` only where the server cannot be talked to."""
    registry = Registry(client)
    operating_system = _known(lambda: read_operating_system(client))
    read_at = datetime.now(timezone.utc)
    return Facts(
        operating_system,
        read_at,
        installation_type=_known(lambda: registry.read_text(_CURRENT_VERSION, "InstallationType")),
        computer=_known(lambda: read_computer(client)),
        administrators=_known(lambda: _read_administrators(client)),
        dotnet_release=_known(lambda: registry.read_number(_DOTNET, "Release")),
        runtime_version=_known(lambda: registry.read_text(_RUNTIME, "Version")),
        strong_crypto=_known(
            lambda: tuple(
                registry.read_number(_STRONG_CRYPTO, name) for name in ("SchUseStrongCrypto", "SystemDefaultTlsVersions")
            )
        ),
        tls_12=_known(lambda: _read_tls(registry)),
        pending_restarts=_known(lambda: _read_pending_restarts(registry)),
        names=_known(
            lambda: (
                registry.read_text(rf"{_NAMES}\ActiveComputerName", "ComputerName"),
                registry.read_text(rf"{_NAMES}\ComputerName", "ComputerName"),
            )
        ),
        space=_known(lambda: Space(tuple(read_drives(client)), tuple(find_in_roots(client, "no_sms_on_drive", "sms")))),
    )


def _known(read: Callable[[], Value]) -> Value | Unknown:
    try:
        return read()
    except (WindowsError, WsmanFault) as error:
        return Unknown(str(error))


def _read_administrators(client: WsmanClient) -> Administrators:
    group = find_local_group(client, ADMINISTRATORS)
    members = read_members(client, group) if group else []
    groups = [member for member in members if member.is_group]
    # Only the first few, as each costs a request; of the rest it stays unknown what they are.
    known = {member: with_sid(client, member) for member in groups[:_GROUPS_LOOKED_UP]}
    return Administrators(group, tuple(known.get(member, member) for member in members))


def _read_tls(registry: Registry) -> dict[str, int | None]:
    return {
        f"{side} {name}": registry.read_number(rf"{_TLS}\{side}", name)
        for side in ("Client", "Server")
        for name in ("Enabled", "DisabledByDefault")
    }


def _read_pending_restarts(registry: Registry) -> tuple[str, ...]:
    found = [cause for cause, key in _RESTARTS.items() if registry.subkeys(key) is not None]
    if registry.read_texts(_SESSION_MANAGER, "PendingFileRenameOperations"):
        found.append("files that are replaced at the restart")
    return tuple(found)
