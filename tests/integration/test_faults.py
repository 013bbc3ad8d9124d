# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults of the network and of servers at requests of modules. `make faults` tries all of them with all modules."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from direct import LabTime
from fault_trials.faults import FAULTS, Scene, WireFault
from fault_trials.scenarios import SCENARIOS, Scenario
from fault_trials.trials import Stage
from lab.wire.dispatcher import Reply
from plays import Site
from programs import needs_curl

pytestmark = pytest.mark.exhaustive

TRIED = ("site_info", "service_connection_point, set the mode", "site_system, create")
SLOW = "no answer in time"
STEP = 3
"""Every so many requests; which of them changes with the fault."""


@pytest.fixture(scope="module", params=TRIED)
def stage(request: pytest.FixtureRequest) -> Iterator[Stage]:
    scenarios = {scenario.name: scenario for scenario in SCENARIOS}
    with Stage.of(scenarios[request.param]) as running:
        yield running


@pytest.mark.parametrize("fault", [fault for fault in FAULTS if fault.name != SLOW], ids=lambda fault: fault.name)
def test_at_some_requests(stage: Stage, fault: WireFault) -> None:
    trials = list(stage.at_every_request(fault, first=1 + FAULTS.index(fault) % STEP, step=STEP))
    assert trials, "there was no request"
    assert [trial for trial in trials if trial.is_wrong] == []


def test_an_answer_that_does_not_come(stage: Stage) -> None:
    trial = stage.at(next(fault for fault in FAULTS if fault.name == SLOW), stage.requests // 2 + 1)
    assert trial is not None and not trial.is_wrong, trial


class EveryTask:
    """Has a fault happen at the second request of every task of a play."""

    def __init__(self, site: Site, fault: WireFault) -> None:
        self._site = site
        self._fault = fault
        self._counts: dict[str, int] = {}
        self.happened: set[str] = set()

    def __call__(self, server: str, act: Callable[[], Reply]) -> Reply:
        task = self._site.lab.requests.tasks[-1].name
        self._counts[task] = self._counts.get(task, 0) + 1
        if self._counts[task] != 2:
            return act()
        self.happened.add(task)
        return self._fault.answer(Scene(self._site.lab, LabTime(), server), act)


def _scenarios() -> list[Scenario]:
    """One for each module that sends two requests at least, for a site with the role."""
    found = {scenario.module: scenario for scenario in reversed(SCENARIOS) if scenario.mode == "online"}
    return sorted(found.values(), key=lambda scenario: scenario.module)


@needs_curl
@pytest.mark.parametrize("name", ["malformed XML", "reset after the server acted", "HTTP 503"])
def test_every_module_with_ansible(make_site: Callable[..., Site], name: str) -> None:
    site = make_site(role="srv1:online")
    interference = EveryTask(site, next(fault for fault in FAULTS if fault.name == name))
    site.lab.listeners.interference = interference
    try:
        play = site.play(
            *(
                {
                    "name": scenario.name,
                    f"configmgr.site.{scenario.module}": dict(scenario.options),
                    "delegate_to": scenario.host,
                    "ignore_errors": True,
                    "ignore_unreachable": True,
                }
                for scenario in _scenarios()
            )
        )
    finally:
        site.lab.listeners.interference = None
    assert len(play.results) == len(_scenarios()) == len(interference.happened), play.stdout
    assert "Traceback" not in play.stdout + play.stderr
    for result in play.results:
        assert result.outcome == "ok" or result.message, result
    assert site.control.state()["violations"] == []
