# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""One phase of the service connection tool: look, decide, run, and look again."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ..._windows.files import make_folder
from ..._windows.registry import Registry
from ..._windows.system import read_operating_system
from ..._wsman.client import WsmanClient
from ..._wsman.shell import CommandShell
from ..errors import SiteError
from ..waiting import Waiting
from .decision import Actual, Decision, Desired, decide, digest_of
from .notes import Notes, connected_for, read_notes, write_notes
from .outcome import HANDED_IN, Outcome, judge, read_meanings
from .run import PROGRAM, Phase
from .tool_files import read_update_folder, read_usage_data
from .tool_folder import find_tool
from .tool_log import read_steps
from .watching import Watch

_TIMED = (Phase.PREPARE, Phase.IMPORT)
"""What is noted with its time."""
_WRITE_USAGE_DATA = (Phase.PREPARE, Phase.EXPORT)


@dataclass(frozen=True)
class Serviced:
    """What has been done, or would be in check mode."""

    decision: Decision
    changed: bool
    """Whether files are others now, or what the site has been given; in check mode, whether they might be."""
    tool: str
    """The folder that the tool is in."""
    before: Actual
    after: Actual
    outcome: Outcome | None = None
    """None where the tool was not run."""
    warnings: tuple[str, ...] = ()


class Servicing:
    """Runs the tool on one computer."""

    def __init__(self, client: WsmanClient, waiting: Waiting) -> None:
        self._client = client
        self._waiting = waiting
        self._registry = Registry(client)
        self.has_written = False

    def perform(self, desired: Desired, tool: str | None, *, check_only: bool) -> Serviced:
        """Carry out a phase, unless it has been. `SiteError` for what must not be done, or has failed; raises `WsmanError`."""
        with CommandShell(self._client) as shell:
            folder = find_tool(shell, self._registry, tool)
            before = self._look(shell, desired)
        watch = Watch(self._client, folder, self._waiting, read_steps())
        before = replace(before, running=watch.running())
        decision = decide(desired, before, folder)
        if decision is Decision.KEEP or check_only:
            return Serviced(decision, decision is not Decision.KEEP, folder, before, before)
        self.has_written = True
        outcome = self._run(watch, desired, decision)
        verdict = judge(outcome, watch.log, read_meanings())
        if verdict.failure:
            raise SiteError(f"{PROGRAM} -{desired.run.phase.value} {verdict.failure}")
        with CommandShell(self._client) as shell:
            after = self._look(shell, desired)
        warnings = verdict.warnings + tuple(_check(desired, after, outcome, watch.log))
        after = replace(after, notes=self._note(desired, after))
        return Serviced(decision, _has_changed(desired, before, after), folder, before, after, outcome, warnings)

    def _look(self, shell: CommandShell, desired: Desired) -> Actual:
        run = desired.run
        usage_data = read_usage_data(shell, run.usage_data) if run.usage_data else []
        updates = read_update_folder(shell, run.updates) if run.updates else None
        notes = Notes() if run.phase is Phase.EXPORT else read_notes(self._registry, run.phase)
        now = read_operating_system(self._client).time if run.phase in _TIMED else None
        return Actual((), usage_data, updates, notes, now)

    def _run(self, watch: Watch, desired: Desired, decision: Decision) -> Outcome:
        if decision is Decision.FOLLOW:
            return watch.follow(desired.run)
        run = desired.run
        with CommandShell(self._client) as shell:
            if run.phase is Phase.CONNECT:
                make_folder(shell, run.updates)
            elif run.phase in _WRITE_USAGE_DATA:
                make_folder(shell, run.usage_data.rpartition("\\")[0])
        return watch.run(run)

    def _note(self, desired: Desired, after: Actual) -> Notes:
        phase = desired.run.phase
        usage_data = digest_of(after.usage_data)
        folder = after.updates.digest if after.updates else ""
        notes = Notes(usage_data, after.now, connected_for(usage_data, desired.run.download), folder, folder, after.now)
        write_notes(self._registry, phase, notes)
        return notes


def _has_changed(desired: Desired, before: Actual, after: Actual) -> bool:
    """A download that has brought nothing new has changed nothing."""
    if desired.run.phase is not Phase.CONNECT or before.updates is None or after.updates is None:
        return True
    return before.updates.digest != after.updates.digest


def _check(desired: Desired, after: Actual, outcome: Outcome, log: str) -> list[str]:
    """What the tool should have left. `SiteError` where it has not; else warnings."""
    run = desired.run
    lacks_usage_data = run.phase in _WRITE_USAGE_DATA and not after.usage_data
    lacks_manifest = run.phase is Phase.CONNECT and (after.updates is None or not after.updates.has_manifest)
    if (lacks_usage_data or lacks_manifest) and outcome.exit_code is None:
        raise SiteError(
            f"The connection to this server was lost while {PROGRAM} -{run.phase.value} was to run there, and nothing says "
            f"that it has run to its end: it may not have been started. Run the task again; {log} may have more."
        )
    if lacks_usage_data:
        raise SiteError(f"{PROGRAM} -{run.phase.value} told of no error, and has not written {run.usage_data}. Read {log}.")
    if lacks_manifest:
        raise SiteError(
            f"{PROGRAM} -connect told of no error, and {run.updates} has no list of updates (ConfigMgr.Update.Manifest). "
            f"Read {log}."
        )
    if run.phase is Phase.IMPORT and not outcome.has(HANDED_IN):
        return [
            f"{log} has no line {HANDED_IN!r}, which an import writes that hands updates to the site. There may have been "
            "nothing for this site: see what it offers (configmgr.site.site_update_info)."
        ]
    return []
