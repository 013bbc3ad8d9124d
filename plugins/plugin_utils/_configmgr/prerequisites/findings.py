# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""What a check finds, and how it says that it cannot know."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

from ..verdicts import Status
from .facts import Unknown

Value = TypeVar("Value")


@dataclass(frozen=True)
class Finding:
    """What a check found."""

    status: Status
    evidence: str


class NotProven(Exception):
    """What a check depends on could not be read."""


def known(value: Value | Unknown) -> Value:
    """What was read; `NotProven` for what could not be."""
    if isinstance(value, Unknown):
        raise NotProven(value.reason)
    return value
