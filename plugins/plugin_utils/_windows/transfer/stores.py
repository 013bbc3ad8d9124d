# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""Where files are, at either end of a transfer."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class FileFacts:
    """What tells one version of a file from another without reading it."""

    size: int
    modified: int
    """Nanoseconds since 1970."""


class Writer(Protocol):
    """A file that is being written, in order."""

    def write(self, data: bytes, /) -> object: ...


class Digest(Protocol):
    """As hashlib makes them."""

    def update(self, data: bytes, /) -> None: ...

    def hexdigest(self) -> str: ...


def sha256_digest(chunks: Iterable[bytes]) -> Digest:
    """The digest of what has been read so far; more can be added."""
    digest = hashlib.sha256()
    for data in chunks:
        digest.update(data)
    return digest


class FileStore(Protocol):
    """The files of one folder, by their path in it with slashes."""

    unsure: int
    """How many bytes at the end of a file whose writing was cut off may not be what was written."""

    @property
    def where(self) -> str:
        """The folder, and whose it is, in words."""

    def files(self) -> Mapping[str, FileFacts] | None:
        """Every file; None if there is no such folder."""

    def facts(self, path: str) -> FileFacts | None:
        """Of one file; None if there is none."""

    def is_folder(self, path: str) -> bool:
        """Whether there is a folder of that name."""

    def file_in_the_way(self) -> str | None:
        """The file that is where the folder, or one above it, would have to be; None if there is none."""

    def read(self, path: str, offset: int, size: int) -> Iterator[bytes]:
        """The bytes of a file of ``size`` bytes from an offset on."""

    def writer(self, path: str, offset: int) -> AbstractContextManager[Writer]:
        """Write to a file from an offset on; at 0, it is made or emptied, with the folders that it needs."""

    def sha256(self, files: Mapping[str, FileFacts]) -> Mapping[str, str]:
        """The digests of files that are there, in lower case."""

    def replace(self, path: str, target: str) -> None:
        """Give a file another name, in place of the file that may have it already."""

    def remove(self, path: str) -> None:
        """Delete a file, if it is there."""

    def free_bytes(self) -> int | None:
        """Room that there is for more; None where nobody tells."""

    def reconnect(self) -> None:
        """After `SmbLost`."""
