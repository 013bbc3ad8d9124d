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


def sizes_below(shell: CommandShell, folder: str) -> dict[str, int]:
    """The sizes of all files below a folder, by their path in it; none where there is no such folder. Raises `WsmanError`."""
    result = shell.run(f"for /r {quoted(folder)} %f in (*) do @echo %~zf %f", timeout=_TIMEOUT)
    sizes = {}
    for line in result.output.splitlines():
        size, _space, path = line.strip().partition(" ")
        # Where there is no such folder, cmd.exe walks through nothing
        if size.isascii() and size.isdigit() and path:
            sizes[ntpath.relpath(path, folder)] = int(size)
    return sizes
