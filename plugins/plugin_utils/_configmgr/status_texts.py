# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""Status messages in words, as far as ``status_texts.yml`` has any."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from .data_files import read_data_file

_PLACE = re.compile(r"\{(component|server|strings|[0-9]+)\}")


@cache
def texts() -> dict[int, str]:
    """The texts by the number of their message."""
    loaded = read_data_file(__file__, "status_texts.yml")
    return {int(number): str(text) for number, text in loaded.items()}


def sentence(message_id: int, component: str, server: str, strings: Sequence[str]) -> str:
    """A message in words; where there are none for it, its insertion strings one after the other."""
    text = texts().get(message_id)
    said = "; ".join(string for string in strings if string)
    if text is None:
        return said
    names = {"component": component, "server": server, "strings": said and f": {said}"}

    def value(match: re.Match[str]) -> str:
        name = match[1]
        if name.isdecimal():
            return strings[int(name) - 1] if 0 < int(name) <= len(strings) else "?"
        return names[name]

    return _PLACE.sub(value, text)
