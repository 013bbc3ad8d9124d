# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""Files on the controller, which nobody else of it can read: usage data tells of the hierarchy."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from ..errors import WindowsError
from .stores import FileFacts, Writer, sha256_digest

_CHUNK = 1024 * 1024
_PRIVATE_FILE, _PRIVATE_FOLDER = 0o600, 0o700


class ControllerStore:
    """A folder of the controller. Every use raises `WindowsError`."""

    unsure = 0

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @property
    def where(self) -> str:
        return f"{self._folder} on the controller"

    def files(self) -> dict[str, FileFacts] | None:
        if not self._folder.is_dir():
            return None
        with _explained(self._folder):
            paths = [path for path in self._folder.rglob("*") if path.is_file()]
            return {path.relative_to(self._folder).as_posix(): _facts(path) for path in paths}

    def facts(self, path: str) -> FileFacts | None:
        file = self._folder / path
        with _explained(file):
            return _facts(file) if file.is_file() else None

    def is_folder(self, path: str) -> bool:
        with _explained(self._folder / path):
            return (self._folder / path).is_dir()

    def file_in_the_way(self) -> str | None:
        present = self._present()
        return None if present.is_dir() else str(present)

    def read(self, path: str, offset: int, size: int) -> Iterator[bytes]:
        with _explained(self._folder / path), (self._folder / path).open("rb") as file:
            file.seek(offset)
            left = size - offset
            while left > 0 and (data := file.read(min(_CHUNK, left))):
                left -= len(data)
                yield data
        if left:
            raise WindowsError(f"{self._folder / path} on the controller has become shorter while it was read.")

    @contextmanager
    def writer(self, path: str, offset: int) -> Iterator[Writer]:
        file = self._folder / path
        with _explained(file):
            _make_folder(file.parent)
            descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | (0 if offset else os.O_TRUNC), _PRIVATE_FILE)
            with open(descriptor, "wb") as opened:
                opened.seek(offset)
                opened.truncate()
                yield opened

    def sha256(self, files: Mapping[str, FileFacts]) -> dict[str, str]:
        return {path: sha256_digest(self.read(path, 0, facts.size)).hexdigest() for path, facts in files.items()}

    def replace(self, path: str, target: str) -> None:
        with _explained(self._folder / target):
            (self._folder / path).replace(self._folder / target)

    def remove(self, path: str) -> None:
        with _explained(self._folder / path), suppress(FileNotFoundError):
            (self._folder / path).unlink()

    def free_bytes(self) -> int | None:
        return shutil.disk_usage(self._present()).free

    def reconnect(self) -> None:
        """Nothing is ever lost here."""

    def _present(self) -> Path:
        """The folder, or the lowest one above it that is there."""
        with _explained(self._folder):
            return next(path for path in (self._folder, *self._folder.parents) if path.exists())


def _make_folder(folder: Path) -> None:
    """Make a folder and those above it that are missing, all of them private, which `Path.mkdir` makes the last one only."""
    for missing in reversed([above for above in (folder, *folder.parents) if not above.exists()]):
        missing.mkdir(mode=_PRIVATE_FOLDER, exist_ok=True)


def _facts(path: Path) -> FileFacts:
    found = path.stat()
    return FileFacts(found.st_size, found.st_mtime_ns)


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        advice = " Make room, and run the task again: it goes on." if error.errno == errno.ENOSPC else ""
        raise WindowsError(f"{path} on the controller: {error.strerror or error}.{advice}") from error
