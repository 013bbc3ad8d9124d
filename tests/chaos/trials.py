# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A move with one fault, run once more: what it has come to."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal

from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.errors import SiteError
from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.service_connection_point import Mode
from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.steps import Desired
from ansible_collections.configmgr.site.plugins.plugin_utils._wsman.errors import WsmanError
from direct import Cut, Faulty, LabTime, lab_in, run, transport_to
from lab.hierarchy.description import describe
from lab.hierarchy.topology import load
from lab.lab import Lab
from lab.quirks import Quirks

from .faults import TARGET, THIRD, Fault

PROVIDER = "ps1.corp.example"
TIMEOUT = 900.0
"""Seconds for a removal or an installation; the lab needs half of it."""
SPEED = 50.0
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


class Chaos:
    """Moves in one lab, each in a fresh hierarchy."""

    def __init__(self, lab: Lab, time: LabTime) -> None:
        self.lab = lab
        self._time = time

    @classmethod
    @contextmanager
    def start(cls, *, speed: float = SPEED, quirks: Quirks | None = None) -> Iterator[Chaos]:
        """Run a lab with the role on one server, and two others that it could be on."""
        time = LabTime()
        usual = load("standalone").with_service_connection_point("srv1:offline")
        topology = replace(usual, member_servers=(TARGET, THIRD))
        with (
            tempfile.TemporaryDirectory() as directory,
            lab_in(time, topology, Path(directory), speed=speed, quirks=quirks) as lab,
        ):
            yield cls(lab, time)

    def reset(self) -> None:
        """A fresh hierarchy."""
        self.lab.reset()
        for server in (TARGET, THIRD):
            self.lab.console.perform({"action": "add_site_system", "server": server})

    def move(self, transport: Any | None = None, mode: Mode | None = None) -> None:
        """One run of a move."""
        desired = Desired("present", TARGET, mode, move=True)
        run(transport or transport_to(self.lab, PROVIDER), desired, self._time, timeout=TIMEOUT * SPEED / self.lab.speed)

    def at_every_request(self, fault: Fault, *, first: int = 1, step: int = 1) -> Iterator[Trial]:
        """Let the fault happen at every request of a move, or at every ``step``-th."""
        request = first
        while trial := self.at(fault, request):
            yield trial
            request += step

    def at(self, fault: Fault, request: int) -> Trial | None:
        """Let the fault happen at one request of a move; None if it has fewer."""
        self.reset()
        faulty = Faulty(transport_to(self.lab, PROVIDER), request, lambda: fault.act(self.lab), fault.moment)
        end: End = "moved"
        message = ""
        try:
            self.move(faulty)
        except (SiteError, WsmanError) as error:
            end, message = "failed", str(error)
        except Cut:
            end = "cut off"
        if not faulty.has_happened:
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
