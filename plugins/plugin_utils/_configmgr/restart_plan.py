# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""Started, stopped, restarted, and whether a restart is due: the decision for a thread or a service, without a network."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

State = Literal["started", "stopped", "restarted", "restart_due"]
Operation = Literal["none", "start", "stop", "restart"]

DUE = " due"
"""Noted in the place of a reason where a restart is due, whatever the last one was for."""


@dataclass(frozen=True)
class Desired:
    """What is wanted of a thread or a service."""

    state: State | None
    """None to look and change nothing; restart_due to note that a restart is due, and restart nothing."""
    reason: str | None = None
    """What a restart is for: what was restarted for it already is not restarted again. Without it, always."""
    force: bool = False
    """Restart although that is noted already: somebody knows better."""


@dataclass(frozen=True)
class Actual:
    """What was found."""

    is_running: bool
    is_stopped: bool
    """What is neither is on its way from one to the other."""
    reason: str | None
    """What it was last restarted for, or `DUE`; None if that is not known."""


@dataclass(frozen=True)
class Step:
    """What has to be done."""

    operation: Operation = "none"
    reason: str | None = None
    """What is noted as that which it was last restarted for; None for that it is not known."""
    writes_reason: bool = False

    def state_after(self, state: str, *, running: str, stopped: str) -> str:
        """The state that it leads to, in the server's words."""
        return {"none": state, "stop": stopped}.get(self.operation, running)

    def reason_after(self, reason: str | None) -> str | None:
        """What is noted when it is done."""
        return self.reason if self.writes_reason else reason

    @property
    def changes(self) -> bool:
        """Whether there is anything to do."""
        return self.operation != "none" or self.writes_reason


def is_restart_due(noted: str | None, wanted: str | None) -> bool | None:
    """Whether a note says that a restart is due, for what is wanted if that is known; None where nothing is noted."""
    if noted is None:
        return None
    return noted == DUE or (wanted is not None and wanted != noted)


def decide(desired: Desired, actual: Actual) -> Step:
    """The step from what was found to what is wanted."""
    operation: Operation = "none"
    match desired.state:
        case None:
            return Step()
        case "restart_due":
            return Step(reason=DUE, writes_reason=actual.reason != DUE)
        case "stopped":
            operation = "none" if actual.is_stopped else "stop"
        case "started":
            operation = "none" if actual.is_running else "start"
        case "restarted":
            is_due = desired.force or desired.reason is None or desired.reason != actual.reason
            # What is stopped has nothing to end: starting it is its restart.
            operation = "start" if actual.is_stopped else "restart" if is_due or not actual.is_running else "none"
    if desired.reason is not None:
        return Step(operation, desired.reason, desired.reason != actual.reason)
    # What comes up without a reason given comes up with whatever is on record by then.
    return Step(operation, None, operation != "none" and actual.reason not in (None, DUE))
