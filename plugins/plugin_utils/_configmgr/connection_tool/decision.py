# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""What is to be done for a wanted phase of the service connection tool: the decision, without a network."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum

from ..._windows.processes import Process
from ..errors import SiteError
from ..hierarchy import version_numbers
from ..service_connection_point import Mode
from .notes import Notes, connected_for
from .run import PROGRAM, Phase, Run
from .tool_files import UpdateFolder, UsageData

_OF_THE_SITE = (Phase.PREPARE, Phase.EXPORT, Phase.IMPORT)
"""What Microsoft wants an offline service connection point for: these run on the server with the role."""


class Decision(Enum):
    """What to do."""

    START = "start"
    FOLLOW = "follow"
    """It is at work already, started by a run that was cut off: wait for its end."""
    KEEP = "keep"
    """It has been done, with the same files."""


@dataclass(frozen=True)
class Desired:
    """What is wanted."""

    run: Run
    role_mode: Mode | None = None
    """The mode of the service connection point on record; None if nobody says."""
    site_version: str = ""
    """Of the site that the usage data must be of; empty if any will do."""
    usage_data_digest: str = ""
    """SHA-256 of the usage data that was prepared; empty if any will do."""
    max_age: timedelta = timedelta(hours=24)
    """How old usage data may be that is not prepared anew."""
    force: bool = False
    """Run the tool although there is nothing new."""


@dataclass(frozen=True)
class Actual:
    """What was found on the computer."""

    running: Sequence[Process] = ()
    usage_data: Sequence[UsageData] = ()
    updates: UpdateFolder | None = None
    notes: Notes = field(default_factory=Notes)
    now: datetime | None = None
    """The computer's clock."""


class Refused(SiteError):
    """It is not done, for a reason that an administrator can do something about. Nothing has been written."""


def decide(desired: Desired, actual: Actual, folder: str) -> Decision:
    """What to do with the tool in a folder. `Refused` for what must not be done, or cannot work."""
    run = desired.run
    _check_mode(desired)
    if actual.running:
        return _for_one_that_runs(run, actual.running, folder)
    if run.phase is Phase.CONNECT:
        for data in _present(run, actual.usage_data):
            _check_usage_data(desired, data)
    if run.phase is Phase.IMPORT:
        _check_updates(actual.updates)
    return Decision.KEEP if not desired.force and _is_done(desired, actual) else Decision.START


def _check_mode(desired: Desired) -> None:
    phase = desired.run.phase
    if desired.role_mode is Mode.ONLINE and phase in _OF_THE_SITE:
        raise Refused(
            f"The service connection point is online, and Microsoft asks for an offline one to {phase.value} with the "
            "service connection tool (its page on the tool, Prerequisites): an online role sends usage data and fetches "
            "updates by itself. Set it to offline first (configmgr.site.set_mode with mode offline), or leave the tool "
            "alone."
        )


def _for_one_that_runs(run: Run, running: Sequence[Process], folder: str) -> Decision:
    if len(running) == 1 and _is_same(run, running[0], folder):
        return Decision.FOLLOW
    others = ", ".join(f"process {each.number} since {each.started or 'some time'} ({each.command_line})" for each in running)
    raise Refused(
        f"{PROGRAM} is at work on this computer already: {others}. Two runs at once spoil each other's files. Wait until it "
        "has ended, or end it."
    )


def _is_same(run: Run, process: Process, folder: str) -> bool:
    line = process.command_line.casefold()
    return run.arguments.casefold() in line and folder.casefold() in line


def _present(run: Run, found: Sequence[UsageData]) -> Sequence[UsageData]:
    if not found:
        raise Refused(
            f"There is no usage data at {run.usage_data} on this computer. Bring the .cab file here that prepare has "
            "written on the server with the role (configmgr.site.file_transfer)."
        )
    return found


def _check_usage_data(desired: Desired, data: UsageData) -> None:
    if data.is_cabinet is False:
        raise Refused(
            f"{data.path} is no cabinet file, as usage data is ({data.size} bytes). It is another file, or was damaged on "
            "the way: bring it here again."
        )
    known = desired.site_version
    if known and data.site_version and version_numbers(known) != version_numbers(data.site_version):
        raise Refused(
            f"{data.path} has the usage data of a site of version {data.site_version}, and this site has version {known}: "
            "it is of another site, or from before an update. The updates would be those for that version. Prepare it anew."
        )
    if desired.usage_data_digest and data.sha256 and data.sha256 != desired.usage_data_digest.lower():
        raise Refused(
            f"{data.path} is not the usage data that was prepared on the server with the role: its SHA-256 is "
            f"{data.sha256}, and not {desired.usage_data_digest.lower()}. It is of another site, of another day, or damaged "
            "on the way: bring it here again."
        )


def _check_updates(updates: UpdateFolder | None) -> None:
    if updates is None or not updates.sizes:
        raise Refused(
            f"There are no files in {updates.path if updates else 'the folder'} on this computer. Bring the whole folder "
            "here that connect has written (configmgr.site.file_transfer)."
        )
    if not updates.has_manifest:
        raise Refused(
            f"{updates.path} has no list of updates (ConfigMgr.Update.Manifest), so nothing of it can be imported. Run "
            "connect again, and bring the whole folder here."
        )


def _is_done(desired: Desired, actual: Actual) -> bool:
    phase, notes = desired.run.phase, actual.notes
    if phase is Phase.PREPARE:
        is_same = bool(notes.prepared) and [data.sha256 for data in actual.usage_data] == [notes.prepared]
        if not is_same or notes.prepared_at is None or actual.now is None:
            return False
        return timedelta() <= actual.now - notes.prepared_at < desired.max_age
    if phase is Phase.CONNECT:
        wanted = connected_for(digest_of(actual.usage_data), desired.run.download)
        is_same = actual.updates is not None and bool(notes.downloaded) and actual.updates.digest == notes.downloaded
        return is_same and notes.connected == wanted
    if phase is Phase.IMPORT:
        return actual.updates is not None and bool(notes.imported) and actual.updates.digest == notes.imported
    return False


def digest_of(usage_data: Sequence[UsageData]) -> str:
    """The digests of all files with usage data, in one text."""
    return ",".join(data.sha256 for data in usage_data)
