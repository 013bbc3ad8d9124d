# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""Registry values as reg.exe lists them: many values for one command, where WMI's registry provider has one a request."""

from __future__ import annotations

import re
from collections.abc import Mapping

_READ = "-- the key was read"
_KEY = re.compile(r"^(HKEY_[A-Z_]+\\.+?)\s*$")
_VALUE = re.compile(r"^ {4}(?P<name>.+?) {4}(?P<type>REG_[A-Z_]+)(?: {4}(?P<data>.*))?$")


def command_to_list(key: str) -> str:
    """The command line that lists a key of HKEY_LOCAL_MACHINE and all below it. The key is ours, not a user's."""
    return f'reg query "HKLM\\{key}" /s 2>NUL && echo {_READ}'


def read_listing(output: str) -> Mapping[tuple[str, str], str] | None:
    """The data of each value, by its key (as from HKEY_LOCAL_MACHINE on) and its name, both in lower case.

    None where the key does not exist or could not be read: reg.exe says which only in the server's language.
    """
    lines = output.splitlines()
    if not any(line.strip() == _READ for line in lines):
        return None
    values, key = {}, ""
    for line in lines:
        if match := _KEY.match(line):
            key = match[1].partition("\\")[2].lower()
        elif match := _VALUE.match(line):
            values[key, match["name"].lower()] = match["data"] or ""
    return values


def number(data: str | None) -> int | None:
    """The number in the data of a REG_DWORD, such as ``0x1``; None for anything else."""
    try:
        return None if data is None else int(data, 16)
    except ValueError:
        return None
