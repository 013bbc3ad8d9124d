# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The registry of one server: keys and typed values, whose names ignore the letter case but keep it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum

HIVES: Mapping[int, str] = {
    0x80000000: "HKCR",
    0x80000001: "HKCU",
    0x80000002: "HKLM",
    0x80000003: "HKU",
    0x80000005: "HKCC",
}
"""Short names by handle. A full path starts with one: ``HKLM\\SOFTWARE\\Microsoft``."""


class RegistryType(IntEnum):
    """The types of WinNT.h, without their ``REG_``."""

    SZ = 1
    EXPAND_SZ = 2
    BINARY = 3
    DWORD = 4
    MULTI_SZ = 7
    QWORD = 11


RegistryData = str | int | bytes | list[str]


@dataclass(frozen=True)
class RegistryValue:
    """What a name in a key stands for."""

    type: RegistryType
    data: RegistryData


Tree = Mapping[str, "RegistryData | RegistryValue | Tree"]
"""Keys are mappings. Plain data has the type that suits it: text SZ, a number DWORD, bytes BINARY, a list MULTI_SZ."""

Watcher = Callable[[str, str], None]
"""Called with the full path and the value's name after a value was written or deleted."""


@dataclass
class RegistryKey:
    """A key; children and values are found by lower-case name."""

    name: str
    keys: dict[str, RegistryKey] = field(default_factory=dict)
    values: dict[str, tuple[str, RegistryValue]] = field(default_factory=dict)
    """The name as written and the value."""


class Registry:
    """All hives. Paths are full paths; a key that does not exist is None or KeyError."""

    def __init__(self, tree: Tree | None = None) -> None:
        self._root = RegistryKey("", {name.lower(): RegistryKey(name) for name in HIVES.values()})
        self.watchers: list[Watcher] = []
        for name, branch in (tree or {}).items():
            self._load(name, branch)

    def _load(self, path: str, branch: RegistryData | RegistryValue | Tree) -> None:
        if isinstance(branch, Mapping):
            self.create_key(path)
            for name, child in branch.items():
                self._load(f"{path}\\{name}", child)
        else:
            key, _separator, name = path.rpartition("\\")
            self.set(key, name, branch)

    def key(self, path: str) -> RegistryKey | None:
        """The key of a full path; None if it does not exist."""
        key: RegistryKey | None = self._root
        for name in _names(path):
            key = key.keys.get(name.lower()) if key else None
        return key

    def create_key(self, path: str) -> RegistryKey:
        """The key, made with all keys above it where they do not exist. The hive must."""
        hive, *names = _names(path)
        key = self._root.keys[hive.lower()]
        for name in names:
            key = key.keys.setdefault(name.lower(), RegistryKey(name))
        return key

    def delete_key(self, path: str) -> None:
        """Remove a key and all below it. KeyError if it does not exist."""
        above, _separator, name = path.rstrip("\\").rpartition("\\")
        parent = self.key(above)
        if parent is None or not above:
            raise KeyError(path)
        del parent.keys[name.lower()]

    def get(self, path: str, name: str) -> RegistryValue | None:
        """A value of a key; None if the one or the other does not exist."""
        key = self.key(path)
        found = key.values.get(name.lower()) if key else None
        return found[1] if found else None

    def set(self, path: str, name: str, value: RegistryData | RegistryValue) -> None:
        """Write a value, in a key that is made if needed; an existing value keeps the case of its name."""
        typed = value if isinstance(value, RegistryValue) else RegistryValue(_type_of(value), value)
        values = self.create_key(path).values
        known_name = values[name.lower()][0] if name.lower() in values else name
        values[name.lower()] = (known_name, typed)
        self._tell(path, known_name)

    def delete_value(self, path: str, name: str) -> None:
        """Remove a value. KeyError if it does not exist."""
        key = self.key(path)
        if key is None:
            raise KeyError(path)
        del key.values[name.lower()]
        self._tell(path, name)

    def _tell(self, path: str, name: str) -> None:
        for watcher in self.watchers:
            watcher(path, name)


def _names(path: str) -> list[str]:
    return [name for name in path.split("\\") if name]


def _type_of(data: RegistryData) -> RegistryType:
    match data:
        case str():
            return RegistryType.SZ
        case int():
            return RegistryType.DWORD
        case bytes():
            return RegistryType.BINARY
        case _:
            return RegistryType.MULTI_SZ
