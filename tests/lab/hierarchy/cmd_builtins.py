# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Commands of cmd.exe that say something, or read files; those that change files are in `file_commands`."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ..wire.host import CommandResult
from . import file_commands
from .cmd_messages import FILE_NOT_FOUND, IN_USE, PATH_NOT_FOUND
from .command_line import take_switches
from .command_session import Session


def hostname(session: Session, arguments: str) -> CommandResult:
    return _output(session.server.name.partition(".")[0])


def whoami(session: Session, arguments: str) -> CommandResult:
    return _output(session.caller.account.lower())


def ver(session: Session, arguments: str) -> CommandResult:
    return _output(f"\r\nMicrosoft Windows [Version {session.server.os_version}]")


def echo(session: Session, arguments: str) -> CommandResult:
    return _output(arguments)


def exit_(session: Session, arguments: str) -> CommandResult:
    code = arguments.lower().replace("/b", "").strip()
    return CommandResult(exit_code=int(code) if code.isdigit() else 0)


def cd(session: Session, arguments: str) -> CommandResult:
    """``cd /d FOLDER`` changes the current folder; without /d it stays on another drive; without a folder it is shown."""
    words, switches = take_switches(arguments)
    if not words:
        return _output(session.folder)
    path = session.path(" ".join(words))
    if not session.files.is_folder(path):
        return session.failure(PATH_NOT_FOUND)
    if "/d" in switches or path[:2].lower() == session.folder[:2].lower():
        session.folder = path
    return CommandResult()


def type_(session: Session, arguments: str) -> CommandResult:
    path = session.path(arguments)
    if path not in session.files:
        return session.failure(FILE_NOT_FOUND)
    if session.files.is_locked(path):
        return session.failure(IN_USE)
    return CommandResult(session.files.read_bytes(path))


def dir_(session: Session, arguments: str) -> CommandResult:
    words, switches = take_switches(arguments)
    path, files = session.path(" ".join(words)), session.files
    names = files.below(path)
    if not names:
        return session.failure(FILE_NOT_FOUND)
    if "/b" in switches:
        return _output("\r\n".join(names))
    paths = [path] if path in files else [session.path(f"{path}\\{name}") for name in names]
    sizes = [f"{files.size(entry):,}" if entry in files else "<DIR>" for entry in paths]
    listing = "\r\n".join(f"{size:>18} {name}" for size, name in zip(sizes, names, strict=True))
    return _output(f" Directory of {path}\r\n\r\n{listing}\r\n{len(sizes) - sizes.count('<DIR>'):>16} File(s)")


def _output(text: str) -> CommandResult:
    return CommandResult(f"{text}\r\n".encode())


BUILTINS: Mapping[str, Callable[[Session, str], CommandResult]] = {
    "hostname": hostname,
    "whoami": whoami,
    "ver": ver,
    "echo": echo,
    "exit": exit_,
    "cd": cd,
    "chdir": cd,
    "type": type_,
    "dir": dir_,
    **file_commands.COMMANDS,
}
