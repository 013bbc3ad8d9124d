# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""The end of a log: the newest records that match, with no more read of its files than they need."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from .._windows.file_tail import Tail
from .log_records import LogRecord, parse_log

_FIRST_READ = 64 * 1024
"""Bytes; what comes back of them fits into one answer of the WinRM shell."""
_GROWTH = 4


@dataclass(frozen=True)
class Wanted:
    """Which records of a log are wanted; what is empty or None matches everything."""

    limit: int
    since: datetime | None = None
    until: datetime | None = None
    severities: tuple[str, ...] = ()
    components: tuple[str, ...] = ()
    text: str = ""
    """What the message has in it, in whatever letter case."""

    def matches(self, entry: Entry) -> bool:
        """Whether a record is one of them. One whose time is not known is, however old or new."""
        record, time = entry.record, entry.time
        return (
            (not self.severities or record.severity in self.severities)
            and (not self.components or record.component.casefold() in {name.casefold() for name in self.components})
            and self.text.casefold() in record.message.casefold()
            and (self.since is None or time is None or time >= self.since)
            and (self.until is None or time is None or time < self.until)
        )


@dataclass(frozen=True)
class Entry:
    """A record, and the moment in UTC at which it was written; None where that is not known."""

    record: LogRecord
    time: datetime | None


@dataclass(frozen=True)
class Found:
    """The newest records that match, in the order of the log."""

    entries: tuple[Entry, ...]
    bytes_read: int
    files: tuple[str, ...]
    """The files that were read, the newest first."""
    is_complete: bool
    """Whether there are no older ones that match; False if there may be."""
    has_records: bool = True
    """Whether what was read has any record of a log, be it one that matches or not."""


class LogReader:
    """Reads backwards until enough records match, their time is over, or as many bytes are read as may be."""

    def __init__(self, read: Callable[[str, int], Tail | None], read_bias: Callable[[], timedelta], most_bytes: int) -> None:
        """``read`` gets the last bytes of a file, ``read_bias`` what to add to the server's local time to get UTC."""
        self._read = read
        self._read_bias = read_bias
        self._usual_bias: timedelta | None = None
        self._most_bytes = most_bytes
        self._bytes_read = 0
        self._has_records = False

    def find(self, path: str, wanted: Wanted) -> Found | None:
        """The newest records of a log and of the file that it was renamed to when it was full; None if there is no log."""
        entries: list[Entry] = []
        files: list[str] = []
        for name in (path, rolled_over(path)):
            part = self._find_in_file(name, wanted, wanted.limit - len(entries))
            if part is None:
                break
            found, is_over, is_whole = part
            entries = found + entries
            files.append(name)
            is_enough = len(entries) >= wanted.limit
            if is_enough or is_over or not is_whole:
                return self._found(entries[-wanted.limit :], files, is_over and not is_enough)
        return self._found(entries, files, True) if files else None

    def _found(self, entries: list[Entry], files: list[str], is_complete: bool) -> Found:
        return Found(tuple(entries), self._bytes_read, tuple(files), is_complete, self._has_records)

    def _find_in_file(self, name: str, wanted: Wanted, limit: int) -> tuple[list[Entry], bool, bool] | None:
        """The records of one file that match, whether older ones are too old, and whether the whole file was read."""
        size = _FIRST_READ
        while True:
            size = max(min(size, self._most_bytes - self._bytes_read), 1)
            tail = self._read(name, size)
            if tail is None:
                return None
            self._bytes_read += len(tail.data)
            entries = [self._entry(record) for record in parse_log(_text(tail))]
            self._has_records |= bool(entries)
            found = [entry for entry in entries if wanted.matches(entry)]
            is_over = wanted.since is not None and any(entry.time and entry.time < wanted.since for entry in entries)
            if len(found) >= limit or is_over or tail.is_whole or self._bytes_read >= self._most_bytes:
                return found, is_over, tail.is_whole
            size *= _GROWTH

    def _entry(self, record: LogRecord) -> Entry:
        if record.bias is None and record.local_time is not None and self._usual_bias is None:
            self._usual_bias = self._read_bias()
        return Entry(record, record.time(self._usual_bias))


def rolled_over(path: str) -> str:
    """The file that a log is renamed to when it is full: its last letter becomes an underscore."""
    return path[:-1] + "_"


def _text(tail: Tail) -> str:
    text = _decoded(tail.data)
    # The first line of a part is most likely the rest of one.
    return text if tail.is_whole else text.partition("\n")[2]


def _decoded(data: bytes) -> str:
    if (wide := _as_utf_16(data)) is not None:
        return wide.decode("utf-16-le", errors="replace").removeprefix("\ufeff")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        # Written in the server's code page, or cut within a character.
        return data.decode("utf-8" if _is_cut_utf_8(data) else "cp1252", errors="replace")


def _as_utf_16(data: bytes) -> bytes | None:
    """The bytes from the first whole letter on, if they are UTF-16, in which every other byte of what people write is 0."""
    for start in (0, 1):
        if data[start + 1 :: 2].count(0) > len(data) // 4:
            return data[start:]
    return None


def _is_cut_utf_8(data: bytes) -> bool:
    """Whether only the first character, of which the beginning is missing, keeps it from being UTF-8."""
    try:
        data.lstrip(bytes(range(0x80, 0xC0))).decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
