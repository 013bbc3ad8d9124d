# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hours of a hierarchy in seconds, with whatever can happen in them. `make long-run` goes on for ten minutes."""

from __future__ import annotations

from hypothesis import Phase, settings
from hypothesis.stateful import run_state_machine_as_test
from long_run.machine import LongRun
from long_run.world import World


def test_whatever_happens_in_whatever_order() -> None:
    # The same runs every time: what is found is found by make long-run, with a seed that is printed
    few = settings(
        max_examples=8, stateful_step_count=15, deadline=None, database=None, derandomize=True, phases=[Phase.generate]
    )
    with World.start() as world:
        LongRun.world = world
        run_state_machine_as_test(LongRun, settings=few)
    assert LongRun.hours > 4
