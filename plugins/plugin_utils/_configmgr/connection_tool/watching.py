# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""Watching a run of the service connection tool: its log is shown as it grows, and it is waited for to its end.

The tool runs in a command of the WinRM shell. When the connection to that is lost, the tool itself runs on; from then on its
process and its log tell of it, and nobody learns its exit code.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ..._windows.files import remove_file
from ..._windows.processes import Process, read_processes
from ..._wsman.client import WsmanClient
from ..._wsman.errors import ConnectionLost, ServerUnreachable, WsmanError
from ..._wsman.shell import CommandResult, CommandShell, CommandTimedOut
from ..errors import SiteError
from ..waiting import Wait, Waiting
from .following import LogFollower, SmallFile
from .outcome import Outcome
from .run import LOG, PROGRAM, Run
from .tool_log import Step, ToolRecord, parse_tool_log


@dataclass(frozen=True)
class Watch:
    """Runs the tool in a folder of a computer."""

    client: WsmanClient
    folder: str
    waiting: Waiting
    steps: Sequence[Step]

    @property
    def log(self) -> str:
        """The path of the tool's log."""
        return f"{self.folder}\\{LOG}"

    def run(self, run: Run) -> Outcome:
        """Start it, and watch it to its end. `SiteError` if it takes longer than it may; raises `WsmanError`."""
        stdin = f"{run.proxy.password}\r\n".encode() if run.proxy and run.proxy.password else b""
        self.waiting.progress(f"{run.phase.value}: started in {self.folder}")
        with SmallFile(self.client, self.log) as log:
            follower = self._follower(log, run)
            try:
                result = self._run(run, stdin, follower)
            except CommandTimedOut:
                raise SiteError(self._took_too_long(run, follower)) from None
            except (ConnectionLost, ServerUnreachable) as loss:
                self.waiting.progress(f"{run.phase.value}: connection lost; the tool runs on, and is looked for ({loss})")
                return self._follow(run, follower)
            follower.look()
        put_out = tuple(parse_tool_log(f"{result.output}\n{result.errors}"))
        return Outcome(result.exit_code, follower.records + tuple(_errors(put_out)))

    def _run(self, run: Run, stdin: bytes, follower: LogFollower) -> CommandResult:
        with CommandShell(self.client) as shell:
            # A log that an earlier run has left would be taken for that of this one
            remove_file(shell, self.log)
            try:
                line, meanwhile = run.command_line(self.folder), _quietly(follower.look_if_due)
                return shell.run(line, timeout=self.waiting.timeout, stdin=stdin, meanwhile=meanwhile)
            except (ConnectionLost, ServerUnreachable):
                shell.leave_open()
                raise

    def follow(self, run: Run) -> Outcome:
        """Wait for the end of a run that was started before. `WaitTimeout` if it takes longer than it may."""
        with SmallFile(self.client, self.log) as log:
            return self._follow(run, self._follower(log, run))

    def _follow(self, run: Run, follower: LogFollower) -> Outcome:
        def look() -> list[Process]:
            found = self.running()
            follower.look()
            return found

        Wait(self.waiting).until(
            look,
            lambda found: not found,
            lambda found: {run.phase.value: f"process {found[0].number} is at work" if found else "ended"},
            f"{PROGRAM} -{run.phase.value} did not end on this server",
            lambda found: (
                f"{'It runs on' if found else 'Whether it runs on is not known'}. Read {self.log}; run the task again to go on "
                "waiting, or end the process."
            ),
        )
        return Outcome(None, follower.records)

    def running(self) -> list[Process]:
        """The runs of the tool that are at work on the computer. Raises `WsmanError`."""
        return read_processes(self.client, PROGRAM)

    def _follower(self, log: SmallFile, run: Run) -> LogFollower:
        def tell(line: str) -> None:
            self.waiting.progress(f"{run.phase.value}: {line}")

        return LogFollower(log.read, tell, self.steps, self.waiting.clock)

    def _took_too_long(self, run: Run, follower: LogFollower) -> str:
        last = follower.records[-1].message if follower.records else "nothing"
        return (
            f"{PROGRAM} -{run.phase.value} did not end within {self.waiting.timeout:.0f} s, and was ended. The last line of "
            f"{self.log}: {last}. Run the task again with a longer timeout."
        )


def _quietly(look: Callable[[], None]) -> Callable[[], None]:
    """A look at the log that fails does not end the run: the next one sees as much."""

    def quietly() -> None:
        try:
            look()
        except (ConnectionLost, ServerUnreachable):
            raise
        except WsmanError:
            return

    return quietly


def _errors(records: Sequence[ToolRecord]) -> list[ToolRecord]:
    """What the tool has put out beside its log counts where it tells of an error."""
    return [record for record in records if record.severity != "information"]
