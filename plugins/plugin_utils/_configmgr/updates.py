# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""Updates of the site that are being installed (``SMS_CM_UpdatePackages``).

Microsoft's troubleshooting article on updates asks not to reinstall the service connection point meanwhile.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from . import classes
from .provider import SiteProvider
from .update_states import update_state, update_states

DOWNLOADING_STATE = 262145
"""DOWNLOAD_IN_PROGRESS, which a move interrupts."""
NOT_DOWNLOADED_STATES = frozenset({327682, 327679})
"""APPLICABILITY_SUCCESS and DOWNLOAD_FAILED."""


@dataclass(frozen=True)
class UpdateInstallation:
    """An update package that is being installed or downloaded, or not downloaded yet."""

    name: str
    state: int

    @property
    def is_being_installed(self) -> bool:
        """Whether the site is at it, by ``update_states.yml``."""
        return update_state(self.state).is_being_installed


def read_installations(provider: SiteProvider) -> list[UpdateInstallation]:
    """The updates that are being installed now: none, nearly always."""
    return [update for update in _read(provider, installing_condition()) if update.is_being_installed]


def read_downloads(provider: SiteProvider) -> list[UpdateInstallation]:
    """The updates that are being downloaded now."""
    return _read(provider, f"State = {DOWNLOADING_STATE}")


def read_unfinished(provider: SiteProvider) -> list[UpdateInstallation]:
    """The updates that are being installed or downloaded, or are not downloaded yet."""
    others = " OR ".join(f"State = {state}" for state in sorted(NOT_DOWNLOADED_STATES | {DOWNLOADING_STATE}))
    return _read(provider, f"{installing_condition()} OR {others}")


def _read(provider: SiteProvider, condition: str) -> list[UpdateInstallation]:
    rows = provider.query(f"SELECT Name, State FROM {classes.UPDATE_PACKAGE.name} WHERE {condition}", classes.UPDATE_PACKAGE)
    return [UpdateInstallation(row.text("Name"), row.number("State") or 0) for row in rows]


@cache
def installing_condition() -> str:
    """The condition in WQL for what is being installed; in ranges, as the states of the installation are one after the other.

    Finished updates stay in the class for good, so they are left out by the query itself.
    """
    numbers = sorted(number for number, state in update_states().items() if state.is_being_installed)
    ranges: list[list[int]] = []
    for number in numbers:
        if ranges and number == ranges[-1][-1] + 1:
            ranges[-1].append(number)
        else:
            ranges.append([number])
    return " OR ".join(
        f"State = {states[0]}" if len(states) == 1 else f"(State >= {states[0]} AND State <= {states[-1]})" for states in ranges
    )
