# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""Records of Configuration Manager's logs, in either of the two formats that they are written in.

One is CMTrace's, ``<![LOG[message]LOG]!><time="..." date="..." component="..." ...>``, whose messages may have several
lines. The other has one line a record, ``message  $$<component><date time><thread=...>``. A time may come with a bias, which
is the minutes to add to get UTC (as Windows counts a bias; inferred), or without.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

SEVERITIES = {1: "information", 2: "warning", 3: "error"}
"""``type`` of CMTrace's format."""

_BEGIN, _END = "<![LOG[", "]LOG]!>"
_ATTRIBUTE = re.compile(r'([A-Za-z]+)="([^"]*)"')
_TRAILER = re.compile(r"(.*?)\s*\$\$<([^<>]*)><([^<>]*)><thread=([^<>]*)>\s*$")
_STAMP = re.compile(
    r"([0-9]{1,2})-([0-9]{1,2})-([0-9]{4}) ([0-9]{1,2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]{1,9}))?([+-][0-9]{1,4})?"
)


@dataclass(frozen=True)
class LogRecord:
    """One record of a log."""

    message: str
    component: str = ""
    severity: str = "information"
    """Out of `SEVERITIES`. The format that has none is read as Microsoft's viewer shows it, by the words error and warning."""
    thread: str = ""
    local_time: datetime | None = None
    """As the server's clock has it, without a time zone; None where it cannot be read."""
    bias: timedelta | None = None
    """What to add to the local time to get UTC; None where the record does not say."""

    def time(self, usual_bias: timedelta | None) -> datetime | None:
        """When it was written, in UTC, with ``usual_bias`` for a record without one of its own; None if that is not known."""
        bias = self.bias if self.bias is not None else usual_bias
        if self.local_time is None or bias is None:
            return None
        try:
            return (self.local_time + bias).replace(tzinfo=timezone.utc)
        except OverflowError:
            return None


def parse_log(text: str) -> Iterator[LogRecord]:
    """The records of a text, in its order. What is no record, such as the rest of one that was cut off, is left out."""
    position = 0
    while position < len(text):
        if text.startswith(_BEGIN, position):
            end = text.find(_END, position)
            close = text.find(">", end + len(_END)) if end >= 0 else -1
            if close < 0:
                return
            yield _of_cmtrace(text[position + len(_BEGIN) : end], text[end + len(_END) : close])
            position = close + 1
            continue
        line_end = text.find("\n", position)
        line_end = len(text) if line_end < 0 else line_end
        begin = text.find(_BEGIN, position, line_end)
        if begin > position:
            # Two records can follow on one line; what is before is the rest of another one.
            line_end = begin - 1
        if record := _of_line(text[position : line_end + (begin > position)]):
            yield record
        position = line_end + 1


def _of_cmtrace(message: str, attributes: str) -> LogRecord:
    values = {name.lower(): value for name, value in _ATTRIBUTE.findall(attributes)}
    local_time, bias = _moment(f"{values.get('date', '')} {values.get('time', '')}")
    number = values.get("type", "")
    return LogRecord(
        message.replace("\r\n", "\n"),
        values.get("component", ""),
        SEVERITIES.get(int(number) if number.isascii() and number.isdigit() else 1, "information"),
        values.get("thread", ""),
        local_time,
        bias,
    )


def _of_line(line: str) -> LogRecord | None:
    match = _TRAILER.match(line)
    if match is None:
        return None
    message, component, stamp, thread = match.groups()
    local_time, bias = _moment(stamp)
    message = message.removesuffix("~").rstrip()
    return LogRecord(message, component, _severity_of(message), thread.partition(" ")[0], local_time, bias)


def _severity_of(message: str) -> str:
    words = message.casefold()
    return "error" if "error" in words else "warning" if "warning" in words else "information"


def _moment(stamp: str) -> tuple[datetime | None, timedelta | None]:
    match = _STAMP.fullmatch(stamp.strip())
    if match is None:
        return None, None
    month, day, year, hour, minute, second = (int(part) for part in match.groups()[:6])
    microsecond = int((match[7] or "0")[:6].ljust(6, "0"))
    try:
        local_time = datetime(year, month, day, hour, minute, second, microsecond)
    except ValueError:
        return None, None
    return local_time, timedelta(minutes=int(match[8])) if match[8] else None
