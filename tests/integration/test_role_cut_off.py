# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A controller that dies in the middle of a mode change: the same play, run again, puts the mode into effect."""

from __future__ import annotations

import os
import signal
import subprocess
from threading import Lock

import pytest
from lab.wire.host import RequestRecord
from plays import Site

SERVER = "srv1.corp.example"
VARIABLES = {"service_connection_point_mode": "offline"}
SHARES = 4
"""The requests are dealt out to so many tests, which run side by side."""


class Death:
    """Ends a run, with all its processes, when the server has been sent the k-th request; the server still acts on it."""

    def __init__(self, site: Site, k: int) -> None:
        self._lock = Lock()
        self._left = k
        self._count = site.lab.requests.before
        self.process: subprocess.Popen[str] | None = None
        self.has_come = False

    def before(self, record: RequestRecord) -> None:
        """Stands in for the lab's own look at a request that came in."""
        self._count(record)
        with self._lock:
            self._left -= 1
            if self._left == 0 and self.process is not None:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.has_come = True


@pytest.mark.parametrize("share", range(SHARES))
@pytest.mark.parametrize("restart", ["thread"])
def test_at_every_request(role: Site, monkeypatch: pytest.MonkeyPatch, share: int, restart: str) -> None:
    variables = {**VARIABLES, "service_connection_point_restart": restart}
    k = share
    while True:
        k += SHARES
        role.control.reset()
        before = _starts(role)
        death = Death(role, k)
        with monkeypatch.context() as patch:
            patch.setattr(role.lab.requests, "before", death.before)
            death.process = role.start_playbook("configmgr.site.set_mode", variables=variables)
            death.process.communicate(timeout=120)
        assert death.process.returncode == (-signal.SIGKILL if death.has_come else 0), f"request {k}"
        again = role.run_playbook("configmgr.site.set_mode", variables=variables)
        assert again.exit_code == 0, f"request {k}: {again.stdout}"
        (point,) = role.control.state()["service_connection_points"]
        assert (point["mode"], point["effective_mode"]) == ("offline", "offline"), f"request {k}"
        assert 1 <= _starts(role) - before <= 2, f"request {k}: {_starts(role) - before} restarts"
        if not death.has_come:
            assert k > 20, "the run had hardly any request"
            return


def _starts(site: Site) -> int:
    number: int = site.control.state()["servers"][SERVER]["threads"]["SMS_DMP_DOWNLOADER"]["starts"]
    return number
