# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keys: how an instance is named in an object path, and when two keys are the same."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from .model import KeyValue, Reference, Value


def object_path(class_name: str, keys: Mapping[str, KeyValue]) -> str:
    """A relative object path, ``Win32_Process.Handle="29"``, as error objects and provider logs write it."""
    if not keys:
        return f"{class_name}=@"
    return f"{class_name}." + ",".join(f"{name}={_literal(value)}" for name, value in keys.items())


def _literal(value: KeyValue) -> str:
    match value:
        case bool():
            return "TRUE" if value else "FALSE"
        case int():
            return str(int(value))
        case datetime():
            return f'"{dmtf_datetime(value)}"'
        case Reference():
            return _quoted(f"{value.namespace}:{object_path(value.class_name, value.keys)}")
        case _:
            return _quoted(value)


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


_PATH = re.compile(
    r"""(?:(?:\\\\[^\\:]+\\)?(?P<namespace>[\w\\/]+):)?(?P<class>\w+)\.(?P<keys>.+)""",
    re.DOTALL,
)
_KEY = re.compile(
    r"""\s*(?P<name>\w+)\s*=\s*(?:(?P<number>\d+)|(?P<quoted>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'))\s*(?:,|$)""", re.DOTALL
)


def parse_object_path(path: str, namespace: str) -> Reference | None:
    """What an object path leads to; a relative one is of this namespace. None if it is no path."""
    match = _PATH.fullmatch(path.strip())
    if match is None:
        return None
    keys: dict[str, KeyValue] = {}
    position = 0
    while position < len(match["keys"]):
        key = _KEY.match(match["keys"], position)
        if key is None:
            return None
        text = key["quoted"]
        keys[key["name"]] = re.sub(r"\\(.)", r"\1", text[1:-1], flags=re.DOTALL) if text else int(key["number"])
        position = key.end()
    return Reference((match["namespace"] or namespace).replace("\\", "/"), match["class"], keys)


def dmtf_datetime(value: datetime) -> str:
    """``20130415181237.587490+000``: WMI's own notation, in UTC."""
    return f"{in_utc(value):%Y%m%d%H%M%S.%f}+000"


def parse_dmtf(text: str) -> datetime | timedelta | None:
    """A timestamp or an interval in DMTF notation without wildcards, or None."""
    digits, sign, offset = text[:21].replace(".", "", 1), text[21:22], text[22:]
    if len(text) != 25 or text[14] != "." or not (digits + offset).isascii() or not (digits + offset).isdecimal():
        return None
    try:
        if sign == ":":
            days, hours, minutes, seconds = int(digits[:8]), int(digits[8:10]), int(digits[10:12]), int(digits[12:14])
            return timedelta(days, seconds, int(digits[14:]), 0, minutes, hours) if offset == "000" else None
        if sign not in ("+", "-"):
            return None
        local = datetime.strptime(digits, "%Y%m%d%H%M%S%f").replace(tzinfo=UTC)
        return local - timedelta(minutes=int(sign + offset))
    except (ValueError, OverflowError):
        return None


def in_utc(value: datetime) -> datetime:
    """The same moment in UTC; a time without a zone is taken as UTC."""
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def normalized(value: Value) -> object:
    """What stands for a key's value in comparisons: text without its case, times in UTC."""
    match value:
        case str():
            return value.lower()
        case datetime():
            return in_utc(value)
        case Reference():
            keys = frozenset((name.lower(), normalized(key)) for name, key in value.keys.items())
            return value.namespace.lower(), value.class_name.lower(), keys
        case _:
            return value
