# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A run that is cut off at any request, or loses any reply: it recovers by itself, or the next run ends as wanted.

The logic runs on the real wire here, without Ansible around it, so that every single request can be hit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal

import pytest
from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.classes import SCHEMA
from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.deployment import Deployment, Outcome
from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.errors import Refusal
from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.plan import Desired
from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.service_connection_point import Mode
from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.waiting import Clock, Progress, Waiting
from ansible_collections.configmgr.site.plugins.plugin_utils._wsman.client import Reply, WsmanClient
from ansible_collections.configmgr.site.plugins.plugin_utils._wsman.errors import ConnectionLost
from ansible_collections.configmgr.site.plugins.plugin_utils._wsman.transports import PywinrmTransport
from lab.hierarchy.topology import load
from lab.lab import Lab
from plays import Site
from winrm.protocol import Protocol

SERVER = "srv1.corp.example"
Moment = Literal["before the server acts", "after the server acted"]
MOMENTS: tuple[Moment, ...] = ("before the server acts", "after the server acted")

INSTALL = Desired("present", SERVER, Mode.ONLINE)
CHANGE = Desired("present", SERVER, Mode.OFFLINE)
REMOVE = Desired("absent", SERVER)


class Cut(Exception):
    """The controller died."""


class Impatient(Clock):
    """Waits a hundredth of the time."""

    def sleep(self, seconds: float) -> None:
        super().sleep(seconds / 100)


class Faulty:
    """A transport that fails once, at the k-th request."""

    def __init__(self, inner: PywinrmTransport, k: int, moment: Moment, failure: Exception) -> None:
        self._inner = inner
        self._left = k
        self._moment = moment
        self._failure = failure
        self.endpoint = inner.endpoint
        self.operation_timeout = inner.operation_timeout

    @property
    def has_failed(self) -> bool:
        return self._left <= 0

    def send(self, envelope: bytes) -> Reply:
        self._left -= 1
        if self._left == 0:
            if self._moment == "after the server acted":
                self._inner.send(envelope)
            raise self._failure
        return self._inner.send(envelope)


def transport_to(site: Site) -> PywinrmTransport:
    account = site.lab.accounts[0]
    session = Protocol(
        f"https://127.0.0.1:{site.lab.https_ports['ps1.corp.example']}/wsman",
        transport="ntlm",
        username=account.name,
        password=account.password,
        ca_trust_path=str(site.lab.authority_file),
    )
    return PywinrmTransport(session)


def run(transport: Any, desired: Desired, progress: Progress = lambda line: None, *, wait: bool = True) -> Outcome:
    waiting = Waiting(enabled=wait, timeout=30, progress=progress, clock=Impatient())
    return Deployment(WsmanClient(transport, SCHEMA), None, waiting).run(desired, check_mode=False)


def points_after(desired: Desired) -> list[tuple[str, str]]:
    return [] if desired.state == "absent" or desired.mode is None else [(SERVER, desired.mode.value)]


@pytest.fixture(scope="module")
def fast_lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """A lab in which an installation takes a few hundredths of a second: there are many to come."""
    with Lab(load("standalone"), tmp_path_factory.mktemp("lab"), speed=10_000) as lab:
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
        faulty = Faulty(inner, k, moment, failure())
        end: Exception | None = None
        try:
            run(faulty, desired)
        except (Cut, ConnectionLost) as error:
            end = error
        if not faulty.has_failed:
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


def test_a_removal_that_has_not_even_begun_is_waited_for_by_the_next_run(tmp_path: Path) -> None:
    topology = load("standalone").with_service_connection_point("srv1:online")
    with Lab(topology, tmp_path / "lab", speed=1) as lab:
        site = Site(lab, tmp_path)
        transport = transport_to(site)
        run(transport, REMOVE, wait=False)
        # The site notices in five seconds, as a real one; what it does then may be quick.
        lab.hierarchy.simulation.speed = 10_000
        lines: list[str] = []
        assert not run(transport, REMOVE, lines.append).changed
        assert any(line.startswith(f"{SERVER} SMS_DMP_DOWNLOADER: started (0 s") for line in lines), lines
        assert site.control.state()["servers"][SERVER]["components"] == {}


def test_a_write_that_is_repeated_keeps_what_somebody_else_wrote_meanwhile(site: Site) -> None:
    inner = start(site, CHANGE)

    class Losing(Faulty):
        """Loses the first Put before it reaches the server, while somebody else writes."""

        def send(self, envelope: bytes) -> Reply:
            if b"/transfer/Put<" not in envelope:
                return inner.send(envelope)
            if not self.has_failed:
                site.control.console("set_property", name="Future", role="SMS Dmp Connector", value=7)
            return super().send(envelope)

    assert run(Losing(inner, 1, "before the server acts", ConnectionLost("cut by the test")), CHANGE).changed
    (role,) = [role for role in site.control.state()["servers"][SERVER]["roles"] if role["name"] == "SMS Dmp Connector"]
    assert role["properties"]["Future"][0] == 7
    assert site.points() == [(SERVER, "offline")]


def test_a_second_one_that_appears_while_the_reply_is_lost_stays_the_only_one(site: Site) -> None:
    inner = start(site, INSTALL)
    site.control.console("add_site_system", server="srv2")

    class Losing(Faulty):
        """Loses the Create before it reaches the server, while somebody else installs the role."""

        def send(self, envelope: bytes) -> Reply:
            if b"/transfer/Create<" not in envelope:
                return inner.send(envelope)
            site.control.console("add_role", server="srv2")
            return super().send(envelope)

    with pytest.raises(Refusal, match=r"is on srv2\.corp\.example"):
        run(Losing(inner, 1, "before the server acts", ConnectionLost("cut by the test")), INSTALL)
    assert [server for server, _mode in site.points()] == ["srv2.corp.example"]
    assert site.control.state()["violations"] == []


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_write_whose_reply_is_lost_is_carried_out_once(site: Site, desired: Desired, moment: Moment) -> None:
    inner = start(site, desired)
    before = len(site.writes())

    class Losing(Faulty):
        """Loses the reply to the first write."""

        def send(self, envelope: bytes) -> Reply:
            if any(f"/transfer/{name}<".encode() in envelope for name in ("Create", "Put", "Delete")):
                return super().send(envelope)
            return inner.send(envelope)

    outcome = run(Losing(inner, 1, moment, ConnectionLost("cut by the test")), desired)
    assert outcome.changed
    assert site.points() == points_after(desired)
    assert len(site.writes()) == before + 1
    assert site.control.state()["violations"] == []
