# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Commands of cmd.exe that change files: del, mkdir, rmdir, copy, move and ren.

From a published table of their exit codes, which its author has tried out: rmdir ends with the Win32 error, and del with 0
whatever has become of the file. Inferred: that nobody answers the question of copy and move whether to replace a file, so that
without /y it stays.
"""

from __future__ import annotations

import errno
import ntpath
import re
from collections.abc import Callable, Mapping

from ..wire.host import CommandResult
from .cmd_messages import (
    ACCESS_DENIED,
    COPIED,
    DISK_FULL,
    DUPLICATE,
    EXISTS,
    FILE_NOT_FOUND,
    FILES_MOVED,
    FOLDERS_MOVED,
    IN_USE,
    NOT_EMPTY,
    PATH_NOT_FOUND,
    SYNTAX,
)
from .command_line import take_switches
from .command_session import Session

_ERROR_FILE_NOT_FOUND, _ERROR_SHARING_VIOLATION, _ERROR_DIR_NOT_EMPTY = 2, 32, 145


def del_(session: Session, arguments: str) -> CommandResult:
    words, _unused = take_switches(arguments)
    if not words:
        return session.failure(SYNTAX)
    errors = b""
    for path in map(session.path, words):
        if path not in session.files:
            errors += f"Could Not Find {path}\r\n".encode()
        elif session.files.is_in_use(path):
            errors += f"{path}\r\n".encode() + session.says(IN_USE)
        else:
            session.files.remove(path)
    return CommandResult(stderr=errors)


def mkdir(session: Session, arguments: str) -> CommandResult:
    """Makes folders, and those above them."""
    errors = b""
    words, _unused = take_switches(arguments)
    for word in words:
        path = session.path(word)
        try:
            if path in session.files or session.files.is_folder(path):
                errors += session.says(EXISTS, word)
            else:
                session.files.make_folder(path)
        except OSError:
            errors += session.says(PATH_NOT_FOUND)
    return CommandResult(stderr=errors, exit_code=1 if errors else 0) if words else session.failure(SYNTAX)


def rmdir(session: Session, arguments: str) -> CommandResult:
    """Deletes a folder: with /s all that is in it, but for what is in use and the folders above that."""
    words, switches = take_switches(arguments)
    if len(words) != 1:
        return session.failure(SYNTAX)
    files, path = session.files, session.path(words[0])
    if not files.is_folder(path):
        return session.failure(FILE_NOT_FOUND, exit_code=_ERROR_FILE_NOT_FOUND)
    if "/s" not in switches and files.below(path):
        return session.failure(NOT_EMPTY, exit_code=_ERROR_DIR_NOT_EMPTY)
    in_use = [file for file in files.walk(path) if files.is_in_use(file)]
    if not in_use:
        files.remove_folder(path)
        return CommandResult()
    for file in files.walk(path):
        if file not in in_use:
            files.remove(file)
    errors = b"".join(f"{file} - ".encode() + session.says(IN_USE) for file in in_use)
    return CommandResult(stderr=errors, exit_code=_ERROR_SHARING_VIOLATION)


def copy(session: Session, arguments: str) -> CommandResult:
    """``copy /y /b FILE FILE``."""
    words, switches = take_switches(arguments)
    if len(words) != 2:
        return session.failure(SYNTAX)
    files, source = session.files, session.path(words[0])
    target = _target(session, source, words[1])
    if source not in files:
        return session.failure(FILE_NOT_FOUND)
    if files.is_locked(source) or files.is_in_use(target):
        return _nothing_copied(session, IN_USE)
    if not files.is_folder(ntpath.dirname(target)):
        return _nothing_copied(session, PATH_NOT_FOUND)
    if target in files and "/y" not in switches:
        return CommandResult(session.says(COPIED, 0), exit_code=1)
    try:
        files.copy_in(files.location(source), target)
    except OSError as error:
        return _nothing_copied(session, DISK_FULL if error.errno == errno.ENOSPC else ACCESS_DENIED)
    return CommandResult(session.says(COPIED, 1))


def move(session: Session, arguments: str) -> CommandResult:
    """``move /y PATH PATH``, of a file or, on the same drive, of a folder."""
    words, switches = take_switches(arguments)
    if len(words) != 2:
        return session.failure(SYNTAX)
    files, source = session.files, session.path(words[0])
    target = _target(session, source, words[1])
    if source not in files:
        return _move_folder(session, source, target)
    if files.is_in_use(source) or files.is_in_use(target):
        return session.failure(IN_USE)
    if not files.is_folder(ntpath.dirname(target)):
        return session.failure(PATH_NOT_FOUND)
    if target in files and "/y" not in switches:
        return CommandResult(session.says(FILES_MOVED, 0), exit_code=1)
    if not _is_on_the_same_drive(source, target):
        try:
            files.expect_room(target, files.size(source))
        except OSError:
            return session.failure(DISK_FULL)
    files.rename(source, target)
    return CommandResult(session.says(FILES_MOVED, 1))


def ren(session: Session, arguments: str) -> CommandResult:
    """``ren PATH NAME``."""
    words, _unused = take_switches(arguments)
    if len(words) != 2 or re.search(r"[\\/:*?\"<>|]", words[1]):
        return session.failure(SYNTAX)
    files, source = session.files, session.path(words[0])
    target = ntpath.join(ntpath.dirname(source), words[1])
    if source not in files and not files.is_folder(source):
        return session.failure(FILE_NOT_FOUND)
    if files.is_in_use(source):
        return session.failure(IN_USE)
    if (target in files or files.is_folder(target)) and target.lower() != source.lower():
        return session.failure(DUPLICATE)
    files.rename(source, target)
    return CommandResult()


def _move_folder(session: Session, source: str, target: str) -> CommandResult:
    files = session.files
    if not files.is_folder(source):
        return session.failure(FILE_NOT_FOUND)
    is_in_use = any(files.is_in_use(file) for file in files.walk(source))
    if is_in_use or target in files or files.is_folder(target) or not _is_on_the_same_drive(source, target):
        return session.failure(ACCESS_DENIED)
    if not files.is_folder(ntpath.dirname(target)):
        return session.failure(PATH_NOT_FOUND)
    files.rename(source, target)
    return CommandResult(session.says(FOLDERS_MOVED, 1))


def _target(session: Session, source: str, word: str) -> str:
    """Where a file goes: into a folder that is there, or to a path."""
    target = session.path(word)
    return ntpath.join(target, ntpath.basename(source)) if session.files.is_folder(target) else target


def _nothing_copied(session: Session, reason: int) -> CommandResult:
    return CommandResult(session.says(COPIED, 0), session.says(reason), 1)


def _is_on_the_same_drive(source: str, target: str) -> bool:
    return source[:2].lower() == target[:2].lower()


COMMANDS: Mapping[str, Callable[[Session, str], CommandResult]] = {
    "del": del_,
    "erase": del_,
    "mkdir": mkdir,
    "md": mkdir,
    "rmdir": rmdir,
    "rd": rmdir,
    "copy": copy,
    "move": move,
    "ren": ren,
    "rename": ren,
}
