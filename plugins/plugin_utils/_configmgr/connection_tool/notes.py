# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""What has been done with the service connection tool on a computer: noted in its registry, for the next run to go on from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from ..._windows.registry import Registry
from .run import Download, Phase

_KEY = r"SOFTWARE\configmgr.site\ServiceConnectionTool"


@dataclass(frozen=True)
class Notes:
    """Of the last run of each phase that has succeeded; empty where there was none."""

    prepared: str = ""
    """SHA-256 of the usage data."""
    prepared_at: datetime | None = None
    """By the clock of the computer."""
    connected: str = ""
    """What was downloaded for; see `connected_for`."""
    downloaded: str = ""
    """Digest of the folder with the updates after that."""
    imported: str = ""
    """Digest of the folder that was imported."""
    imported_at: datetime | None = None
    """By the clock of the computer."""


def connected_for(usage_data: str, download: Download) -> str:
    """What ``connect`` was run for: the digest of the usage data, and which updates were wanted."""
    return f"{usage_data} {download.value}"


def read_notes(registry: Registry, phase: Phase) -> Notes:
    """Those that a phase depends on: one request."""
    parts = (registry.read_text(_KEY, phase.value) or "").split("/")
    if phase is Phase.PREPARE and len(parts) == 2:
        return Notes(prepared=parts[0], prepared_at=_moment(parts[1]))
    if phase is Phase.CONNECT and len(parts) == 2:
        return Notes(connected=parts[0], downloaded=parts[1])
    if phase is Phase.IMPORT and len(parts) == 2:
        return Notes(imported=parts[0], imported_at=_moment(parts[1]))
    return Notes()


def write_notes(registry: Registry, phase: Phase, notes: Notes) -> None:
    """Those of a phase."""
    texts = {
        Phase.PREPARE: f"{notes.prepared}/{_text(notes.prepared_at)}",
        Phase.CONNECT: f"{notes.connected}/{notes.downloaded}",
        Phase.IMPORT: f"{notes.imported}/{_text(notes.imported_at)}",
    }
    if phase in texts:
        registry.write_text(_KEY, phase.value, texts[phase], make_key=True)


def _text(moment: datetime | None) -> str:
    return moment.isoformat() if moment else ""


def _moment(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    # One without a time zone cannot be compared with the clock's
    return found if found.tzinfo else None
