# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Drives of one server, and how WMI shows them and the files on them: Win32_LogicalDisk and CIM_DataFile.

Documented: names and types of properties, values of DriveType; Configuration Manager takes the NTFS drive with the most
free space on which there is no file ``no_sms_on_drive.sms``. Seen often: CIM_DataFile writes names in lower case, and
Path with a backslash at both ends. A drive that is no disk, or has nothing in it, has no size.
"""

from __future__ import annotations

import ntpath
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..wmi.model import Caller, Instance, Value
from ..wmi.read_only import ReadOnlyClass
from .program_file import file_version

if TYPE_CHECKING:
    from .windows_server import WindowsServer

LOCAL_DISK, COMPACT_DISC = 3, 5
"""Values of DriveType."""
GIGABYTE = 2**30
MARKER = "no_sms_on_drive.sms"


@dataclass
class Drive:
    """A drive by its letter and colon; sizes in bytes."""

    name: str
    size: int
    free: int
    """What was free when its files had taken so many bytes; what is free now, `Files.free` says."""
    type: int = LOCAL_DISK
    file_system: str = "NTFS"
    taken: int = 0


def usual_drives() -> dict[str, Drive]:
    """What a server has when nobody says otherwise."""
    drives = (
        Drive("C:", 127 * GIGABYTE, 90 * GIGABYTE),
        Drive("D:", 100 * GIGABYTE, 60 * GIGABYTE),
        Drive("E:", 0, 0, COMPACT_DISC, ""),
    )
    return {drive.name: drive for drive in drives}


def drive_for_configuration_manager(server: WindowsServer) -> Drive | None:
    """Where Configuration Manager installs itself; None if there is no such drive."""
    suitable = (
        drive
        for drive in server.drives.values()
        if drive.type == LOCAL_DISK and drive.file_system == "NTFS" and f"{drive.name}\\{MARKER}" not in server.files
    )
    return max(suitable, key=lambda drive: drive.free, default=None)


class LogicalDisks(ReadOnlyClass):
    """Win32_LogicalDisk of one server."""

    def __init__(self, server: WindowsServer) -> None:
        self._server = server

    def instances(self, caller: Caller, class_name: str) -> Iterable[Instance]:
        return [self._shown(drive) for drive in self._server.drives.values()]

    def _shown(self, drive: Drive) -> Instance:
        return self._server.repository.new_instance(
            "root/cimv2",
            "Win32_LogicalDisk",
            Caption=drive.name,
            CreationClassName="Win32_LogicalDisk",
            Description="Local Fixed Disk" if drive.type == LOCAL_DISK else "CD-ROM Disc",
            DeviceID=drive.name,
            DriveType=drive.type,
            FileSystem=drive.file_system or None,
            FreeSpace=self._server.files.free(drive.name) if drive.size else None,
            Name=drive.name,
            Size=drive.size or None,
            SystemCreationClassName="Win32_ComputerSystem",
            SystemName=self._server.netbios_name,
        )


class DataFiles(ReadOnlyClass):
    """CIM_DataFile of one server: the files that the lab knows of, not the thousands that Windows has."""

    def __init__(self, server: WindowsServer) -> None:
        self._server = server

    def instances(self, caller: Caller, class_name: str) -> Iterable[Instance]:
        return list(self._shown(self._server.files))

    def matching(self, caller: Caller, class_name: str, equalities: Mapping[str, Value]) -> Iterable[Instance]:
        """With a name given, one look-up."""
        name = equalities.get("Name")
        if not isinstance(name, str):
            return self.instances(caller, class_name)
        return list(self._shown([name])) if name in self._server.files else []

    def _shown(self, paths: Iterable[str]) -> Iterator[Instance]:
        for path in paths:
            # Programs may delete it meanwhile
            with suppress(FileNotFoundError):
                yield self._one(path, self._server.files.size(path))

    def _one(self, path: str, size: int) -> Instance:
        drive, rest = ntpath.splitdrive(path.lower())
        folder, file_name = ntpath.split(rest)
        stem, extension = ntpath.splitext(file_name)
        return self._server.repository.new_instance(
            "root/cimv2",
            "CIM_DataFile",
            Caption=path.lower(),
            CreationClassName="CIM_LogicalFile",
            CSCreationClassName="Win32_ComputerSystem",
            CSName=self._server.netbios_name,
            Drive=drive,
            Extension=extension.removeprefix("."),
            FileName=stem,
            FileSize=size,
            FSName="NTFS",
            Name=path.lower(),
            Path=folder.rstrip("\\") + "\\",
            Status="OK",
            Version=self._server.files.versions.get(path.lower()) or file_version(self._server.files.location(path)),
        )
