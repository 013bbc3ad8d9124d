# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""What a server is: its operating system, its domain, its drives (``Win32_OperatingSystem`` and its neighbours)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from .._wsman.client import WsmanClient
from .._wsman.values import CimClass
from .._wsman.wql import quote

_NAMESPACE = "root/cimv2"
_SYSTEM = CimClass.declare(
    "Win32_OperatingSystem",
    BuildNumber="string",
    Caption="string",
    LocalDateTime="datetime",
    ProductType="uint32",
)
_COMPUTER = CimClass.declare(
    "Win32_ComputerSystem", Domain="string", DomainRole="uint16", Name="string", PartOfDomain="boolean"
)
_DISK = CimClass.declare(
    "Win32_LogicalDisk", DeviceID="string", DriveType="uint32", FileSystem="string", FreeSpace="uint64", Size="uint64"
)
_FILE = CimClass.declare("CIM_DataFile", Drive="string", Name="string")

_LOCAL_DISK = 3
_DOMAIN_CONTROLLERS = frozenset({4, 5})


@dataclass(frozen=True)
class OperatingSystem:
    """``Win32_OperatingSystem``."""

    caption: str
    build: int | None
    is_server: bool | None
    time: datetime | None
    """The server's clock when it was asked."""


@dataclass(frozen=True)
class Computer:
    """``Win32_ComputerSystem``."""

    name: str
    domain: str
    is_in_domain: bool | None
    is_domain_controller: bool


@dataclass(frozen=True)
class Drive:
    """A local disk drive."""

    name: str
    """Such as ``C:``."""
    file_system: str
    free_bytes: int | None


def read_operating_system(client: WsmanClient) -> OperatingSystem:
    """The operating system that runs."""
    for row in client.query(_NAMESPACE, f"SELECT * FROM {_SYSTEM.name}", _SYSTEM):
        product, build = row.number("ProductType"), row.number("BuildNumber")
        is_server = None if product is None else product != 1
        return OperatingSystem(row.text("Caption").strip(), build, is_server, row.moment("LocalDateTime"))
    return OperatingSystem("", None, None, None)


def read_computer(client: WsmanClient) -> Computer:
    """The computer and its place in a domain."""
    for row in client.query(_NAMESPACE, f"SELECT * FROM {_COMPUTER.name}", _COMPUTER):
        is_in_domain = row.properties.get("PartOfDomain")
        return Computer(
            row.text("Name"),
            row.text("Domain"),
            is_in_domain if isinstance(is_in_domain, bool) else None,
            row.number("DomainRole") in _DOMAIN_CONTROLLERS,
        )
    return Computer("", "", None, False)


def read_drives(client: WsmanClient) -> list[Drive]:
    """The local disk drives, sorted."""
    rows = client.query(_NAMESPACE, f"SELECT * FROM {_DISK.name} WHERE DriveType = {_LOCAL_DISK}", _DISK)
    drives = [Drive(row.text("DeviceID"), row.text("FileSystem"), row.number("FreeSpace")) for row in rows]
    return sorted(drives, key=lambda drive: drive.name)


def find_in_roots(client: WsmanClient, name: str, extension: str) -> list[str]:
    """The drives that have a file of this name in their root folder, sorted."""
    conditions = {"FileName": name, "Extension": extension, "Path": "\\"}
    wql = f"SELECT * FROM {_FILE.name} WHERE " + " AND ".join(f"{key} = {quote(value)}" for key, value in conditions.items())
    rows = client.query(_NAMESPACE, wql, _FILE)
    return sorted({row.text("Name")[:2].upper() for row in rows})


def read_bias(client: WsmanClient) -> timedelta:
    """What is to be added to the server's local time to get UTC, as it is now."""
    for row in client.query(_NAMESPACE, f"SELECT CurrentTimeZone FROM {_SYSTEM.name}"):
        # Minutes from Greenwich, which Windows counts the other way round than a bias.
        return timedelta(minutes=-(row.number("CurrentTimeZone") or 0))
    return timedelta()
