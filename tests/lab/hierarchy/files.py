# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files of one server. They are on the disk of this computer, so that programs of it can serve, read and write them.

Each drive is a folder of a temporary directory. What others change there directly is seen at once: nothing is remembered but
what a disk does not know.

A drive has as many bytes free as it was said to have, less what its files have grown since then by anybody's hand. Who
writes here is refused what does not fit; who writes to a `Files.location` asks `Files.expect_room` first, and smbd of
this computer does not ask: it only tells its clients how much is free.
"""

from __future__ import annotations

import errno
import ntpath
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .drives import Drive

_USUAL_FOLDERS = ("Program Files", "Users", "Windows/System32", "Windows/Temp")
"""Of the drive C:, from the beginning."""


class Files:
    """Files by their full path, which starts with a drive and ignores the letter case; text is kept as UTF-8.

    A path that no drive of the server has is one of a file that is not there. What does not work is an OSError.
    """

    def __init__(self, drives: Mapping[str, Drive], directory: Path | None = None) -> None:
        """``directory`` is where the temporary directory is made, as soon as something is to be written."""
        self._drives = drives
        self._parent = directory
        self._lock = Lock()
        self._is_closed = False
        self._directory: TemporaryDirectory[str] | None = None
        self.locked: set[str] = set()
        """Those that some program keeps others from opening, in lower case."""
        self._held: set[str] = set()
        """Those that some program writes, and lets others read."""
        self.versions: dict[str, str] = {}
        """Of programs, by their path in lower case."""

    def __contains__(self, path: str) -> bool:
        """Whether a file, not a folder, is there."""
        return self._directory is not None and self._has_drive(path) and self.location(path).is_file()

    def __iter__(self) -> Iterator[str]:
        """Every path."""
        if self._directory is not None:
            for name in sorted(self._drives):
                yield from self.walk(f"{name}\\")

    def location(self, path: str) -> Path:
        """Where a file or folder is on the disk of this computer; where it would be, if it is not there."""
        drive, rest = ntpath.splitdrive(ntpath.normpath(path))
        if not self._has_drive(path):
            raise FileNotFoundError(errno.ENOENT, "there is no such drive", path)
        found = self._root() / drive[0].upper()
        found.mkdir(exist_ok=True)
        names = [name for name in rest.split("\\") if name]
        exactly = found.joinpath(*names)
        if exactly.exists():
            return exactly
        for number, name in enumerate(names):
            known = _entry(found, name)
            if known is None:
                return found.joinpath(*names[number:])
            found /= known
        return found

    def read(self, path: str) -> str:
        """The text of a file that is there."""
        return self.read_bytes(path).decode()

    def read_bytes(self, path: str) -> bytes:
        """The content of a file that is there."""
        return self.location(path).read_bytes()

    def size(self, path: str) -> int:
        """How many bytes a file that is there has."""
        return self.location(path).stat().st_size

    def write(self, path: str, content: str | bytes) -> None:
        """Make a file, and the folders above it, or replace its content."""
        data = _encoded(content)
        self._for_writing(path, len(data)).write_bytes(data)

    def append(self, path: str, content: str | bytes) -> None:
        """Add to the end of a file, which is made if it is not there."""
        data = _encoded(content)
        before = self.size(path) if path in self else 0
        with self._for_writing(path, before + len(data)).open("ab") as file:
            file.write(data)

    def copy_in(self, real_path: Path, path: str) -> None:
        """Have a file be a copy of one of this computer."""
        shutil.copyfile(real_path, self._for_writing(path, real_path.stat().st_size))

    def rename(self, path: str, new_path: str) -> None:
        """Give a file or a folder that is there another path; a file that had it is replaced."""
        source, destination = self.location(path), self.location(new_path)
        if destination.exists() and destination.samefile(source):
            # Nothing but the letter case changes
            destination = source.with_name(ntpath.basename(new_path))
        destination.parent.mkdir(parents=True, exist_ok=True)
        source.replace(destination)

    @contextmanager
    def held(self, path: str) -> Iterator[None]:
        """Keep others from writing and deleting a file, in a folder that is there. PermissionError where somebody else does."""
        location = self.location(path)
        if not location.parent.is_dir():
            raise FileNotFoundError(errno.ENOENT, "there is no such folder", path)
        if location.is_dir():
            raise IsADirectoryError(errno.EISDIR, "it is a folder", path)
        with self._lock:
            if self.is_in_use(path):
                raise PermissionError(errno.EACCES, "another process uses the file", path)
            self._held.add(_key(path))
        try:
            yield
        finally:
            self._held.discard(_key(path))

    def is_locked(self, path: str) -> bool:
        """Whether somebody keeps others from reading a file."""
        return _key(path) in self.locked

    def is_in_use(self, path: str) -> bool:
        """Whether somebody keeps others from writing and deleting a file."""
        return _key(path) in self._held or self.is_locked(path)

    def remove(self, path: str) -> None:
        """Delete a file that is there."""
        self.location(path).unlink()

    def is_folder(self, path: str) -> bool:
        return self._has_drive(path) and self.location(path).is_dir()

    def make_folder(self, path: str) -> None:
        """Make a folder and those above it; one that is there stays as it is."""
        self.location(path).mkdir(parents=True, exist_ok=True)

    def remove_folder(self, path: str) -> None:
        """Delete a folder that is there, with all in it."""
        shutil.rmtree(self.location(path))

    def below(self, path: str) -> list[str]:
        """Names of the files and folders in a folder; of the file itself if the path is one."""
        if path in self:
            return [self.location(path).name]
        return sorted(os.listdir(self.location(path)), key=str.lower) if self.is_folder(path) else []

    def walk(self, folder: str) -> list[str]:
        """The full paths of all files below a folder: first its own, then those of each folder in it."""
        return [f"{folder.rstrip(chr(92))}\\{path}" for path in _walk(self.location(folder))] if self.is_folder(folder) else []

    def free(self, drive: str) -> int:
        """How many bytes are free on a drive that is there now, by its letter and colon."""
        known = self._drives[drive.upper()]
        return max(0, known.free - (self.taken(drive) - known.taken))

    def taken(self, drive: str) -> int:
        """How many bytes all files of a drive have."""
        if self._directory is None or not (folder := self._root() / drive[0].upper()).is_dir():
            return 0
        return _taken(folder)

    def expect_room(self, path: str, size: int) -> None:
        """OSError (ENOSPC) if a file cannot be this large, or become it."""
        growth = size - (self.size(path) if path in self else 0)
        if growth > 0 and growth > self.free(ntpath.splitdrive(path)[0]):
            raise OSError(errno.ENOSPC, "there is not enough space on the disk", path)

    def close(self) -> None:
        """Delete them all, for good."""
        self._is_closed = True
        if self._directory is not None:
            self._directory.cleanup()
            self._directory = None

    def _root(self) -> Path:
        with self._lock:
            if self._is_closed:
                raise FileNotFoundError(errno.ENOENT, "the server is no more")
            if self._directory is None:
                self._directory = TemporaryDirectory(dir=self._parent, prefix="lab-server-", ignore_cleanup_errors=True)
                for name in _USUAL_FOLDERS:
                    Path(self._directory.name, "C", name).mkdir(parents=True)
            return Path(self._directory.name)

    def _has_drive(self, path: str) -> bool:
        drive, rest = ntpath.splitdrive(path)
        return drive.upper() in self._drives and rest[:1] in ("\\", "/")

    def _for_writing(self, path: str, size: int) -> Path:
        location = self.location(path)
        self.expect_room(path, size)
        location.parent.mkdir(parents=True, exist_ok=True)
        return location


def _entry(folder: Path, name: str) -> str | None:
    """How a folder spells the name of something in it; None if there is no such thing."""
    if (folder / name).exists():
        return name
    try:
        return next((known for known in os.listdir(folder) if known.lower() == name.lower()), None)
    except OSError:
        return None


def _walk(folder: Path) -> Iterator[str]:
    found = sorted(_entries(folder), key=lambda entry: entry.name.lower())
    yield from (entry.name for entry in found if entry.is_file())
    for entry in found:
        if entry.is_dir():
            yield from (f"{entry.name}\\{path}" for path in _walk(Path(entry.path)))


def _taken(folder: Path) -> int:
    return sum(_taken(Path(entry.path)) if entry.is_dir() else _size(entry) for entry in _entries(folder))


def _size(entry: os.DirEntry[str]) -> int:
    # Others may delete meanwhile what they have written
    with suppress(FileNotFoundError):
        return entry.stat().st_size
    return 0


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    with suppress(FileNotFoundError), os.scandir(folder) as entries:
        return list(entries)
    return []


def _key(path: str) -> str:
    return ntpath.normpath(path).lower()


def _encoded(content: str | bytes) -> bytes:
    return content.encode() if isinstance(content, str) else content
