# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Try every behaviour by itself, and any two together, and write the table in the guide about them (`make quirks`)."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from .table import GUIDE, TABLES, render
from .trials import Trial, each, pairs, try_all


def main() -> int:
    """Write the table; 1 if something is wrong, or could not be tried."""
    with ProcessPoolExecutor(os.cpu_count(), get_context("spawn")) as processes:
        alone = list(_shown(processes.map(try_all, each())))
        together = list(_shown(processes.map(try_all, pairs())))
    TABLES.write(render(alone, together))
    print(f"\nThe table is in {GUIDE}.")
    untried = [trial for trial in alone if any(result.verdict == "not tried" for result in trial.results.values())]
    return 1 if untried or any(trial.wrong for trial in (*alone, *together)) else 0


def _shown(trials: Iterable[Trial]) -> Iterable[Trial]:
    """Show each as soon as it is there."""
    for trial in trials:
        is_alone = len(trial.behaviours) == 1
        what = " ".join(f"{name}={value}" for name, value in trial.behaviours.items()) if is_alone else "all together"
        results = ", ".join(f"{name}: {result.verdict}" for name, result in trial.results.items())
        print(f"{what:<44} {results}", flush=True)
        for line in trial.wrong:
            print(f"    {trial.behaviours}\n    {line}", flush=True)
        yield trial


if __name__ == "__main__":
    sys.exit(main())
