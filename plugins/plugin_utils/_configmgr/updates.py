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

from . import classes
from .provider import SiteProvider

INSTALLING_STATES = frozenset({2, 65537, 65538, 131073, *range(196609, 196630)} - {196612})
"""States in which an installation is under way, selected from the documented list; 196612 is INSTALL_SUCCESS."""


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
        """Whether the site installs it, or checks whether it can."""
        return self.state in INSTALLING_STATES


def read_installations(provider: SiteProvider) -> list[UpdateInstallation]:
    """The updates that are being installed now: none, nearly always."""
    return [update for update in _read(provider, _INSTALLING) if update.is_being_installed]


def read_downloads(provider: SiteProvider) -> list[UpdateInstallation]:
    """The updates that are being downloaded now."""
    return _read(provider, f"State = {DOWNLOADING_STATE}")


def read_unfinished(provider: SiteProvider) -> list[UpdateInstallation]:
    """The updates that are being installed or downloaded, or are not downloaded yet."""
    others = " OR ".join(f"State = {state}" for state in sorted(NOT_DOWNLOADED_STATES | {DOWNLOADING_STATE}))
    return _read(provider, f"{_INSTALLING} OR {others}")


def _read(provider: SiteProvider, condition: str) -> list[UpdateInstallation]:
    rows = provider.query(f"SELECT Name, State FROM {classes.UPDATE_PACKAGE.name} WHERE {condition}", classes.UPDATE_PACKAGE)
    return [UpdateInstallation(row.text("Name"), row.number("State") or 0) for row in rows]


def _is_installing() -> str:
    low, high = 196609, 196629
    few = " OR ".join(f"State = {state}" for state in sorted(INSTALLING_STATES) if not low <= state <= high)
    # Finished updates stay in the class for good, so their state is left out by the query itself.
    return f"{few} OR (State >= {low} AND State <= {high} AND State <> 196612)"


_INSTALLING = _is_installing()
