# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A payload as large as real ones goes from the cloud to the site without being in memory."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from memory import CLEAR, Growth
from unit.lab.service_connection_tool.conftest import PACKS, Desk, needs_curl

SIZE = 300_000_000
ROOM = 60_000_000
"""What a process may take more than before, for threads, TLS and the like."""


@needs_curl
@pytest.mark.skipif(not CLEAR.exists(), reason="only Linux tells how much memory a process has had")
def test_it_is_never_in_memory(make_desk: Callable[..., Desk]) -> None:
    desk = make_desk()
    desk.perform("publish_update", name="Large", full_version="5.00.9150.1000", guid="large", size=SIZE)
    growth = Growth()
    desk.carry_packs()
    assert desk.import_packs().exit_code == 0
    with desk.hierarchy.simulation.moment():
        (release,) = desk.hierarchy.offline_payloads.process(desk.server("srv1"))
    desk.pass_time(600)
    assert desk.hierarchy.updates.find(release.name).state.name == "DOWNLOAD_SUCCESS"
    assert desk.server("srv1").files.size(rf"{PACKS}\LARGE.cab") == SIZE
    assert growth.most < ROOM
