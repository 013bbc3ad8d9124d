# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A move in which something goes wrong: one more run ends with one role, on the new server, in its mode.

`make chaos` tries every fault at every request.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.errors import Refusal
from chaos.faults import FAULTS, SOURCE, TARGET, Fault
from chaos.trials import BetweenSites, Chaos
from lab.lab import Lab
from lab.quirks import Quirks

pytestmark = pytest.mark.exhaustive

FATAL = tuple(fault for fault in FAULTS if fault.is_alone)
OTHERS = tuple(fault for fault in FAULTS if fault not in FATAL)
RIGHT = "site_server_is_administrator"
STEP = 4
"""Every so many requests; which of them changes with the fault."""


@pytest.fixture(scope="module")
def chaos() -> Iterator[Chaos]:
    with Chaos.start() as running:
        yield running


@pytest.fixture(scope="module")
def sites() -> Iterator[BetweenSites]:
    with BetweenSites.start() as running:
        yield running


@pytest.mark.parametrize("fault", FATAL, ids=lambda fault: fault.name.replace(" ", "-"))
def test_at_every_request(chaos: Chaos, fault: Fault) -> None:
    trials = list(chaos.at_every_request(fault))
    assert len(trials) > 25, "the move had hardly any request"
    assert [trial for trial in trials if trial.problems or trial.saw_two] == []


@pytest.mark.parametrize("fault", FATAL, ids=lambda fault: fault.name.replace(" ", "-"))
def test_at_every_other_request_between_two_sites(sites: BetweenSites, fault: Fault) -> None:
    trials = list(sites.at_every_request(fault, first=1 + FATAL.index(fault) % 2, step=2))
    assert len(trials) > 30, "the move had hardly any request"
    assert [trial for trial in trials if trial.problems or trial.saw_two] == []


@pytest.mark.parametrize("fault", OTHERS, ids=lambda fault: fault.name.replace(" ", "-"))
def test_at_some_requests(chaos: Chaos, fault: Fault) -> None:
    trials = list(chaos.at_every_request(fault, first=1 + OTHERS.index(fault) % STEP, step=STEP))
    assert len(trials) > 6, "the move had hardly any request"
    assert [trial for trial in trials if trial.problems or (trial.saw_two and not fault.may_race)] == []


def test_what_goes_back_to_a_server_that_is_off_is_not_said_to_work(chaos: Chaos) -> None:
    def fail(lab: Lab) -> None:
        lab.console.perform({"action": "turn_off", "server": SOURCE})
        lab.console.perform({"action": "set_server_switch", "server": TARGET, "name": RIGHT, "value": False})

    trial = chaos.at(Fault("both servers fail", fail), 12)
    assert trial is not None and trial.end == "failed"
    for words in ("its components were not removed", "wait_for_removal set to false", "offline on record.", "cannot be told"):
        assert words in trial.message, trial.message


def test_the_time_without_the_role_is_the_site_s_own() -> None:
    with Chaos.start(speed=1) as slow:
        slow.reset()
        slow.move()
        moments = {(entry.what, entry.server): entry.time for entry in slow.lab.hierarchy.history.moments}
        removed = moments["gone", SOURCE] - moments["off the record", SOURCE]
        without = moments["on record", TARGET] - moments["off the record", SOURCE]
        assert removed.total_seconds() > 60
        assert (without - removed).total_seconds() <= 2, "the longest pause between two looks"


@pytest.mark.parametrize("behaviour", ["dropped", "refused"])
def test_a_site_that_keeps_no_note_is_asked_for_the_mode_first(behaviour: str) -> None:
    with Chaos.start(quirks=Quirks(unknown_property=behaviour)) as stubborn:
        stubborn.reset()
        with pytest.raises(Refusal, match=r"does not keep a note on srv2.*Set mode, which is offline now"):
            stubborn.move()
        assert [role.server for role in stubborn.lab.hierarchy.site_control.roles("SMS Dmp Connector")] == [SOURCE]
        for fault in FATAL[:2]:
            given = Fault(fault.name, fault.act, fault.moment, needs_mode=True)
            trials = [trial for request in (5, 17, 23, 30, 36) if (trial := stubborn.at(given, request))]
            assert [trial for trial in trials if trial.problems] == []
