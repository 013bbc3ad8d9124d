# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""Command lines of cmd.exe: what they are made of, and several of them run in one go."""

from __future__ import annotations

from collections.abc import Sequence

from .._wsman.client import WsmanClient
from .._wsman.shell import CommandShell

LONGEST = 8191
"""Characters that a command line may have (Microsoft's knowledge base, 830473)."""

_MARK = "-- output of command"


def quoted(argument: str) -> str:
    """An argument in double quotes, which cmd.exe and the program read as it stands.

    ValueError for what cannot be given so: on a command line, nothing keeps cmd.exe from replacing what stands between two
    percent signs, and a quote would end the quoting.
    """
    if any(character in '"%' or ord(character) < 32 or ord(character) == 127 for character in argument):
        raise ValueError(f"{argument!r} has characters that cannot stand in a command line")
    backslashes = len(argument) - len(argument.rstrip("\\"))
    # Before a quote, programs read two backslashes as one.
    return f'"{argument}{backslashes * chr(92)}"'


def run_together(client: WsmanClient, commands: Sequence[str], *, timeout: float) -> list[str]:
    """Run command lines one after the other, in one shell and with as few requests as can be.

    Returns the standard output of each; a line may redirect its errors there. Each time that the server is asked, it has
    ``timeout`` seconds. Raises `WsmanError`, and ValueError for a line that is too long.
    """
    with CommandShell(client) as shell:
        return run_in_shell(shell, commands, timeout=timeout)


def run_in_shell(shell: CommandShell, commands: Sequence[str], *, timeout: float) -> list[str]:
    """The same in a shell that is open already."""
    outputs: list[str] = []
    for batch in _batches(commands):
        outputs += _split(shell.run("& ".join(batch), timeout=timeout).output)
    return outputs + [""] * (len(commands) - len(outputs))


def _batches(commands: Sequence[str]) -> list[list[str]]:
    batches: list[list[str]] = []
    size = LONGEST
    for command in commands:
        marked = f"echo {_MARK}& {command}"
        if len(marked) > LONGEST:
            raise ValueError(f"a command line may have {LONGEST} characters, and this one has {len(marked)}")
        size += len("& ") + len(marked)
        if size > LONGEST:
            batches.append([])
            size = len(marked)
        batches[-1].append(marked)
    return batches


def _split(output: str) -> list[str]:
    """The output of each command of a batch."""
    parts: list[list[str]] = []
    for line in output.splitlines():
        if line.rstrip() == _MARK:
            parts.append([])
        elif parts:
            parts[-1].append(line)
    return ["\n".join(part) for part in parts]
