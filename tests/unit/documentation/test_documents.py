# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What commands write into documents goes where it was, and leaves the rest alone."""

from __future__ import annotations

from pathlib import Path

import ansible_versions
import fault_trials.table
import logon_table
import pytest
import quirk_trials.table
from documents import Part

PARTS = (ansible_versions.TABLE, fault_trials.table.TABLES, logon_table.TABLE, quirk_trials.table.TABLES)


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.begin.strip(" .<>!-\n"))
def test_what_is_written_again_changes_nothing(part: Part, tmp_path: Path) -> None:
    copy = tmp_path / part.document.name
    copy.write_bytes(part.document.read_bytes())
    there = Part(copy, part.begin, part.end)
    assert there.read().strip()
    there.write(there.read())
    assert copy.read_bytes() == part.document.read_bytes()


def test_a_document_without_such_a_part_is_left_alone(tmp_path: Path) -> None:
    part = Part(tmp_path / "guide.rst", "begin\n", "end\n")
    for text in ("nothing\n", "begin\nnever ends\n"):
        part.document.write_text(text)
        with pytest.raises(ValueError, match="no place between 'begin' and 'end'"):
            part.write("something")
        assert part.document.read_text() == text
