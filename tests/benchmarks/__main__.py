# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run benchmarks: ``python -m benchmarks [PART ...]``, all of them by default."""

from __future__ import annotations

import sys
from collections.abc import Callable

from . import call, comparison, instances, internet, log_on, servers, tasks, transfer

PARTS: dict[str, Callable[[], bool | None]] = {
    module.__name__.rpartition(".")[2]: module.run
    for module in (tasks, log_on, comparison, call, servers, instances, internet, transfer)
}


def main(names: list[str]) -> int:
    """Print the tables of some parts; 1 if a counted budget was exceeded. Times are printed and never judged."""
    if unknown := [name for name in names if name not in PARTS]:
        raise SystemExit(f"There is no {', '.join(unknown)}. There are: {', '.join(PARTS)}.")
    within: list[bool] = []
    for name in names or PARTS:
        print(f"{'' if not within else chr(10)}{name}\n{'-' * len(name)}", flush=True)
        within.append(PARTS[name]() is not False)
    return 0 if all(within) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
