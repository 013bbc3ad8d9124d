# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""A part of a file on a server, without reading the rest of it: curl.exe gets a range of a ``file:`` URL."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from .._wsman.shell import CommandShell
from . import curl
from .errors import WindowsError
from .files import exists

_SHORTER, _MISSING = 36, 37
"""Exit codes of curl: the range begins before the file does; the file cannot be read."""
_TIMEOUT = 120.0


@dataclass(frozen=True)
class Tail:
    """The last bytes of a file."""

    data: bytes
    is_whole: bool
    """Whether that is all of the file."""


def read_tail(shell: CommandShell, path: str, size: int) -> Tail | None:
    """The last ``size`` bytes of a file; None if there is no such file, or none that the account can see.

    `WindowsError` for one that is there and cannot be opened, where the server has no curl.exe, or that fails in another way.
    """
    result = shell.run(curl.COMMAND, timeout=_TIMEOUT, stdin=curl.config([_url(path), curl.setting("range", f"-{size}")]))
    if result.exit_code == _SHORTER:
        result = shell.run(curl.COMMAND, timeout=_TIMEOUT, stdin=curl.config([_url(path)]))
    if result.exit_code == 0:
        return Tail(result.stdout, len(result.stdout) != size)
    if result.exit_code == _MISSING:
        if _is_there(shell, path):
            raise WindowsError(
                f"{path} is there and cannot be opened: another program has it locked, or the account may not read it."
            )
        return None
    if "curl:" in result.errors:
        raise WindowsError(f"curl.exe could not read {path}: {result.errors.strip()}.")
    raise WindowsError(
        "The server has no curl.exe, which reads the end of a file. It is a part of Windows Server 2019 and later; on an older "
        "one, put it into a folder of the PATH."
    )


def read_head(shell: CommandShell, path: str, size: int) -> bytes | None:
    """The first ``size`` bytes of a file; None if it cannot be read, or the server has no curl.exe. Raises `WsmanError`."""
    settings = [_url(path), curl.setting("range", f"0-{size - 1}")]
    result = shell.run(curl.COMMAND, timeout=_TIMEOUT, stdin=curl.config(settings))
    return result.stdout if result.exit_code == 0 else None


def _is_there(shell: CommandShell, path: str) -> bool:
    """Whether there is a file, be it one that cannot be opened."""
    try:
        return exists(shell, path)
    except ValueError:
        # A name that no command line can have
        return False


def _url(path: str) -> str:
    return curl.setting("url", "file:///" + quote(path.replace("\\", "/"), safe="/:"))
