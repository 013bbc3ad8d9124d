# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tables of what came of every fault, in the guide about them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from documents import Part, list_table_row

from .places import PLACES
from .scenarios import SCENARIOS
from .trials import Trial

GUIDE = Path(__file__).parents[2] / "docs/docsite/rst/faults.rst"
TABLES = Part(GUIDE, ".. Written by make faults\n", ".. End of what make faults has written\n")
_COLUMNS = ("tried", "recovered by itself", "ended in a clear error", "converged on rerun", "wrong", "hung")


def render(trials: Sequence[Trial]) -> str:
    """For each kind of messages a table by fault, and one by what was tried."""
    lines = []
    for place in PLACES:
        there = [trial for trial in trials if trial.place == place.name]
        names = [scenario.name for scenario in SCENARIOS if scenario.place is place]
        by_fault = [(fault.name, [trial for trial in there if trial.fault == fault.name]) for fault in place.faults]
        by_scenario = [(name, [trial for trial in there if trial.scenario == name]) for name in names]
        lines += [place.title, "~" * len(place.title), ""]
        lines += [*_table("fault", by_fault), "", *_table(place.name, by_scenario), ""]
    return "\n".join([*lines, "All", "~~~", "", *_table("", [("all", list(trials))])])


def _table(what: str, groups: Iterable[tuple[str, Sequence[Trial]]]) -> Iterable[str]:
    yield from (".. list-table::", "   :header-rows: 1", "", *list_table_row([what, *_COLUMNS]))
    for name, trials in groups:
        ends = [trial.end for trial in trials]
        hung = ends.count("hung") + sum("did not end" in trial.problem for trial in trials)
        wrong = sum(trial.is_wrong for trial in trials) - hung
        converged = sum(not trial.problem for trial in trials if trial.end in ("recovered", "clear error"))
        counts = (len(trials), ends.count("recovered"), ends.count("clear error"), converged, wrong, hung)
        yield from list_table_row([name, *map(str, counts)])


def committed() -> list[dict[str, tuple[int, ...]]]:
    """The tables that stand in the guide: of each row, by its name, the numbers of its columns."""
    row = re.compile(rf"^   \* - (.+)\n((?:     - \d+\n){{{len(_COLUMNS)}}})", re.MULTILINE)
    tables = TABLES.read().split(".. list-table::")[1:]
    return [{name: tuple(map(int, re.findall(r"\d+", cells))) for name, cells in row.findall(table)} for table in tables]
