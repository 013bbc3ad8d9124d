# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""What the modules that control threads and services return, as plain dictionaries and sentences."""

from __future__ import annotations

from .executive_control import ExecutiveOutcome, ExecutiveReport
from .restart_plan import DUE, Operation, Step
from .thread_control import ThreadOutcome, ThreadReport
from .threads import SERVICE, Thread
from .views import View

_DONE: dict[Operation, str] = {"start": "started", "stop": "stopped", "restart": "restarted"}


def view_thread(report: ThreadReport) -> View:
    """A thread, and what it was last restarted for."""
    return {**view_thread_state(report.thread), **_view_reason(report.reason)}


def view_thread_state(thread: Thread) -> View:
    """A thread and what it does; words as in the registry, in small letters."""
    return {"name": thread.name, "state": thread.state.lower()}


def view_executive(report: ExecutiveReport) -> View:
    """The service, and what it was last restarted for; words as in ``Win32_Service``, in small letters."""
    return {
        "state": report.service.state.lower(),
        "start_mode": report.service.start_mode.lower(),
        **_view_reason(report.reason),
    }


def _view_reason(reason: str | None) -> View:
    return {"restarted_for": None if reason == DUE else reason, "restart_due": reason == DUE}


def describe_thread(outcome: ThreadOutcome) -> str:
    """What a run did to a thread, or in check mode would do, in a sentence."""
    return _describe(outcome.after.thread.name, outcome.step, outcome.is_planned, outcome.after.thread.state)


def describe_executive(outcome: ExecutiveOutcome) -> str:
    """What a run did to the service, or in check mode would do, in a sentence."""
    sentence = _describe(SERVICE, outcome.step, outcome.is_planned, outcome.after.service.state)
    if outcome.threads:
        sentence += f"; {len(outcome.threads)} threads run"
    if outcome.dependents:
        what = "stopped" if outcome.step.operation == "stop" else "started again"
        sentence += (
            f"; services that depend on it, {'to be ' if outcome.is_planned else ''}{what}: {', '.join(outcome.dependents)}"
        )
    return sentence


def _describe(name: str, step: Step, is_planned: bool, state: str) -> str:
    if step.operation != "none":
        sentence = f"would {step.operation} {name}" if is_planned else f"{_DONE[step.operation]} {name}"
        return sentence + (f" for {step.reason}" if step.reason else "")
    if step.writes_reason and step.reason == DUE:
        return f"{'would note' if is_planned else 'noted'} that a restart of {name} is due"
    if step.writes_reason:
        return f"{'would note' if is_planned else 'noted'} that {name} needs no restart for {step.reason}"
    return f"{name} is {state.lower() or 'in an unknown state'}, and nothing is to be done"
