# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""What the module about updates of the site returns, as plain dictionaries."""

from __future__ import annotations

from .site_updates import SiteOfUpdate, SiteUpdate, UpdateStep
from .update_states import CONTINUE_ON_WARNING, PREREQUISITES_ONLY, UpdateState, update_state
from .views import View, view_time

TYPES = {0: "update", 1: "weave", 2: "hotfix"}
"""``UpdateType``: a regular update, a weave, a QFE."""
IMPACT = {0x1: "site_server", 0x2: "console", 0x4: "client", 0x8: "new_features", 0x10: "bug_fixes"}
"""Bits of ``Impact``."""

_FLAGS = {PREREQUISITES_ONLY: "prerequisites_only", CONTINUE_ON_WARNING: "continue_on_warning"}
_BYPASS_WARNINGS = 0
_UPDATES_BOOT_IMAGES = 0x2
_MEANINGS = ("ready_to_install", "in_progress", "failed", "installed")


def view_updates(updates: list[SiteUpdate]) -> View:
    """All of them in the order given, and the names of those that something can be done with or is done with."""
    return {
        "updates": [_view_update(update) for update in updates],
        "ready_to_install": [update.name for update in updates if update.means == "ready_to_install"],
        "in_progress": [update.name for update in updates if update.means == "in_progress"],
    }


def _view_update(update: SiteUpdate) -> View:
    row, means = update.row, update.means
    publisher, warnings = row.number("PublisherFlags"), row.number("WarningFlag")
    return {
        "name": update.name,
        "guid": update.guid,
        "version": row.text("FullVersion"),
        "type": _type(row.number("UpdateType")),
        **_view_state(update.state),
        "stage": update.state.stage,
        **{name: means == name for name in _MEANINGS},
        "description": row.text("Description"),
        "released": view_time(update.row.moment("DateReleased")),
        "added": view_time(update.row.moment("DateCreated")),
        "last_update_time": view_time(update.row.moment("LastUpdateTime")),
        "min_version": row.text("MinCMVersion") or None,
        "max_version": row.text("MaxCMVersion") or None,
        "more_info_link": row.text("MoreInfoLink") or None,
        "impact": _words(IMPACT, row.number("Impact")),
        "client_version": row.text("ClientVersion") or None,
        "updates_boot_images": None if publisher is None else bool(publisher & _UPDATES_BOOT_IMAGES),
        "locale_id": row.number("LocaleID"),
        "prerequisite_package": _view_prerequisite(update),
        "prerequisite_flags": _words(_FLAGS, row.number("PrereqFlag")),
        "bypasses_warnings": None if warnings is None else warnings == _BYPASS_WARNINGS,
        "sites": None if update.sites is None else [_view_site(site) for site in update.sites],
        "steps": None if update.steps is None else [_view_step(step) for step in update.steps],
    }


def _type(number: int | None) -> str:
    return "unknown" if number is None else TYPES.get(number, "unknown")


def _view_state(state: UpdateState) -> View:
    return {"state": state.name, "state_number": state.number, "state_text": state.text}


def _view_prerequisite(update: SiteUpdate) -> View | None:
    name, number = update.row.text("PrereqPackageName"), update.row.number("PrereqPackageState")
    return {"name": name, **_view_state(update_state(number))} if name else None


def _view_site(site: SiteOfUpdate) -> View:
    return {
        "site_code": site.site_code,
        "name": site.name,
        "server": site.server,
        **_view_state(site.state),
        "last_update_time": view_time(site.changed),
    }


def _view_step(step: UpdateStep) -> View:
    return {
        "site_code": step.site_code,
        "name": step.name,
        "description": step.description,
        "progress": step.progress,
        "is_complete": step.is_complete,
        "time": view_time(step.time),
    }


def _words(words: dict[int, str], bits: int | None) -> list[str]:
    return [word for bit, word in words.items() if (bits or 0) & bit]
