# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``python -m long_run [MINUTES [SEED]]``: run the state machine for so long, and print what it did.

A seed, which is printed, makes the same runs again. What fails is printed as the steps that lead to it.
"""

from __future__ import annotations

import secrets
import sys
from time import monotonic

from hypothesis import Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from .machine import LongRun
from .world import World

_EXAMPLES, _STEPS = 10, 40
"""Of one round: runs, each in a fresh hierarchy, and the steps of each."""
_MINIMUM_HOURS = 4


def main() -> int:
    """0 if everything held, for at least four hours of the site."""
    minutes = float(sys.argv[1]) if len(sys.argv) > 1 else 10
    first = int(sys.argv[2]) if len(sys.argv) > 2 else secrets.randbelow(10**6)
    print(f"Seed {first}. The same again: make long-run SEED={first}", flush=True)
    how = settings(
        max_examples=_EXAMPLES, stateful_step_count=_STEPS, deadline=None, database=None, phases=[Phase.generate, Phase.shrink]
    )
    began, rounds = monotonic(), 0
    with World.start() as world:
        LongRun.world = world
        while rounds == 0 or monotonic() - began < minutes * 60:
            run_state_machine_as_test(seed(first + rounds)(LongRun), settings=how)
            rounds += 1
            print(f"{LongRun.hours:>8.0f} hours of the site, {sum(LongRun.counts.values())} steps", flush=True)
    print(f"\n{monotonic() - began:.0f} seconds; everything held. Steps:")
    for name, number in LongRun.counts.most_common():
        print(f"{number:>8}  {name}")
    return int(LongRun.hours < _MINIMUM_HOURS)


if __name__ == "__main__":
    sys.exit(main())
