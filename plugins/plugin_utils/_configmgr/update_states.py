# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""States of updates of the site, in words that ``update_states.yml`` has."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from .data_files import read_data_file

PREREQUISITES_ONLY, CONTINUE_ON_WARNING = 1, 2
"""Bits of ``PrereqFlag``: only the prerequisites are checked; warnings of theirs do not stop the installation."""

_BEFORE_INSTALLATION = ("download", "applicability")
"""Stages that nobody has to wait for."""

_PASSED = "prereq_success"
"""Of the states that mean that the prerequisites were checked, the one without warnings."""


@dataclass(frozen=True)
class UpdateState:
    """A state of an update, for a site or for all of them."""

    number: int | None
    name: str
    """Microsoft's name in lower case; unknown for a number that is not in its list."""
    stage: str | None
    """None where the state is not known."""
    text: str
    _means: str

    @property
    def is_being_installed(self) -> bool:
        """Whether the site is about to install it, installs it, or checks whether it can."""
        return self._means == "in_progress" and self.stage not in _BEFORE_INSTALLATION

    def means(self, prerequisite_flags: int) -> str:
        """What it means for the update, as ``update_states.yml`` lists it, without checked; unknown for an unknown state."""
        if self._means != "checked":
            return self._means
        if prerequisite_flags & PREREQUISITES_ONLY:
            return "ready_to_install"
        goes_on = self.name == _PASSED or prerequisite_flags & CONTINUE_ON_WARNING
        return "in_progress" if goes_on else "failed"


@cache
def update_states() -> dict[int, UpdateState]:
    """Every state by its number."""
    stages = read_data_file(__file__, "update_states.yml")
    return {
        number: UpdateState(number, entry["name"], stage, entry["text"], entry["means"])
        for stage, states in stages.items()
        for number, entry in states.items()
    }


def update_state(number: int | None) -> UpdateState:
    """The state with a number, whatever it is."""
    if number is None:
        return UpdateState(None, "unknown", None, "The site does not say which state it is in.", "unknown")
    found = update_states().get(number)
    return found or UpdateState(
        number, "unknown", None, f"The site gives the state {number}, which nobody explains.", "unknown"
    )
