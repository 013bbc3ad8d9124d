# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""CIM timestamps and intervals, in the XML forms of DSP0230 and in the DMTF string form of DSP0004.

Times without a zone are UTC, as WS-Management takes them.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone

_TIMESTAMP = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]+)?(?:Z|[+-][0-9]{2}:[0-9]{2})?")
_DURATION = re.compile(
    r"(-)?P(?=[\dT])(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)D)?(?:T(?=\d)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:\.(\d+))?S)?)?"
)
_DMTF_TIMESTAMP = re.compile(r"(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)\.(\d{6})([+-](?:\d{3}|\*{3}))")
_DMTF_INTERVAL = re.compile(r"(\d{8})(\d\d)(\d\d)(\d\d)\.(\d{6}):000")


def _microseconds(fraction: str | None) -> int:
    return int((fraction or "0")[:6].ljust(6, "0"))


def parse_timestamp(text: str) -> datetime:
    """Read an xs:dateTime; more digits than microseconds are cut off. Raises ValueError."""
    text = text.strip()
    if not _TIMESTAMP.fullmatch(text):
        raise ValueError(f"{text!r} is no timestamp")
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)


def format_timestamp(value: datetime) -> str:
    """Write an xs:dateTime in UTC."""
    if value.tzinfo is not None:
        value = value.astimezone(timezone.utc)
    return value.replace(tzinfo=None).isoformat() + "Z"


def parse_duration(text: str) -> timedelta:
    """Read an xs:duration without years and months, which have no length of their own. Raises ValueError."""
    match = _DURATION.fullmatch(text.strip())
    if not match or int(match[2] or 0) or int(match[3] or 0):
        raise ValueError(f"{text!r} is no interval")
    sign, _years, _months, days, hours, minutes, seconds, fraction = match.groups()
    try:
        value = timedelta(
            days=int(days or 0),
            hours=int(hours or 0),
            minutes=int(minutes or 0),
            seconds=int(seconds or 0),
            microseconds=_microseconds(fraction),
        )
        return -value if sign else value
    except OverflowError as error:
        raise ValueError(f"{text!r} is no interval") from error


def format_duration(value: timedelta) -> str:
    """Write an xs:duration."""
    sign, value = ("-", -value) if value < timedelta() else ("", value)
    hours, rest = divmod(value.seconds, 3600)
    minutes, seconds = divmod(rest, 60)
    fraction = f".{value.microseconds:06d}".rstrip("0") if value.microseconds else ""
    return f"{sign}P{value.days}DT{hours}H{minutes}M{seconds}{fraction}S"


def parse_dmtf(text: str) -> datetime | timedelta | str:
    """Read a DMTF datetime string; one of which more than the zone is unknown stays a string. ValueError for any other text."""
    text = text.strip()
    if interval := _DMTF_INTERVAL.fullmatch(text):
        days, hours, minutes, seconds, micros = map(int, interval.groups())
        return timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds, microseconds=micros)
    if timestamp := _DMTF_TIMESTAMP.fullmatch(text):
        *fields, offset = timestamp.groups()
        year, month, day, hour, minute, second, micros = map(int, fields)
        zone = timezone.utc if offset.endswith("*") else timezone(timedelta(minutes=int(offset)))
        return datetime(year, month, day, hour, minute, second, micros, zone)
    if len(text) == 25 and "*" in text:
        return text
    raise ValueError(f"{text!r} is no DMTF datetime")
