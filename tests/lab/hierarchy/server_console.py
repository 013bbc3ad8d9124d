# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""An administrator of the Windows servers and of the domain: puts right and wrong what a site system needs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, cast

from ..wmi.registry import HIVES, RegistryData, RegistryType, RegistryValue
from .certificate_stores import State
from .directory import ADMINISTRATORS, Principal
from .drives import LOCAL_DISK, Drive
from .logs import legacy_line

if TYPE_CHECKING:
    from .hierarchy import Hierarchy
    from .windows_server import WindowsServer

_HIDEABLE = ("tokenGroups", "objectSid", "msDS-PrincipalName")


class ServerConsole:
    """Acts that do not come over the wire of the lab. Anything wrong in the request is a ValueError.

    A member of a group is ``DOMAIN\\name``, ``SERVER\\name`` or a security identifier; registry keys start with a hive.
    """

    def __init__(self, hierarchy: Hierarchy) -> None:
        self._hierarchy = hierarchy
        self.actions: dict[str, Callable[..., None]] = {
            "add_local_group_member": self.add_local_group_member,
            "remove_local_group_member": self.remove_local_group_member,
            "add_domain_group": self.add_domain_group,
            "add_domain_group_member": self.add_domain_group_member,
            "remove_domain_group_member": self.remove_domain_group_member,
            "hide_attribute": self.hide_attribute,
            "set_registry_value": self.set_registry_value,
            "delete_registry_value": self.delete_registry_value,
            "create_registry_key": self.create_registry_key,
            "delete_registry_key": self.delete_registry_key,
            "set_certificate": self.set_certificate,
            "set_drive": self.set_drive,
            "remove_drive": self.remove_drive,
            "write_file": self.write_file,
            "remove_file": self.remove_file,
            "lock_file": self.lock_file,
            "damage_file": self.damage_file,
            "cut_smb": self.cut_smb,
            "set_clock": self.set_clock,
            "block_port": self.block_port,
            "unblock_port": self.unblock_port,
            "open_port": self.open_port,
            "close_port": self.close_port,
            "remove_curl": self.remove_curl,
            "set_curl": self.set_curl,
            "fill_certificate_store": self.fill_certificate_store,
            "fill_log": self.fill_log,
            "turn_off": self.turn_off,
            "turn_on": self.turn_on,
            "set_winrm": self.set_winrm,
            "map_client_certificate": self.map_client_certificate,
        }

    def fill_log(self, server: str, path: str, count: int) -> None:
        """Write so many records of ordinary work into a log at once, without its being renamed; the last one is of now."""
        machine = self._server(server)
        now = machine.simulation.now
        lines = (
            legacy_line(now - timedelta(seconds=count - number), "SMS_DMP_DOWNLOADER", f"Ordinary work {number}.", 4100)
            for number in range(1, count + 1)
        )
        machine.files.append(path, "".join(lines))

    def set_winrm(self, server: str, name: str, value: bool | str) -> None:
        """Set up the WinRM service of a server in another way: ``winrm set winrm/config/service``."""
        self._server(server).winrm.set(name, value)

    def map_client_certificate(self, server: str, name: str, account: str) -> None:
        """Have the client certificates of a user principal name stand for an account on a server."""
        self._server(server).winrm.client_certificates[name.lower()] = account

    def turn_off(self, server: str) -> None:
        """Have a server not answer any more, neither people nor its site."""
        self._server(server).is_running = False

    def turn_on(self, server: str) -> None:
        """Have a server answer again."""
        machine = self._server(server)
        machine.is_running = True
        self._hierarchy.component_manager.retry(machine.name)

    def add_local_group_member(self, server: str, member: str | Sequence[str], group: str = ADMINISTRATORS) -> None:
        """Put somebody, or several, into a local group, which its security identifier names."""
        machine = self._server(server)
        for name in _several(member):
            machine.accounts.add(group, name)
        self._hierarchy.component_manager.retry(machine.name)

    def remove_local_group_member(self, server: str, member: str | Sequence[str], group: str = ADMINISTRATORS) -> None:
        """Take somebody, or several, out of a local group."""
        for name in _several(member):
            self._server(server).accounts.remove(group, name)

    def add_domain_group(self, name: str | Sequence[str], members: Sequence[str] = ()) -> None:
        """Make a group of the domain, or several with the same members."""
        for group in _several(name):
            self._hierarchy.directory.add_group(group, [self._principal(member) for member in members])

    def add_domain_group_member(self, group: str, member: str | Sequence[str]) -> None:
        """Put somebody, or several, into a group of the domain; it may be that group itself."""
        for name in _several(member):
            self._hierarchy.directory.add_member(self._group(group), self._principal(name))
        self._hierarchy.component_manager.retry()

    def remove_domain_group_member(self, group: str, member: str | Sequence[str]) -> None:
        """Take somebody, or several, out of a group of the domain."""
        for name in _several(member):
            try:
                self._hierarchy.directory.remove_member(self._group(group), self._principal(name))
            except KeyError:
                raise ValueError(f"{name} is not in the group {group}") from None

    def hide_attribute(self, account: str, name: str) -> None:
        """Have nobody be allowed to read an attribute of an entry of the domain, by its name as the directory spells it."""
        if name not in _HIDEABLE:
            raise ValueError(f"what can be hidden is {', '.join(_HIDEABLE)}, not {name}")
        self._principal(account).hidden_attributes.add(name)

    def set_registry_value(self, server: str, key: str, name: str, value: RegistryData, type: str | None = None) -> None:
        """Write a value: text, a number or a list of texts, of another type where one is named; BINARY takes hex digits."""
        path = self._key(key)
        if type is None:
            self._server(server).registry.set(path, name, value)
            return
        if type not in RegistryType.__members__:
            raise ValueError(f"the type of a registry value must be one of {', '.join(RegistryType.__members__)}, not {type!r}")
        data = bytes.fromhex(str(value)) if type == "BINARY" else value
        self._server(server).registry.set(path, name, RegistryValue(RegistryType[type], data))

    def delete_registry_value(self, server: str, key: str, name: str) -> None:
        try:
            self._server(server).registry.delete_value(self._key(key), name)
        except KeyError:
            raise ValueError(f"{server} has no registry value {name} in {key}") from None

    def create_registry_key(self, server: str, key: str) -> None:
        """Make a key without values: that is how Windows notes a pending restart."""
        self._server(server).registry.create_key(self._key(key))

    def delete_registry_key(self, server: str, key: str) -> None:
        """Remove a key and all below it."""
        try:
            self._server(server).registry.delete_key(self._key(key))
        except KeyError:
            raise ValueError(f"{server} has no registry key {key}") from None

    def set_certificate(self, server: str, name: str, state: str) -> None:
        """Have a root certificate be valid, missing, expired, not_yet_valid, disallowed or unreadable."""
        self._server(server).certificates.set_state(name, cast(State, state))

    def set_drive(
        self, server: str, drive: str, free: int, size: int | None = None, type: int = LOCAL_DISK, file_system: str = "NTFS"
    ) -> None:
        """Add a drive or change it; sizes are in bytes, and stay as they are where no size is given."""
        machine, name = self._server(server), drive.upper()
        drives = machine.drives
        known = drives.get(name)
        total = size if size is not None else known.size if known else free
        if not 0 <= free <= total:
            raise ValueError(f"{name} cannot have {free} of {total} bytes free")
        drives[name] = Drive(name, total, free, type, file_system, machine.files.taken(name))

    def remove_drive(self, server: str, drive: str) -> None:
        if self._server(server).drives.pop(drive.upper(), None) is None:
            raise ValueError(f"{server} has no drive {drive}")

    def write_file(self, server: str, path: str, content: str = "", encoding: str = "utf-8") -> None:
        """Make a file, or replace its content."""
        try:
            self._server(server).files.write(path, content.encode(encoding))
        except (LookupError, UnicodeEncodeError) as error:
            raise ValueError(f"the content cannot be written as {encoding}: {error}") from None

    def lock_file(self, server: str, path: str) -> None:
        """Have a program keep all others from opening a file."""
        files = self._server(server).files
        if path not in files:
            raise ValueError(f"{server} has no file {path}")
        files.locked.add(path.lower())

    def damage_file(self, server: str, path: str) -> None:
        """Change one byte in the middle of a file, which keeps its size."""
        files = self._server(server).files
        if path not in files or not files.size(path):
            raise ValueError(f"{server} has no file {path} with anything in it")
        with files.location(path).open("r+b") as file:
            middle = file.seek(files.size(path) // 2)
            byte = file.read(1)
            file.seek(middle)
            file.write(bytes([byte[0] ^ 0xFF]))

    def cut_smb(self, server: str, after: int) -> None:
        """Have the next connection by SMB end after so many bytes; said twice, the one after it ends, too."""
        if after < 1:
            raise ValueError(f"a connection is cut after 1 byte or more, not {after}")
        self._server(server).smb_cuts.append(after)

    def remove_file(self, server: str, path: str) -> None:
        files = self._server(server).files
        if path not in files:
            raise ValueError(f"{server} has no file {path}")
        files.remove(path)

    def set_clock(self, server: str, seconds: float) -> None:
        """Have a server's clock be so many seconds ahead, or behind if they are negative."""
        self._server(server).clock_error = float(seconds)

    def block_port(self, server: str, port: int, source: str = "") -> None:
        """Have a firewall drop what another server, or anybody, sends to a port of this one."""
        self._hierarchy.network.block(source and self._server(source).name, self._server(server).name, port)

    def unblock_port(self, server: str, port: int, source: str = "") -> None:
        """Let it pass again."""
        self._hierarchy.network.unblock(source and self._server(source).name, self._server(server).name, port)

    def open_port(self, server: str, port: int) -> None:
        """Have a server listen on a port."""
        self._hierarchy.network.listen(self._server(server).name, port)

    def close_port(self, server: str, port: int) -> None:
        """Have nobody listen on a port of a server."""
        self._hierarchy.network.close(self._server(server).name, port)

    def remove_curl(self, server: str) -> None:
        """Take curl.exe away."""
        self._server(server).curl_version = None

    def set_curl(self, server: str, version: str) -> None:
        """Have curl.exe be of another version: some options and variables came with 7.66, 7.75 and 7.88."""
        numbers = str(version).split(".")
        if len(numbers) < 2 or not all(number.isdecimal() for number in numbers):
            raise ValueError(f"the version of curl.exe must be one like 7.55.1, not {version!r}")
        self._server(server).curl_version = tuple(map(int, numbers))

    def fill_certificate_store(self, server: str, count: int) -> None:
        """Add so many root certificates of other names, as the store of a real server has up to 400."""
        self._server(server).certificates.fill(count)

    def _server(self, name: str) -> WindowsServer:
        return self._hierarchy.servers[self._hierarchy.topology.fqdn(name)]

    def _principal(self, account: str) -> Principal:
        found = self._hierarchy.directory.find(account)
        if found is None:
            raise ValueError(f"the domain has no account {account}")
        return found

    def _group(self, name: str) -> Principal:
        qualified = name if "\\" in name else f"{self._hierarchy.topology.netbios_domain}\\{name}"
        found = self._principal(qualified)
        if found.kind != "group":
            raise ValueError(f"{name} is no group")
        return found

    def _key(self, path: str) -> str:
        if path.partition("\\")[0].upper() not in HIVES.values():
            raise ValueError(f"a registry key starts with {', '.join(HIVES.values())}, unlike {path}")
        return path


def _several(name: str | Sequence[str]) -> Sequence[str]:
    return [name] if isinstance(name, str) else name
