# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A run that is cut off at any request, or loses any reply: it recovers by itself, or the next run ends as wanted.

The logic runs on the real wire here, without Ansible around it, so that every single request can be hit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import direct
import pytest
from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.deployment import Outcome
from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.errors import Refusal
from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.service_connection_point import Mode
from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.steps import Desired
from ansible_collections.configmgr.site.plugins.plugin_utils._wsman.errors import ConnectionLost
from ansible_collections.configmgr.site.plugins.plugin_utils._wsman.transports import PywinrmTransport
from direct import MOMENTS, Cut, Faulty, LabTime, Moment, is_write, lab_in, raising
from lab.hierarchy.topology import load
from lab.lab import Lab
from plays import Site

SERVER = "srv1.corp.example"
TIME = LabTime()

INSTALL = Desired("present", SERVER, Mode.ONLINE)
CHANGE = Desired("present", SERVER, Mode.OFFLINE)
REMOVE = Desired("absent", SERVER)


def transport_to(site: Site) -> PywinrmTransport:
    return direct.transport_to(site.lab, "ps1.corp.example")


def run(transport: Any, desired: Desired, *arguments: Any, **options: Any) -> Outcome:
    return direct.run(transport, desired, TIME, *arguments, **options)


def points_after(desired: Desired) -> list[tuple[str, str]]:
    return [] if desired.state == "absent" or desired.mode is None else [(SERVER, desired.mode.value)]


@pytest.fixture(scope="module")
def fast_lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """A lab that nobody waits for: there are many runs to come."""
    with lab_in(TIME, load("standalone"), tmp_path_factory.mktemp("lab"), speed=50) as lab:
        yield lab


@pytest.fixture
def site(fast_lab: Lab, tmp_path: Path) -> Site:
    return Site(fast_lab, tmp_path)


@pytest.fixture(params=[INSTALL, CHANGE, REMOVE], ids=["install", "change", "remove"])
def desired(request: pytest.FixtureRequest) -> Desired:
    wanted: Desired = request.param
    return wanted


def start(site: Site, desired: Desired) -> PywinrmTransport:
    """A fresh site, ready for the change, and a session to it."""
    site.control.reset()
    transport = transport_to(site)
    if desired is not INSTALL:
        run(transport, INSTALL)
    return transport


def at_every_request(
    site: Site, desired: Desired, failure: Callable[[], Exception], moment: Moment
) -> list[tuple[int, Exception | None]]:
    """Let the k-th request fail for every k that a run has, and see that one more run ends as wanted."""
    ends: list[tuple[int, Exception | None]] = []
    for k in range(1, 100):
        inner = start(site, desired)
        faulty = Faulty(inner, k, raising(failure()), moment)
        end: Exception | None = None
        try:
            run(faulty, desired)
        except (Cut, ConnectionLost) as error:
            end = error
        if not faulty.has_happened:
            assert k > 5, "the run had hardly any request"
            return ends
        if end is None:
            assert site.points() == points_after(desired), f"request {k}"
        assert not run(transport_to(site), desired).changed or end is not None, f"request {k}"
        state = site.control.state()
        assert site.points() == points_after(desired), f"request {k}"
        assert state["violations"] == [], f"request {k}"
        assert not [entry for entry in state["installations"] if entry["is_busy"]], f"request {k}"
        ends.append((k, end))
    raise AssertionError("the run never came to its end")


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_controller_that_dies(site: Site, desired: Desired, moment: Moment) -> None:
    ends = at_every_request(site, desired, Cut, moment)
    assert all(isinstance(end, Cut) for _k, end in ends)


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_reply_that_is_lost(site: Site, desired: Desired, moment: Moment) -> None:
    ends = at_every_request(site, desired, lambda: ConnectionLost("cut by the test"), moment)
    recovered = [k for k, end in ends if end is None]
    assert recovered, "neither the write nor a poll recovered by itself"


def test_a_removal_that_has_not_even_begun_is_waited_for_by_the_next_run(site: Site) -> None:
    transport = start(site, REMOVE)
    run(transport, REMOVE, wait=False)
    lines: list[str] = []
    assert not run(transport, REMOVE, lines.append).changed
    assert any(line.startswith(f"{SERVER} SMS_DMP_DOWNLOADER: started (0 s") for line in lines), lines
    assert site.control.state()["servers"][SERVER]["components"] == {}


def lost_while(site: Site, action: str, **arguments: Any) -> Callable[[], None]:
    """A request that is lost before it reaches the server, while another administrator acts."""

    def happening() -> None:
        site.control.console(action, **arguments)
        raise ConnectionLost("cut by the test")

    return happening


def test_a_write_that_is_repeated_keeps_what_somebody_else_wrote_meanwhile(site: Site) -> None:
    inner = start(site, CHANGE)
    lost = lost_while(site, "set_property", name="Future", role="SMS Dmp Connector", value=7)
    assert run(Faulty(inner, 1, lost, counts=is_write), CHANGE).changed
    (role,) = [role for role in site.control.state()["servers"][SERVER]["roles"] if role["name"] == "SMS Dmp Connector"]
    assert role["properties"]["Future"][0] == 7
    assert site.points() == [(SERVER, "offline")]


def test_a_second_one_that_appears_while_the_reply_is_lost_stays_the_only_one(site: Site) -> None:
    inner = start(site, INSTALL)
    site.control.console("add_site_system", server="srv2")
    with pytest.raises(Refusal, match=r"is on srv2\.corp\.example"):
        run(Faulty(inner, 1, lost_while(site, "add_role", server="srv2"), counts=is_write), INSTALL)
    assert [server for server, _mode in site.points()] == ["srv2.corp.example"]
    assert site.control.state()["violations"] == []


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_write_whose_reply_is_lost_is_carried_out_once(site: Site, desired: Desired, moment: Moment) -> None:
    inner = start(site, desired)
    before = len(site.writes())
    lost = raising(ConnectionLost("cut by the test"))
    assert run(Faulty(inner, 1, lost, moment, is_write), desired).changed
    assert site.points() == points_after(desired)
    assert len(site.writes()) == before + 1
    assert site.control.state()["violations"] == []
