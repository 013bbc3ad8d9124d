# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The end of a log: as much of it as is needed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.log_tail import Found, LogReader, Wanted, rolled_over
from ansible_collections.configmgr.site.plugins.plugin_utils._windows.file_tail import Tail
from lab.hierarchy.logs import cmtrace_line, legacy_line

LOG = r"C:\SMS\Logs\dmpdownloader.log"
START = datetime(2026, 11, 1, tzinfo=UTC)


def lines(first: int, last: int) -> bytes:
    """A record a minute."""
    return "".join(
        (legacy_line if number % 2 else cmtrace_line)(START + timedelta(minutes=number), "SMS_X", f"number {number}", 1)
        for number in range(first, last)
    ).encode()


class Disk:
    """Files, and what was read of them."""

    def __init__(self, **files: bytes) -> None:
        self.files = {LOG: files.get("log"), rolled_over(LOG): files.get("older")}
        self.reads: list[tuple[str, int]] = []
        self.biases = 0

    def read(self, name: str, size: int) -> Tail | None:
        self.reads.append((name, size))
        data = self.files[name]
        return None if data is None else Tail(data[-size:], size > len(data))

    def bias(self) -> timedelta:
        self.biases += 1
        return timedelta()

    def find(self, wanted: Wanted, most_bytes: int = 1_000_000) -> Found | None:
        return LogReader(self.read, self.bias, most_bytes).find(LOG, wanted)


def numbers(found: Found | None) -> list[int]:
    assert found is not None
    return [int(entry.record.message.split()[-1]) for entry in found.entries]


def test_one_read_is_enough_for_the_last_records_of_a_large_log() -> None:
    disk = Disk(log=lines(0, 50_000))
    found = disk.find(Wanted(200))
    assert numbers(found) == list(range(49_800, 50_000)) and found is not None
    assert len(disk.reads) == 1 and found.bytes_read == 64 * 1024 and not found.is_complete
    assert disk.biases == 1, "the server's time zone is asked for once"


def test_it_reads_on_into_the_file_before() -> None:
    disk = Disk(older=lines(0, 100), log=lines(100, 110))
    found = disk.find(Wanted(50))
    assert numbers(found) == list(range(60, 110)) and found is not None and not found.is_complete
    assert found.files == (LOG, rolled_over(LOG))
    everything = disk.find(Wanted(500))
    assert numbers(everything) == list(range(110)) and everything is not None and everything.is_complete


def test_a_time_ends_the_search() -> None:
    disk = Disk(older=lines(0, 100), log=lines(100, 50_000))
    found = disk.find(Wanted(10_000, since=START + timedelta(minutes=49_900)))
    assert numbers(found) == list(range(49_900, 50_000)) and found is not None and found.is_complete
    assert len(disk.reads) == 1
    until = disk.find(Wanted(5, until=START + timedelta(minutes=49_990)))
    assert numbers(until) == list(range(49_985, 49_990))


def test_what_is_rare_is_searched_for_as_far_as_may_be() -> None:
    disk = Disk(log=lines(0, 20_000))
    assert numbers(disk.find(Wanted(1, text="NUMBER 15000"), 10_000_000)) == [15_000]
    sizes = [size for _name, size in disk.reads]
    assert sizes == sorted(sizes) and len(sizes) < 5
    assert numbers(disk.find(Wanted(1, text="number 15000"), 100_000)) == []


def test_nothing_to_read() -> None:
    assert Disk().find(Wanted(5)) is None
    empty = Disk(log=b"").find(Wanted(5))
    assert numbers(empty) == [] and empty is not None and empty.is_complete


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "utf-8-sig"])
def test_letters_beyond_ascii(encoding: str) -> None:
    line = legacy_line(START, "SMS_X", "Der Server wird geprüft 1", 1).encode(encoding)
    (entry,) = Disk(log=line).find(Wanted(5)).entries  # type: ignore[union-attr]
    assert "geprüft" in entry.record.message


def test_conditions() -> None:
    log = (
        legacy_line(START, "A", "an ERROR 1", 1)
        + cmtrace_line(START, "B", "fine 2", 1, 1)
        + cmtrace_line(START, "a", "bad 3", 1, 3)
        + cmtrace_line(START, "B", "not quite 4", 1, 2)
    )
    disk = Disk(log=log.encode())
    assert numbers(disk.find(Wanted(9, severities=("error",)))) == [1, 3]
    assert numbers(disk.find(Wanted(9, severities=("error", "warning"), components=("b",)))) == [4]
    assert numbers(disk.find(Wanted(9, components=("A",), text="BAD"))) == [3]
