# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A controller that dies in the middle of a play."""

from __future__ import annotations

import os
import signal
import subprocess
from contextlib import suppress
from threading import Lock

from ansible_processes import PlaybookProcess
from lab.wire.host import RequestRecord
from plays import Site


class Death:
    """Ends a run when the server has been sent the k-th request, on which it still acts: every process of it, at once."""

    def __init__(self, site: Site, k: int) -> None:
        self._lock = Lock()
        self._left = k
        self._count = site.lab.requests.before
        self.process: PlaybookProcess | None = None
        self.has_come = False

    def before(self, record: RequestRecord) -> None:
        """Stands in for the lab's own look at a request that came in."""
        self._count(record)
        with self._lock:
            self._left -= 1
            if self._left == 0 and self.process is not None:
                # Said before, as whoever waits for the end of the process asks right afterwards
                self.has_come = True
                kill_with_descendants(self.process.pid)


def kill_with_descendants(pid: int) -> None:
    """Kill a process and all that it has started, which Ansible's workers are: each is in a session of its own."""
    table = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    parents = {int(child): int(parent) for child, parent in (line.split() for line in table.splitlines())}
    family = {pid}
    while more := {child for child, parent in parents.items() if parent in family} - family:
        family |= more
    # First the one that would notice that others have died, and say so
    for member in (pid, *(family - {pid})):
        with suppress(ProcessLookupError):
            os.kill(member, signal.SIGKILL)
