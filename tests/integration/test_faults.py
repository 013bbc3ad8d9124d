# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults of the network and of servers at requests of modules. `make faults` tries all of them with all modules."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from direct import LabTime
from fault_trials.faults import FAULTS, Scene, WireFault
from fault_trials.places import BY_SMB, LOG_ON, REQUESTS, Fault
from fault_trials.scenario import Scenario
from fault_trials.scenarios import SCENARIOS
from fault_trials.trials import Stage
from lab.wire.dispatcher import Reply
from plays import Site
from programs import needs_curl, needs_samba
from tickets import needs_kerberos

pytestmark = pytest.mark.exhaustive

SLOW = "no answer in time"
STEP = 3
"""Every so many requests; which of them changes with the fault."""


TRIED = (
    (REQUESTS, "site_info", ()),
    (REQUESTS, "service_connection_point, set the mode", ()),
    (REQUESTS, "site_system, create", ()),
    (LOG_ON, "winrm, NTLM, http", ()),
    (LOG_ON, "psrp, Kerberos, http", (needs_kerberos,)),
    (BY_SMB, "file_transfer, push", (needs_samba,)),
    (BY_SMB, "file_transfer, pull", (needs_samba,)),
)


def _cases() -> Iterator[object]:
    scenarios = {(scenario.place.name, scenario.name): scenario for scenario in SCENARIOS}
    for place, name, marks in TRIED:
        for fault in place.faults:
            yield pytest.param(scenarios[place.name, name], fault, id=f"{place.name}: {name}: {fault.name}", marks=marks)


@pytest.fixture(scope="module")
def stage(request: pytest.FixtureRequest) -> Iterator[Stage]:
    with Stage.of(request.param) as running:
        yield running


@pytest.mark.parametrize(("stage", "fault"), list(_cases()), indirect=["stage"])
def test_at_some_requests(stage: Stage, fault: Fault) -> None:
    if fault.name == SLOW:
        numbers = {stage.requests // 2 + 1, stage.requests}
    else:
        numbers = set(range(1 + len(fault.name) % min(STEP, stage.requests), stage.requests + 1, STEP))
    trials = [stage.at(fault, number) for number in sorted(numbers)]
    assert any(trials), "there was no request"
    assert [trial for trial in trials if trial and trial.is_wrong] == []


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
@needs_samba
@pytest.mark.parametrize("name", ["malformed XML", "reset after the server acted", "HTTP 503"])
def test_every_module_with_ansible(make_site: Callable[..., Site], name: str) -> None:
    site = make_site(role="srv1:online")
    interference = EveryTask(site, next(fault for fault in FAULTS if fault.name == name))
    for scenario in _scenarios():
        if scenario.prepare:
            scenario.prepare(site.lab)
    site.lab.listeners.interference = interference
    try:
        play = site.play(
            *(
                {
                    "name": scenario.name,
                    f"configmgr.site.{scenario.module}": scenario.options_in(site.lab),
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
