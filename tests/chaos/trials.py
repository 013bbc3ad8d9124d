# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A move with one fault, run once more: what it has come to."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal, Self

from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.deployment import Outcome
from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.errors import SiteError
from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.service_connection_point import Mode
from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.steps import Desired
from ansible_collections.configmgr.site.plugins.plugin_utils._wsman.errors import WsmanError
from ansible_collections.configmgr.site.plugins.plugin_utils._wsman.transports import PywinrmTransport
from direct import Countdown, Cut, Faulty, LabTime, lab_in, run, transport_to
from lab.hierarchy.description import describe
from lab.hierarchy.topology import Topology, load
from lab.lab import Lab
from lab.quirks import Quirks

from .faults import SOURCE, TARGET, THIRD, Fault

TIMEOUT = 900.0
"""Seconds of the site for a removal or an installation; it needs half of it."""
SPEED = 50.0
UNDISTURBED = [("off the record", SOURCE), ("gone", SOURCE), ("on record", TARGET), ("works", TARGET)]
"""What happens in a move, in its order: never two, and none only between the first and the third."""
_TWO = "more than one service connection point"
"""What the lab calls two at once."""
_HOURS = 3 * 3600.0

End = Literal["moved", "failed", "cut off"]


@dataclass(frozen=True)
class Trial:
    """A fault at one request, and what came of it."""

    fault: str
    request: int
    end: End
    """Of the run with the fault."""
    message: str
    problems: tuple[str, ...]
    """What is wrong after one more run; nothing, it is hoped."""
    saw_two: bool
    seconds_without: float
    """How long the hierarchy had no role on record, in the site's own seconds."""


Transports = Callable[[str], Any]
"""Makes a session to a server."""


class Chaos:
    """Moves in one lab, each in a fresh hierarchy."""

    def __init__(self, lab: Lab, time: LabTime) -> None:
        self.lab = lab
        self._time = time

    @classmethod
    @contextmanager
    def start(cls, *, speed: float = SPEED, quirks: Quirks | None = None) -> Iterator[Self]:
        """Run a lab with the role on one server, and two others that it could be on."""
        time = LabTime()
        with (
            tempfile.TemporaryDirectory() as directory,
            lab_in(time, cls.topology(), Path(directory), speed=speed, quirks=quirks) as lab,
        ):
            yield cls(lab, time)

    @staticmethod
    def topology() -> Topology:
        """What the lab starts with."""
        usual = load("standalone").with_service_connection_point("srv1:offline")
        return replace(usual, member_servers=(TARGET, THIRD))

    def reset(self) -> None:
        """A fresh hierarchy."""
        self.lab.reset()
        for server in (TARGET, THIRD):
            self.lab.console.perform({"action": "add_site_system", "server": server})

    def transport(self, server: str) -> PywinrmTransport:
        """A session without a fault."""
        return transport_to(self.lab, server)

    def move(self, transports: Transports | None = None, mode: Mode | None = None) -> None:
        """One run of a move."""
        self._run((transports or self.transport)("ps1.corp.example"), Desired("present", TARGET, mode, move=True))

    def _run(self, transport: Any, desired: Desired, *, check_mode: bool = False) -> Outcome:
        return run(transport, desired, self._time, timeout=TIMEOUT / self.lab.speed, check_mode=check_mode)

    def at_every_request(self, fault: Fault, *, first: int = 1, step: int = 1) -> Iterator[Trial]:
        """Let the fault happen at every request of a move, or at every ``step``-th."""
        request = first
        while trial := self.at(fault, request):
            yield trial
            request += step

    def at(self, fault: Fault, request: int) -> Trial | None:
        """Let the fault happen at one request of a move; None if it has fewer."""
        self.reset()
        countdown = Countdown(request)
        end: End = "moved"
        message = ""
        try:
            self.move(lambda server: Faulty(self.transport(server), countdown, lambda: fault.act(self.lab), fault.moment))
        except (SiteError, WsmanError) as error:
            end, message = "failed", str(error)
        except Cut:
            end = "cut off"
        if not countdown.is_over:
            return None
        fault.mend(self.lab)
        problems = []
        try:
            self.move(mode=Mode.OFFLINE if fault.needs_mode else None)
        except (SiteError, WsmanError) as error:
            problems.append(f"the next run failed: {error}")
        # What somebody has begun meanwhile may take the site its time.
        self._time.sleep(_HOURS / self.lab.speed)
        return Trial(
            fault.name,
            request,
            end,
            message,
            (*problems, *self._problems(fault)),
            any(_TWO in violation.text for violation in self.lab.hierarchy.history.violations),
            self.seconds_without(),
        )

    def _problems(self, fault: Fault) -> Iterator[str]:
        state = describe(self.lab.hierarchy)
        moments = [(entry.what, entry.server) for entry in self.lab.hierarchy.history.moments]
        if fault.is_alone and moments != UNDISTURBED:
            yield f"not in the order of a move: {moments}"
        points = [(point["server"], point["mode"]) for point in state["service_connection_points"]]
        modes = ("offline", "online") if fault.may_change_mode else ("offline",)
        if points not in [[(TARGET, mode)] for mode in modes]:
            yield f"on record: {points}"
        elif set(state["service_connection_points"][0]["components"].values()) != {"STARTED"}:
            yield f"components: {state['service_connection_points'][0]['components']}"
        if others := [entry["text"] for entry in state["violations"] if _TWO not in entry["text"]]:
            yield f"violations: {others}"
        if busy := [entry["server"] for entry in state["installations"] if entry["is_busy"]]:
            yield f"the site is still busy on {busy}"
        for role in state["servers"][TARGET]["roles"]:
            if left := [name for name in role["properties"] if name.startswith("configmgr.site")]:
                yield f"left behind on {role['name']}: {left}"

    def seconds_without(self) -> float:
        """How long the hierarchy had no role on record, in the site's own seconds."""
        marks = [entry for entry in self.lab.hierarchy.history.moments if entry.what in ("on record", "off the record")]
        gaps = [(later.time - earlier.time) for earlier, later in pairwise(marks) if earlier.what == "off the record"]
        return sum(gap.total_seconds() for gap in gaps) * self.lab.speed


class BetweenSites(Chaos):
    """Moves from a primary site to the central administration site above it: what the role does at two SMS Providers."""

    @staticmethod
    def topology() -> Topology:
        """A primary site with the role that was put under a central administration site."""
        return load("expanded")

    def reset(self) -> None:
        """A fresh hierarchy."""
        self.lab.reset()

    def move(self, transports: Transports | None = None, mode: Mode | None = None) -> None:
        """One run: see where it is, note the move, remove it at the one site, and have it at the other."""
        connect = transports or self.transport
        above = connect("cas.corp.example")
        wanted = Desired("present", TARGET, mode, move=True)
        plan = self._run(above, wanted, check_mode=True)
        if plan.providers_of_source:
            self._run(above, replace(wanted, state="move_due"))
            self._run(connect("pr1.corp.example"), Desired("absent", SOURCE))
        self._run(above, wanted)
