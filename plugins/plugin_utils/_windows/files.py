# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""Files and folders of a server, by commands of cmd.exe, whose output is the same in every language of Windows."""

from __future__ import annotations

import ntpath

from .._wsman.shell import CommandShell
from .commands import quoted

_TIMEOUT = 120.0
_FOUND = "found"


def exists(shell: CommandShell, path: str) -> bool:
    """Whether there is a file, or a folder, that the account can see. Raises `WsmanError`."""
    return shell.run(f"if exist {quoted(path)} echo {_FOUND}", timeout=_TIMEOUT).output.strip() == _FOUND


def read_text_file(shell: CommandShell, path: str) -> str | None:
    """The text of a small file; None if there is none, or none that can be opened. Raises `WsmanError`."""
    result = shell.run(f"type {quoted(path)}", timeout=_TIMEOUT)
    return result.output.removeprefix("\ufeff") if result.exit_code == 0 else None


def make_folder(shell: CommandShell, path: str) -> None:
    """Make a folder and those above it, where they are missing. Raises `WsmanError`."""
    shell.run(f"if not exist {quoted(path)} mkdir {quoted(path)}", timeout=_TIMEOUT)


def remove_file(shell: CommandShell, path: str) -> None:
    """Delete a file, if it is there and nothing has it open. Raises `WsmanError`."""
    shell.run(f"if exist {quoted(path)} del /f /q {quoted(path)}", timeout=_TIMEOUT)


def size_of(shell: CommandShell, path: str) -> int | None:
    """The size of a file; None if there is none that the account can see. Raises `WsmanError`."""
    # With a comma between them, as "echo" alone says whether it is on
    result = shell.run(f"for %f in ({quoted(path)}) do @echo %~af,%~zf", timeout=_TIMEOUT)
    attributes, _comma, size = result.output.strip().partition(",")
    # Of what is not there, cmd.exe puts out neither; the attributes of a folder begin with a d
    return int(size) if _is_number(size) and not attributes.startswith("d") else None


def sizes_in(shell: CommandShell, folder: str, pattern: str) -> dict[str, int]:
    """The sizes of the files in a folder, not in those below it, that match a pattern, by their names. Raises `WsmanError`."""
    return _sizes(shell, f"for %f in ({quoted(ntpath.join(folder, pattern))}) do @echo %~zf %~nxf")


def sizes_below(shell: CommandShell, folder: str) -> dict[str, int]:
    """The sizes of all files below a folder, by their path in it; none where there is no such folder. Raises `WsmanError`."""
    found = _sizes(shell, f"for /r {quoted(folder)} %f in (*) do @echo %~zf %f")
    return {ntpath.relpath(path, folder): size for path, size in found.items()}


def _sizes(shell: CommandShell, command_line: str) -> dict[str, int]:
    """What a loop puts out: a size and a path, line by line. Where there is no such folder, it loops through nothing."""
    lines = shell.run(command_line, timeout=_TIMEOUT).output.splitlines()
    found = ((size, path) for size, _blank, path in (line.strip().partition(" ") for line in lines))
    return {path: int(size) for size, path in found if _is_number(size) and path}


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit()
