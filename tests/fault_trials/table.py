# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tables of what came of every fault, in the guide about them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from documents import Part, list_table_row

from .faults import FAULTS
from .scenarios import SCENARIOS
from .trials import Trial

GUIDE = Path(__file__).parents[2] / "docs/docsite/rst/faults.rst"
TABLES = Part(GUIDE, ".. Written by make faults\n", ".. End of what make faults has written\n")
_COLUMNS = ("tried", "recovered by itself", "ended in a clear error", "converged on rerun", "wrong", "hung")


def render(trials: Sequence[Trial]) -> str:
    """A table by fault, and one by module."""
    by_fault = [(fault.name, [trial for trial in trials if trial.fault == fault.name]) for fault in FAULTS]
    by_module = [(scenario.name, [trial for trial in trials if trial.scenario == scenario.name]) for scenario in SCENARIOS]
    lines = [*_table("fault", by_fault), "", *_table("module", by_module)]
    return "\n".join([*lines, "", "All:", "", *_table("", [("all", list(trials))])])


def _table(what: str, groups: Iterable[tuple[str, Sequence[Trial]]]) -> Iterable[str]:
    yield from (".. list-table::", "   :header-rows: 1", "", *list_table_row([what, *_COLUMNS]))
    for name, trials in groups:
        ends = [trial.end for trial in trials]
        hung = ends.count("hung") + sum("did not end" in trial.problem for trial in trials)
        wrong = sum(trial.is_wrong for trial in trials) - hung
        converged = sum(not trial.problem for trial in trials if trial.end in ("recovered", "clear error"))
        counts = (len(trials), ends.count("recovered"), ends.count("clear error"), converged, wrong, hung)
        yield from list_table_row([name, *map(str, counts)])


def committed() -> dict[str, tuple[int, ...]]:
    """The rows that stand in the guide, by fault or module: the numbers of their columns."""
    rows = re.findall(rf"^   \* - (.+)\n((?:     - \d+\n){{{len(_COLUMNS)}}})", TABLES.read(), re.MULTILINE)
    return {name: tuple(int(number) for number in re.findall(r"\d+", cells)) for name, cells in rows}
