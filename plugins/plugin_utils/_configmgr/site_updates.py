# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""Updates of the site, and how far they are, as its SMS Provider shows them.

The classes and their properties are those of the Configuration Manager SDK. An older site may have no more than the first of
them. Which numbers ``IsComplete`` can have is not public; that ``Progress`` counts hundredths is known from one script.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone

from .._wsman.values import CimClass, CimInstance
from .._wsman.wql import any_of, quote
from . import classes
from .hierarchy import missing_provider_explained, read_hierarchy, version_numbers
from .provider import SiteProvider
from .update_states import UpdateState, update_state

INSTALLED = 196612
"""INSTALL_SUCCESS."""

_GUID = re.compile(r"[0-9A-F]{8}(?:-[0-9A-F]{4}){3}-[0-9A-F]{12}")
_STEPS = {
    "download": classes.UPDATE_DOWNLOAD,
    "prerequisite_check": classes.UPDATE_PREREQUISITE_CHECK,
    "installation": classes.UPDATE_INSTALLATION,
}
"""The class with the steps of a stage. There is none for the others."""
_NEVER = datetime(1, 1, 1, tzinfo=timezone.utc)


@dataclass(frozen=True)
class SiteOfUpdate:
    """How far one site is with an update."""

    site_code: str
    name: str
    server: str
    state: UpdateState
    changed: datetime | None


@dataclass(frozen=True)
class UpdateStep:
    """A step of the stage that an update is in, as the site describes it."""

    site_code: str
    order: int
    name: str
    description: str
    progress: int | None
    is_complete: int | None
    time: datetime | None


@dataclass(frozen=True)
class SiteUpdate:
    """An update package."""

    row: CimInstance
    """Of ``SMS_CM_UpdatePackages``."""
    sites: tuple[SiteOfUpdate, ...] | None
    """Those that the SMS Provider has a state of; None where it does not tell of any."""
    steps: tuple[UpdateStep, ...] | None
    """None where nothing is in progress, or the SMS Provider does not tell."""

    @property
    def name(self) -> str:
        """As the console shows it."""
        return self.row.text("Name")

    @property
    def guid(self) -> str:
        """In capitals, without braces."""
        return _bare(self.row.text("PackageGuid"))

    @property
    def state(self) -> UpdateState:
        """That of the whole hierarchy."""
        return update_state(self.row.number("State"))

    @property
    def means(self) -> str:
        """What the state means; see `UpdateState.means`."""
        return self.state.means(self.row.number("PrereqFlag") or 0)

    @property
    def recency(self) -> tuple[tuple[int, ...], datetime]:
        """The greater, the newer: by its version and, of two with the same, by its release."""
        return version_numbers(self.row.text("FullVersion")), self.row.moment("DateReleased") or _NEVER


def check_guid(text: str) -> str:
    """Return a GUID in capitals and without braces. ValueError for anything else."""
    guid = _bare(text)
    if not _GUID.fullmatch(guid):
        raise ValueError(f"{text!r} is no GUID, such as 420E3E18-73C5-4BE9-88B0-6F1E30A012CA")
    return guid


def read_site_updates(provider: SiteProvider, guids: Sequence[str], *, installed: bool) -> list[SiteUpdate]:
    """The updates with these GUIDs, or all of them, newest first; without those that are installed, if they are not wanted.

    One or two requests for the updates, one or two for the sites, and likewise for each stage that an update is going through.
    """
    conditions = ([] if installed else [f"State <> {INSTALLED}"]) + ([_has_guid(guids)] if guids else [])
    with missing_provider_explained(provider):
        rows = list(provider.query(_select(classes.UPDATE_PACKAGE, conditions), classes.UPDATE_PACKAGE))
    if not rows:
        # An account without rights is shown no updates, which must not pass for their absence.
        read_hierarchy(provider)
        return []
    found = [_bare(row.text("PackageGuid")) for row in rows]
    declared = classes.UPDATE_SITE_STATUS
    sites = provider.query_if_known(_select(declared, [_has_guid(found)] if conditions else []), declared)
    steps = _read_steps(provider, [SiteUpdate(row, None, None) for row in rows])
    updates = [
        SiteUpdate(
            row,
            None
            if sites is None
            else tuple(sorted((_site(site) for site in _of(guid, sites)), key=lambda site: site.site_code)),
            steps.get(guid),
        )
        for guid, row in zip(found, rows, strict=True)
    ]
    return sorted(updates, key=lambda update: update.recency, reverse=True)


def _read_steps(provider: SiteProvider, updates: Iterable[SiteUpdate]) -> dict[str, tuple[UpdateStep, ...]]:
    """The steps of the updates that are in progress, by their GUIDs; those of which the site does not tell are left out."""
    at_work: dict[str, list[str]] = {}
    for update in updates:
        if update.means == "in_progress" and update.state.stage in _STEPS:
            at_work.setdefault(update.state.stage, []).append(update.guid)
    steps: dict[str, tuple[UpdateStep, ...]] = {}
    for stage, guids in at_work.items():
        rows = provider.query_if_known(_select(_STEPS[stage], [_has_guid(guids)]), _STEPS[stage])
        for guid in guids if rows is not None else ():
            found = [_step(row) for row in _of(guid, rows or [])]
            steps[guid] = tuple(sorted(found, key=lambda step: (step.site_code, step.order)))
    return steps


def _select(declared: CimClass, conditions: Sequence[str]) -> str:
    wql = f"SELECT * FROM {declared.name}"
    return f"{wql} WHERE {' AND '.join(conditions)}" if conditions else wql


def _has_guid(guids: Sequence[str]) -> str:
    return any_of("PackageGuid", [quote(guid) for guid in guids])


def _of(guid: str, rows: Iterable[CimInstance]) -> Iterable[CimInstance]:
    return (row for row in rows if _bare(row.text("PackageGuid")) == guid)


def _site(row: CimInstance) -> SiteOfUpdate:
    return SiteOfUpdate(
        row.text("SiteCode"),
        row.text("SiteName"),
        row.text("SiteServerName"),
        update_state(row.number("State")),
        row.moment("LastUpdateTime"),
    )


def _step(row: CimInstance) -> UpdateStep:
    return UpdateStep(
        row.text("SiteCode"),
        row.number("OrderId") or 0,
        row.text("SubStageName"),
        row.text("Description"),
        row.number("Progress"),
        row.number("IsComplete"),
        row.moment("MessageTime"),
    )


def _bare(guid: str) -> str:
    return guid.strip().strip("{}").upper()
