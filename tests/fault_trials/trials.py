# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A module with one fault at one of its requests, and run once more: what it has come to."""

from __future__ import annotations

import os
import signal
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep
from types import FrameType
from typing import Any, Literal, Self
from unittest.mock import patch

from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.waiting import Clock
from direct import LabTime, lab_in
from in_process import Modules, has_failed
from lab.lab import Lab
from memory import Growth

from .faults import READ_TIMEOUT, Scene, large_body
from .places import Fault
from .results import difference, tells, unclear, unknown
from .scenario import Scenario
from .scenarios import SCENARIOS
from .surroundings import impatient_smb

End = Literal["recovered", "clear error", "wrong", "hung"]

LIMIT = 30
"""Seconds for a run with a fault. None waits longer than twice for an answer; what waits for the site does so in lab time."""
A_FEW = 12
"""Requests of a run that are all tried, whatever the step."""
_HOURS = 2 * 3600.0
_VARIABLES = {
    "ansible_winrm_transport": "basic",
    "ansible_winrm_operation_timeout_sec": READ_TIMEOUT - 1,
    "ansible_winrm_read_timeout_sec": READ_TIMEOUT,
    "ansible_psrp_operation_timeout": READ_TIMEOUT - 1,
    "ansible_psrp_read_timeout": READ_TIMEOUT,
}


class FastClock(Clock):
    """The computer's, but faster: for what waits for programs, which take time of their own."""

    FACTOR = 20

    def now(self) -> float:
        return monotonic() * self.FACTOR

    def sleep(self, seconds: float) -> None:
        sleep(seconds / self.FACTOR)


class Hung(BaseException):
    """The run did not end in time."""


@dataclass(frozen=True)
class Trial:
    """A fault at one request, and what came of it."""

    place: str
    scenario: str
    fault: str
    request: int
    end: End
    """Of the run with the fault."""
    message: str
    """What it said, or what is wrong with it."""
    problem: str
    """What is wrong after one more run; empty if all is as wanted."""

    @property
    def is_wrong(self) -> bool:
        return self.end in ("wrong", "hung") or bool(self.problem)


class Stage:
    """A lab for one scenario, in which it is run again and again."""

    def __init__(self, scenario: Scenario, lab: Lab, time: LabTime) -> None:
        self._scenario = scenario
        self._lab = lab
        self._time = time
        clock = FastClock() if scenario.runs_programs else time
        self._modules = Modules(lab, _VARIABLES | scenario.variables(lab), clock)
        self._options = scenario.options_in(lab)
        self._reset()
        count = scenario.place.count()
        scenario.place.put(lab, count)
        self.usual = self._run()
        scenario.place.put(lab, None)
        self.requests = count.number
        """How many a run sends without a fault, of the kind that the scenario is about."""
        assert not has_failed(self.usual), self.usual
        self._prove()

    @classmethod
    @contextmanager
    def of(cls, scenario: Scenario) -> Iterator[Self]:
        """Start the lab."""
        time = LabTime()
        with tempfile.TemporaryDirectory() as directory, ExitStack() as stack:
            path = Path(directory)
            if scenario.runs_programs:
                lab = stack.enter_context(Lab(scenario.topology, path, scenario.speed))
            else:
                lab = stack.enter_context(lab_in(time, scenario.topology, path, speed=scenario.speed))
            stack.enter_context(patch.dict(os.environ, scenario.environment(lab)))
            yield cls(scenario, lab, time)

    def at_every_request(self, fault: Fault, *, first: int = 1, step: int = 1) -> Iterator[Trial]:
        """Let the fault happen at every request of a run, or at every ``step``-th."""
        request = first
        while trial := self.at(fault, request):
            yield trial
            request += step

    def at(self, fault: Fault, request: int) -> Trial | None:
        """Let the fault happen at one request of a run; None if it has fewer."""
        if fault.before and request > self.requests:
            return None
        if self._scenario.proof:
            self._reset()
        else:
            # What an answer that could not be read has left open ends by itself in the end
            self._lab.listeners.restart_services()
        scene = Scene(self._lab, self._time, self._scenario.host, FastClock.FACTOR if self._scenario.runs_programs else None)
        happening = fault.at(scene, request)
        self._scenario.place.put(self._lab, happening)
        growth = None
        if fault.most_memory is not None:
            large_body()
            growth = Growth()
        try:
            with impatient_smb():
                result = self._run()
        except Hung:
            assert happening.has_happened
            return self._trial(fault, request, "hung", f"no end after {LIMIT} s")
        except Exception as error:  # what Ansible would show as a traceback
            assert happening.has_happened
            return self._trial(fault, request, "wrong", f"{type(error).__name__}: {error}")
        finally:
            self._scenario.place.put(self._lab, None)
            scene.mend()
            self._time.forget()
        if not happening.has_happened:
            return None
        grown = growth.most / 1024**2 if growth else 0
        end, message = self._judge(result, fault)
        if fault.most_memory is not None and grown > fault.most_memory:
            end, message = "wrong", f"memory has grown by {grown:.0f} MB"
        return self._trial(fault, request, end, message, self._run_again())

    def _trial(self, fault: Fault, request: int, end: End, message: str, problem: str = "") -> Trial:
        return Trial(self._scenario.place.name, self._scenario.name, fault.name, request, end, message, problem)

    def _judge(self, result: dict[str, Any], fault: Fault) -> tuple[End, str]:
        message = str(result.get("msg", ""))
        if has_failed(result):
            problem = unclear(result, message)
            return ("wrong", f"{problem}: {result}") if problem else ("clear error", message)
        try:
            self._prove()
        except AssertionError as error:
            return "wrong", f"it says that it has succeeded: {error}"
        if not self._scenario.proof and (found := difference(self.usual, result)):
            if tells(result) or (fault.may_hide and unknown(result) > unknown(self.usual)):
                return "clear error", f"what it could not find out is in the result: {found}"
            return "wrong", f"it returns something else than usual: {found}"
        return "recovered", message

    def _run_again(self) -> str:
        """What is wrong after another run, without a fault."""
        try:
            result = self._run()
            if has_failed(result):
                return f"the next run failed: {result['msg']}"
            if not self._scenario.proof and (found := difference(self.usual, result)):
                return f"the next run returns something else than usual: {found}"
            self._prove()
            if self._scenario.tidy:
                self._scenario.tidy(self._lab)
        except Hung:
            return "the next run did not end"
        except Exception as error:  # with a traceback, or of the proof
            return f"{type(error).__name__}: {error}"
        return ""

    def _prove(self) -> None:
        if self._scenario.proof is None:
            return
        if not self._scenario.runs_programs:
            # What is under way may take the site its time.
            self._time.sleep(_HOURS / self._lab.speed)
        self._scenario.proof(self._lab)

    def _reset(self) -> None:
        self._lab.reset()
        if self._scenario.prepare:
            self._scenario.prepare(self._lab)
        for action, arguments in self._scenario.before:
            self._lab.console.perform({"action": action, **arguments})

    def _run(self) -> dict[str, Any]:
        with _limit(LIMIT):
            return self._modules.run(self._scenario.module, self._scenario.host, self._options)


@contextmanager
def _limit(seconds: int) -> Iterator[None]:
    def end(number: int, frame: FrameType | None) -> None:
        raise Hung

    before = signal.signal(signal.SIGALRM, end)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def try_faults(scenario: int, faults: range, step: int) -> list[Trial]:
    """Some faults at every request of a scenario, both by their numbers, in whichever process.

    Of a scenario with more than `A_FEW` requests at every ``step``-th, which are others for every fault.
    """
    all_faults = SCENARIOS[scenario].place.faults
    with Stage.of(SCENARIOS[scenario]) as stage:
        each = step if stage.requests > A_FEW else 1
        return [
            trial
            for number in faults
            for trial in stage.at_every_request(all_faults[number], first=1 + number % each, step=each)
        ]
