# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""The two ends of a transfer, and what is to be done between them, from the paths that somebody has given."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath, PurePosixPath, PureWindowsPath

from ..errors import WindowsError
from .plan import FileTask, plan_transfer
from .stores import FileFacts, FileStore

MakeStore = Callable[[str], FileStore]
"""The files of a folder, at one of the two ends."""


@dataclass(frozen=True)
class Ends:
    """From where to where, and which files."""

    source: FileStore
    destination: FileStore
    tasks: Sequence[FileTask]


def find_ends(
    is_pulled: bool, src: str, dest: str, on_server: MakeStore, on_controller: MakeStore, exclude: Sequence[str]
) -> Ends:
    """Look at both ends. `WindowsError` where there is nothing to copy.

    The files of a folder go into the folder ``dest``. A file becomes the file ``dest``, or one in it if it ends with a slash.
    """
    at_source, at_destination = (on_server, on_controller) if is_pulled else (on_controller, on_server)
    source_kind: type[PurePath] = PureWindowsPath if is_pulled else PurePosixPath
    destination_kind: type[PurePath] = PurePosixPath if is_pulled else PureWindowsPath
    path = source_kind(src)
    # Asked first: a server lists the files of a folder, and refuses to list those of a file
    source = at_source(str(path.parent))
    facts = source.facts(path.name)
    if facts is not None:
        files: Mapping[str, FileFacts] = {path.name: facts}
        target = destination_kind(dest) / path.name if dest.endswith(("/", "\\")) else destination_kind(dest)
        destination = at_destination(str(target.parent))
        renamed = {path.name: target.name}
        known = destination.facts(target.name)
        if known is None:
            _check_way(destination)
            if destination.is_folder(target.name):
                raise WindowsError(
                    f"{target} is a folder, which a file cannot replace. To put the file into it, end dest with a slash or a "
                    "backslash."
                )
        present: Mapping[str, FileFacts] = {target.name: known} if known else {}
    else:
        source = at_source(src)
        found = source.files()
        if found is None:
            raise WindowsError(f"There is neither a file nor a folder {source.where}, or the account may not see it.")
        destination = at_destination(dest)
        there = destination.files()
        if there is None:
            _check_way(destination)
        files, present, renamed = found, there or {}, {}
    try:
        tasks = plan_transfer(files, present, exclude, renamed)
    except ValueError as error:
        raise WindowsError(f"{error}. Rename one of them.") from None
    if facts is not None:
        # All of its folder would have to be listed to know this beforehand
        tasks = [task.with_part(destination.facts(task.part)) for task in tasks]
    if not tasks:
        raise WindowsError(f"There are no files {source.where}, so there is nothing to copy.")
    return Ends(source, destination, tasks)


def _check_way(destination: FileStore) -> None:
    """`WindowsError` where the folder cannot be made."""
    file = destination.file_in_the_way()
    if file is not None:
        raise WindowsError(
            f"There can be no folder {destination.where}: {file} is a file. Nothing was copied. Remove that file, or give "
            "another dest."
        )
