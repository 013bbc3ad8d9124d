# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""How a check came out, what that makes of many, and whether a task fails for it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

Status = Literal["failed", "warning", "passed", "skipped"]
STATUSES: tuple[Status, ...] = ("failed", "warning", "passed", "skipped")
"""The worst first."""
FAIL_ON = ("failed", "warning", "never")
"""From which verdict on a task fails."""


def worst_of(found: Sequence[Status]) -> Status:
    """The verdict on all of them."""
    return min(found, key=STATUSES.index, default="skipped")


def counted(found: Sequence[Status]) -> str:
    """How many came out how, in a sentence."""
    return ", ".join(f"{found.count(status)} {status}" for status in STATUSES if status in found)


def fails(verdict: Status, fail_on: str) -> bool:
    """Whether a verdict is this bad, one of `FAIL_ON`, or worse."""
    return fail_on != "never" and STATUSES.index(verdict) <= FAIL_ON.index(fail_on)
