# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Scalars as XML text and back: DSP0230's mapping with the details that Windows was recorded with."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from .model import PropertySchema
from .paths import in_utc, parse_dmtf
from .schema import INTEGER_RANGES

# What XML cannot carry becomes a question mark, as MS-WSMV 3.1.4.1.25 has it for control characters. A carriage return
# must be written as a reference, or every parser turns it into a line feed.
_SPECIAL = re.compile("[\x00-\x08\x0b-\x1f&<>\ud800-\udfff\ufffe\uffff]")
_REPLACEMENTS = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#xD;"}

_DURATION = re.compile(r"P(?:(\d{1,8})D)?(?:T(?:(\d{1,8})H)?(?:(\d{1,8})M)?(?:(\d{1,10})(?:\.(\d+))?S)?)?", re.ASCII)
_DATETIME = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d+))?(Z|[+-]\d\d:\d\d)?", re.ASCII)
_INTEGER = re.compile(r"[+-]?\d{1,20}", re.ASCII)
_REAL = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?|-?INF|NaN", re.ASCII)
_BOOLEANS = {"true": True, "false": False, "1": True, "0": False}


def escaped(text: str) -> str:
    """Text as it may stand in an element."""
    if _SPECIAL.search(text) is None:
        return text
    return _SPECIAL.sub(lambda match: _REPLACEMENTS.get(match[0], "?"), text)


def datetime_text(value: datetime) -> str:
    """``2013-04-15T18:12:37.58749Z``: UTC, without trailing zeros in the fraction (recorded)."""
    text = in_utc(value).replace(tzinfo=None).isoformat()
    return f"{text.rstrip('0')}Z" if "." in text else f"{text}Z"


def interval_text(value: timedelta) -> str:
    """``P0DT0H0M1.00417S``: every part is written, also zeros (recorded)."""
    if value < timedelta():
        raise ValueError("WMI has no negative intervals")
    minutes, seconds = divmod(value.seconds, 60)
    fraction = f".{value.microseconds:06}".rstrip("0") if value.microseconds else ""
    return f"P{value.days}DT{minutes // 60}H{minutes % 60}M{seconds}{fraction}S"


def real_text(value: float) -> str:
    """The shortest text that gives the same number again."""
    return {"inf": "INF", "-inf": "-INF", "nan": "NaN"}.get(text := repr(float(value)), text)


def parse_datetime(text: str) -> datetime | None:
    """xs:dateTime; without a zone it is taken as UTC, and digits below microseconds are dropped, as Windows does."""
    match = _DATETIME.fullmatch(text)
    if match is None:
        return None
    seconds, fraction, zone = match.groups()
    offset = "+00:00" if zone in (None, "Z") else zone
    try:
        return datetime.fromisoformat(f"{seconds}.{(fraction or '').ljust(6, '0')[:6]}{offset}").astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def parse_interval(text: str) -> timedelta | None:
    """xs:duration of days and smaller parts."""
    match = _DURATION.fullmatch(text)
    if match is None or text.endswith(("P", "T")):
        return None
    days, hours, minutes, seconds, fraction = (group or "0" for group in match.groups())
    interval = timedelta(int(days), int(seconds), int(fraction.ljust(6, "0")[:6]), 0, int(minutes), int(hours))
    return interval if interval < timedelta(days=10**8) else None


def parse_scalar(prop: PropertySchema, text: str) -> bool | int | float | str | None:
    """An element's text as a value of a simple type; None where it is no such value.

    Strict as the schema types are, but for white space around numbers, which XML Schema allows.
    """
    if prop.type == "string":
        return text
    if prop.type == "char16":
        return _parse_char16(text)
    text = text.strip(" \t\r\n")
    if prop.type == "boolean":
        return _BOOLEANS.get(text)
    if prop.type in INTEGER_RANGES:
        if not _INTEGER.fullmatch(text):
            return None
        number = int(text)
        return number if number in INTEGER_RANGES[prop.type] else None
    return float(text.replace("INF", "inf")) if _REAL.fullmatch(text) else None


def _parse_char16(text: str) -> str | None:
    """One character, or its number as other servers send it."""
    if len(text) == 1:
        return text
    number = int(text) if re.fullmatch(r"\d{2,5}", text, re.ASCII) else 0
    return chr(number) if 0 < number < 2**16 else None


def parse_key_datetime(text: str) -> datetime | timedelta | None:
    """A datetime in a selector, in either notation."""
    return parse_datetime(text) or parse_dmtf(text)
