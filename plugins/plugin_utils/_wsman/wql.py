# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""Text in WQL: the one place where values become part of a query."""

from __future__ import annotations


def quote(value: str) -> str:
    """A WQL string literal that stands for exactly this text.

    Backslash and quote are escaped with a backslash, as WMI reads its string literals. NUL ends a string for WMI, so a
    text with one cannot be asked for: ValueError.
    """
    if "\0" in value:
        raise ValueError("a text with a NUL character cannot stand in a query")
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
