# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""curl.exe of a server, which is a part of Windows Server 2019 and later, with its options read from its input.

What stands in the input is seen by nobody who lists processes, and never becomes a command line.
"""

from __future__ import annotations

from collections.abc import Sequence

COMMAND = "curl.exe --disable --silent --show-error --config -"
"""Without the settings that the account may have, which could have it trust whatever there is."""

NOT_FOUND = 9009
"""The exit code of cmd.exe for a program that is not there; simpler shells say 1."""


def setting(name: str, value: str) -> str:
    """A line of the input: an option, without its dashes, and its value. ValueError for what no line can have."""
    if any(ord(character) < 32 or ord(character) == 127 for character in value):
        raise ValueError(f"{value!r} has control characters")
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'{name} = "{escaped}"'


def config(lines: Sequence[str]) -> bytes:
    """The input of curl.exe."""
    return ("\n".join(lines) + "\n").encode("utf-8")
