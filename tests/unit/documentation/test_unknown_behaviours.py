# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tables that `make quirks` writes have every behaviour that there is."""

from __future__ import annotations

from lab.quirks import known_quirks
from quirk_trials.table import TABLES, behaviours_in


def test_every_behaviour_is_in_the_table_and_none_is_wrong_or_untried() -> None:
    table = TABLES.read()
    assert behaviours_in(table) == [(quirk.name, value) for quirk in known_quirks() for value in quirk.values]
    assert "WRONG" not in table and "not tried" not in table
    for quirk in known_quirks():
        assert " ".join(quirk.meaning.split()) in table, f"the meaning of {quirk.name} was changed"
