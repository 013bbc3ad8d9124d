# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Updates of the site itself, as the console lists them under Updates and Servicing.

A hierarchy has its own version installed at the start, and knows of the next one; with a role that is offline from the start,
only the former, as nobody has told it of more.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from ..cloud.releases import Release, first_releases, numbers
from ..simulation import Simulation
from .site import VERSION
from .update_states import UpdateState


@dataclass
class Update:
    """A release that the hierarchy knows of."""

    release: Release
    state: UpdateState
    added: datetime
    changed: datetime
    """When its state has last changed."""
    progress: int = 0
    """How many hundredths of the stage that it is in are done."""
    prerequisite_flags: int = 0
    """1 while only its prerequisites are checked, 2 to go on in spite of warnings."""

    @property
    def name(self) -> str:
        return self.release.name


class Updates:
    """The update packages that a hierarchy knows of."""

    def __init__(self, simulation: Simulation, *, is_offline: bool) -> None:
        """``is_offline`` is whether the hierarchy starts with a role that is offline."""
        self._simulation = simulation
        self.packages: list[Update] = []
        installed, *newer = [release for release in first_releases() if _is_at_the_start(release)]
        self.add(installed, UpdateState.INSTALL_SUCCESS)
        if not is_offline:
            self.add(newer[0], UpdateState.APPLICABILITY_SUCCESS)

    def add(self, release: Release, state: UpdateState) -> Update:
        """Have the hierarchy know of a release; of one that it knows, only the state is noted."""
        package = self.known(release.guid)
        if package is None:
            now = self._simulation.now
            package = Update(release, state, added=now, changed=now)
            self.packages.append(package)
        else:
            self._note(package, state)
        return package

    def known(self, guid: str) -> Update | None:
        """The update of this GUID; None if nobody has told the hierarchy of it."""
        return next((package for package in self.packages if package.release.guid.lower() == guid.lower()), None)

    def find(self, name: str) -> Update:
        """The update of this name. ValueError if there is none."""
        for package in self.packages:
            if package.name == name:
                return package
        known = ", ".join(package.name for package in self.packages)
        raise ValueError(f"there is no update {name!r}; there are {known}")

    def set_state(self, name: str, state: UpdateState, progress: int = 0, prerequisite_flags: int = 0) -> None:
        """Note the progress of an update. ValueError if there is none of this name."""
        package = self.find(name)
        package.progress, package.prerequisite_flags = progress, prerequisite_flags
        self._note(package, state)

    def _note(self, package: Update, state: UpdateState) -> None:
        package.state = state
        package.changed = self._simulation.now


def _is_at_the_start(release: Release) -> bool:
    """Of the updates without the hotfixes, the site's own and what is newer."""
    return release.kind == "update" and numbers(release.full_version) >= numbers(VERSION)
