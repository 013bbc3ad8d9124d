# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tables of the guide about speed are whole, and what is counted in them is what was promised. Times are not judged."""

from __future__ import annotations

from dataclasses import replace

import pytest
from benchmarks import call, comparison, instances, page, servers, transfer
from benchmarks.comparison import CHECK, RUN_PS, WINDOWS_MODULE, Counted

COUNTED = {name: Counted.of(cells) for name, cells in page.committed("comparison").items()}


def test_the_check_needs_less_than_a_module_in_powershell_and_than_run_ps() -> None:
    assert tuple(COUNTED) == comparison.ROWS
    assert comparison.misses(COUNTED) == []


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({CHECK: replace(COUNTED[CHECK], requests=4)}, "more than 3 requests"),
        ({comparison.MODES: replace(COUNTED[comparison.MODES], requests=11)}, "more than 10 requests"),
        ({comparison.WHOLE_ROLE: replace(COUNTED[comparison.WHOLE_ROLE], requests=31)}, "more than 30 requests"),
        ({WINDOWS_MODULE: replace(COUNTED[WINDOWS_MODULE], sent=30 * COUNTED[CHECK].sent)}, "more than a thirtieth"),
        ({RUN_PS: replace(COUNTED[RUN_PS], sent=COUNTED[CHECK].sent)}, "no fewer bytes than run_ps"),
    ],
)
def test_what_is_missed_is_said(changed: dict[str, Counted], sentence: str) -> None:
    (missed,) = comparison.misses({**COUNTED, **changed})
    assert sentence in missed


def test_every_number_of_servers_is_there_and_none_was_asked_twice() -> None:
    rows = page.committed("servers")
    for forks in servers.FORKS:
        for count in servers.SERVERS:
            cells = rows.pop(servers.name(count, forks))
            assert servers.is_within([int(cell) for cell in cells[:3]])
    assert all(name.endswith("debug") for name in rows)


def test_every_number_of_instances_is_there_and_every_reader_of_one() -> None:
    names = [f"{count}, {instances.OURS}" for count in instances.COUNTS]
    names += [f"{instances.COMPARED}, {reader}" for reader in instances.READERS]
    assert {*page.committed("instances")} == {*names}


def test_a_task_is_taken_apart() -> None:
    assert tuple(page.committed("call")) == call.PARTS


def test_every_way_to_carry_a_file_is_there() -> None:
    assert tuple(page.committed("transfer")) == transfer.ROWS


def test_a_table_is_written_in_the_place_of_the_one_that_is_there_and_read_again() -> None:
    begin, end = ".. Written by make bench: x\n", ".. End of what make bench has written: x\n"
    text = f"before\n{begin}old\n{end}after\n"
    for rows in ([("one thing", "12"), ("another", "3")], [("one thing", "9")]):
        text = page.Table("x", ("work", "requests"), rows, ["A note."]).put_into(text)
        assert page.cells(text, "x") == {name: [number] for name, number in rows}
    assert text.startswith(f"before\n{begin}\n=") and text.endswith(f"\n\n{end}after\n") and "old" not in text


def test_a_guide_without_a_place_for_a_table_is_no_place_for_it() -> None:
    with pytest.raises(ValueError, match="no place for the table x"):
        page.Table("x", ("work",), [("one thing",)]).put_into("nothing\n")
