# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""What a transfer has to do, from what is at both ends: pure functions."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatch

from .stores import FileFacts

_PART = re.compile(r"\.[0-9a-f]{12}\.part$")


@dataclass(frozen=True)
class FileTask:
    """One file of the source."""

    path: str
    facts: FileFacts
    target: str
    """Its path at the destination, in the letter case that it has there, if it is there."""
    is_there: bool
    """Whether the destination has a file of its name and size, so that only the content tells whether it is the same."""
    stale: tuple[str, ...] = ()
    """What is left at the destination of other versions of it."""
    part_size: int = 0
    """How much of it is at the destination already, in a file that is not whole."""

    @property
    def part(self) -> str:
        """The file that it is written to while it is not whole: another one for every version of it."""
        version = hashlib.sha256(f"{self.facts.size} {self.facts.modified}".encode()).hexdigest()
        return f"{self.target}.{version[:12]}.part"

    def with_part(self, part: FileFacts | None) -> FileTask:
        """The task where so much is at the destination already. What is larger than the file is no part of it."""
        return replace(self, part_size=part.size if part and part.size <= self.facts.size else 0)


def plan_transfer(
    source: Mapping[str, FileFacts],
    destination: Mapping[str, FileFacts],
    exclude: Sequence[str] = (),
    renamed: Mapping[str, str] | None = None,
) -> list[FileTask]:
    """A task for each file of the source, by path. ValueError for names that cannot be at the destination side by side.

    ``exclude`` has patterns of file names, such as ``*.log``; ``renamed`` what files are called at the destination.
    """
    known = {path.casefold(): path for path in destination}
    folders = {folder for path in known for folder in _folders_of(path)}
    parts: dict[str, list[str]] = {}
    for path in destination:
        if match := _PART.search(path):
            parts.setdefault(path[: match.start()].casefold(), []).append(path)
    tasks: dict[str, FileTask] = {}
    for path in sorted(source):
        if _PART.search(path) or _is_excluded(path, exclude):
            continue
        wanted = (renamed or {}).get(path, path)
        key = wanted.casefold()
        if key in tasks:
            raise ValueError(f"{tasks[key].path} and {path} differ in their letter case only, so Windows cannot have both")
        if key in folders:
            raise ValueError(f"{wanted} is a file at the source, and a folder at the destination")
        if files := [folder for folder in _folders_of(key) if folder in known]:
            raise ValueError(f"{known[files[0]]} is a file at the destination, and {path} of the source needs a folder there")
        target = known.get(key, wanted)
        is_there = key in known and destination[target].size == source[path].size
        task = FileTask(path, source[path], target, is_there)
        stale = tuple(part for part in parts.get(key, ()) if part.casefold() != task.part.casefold())
        part = known.get(task.part.casefold())
        tasks[key] = replace(task, stale=stale).with_part(destination[part] if part else None)
    return list(tasks.values())


def _folders_of(path: str) -> list[str]:
    """Those that a file is in, in the folder that its path is in."""
    parts = path.split("/")[:-1]
    return ["/".join(parts[: count + 1]) for count in range(len(parts))]


def _is_excluded(path: str, patterns: Sequence[str]) -> bool:
    name = path.rpartition("/")[2].lower()
    return any(fnmatch(name, pattern.lower()) for pattern in patterns)
