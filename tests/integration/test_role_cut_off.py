# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A controller that dies in the middle of a mode change: the same play, run again, puts the mode into effect."""

from __future__ import annotations

import signal

import pytest
from dying import Death
from plays import Site

pytestmark = pytest.mark.exhaustive

SERVER = "srv1.corp.example"
THREAD = "SMS_DMP_DOWNLOADER"
SHARES = 4
"""The requests are dealt out to so many tests, which run side by side."""
NOTES = r"HKLM\SOFTWARE\configmgr.site\RestartedFor"


@pytest.mark.parametrize("share", range(SHARES))
def test_at_every_request(role: Site, monkeypatch: pytest.MonkeyPatch, share: int) -> None:
    k = share
    while cut_off_at(role, monkeypatch, k + SHARES, "thread"):
        k += SHARES
    assert k > 16, "the run had hardly any request"


@pytest.mark.parametrize("k", [5, 17, 22, 27, 32, 37])
def test_with_the_service(role: Site, monkeypatch: pytest.MonkeyPatch, k: int) -> None:
    assert cut_off_at(role, monkeypatch, k, "service"), "the run was over before"


def cut_off_at(site: Site, monkeypatch: pytest.MonkeyPatch, k: int, restart: str) -> bool:
    """Cut a mode change off at the k-th request, and run it again. False if it was over before."""
    variables = {"service_connection_point_mode": "offline", "service_connection_point_restart": restart}
    site.control.reset()
    # A note that is not true, as another administrator may have left one: it must not keep the thread from its restart.
    site.control.console("set_registry_value", server="srv1", key=NOTES, name=THREAD, value="offline")
    before = site.starts(SERVER, THREAD)
    death = Death(site, k)
    with monkeypatch.context() as patch:
        patch.setattr(site.lab.requests, "before", death.before)
        death.process = site.start_playbook("configmgr.site.set_mode", variables=variables)
        death.process.output(timeout=120)
    assert death.process.exit_code == (-signal.SIGKILL if death.has_come else 0), f"request {k}"
    count = len(site.requests())
    again = site.run_playbook("configmgr.site.set_mode", variables=variables)
    assert again.exit_code == 0, f"request {k}: {again.stdout}"
    assert len(site.requests()) > count
    (point,) = site.control.state()["service_connection_points"]
    assert (point["mode"], point["effective_mode"]) == ("offline", "offline"), f"request {k}"
    assert 1 <= site.starts(SERVER, THREAD) - before <= 2, f"request {k}: {site.starts(SERVER, THREAD) - before} restarts"
    return death.has_come
