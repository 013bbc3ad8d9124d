# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""Files of a server: they travel by SMB, and their digests are counted on the server itself, by a command over WinRM."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from ..._wsman.client import WsmanClient
from ..._wsman.shell import CommandShell
from .. import smb_streams
from ..errors import WindowsError
from ..file_hashes import sha256_of
from ..smb import SmbConnection
from ..smb_errors import SmbMissing
from ..system import read_drives
from .stores import FileFacts, Writer, sha256_digest


class ServerStore:
    """A folder of a server. Every use raises `WindowsError`, of which `SmbLost` may pass, and `WsmanError`."""

    unsure = smb_streams.UNSURE

    def __init__(self, smb: SmbConnection, client: WsmanClient, folder: str, name: str) -> None:
        """``name`` is what people call the server."""
        self._smb = smb
        self._client = client
        self._folder = folder.rstrip("\\")
        self._name = name
        self._made: set[str] = set()

    @property
    def where(self) -> str:
        return f"{self._folder} on {self._name}"

    def files(self) -> dict[str, FileFacts] | None:
        found = self._smb.files_below(f"{self._folder}\\")
        return None if found is None else {_checked(path): facts for path, facts in found.items()}

    def facts(self, path: str) -> FileFacts | None:
        return self._smb.facts(self._full(path))

    def is_folder(self, path: str) -> bool:
        return bool(self._smb.is_folder(self._full(path)))

    def file_in_the_way(self) -> str | None:
        path = self._folder
        while "\\" in path:
            is_folder = self._smb.is_folder(path)
            if is_folder is not None:
                return None if is_folder else path
            path = path.rpartition("\\")[0]
        return None

    def read(self, path: str, offset: int, size: int) -> Iterator[bytes]:
        full = self._full(path)
        with self._smb.open(full, "rb") as file:
            yield from smb_streams.read_chunks(file, offset, size)

    @contextmanager
    def writer(self, path: str, offset: int) -> Iterator[Writer]:
        full = self._full(path)
        folder = full.rpartition("\\")[0]
        if folder not in self._made:
            self._smb.make_folder(f"{folder}\\")
            self._made.add(folder)
        with self._smb.open(full, "r+b" if offset else "wb") as file:
            writer = smb_streams.ChunkWriter(file, offset)
            yield writer
            writer.finish()

    def sha256(self, files: Mapping[str, FileFacts]) -> dict[str, str]:
        with CommandShell(self._client) as shell:
            digests = sha256_of(shell, [(self._full(path), facts.size) for path, facts in files.items()])
        return {
            path: digest or self._read_digest(path, facts) for (path, facts), digest in zip(files.items(), digests, strict=True)
        }

    def replace(self, path: str, target: str) -> None:
        try:
            self._smb.replace(self._full(path), self._full(target))
        except SmbMissing:
            # Where the answer to the first attempt was lost, the second finds nothing to do
            if self.facts(target) is None:
                raise

    def remove(self, path: str) -> None:
        self._smb.remove(self._full(path))

    def free_bytes(self) -> int | None:
        name = self._folder[:2].upper()
        return next((drive.free_bytes for drive in read_drives(self._client) if drive.name.upper() == name), None)

    def reconnect(self) -> None:
        self._smb.reconnect()

    def _full(self, path: str) -> str:
        return f"{self._folder}\\{path.replace('/', chr(92))}"

    def _read_digest(self, path: str, facts: FileFacts) -> str:
        """Where the server's own program says nothing, the whole file has to come here."""
        return sha256_digest(self.read(path, 0, facts.size)).hexdigest()


def _checked(path: str) -> str:
    """A path that a server has named, with slashes: one that leads out of its folder would end up elsewhere here."""
    parts = path.split("\\")
    if any(part in ("", ".", "..") or "/" in part or "\0" in part for part in parts):
        raise WindowsError(f"The server names a file {path!r}, which is not taken.")
    return "/".join(parts)
