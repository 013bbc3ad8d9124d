# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""SHA-256 of files on a server, counted there by certutil.exe, so that nothing of them has to travel."""

from __future__ import annotations

import re
from collections.abc import Sequence

from .._wsman.shell import CommandShell
from .commands import quoted, run_in_shell

_DIGEST = re.compile(r"[0-9a-f]{64}")
_SECONDS = 120.0
_SLOWEST = 10 * 1024 * 1024
"""Bytes that a server reads in a second, however busy it is."""


def sha256_of(shell: CommandShell, files: Sequence[tuple[str, int]]) -> list[str | None]:
    """The digests of files, which come with their sizes; None for one that certutil.exe says none of.

    That is one that is not there or is locked, or whose name cannot stand in a command line. Raises `WsmanError`.
    """
    commands = [_command(path) for path, _size in files]
    timeout = _SECONDS + sum(size for _path, size in files) / _SLOWEST
    outputs = iter(run_in_shell(shell, [command for command in commands if command], timeout=timeout))
    return [_digest(next(outputs)) if command else None for command in commands]


def _command(path: str) -> str:
    try:
        return f"certutil -hashfile {quoted(path)} SHA256"
    except ValueError:
        return ""


def _digest(output: str) -> str | None:
    """The line that is one; the others are sentences in the server's language. Older Windows puts blanks between the bytes."""
    lines = (line.replace(" ", "").strip().lower() for line in output.splitlines())
    return next((line for line in lines if _DIGEST.fullmatch(line)), None)
