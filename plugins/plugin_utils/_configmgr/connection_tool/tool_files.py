# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""The files that the service connection tool reads and writes: usage data, and the folder with the updates."""

from __future__ import annotations

import hashlib
import ntpath
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..._windows.cabinet import file_names
from ..._windows.file_hashes import sha256_of
from ..._windows.file_tail import read_head
from ..._windows.files import size_of, sizes_below, sizes_in
from ..._wsman.shell import CommandShell

MANIFESTS = ("configmgr.update.manifest.cab", "configmgr.update.manifest.enc")
"""The list of the updates; Microsoft's pages name it with either ending."""
_VERSION = re.compile(r"([0-9]+(?:\.[0-9]+){3})\.txt", re.IGNORECASE)
_GUID_FILE = re.compile(r"([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.cab", re.IGNORECASE)
_USAGE_DATA = (".cab", ".csv")
_HEAD = 64 * 1024


@dataclass(frozen=True)
class UsageData:
    """One file with usage data."""

    path: str
    size: int
    sha256: str
    """Empty where the computer does not tell."""
    is_cabinet: bool | None
    """None where its beginning cannot be read."""
    site_version: str = ""
    """Of the site that it is of: the tool puts a text file of that name into it. Empty where that is not known."""


@dataclass(frozen=True)
class Package:
    """The file of one update."""

    guid: str
    size: int


@dataclass(frozen=True)
class UpdateFolder:
    """A folder with what was downloaded."""

    path: str
    sizes: Mapping[str, int]
    """Of every file, by its path in the folder."""
    manifest_digest: str = ""
    """SHA-256 of the list of the updates."""

    @property
    def has_manifest(self) -> bool:
        """Whether the list of the updates is there, without which there is nothing to import."""
        return any(path.lower() in MANIFESTS for path in self.sizes)

    @property
    def packages(self) -> list[Package]:
        """The updates, by the names of their files."""
        found = {}
        for path, size in sorted(self.sizes.items()):
            if match := _GUID_FILE.fullmatch(ntpath.basename(path)):
                found[match[1].upper()] = Package(match[1].upper(), size)
        return list(found.values())

    @property
    def digest(self) -> str:
        """Another one whenever files come, go or change their size, or the list of the updates changes; empty without files."""
        if not self.sizes:
            return ""
        lines = sorted(f"{path.lower()} {size}" for path, size in self.sizes.items())
        return hashlib.sha256("\n".join([*lines, self.manifest_digest]).encode()).hexdigest()


def read_usage_data(shell: CommandShell, path: str) -> list[UsageData]:
    """One file, or the cabinets of a folder; none where there are none. Raises `WsmanError`."""
    if path.lower().endswith(_USAGE_DATA):
        size = size_of(shell, path)
        paths = [] if size is None else [(path, size)]
    else:
        sizes = sizes_in(shell, path, "*.cab")
        # Where Windows keeps short names, the pattern finds longer endings, too
        paths = [(ntpath.join(path, name), size) for name, size in sorted(sizes.items()) if name.lower().endswith(".cab")]
    digests = sha256_of(shell, paths) if paths else []
    return [_usage_data(shell, found, size, digest) for (found, size), digest in zip(paths, digests, strict=True)]


def read_update_folder(shell: CommandShell, path: str) -> UpdateFolder:
    """What is in it. Raises `WsmanError`."""
    sizes = sizes_below(shell, path)
    manifests = [(ntpath.join(path, found), size) for found, size in sorted(sizes.items()) if found.lower() in MANIFESTS]
    digests: Sequence[str | None] = sha256_of(shell, manifests) if manifests else []
    return UpdateFolder(path, sizes, " ".join(digest or "" for digest in digests))


def _usage_data(shell: CommandShell, path: str, size: int, digest: str | None) -> UsageData:
    head = read_head(shell, path, _HEAD)
    if head is None:
        return UsageData(path, size, digest or "", None)
    try:
        names = file_names(head)
    except ValueError:
        return UsageData(path, size, digest or "", False)
    versions = [match[1] for name in names if (match := _VERSION.fullmatch(ntpath.basename(name)))]
    return UsageData(path, size, digest or "", True, versions[0] if versions else "")
