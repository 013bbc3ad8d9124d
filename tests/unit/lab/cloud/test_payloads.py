# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Content that nobody keeps."""

from __future__ import annotations

import hashlib
import tracemalloc

import pytest
from lab.cloud.payloads import MadeUp


def whole(content: MadeUp) -> bytes:
    return b"".join(content.chunks())


def test_it_is_always_the_same() -> None:
    one = MadeUp("AA928926", 1_000_003)
    assert whole(one) == whole(MadeUp("AA928926", 1_000_003))
    assert len(whole(one)) == 1_000_003
    assert one.sha256 == hashlib.sha256(whole(one)).hexdigest().upper()
    assert one.sha256 != MadeUp("420E3E18", 1_000_003).sha256 != MadeUp("420E3E18", 1_000_004).sha256


@pytest.mark.parametrize(
    ("start", "end"), [(0, 10), (5, 5), (2**18 - 1, 2**18 + 1), (2**18, 2**19), (700_000, 1_000_003), (999_999, 2_000_000)]
)
def test_parts_of_it(start: int, end: int) -> None:
    content = MadeUp("AA928926", 1_000_003)
    assert b"".join(content.chunks(start, end)) == whole(content)[start:end]


@pytest.mark.parametrize("size", [1, 100, 2**18, 2**18 + 1, 1_000_003])
def test_damage_is_at_its_end(size: int) -> None:
    good, bad = MadeUp("AA928926", size), MadeUp("AA928926", size, is_damaged=True)
    assert whole(good)[:-1] == whole(bad)[:-1]
    assert whole(good)[-1] != whole(bad)[-1]
    assert good.sha256 == bad.sha256


def test_no_two_blocks_are_the_same() -> None:
    data = whole(MadeUp("AA928926", 2**20))
    assert len({data[start : start + 2**18] for start in range(0, len(data), 2**18)}) == 4


def test_it_is_never_in_memory() -> None:
    tracemalloc.start()
    try:
        assert len(MadeUp("large", 300_000_000).sha256) == 64
        _now, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 3_000_000
