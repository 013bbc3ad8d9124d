# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run every module with every fault at every request, and write the tables in the guide about them (`make faults`)."""

from __future__ import annotations

import os
import sys
from concurrent.futures import ProcessPoolExecutor, as_completed
from itertools import islice
from multiprocessing import get_context

from .scenarios import SCENARIOS
from .table import GUIDE, TABLES, render
from .trials import Trial, try_faults

_AT_ONCE = 8
"""Faults that a process tries in one lab."""


def main(step: int) -> int:
    """Write the tables; 1 if anything was wrong or not tried. ``step`` is for modules with many requests, see `try_faults`."""
    trials: list[Trial] = []
    is_complete = True
    # Those that wait for an answer that does not come leave their processor to others
    with ProcessPoolExecutor(3 * (os.cpu_count() or 1), get_context("spawn")) as processes:
        works = {}
        for number, scenario in enumerate(SCENARIOS):
            if scenario.needs:
                print(f"Not run: {scenario.name}, {scenario.needs}")
                is_complete = False
                continue
            faults = len(scenario.place.faults)
            for first in range(0, faults, _AT_ONCE):
                work = processes.submit(try_faults, number, range(first, min(first + _AT_ONCE, faults)), step)
                works[work] = scenario
        for work in as_completed(works):
            if (error := work.exception()) is not None:
                print(f"Not run: {works[work].name}, {type(error).__name__}: {error}", flush=True)
                is_complete = False
                continue
            found = work.result()
            trials += found
            wrong = [trial for trial in found if trial.is_wrong]
            names = ", ".join(dict.fromkeys(trial.fault for trial in found))
            print(f"{len(trials):>6} {found[0].scenario}: {names}: {len(found)} tried, {len(wrong)} wrong", flush=True)
            for trial in islice(wrong, 10):
                print(
                    f"    {trial.fault}, request {trial.request}: {trial.end} {trial.message}\n        {trial.problem}",
                    flush=True,
                )
    if is_complete:
        TABLES.write(render(trials))
        print(f"\nThe tables are in {GUIDE}.")
    else:
        print(f"\nThe tables in {GUIDE} are left as they are, as something was not run.")
    return 1 if not is_complete or any(trial.is_wrong for trial in trials) else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))
