# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What fails is a result of the task, which failed_when, until and retries look at; after an exception, Ansible would not."""

from __future__ import annotations

from typing import Any

import pytest
from plays import Site

FAILURES: dict[str, dict[str, Any]] = {
    "wrong option": {"configmgr.site.site_info": {"site_code": "nothing of the kind"}},
    "refused by the site": {"configmgr.site.service_connection_point": {"site_system": "srv9.corp.example", "mode": "online"}},
    "become": {"configmgr.site.site_info": {}, "become": True, "become_method": "runas", "become_user": "x"},
    "wrong result given": {"configmgr.site.service_connection_point_health_report": {"site": {}, "role": {}}},
}


@pytest.mark.every_ansible
@pytest.mark.parametrize("failure", FAILURES)
def test_failed_when_has_the_last_word(site: Site, failure: str) -> None:
    play = site.play({**FAILURES[failure], "failed_when": False})
    assert play.only.outcome == "ok" and play.only.message, play.stdout


@pytest.mark.every_ansible
def test_a_task_is_tried_again_until_it_succeeds(site: Site) -> None:
    # The third request for roles finds the site system that the first two have missed
    site.control.trigger(
        "Enumerate", detail_contains="SMS_SCI_SysResUse", nth=3, console={"action": "add_site_system", "server": "srv2"}
    )
    have = {"configmgr.site.service_connection_point": {"site_system": "srv2.corp.example", "mode": "online"}}
    result = site.play({**have, "retries": 5, "delay": 0, "register": "role", "until": "role is succeeded"}).only
    assert result.outcome == "ok" and result["attempts"] > 1, result
