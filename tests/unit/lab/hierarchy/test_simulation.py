# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Time: what is due happens in order, and sees its own time."""

from __future__ import annotations

from datetime import datetime, timedelta
from threading import Thread

import pytest
from lab.simulation import ManualClock, Simulation


def test_events_run_in_the_order_of_their_times_and_see_them() -> None:
    clock = ManualClock()
    simulation = Simulation(1, clock)
    start = simulation.now
    seen: list[tuple[str, timedelta]] = []
    simulation.schedule(20, lambda: seen.append(("late", simulation.now - start)))
    simulation.schedule(10, lambda: seen.append(("early", simulation.now - start)))
    clock.move(9.9)
    simulation.advance()
    assert seen == []
    clock.move(100)
    simulation.advance()
    assert seen == [("early", timedelta(seconds=10)), ("late", timedelta(seconds=20))]


def test_what_an_event_schedules_counts_from_its_own_time() -> None:
    clock = ManualClock()
    simulation = Simulation(1, clock)
    seen: list[datetime] = []

    def tick() -> None:
        seen.append(simulation.now)
        simulation.schedule(10, tick)

    simulation.schedule(10, tick)
    clock.move(35)
    simulation.advance()
    assert [moment.second for moment in seen] == [10, 20, 30]


def test_speed_shortens_delays() -> None:
    clock = ManualClock()
    simulation = Simulation(60, clock)
    seen: list[int] = []
    simulation.schedule(120, lambda: seen.append(1))
    clock.move(1.9)
    simulation.advance()
    assert not seen
    clock.move(0.2)
    simulation.advance()
    assert seen


def test_a_cancelled_event_does_not_happen() -> None:
    clock = ManualClock()
    simulation = Simulation(1, clock)
    seen: list[int] = []
    simulation.schedule(1, lambda: seen.append(1)).cancel()
    clock.move(2)
    simulation.advance()
    assert not seen


def test_a_moment_belongs_to_one_thread() -> None:
    simulation = Simulation()
    counter = 0

    def count() -> None:
        nonlocal counter
        for _unused in range(200):
            with simulation.moment():
                before = counter
                simulation.schedule(0, lambda: None)
                counter = before + 1

    threads = [Thread(target=count) for _unused in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counter == 800


def test_the_speed_must_be_positive() -> None:
    with pytest.raises(ValueError, match="greater than 0"):
        Simulation(0)
