# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""Moments as people give them: a time in ISO 8601, or how long ago."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone

_AGO = re.compile(r"([0-9]{1,6})\s*([smhdw])")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}


def parse_moment(text: str, now: datetime) -> datetime:
    """A moment from ``2026-11-24T18:00:00Z`` (UTC if it names no zone), ``2026-11-24``, or an age such as ``90m`` or ``7d``.

    ValueError says what is expected.
    """
    if ago := _AGO.fullmatch(text.strip()):
        try:
            return now - timedelta(seconds=int(ago[1]) * _SECONDS[ago[2]])
        except OverflowError:
            raise ValueError(f"{text!r} is too long ago") from None
    try:
        moment = datetime.fromisoformat(text.strip())
        # Queries are in UTC, which the first and the last hours of the calendar may not have
        return moment.astimezone(timezone.utc) if moment.tzinfo else moment.replace(tzinfo=timezone.utc)
    except (ValueError, OverflowError):
        raise ValueError(
            f"{text!r} is no moment: give a time in ISO 8601, such as 2026-11-24T18:00:00Z, or an age, such as 90m, 24h or 7d"
        ) from None


def parse_period(since: str | None, until: str | None, now: datetime) -> tuple[datetime | None, datetime | None]:
    """Two options with these names, either of which may be left out. ValueError names the one that is wrong."""
    moments = []
    for name, text in (("since", since), ("until", until)):
        try:
            moments.append(parse_moment(text, now) if text else None)
        except ValueError as error:
            raise ValueError(f"{name}: {error}") from None
    first, last = moments
    if first and last and first >= last:
        raise ValueError("until: it must be later than since.")
    return first, last
