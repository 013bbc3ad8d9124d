# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""Values in WQL: the one place where they become part of a query."""

from __future__ import annotations

from datetime import datetime, timezone


def quote(value: str) -> str:
    """A WQL string literal that stands for exactly this text.

    Backslash and quote are escaped with a backslash, as WMI reads its string literals. NUL ends a string for WMI, so a
    text with one cannot be asked for: ValueError.
    """
    if "\0" in value:
        raise ValueError("a text with a NUL character cannot stand in a query")
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def quote_time(moment: datetime) -> str:
    """A WQL literal for a moment, as WMI writes it in UTC. ``moment`` must be aware of its time zone."""
    utc = moment.astimezone(timezone.utc)
    # strftime writes years before 1000 with fewer than four digits
    return f'"{utc.year:04}{utc:%m%d%H%M%S.%f}+000"'


def any_of(name: str, literals: list[str]) -> str:
    """The condition that a property has one of these values, given as literals; WQL itself has no IN."""
    return "(" + " OR ".join(f"{name} = {literal}" for literal in literals) + ")"
