# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How the service connection point is, as the SMS Provider and the server with the role tell it."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from plays import Result, Site, Task, refused

SERVER = "srv1.corp.example"
DOWNLOADER = "SMS_DMP_DOWNLOADER"
POINT_INFO = "configmgr.site.service_connection_point_info"
SERVER_INFO = "configmgr.site.service_connection_point_server_info"
KEY = rf"HKLM\SOFTWARE\Microsoft\SMS\COMPONENTS\{DOWNLOADER}"


def ask(site: Site, **options: Any) -> Result:
    return site.play({"name": "ask", POINT_INFO: options}).only


def point(site: Site, **options: Any) -> dict[str, Any]:
    (found,) = ask(site, **options)["service_connection_points"]
    return dict(found)


def server_info(**options: Any) -> Task:
    return {"name": "the server", SERVER_INFO: options}


def on_server(site: Site, *tasks: Task, **more: Any) -> list[Result]:
    return site.play(*(tasks or (server_info(),)), **{"host": SERVER, **more}).results


def set_last_check(site: Site, value: int) -> None:
    site.control.console("set_registry_value", server="srv1", key=KEY, name="LastSyncedTime", value=value)


def days_ago(days: float) -> int:
    return int((datetime.now(timezone.utc) - timedelta(days=days)).timestamp())


def test_a_role_in_good_order(role: Site) -> None:
    result = ask(role)
    (found,) = result["service_connection_points"]
    assert not result["changed"]
    assert (found["working"], found["status"], found["proxy"]) == (True, "ok", None)
    assert (found["unreachable"], found["problems"]) == (None, [])
    validation = found["validation"]
    assert (validation["result"], validation["id"]) == ("passed", 11410)
    assert validation["time"].endswith("+00:00") and "can be reached" in validation["text"]
    assert len(role.requests("ask")) == 7, role.actions("ask")
    assert role.writes() == []


def test_a_role_with_problems(role: Site) -> None:
    console = role.control.console
    console("set_property", server="srv1", role="SMS Site System", name="UseProxy", value=1)
    console("set_property", server="srv1", role="SMS Site System", name="ProxyName", value2="proxy.corp.example")
    console("report_validation", result="failed", strings=["https://one.example"])
    console("report_unreachable", strings=["https://two.example"])
    console("report_validation", result="warning")
    found = point(role)
    assert len(role.requests("ask")) == 9, role.actions("ask")
    assert found["status"] == "critical" and found["working"]
    assert found["proxy"] == {"server": "proxy.corp.example", "port": 80, "account": None}
    assert (found["validation"]["result"], found["validation"]["id"]) == ("warning", 11411)
    assert [problem["id"] for problem in found["problems"]] == [11488, 11412, 11411]
    assert [problem["strings"] for problem in found["problems"]] == [["https://two.example"], ["https://one.example"], []]
    assert found["unreachable"] == found["problems"][0]
    task = {"configmgr.site.status_message_info": {"severities": ["error", "warning"]}}
    messages = role.play(task).only["messages"]
    assert sorted(found["problems"], key=lambda problem: problem["record_id"], reverse=True) == messages


def test_what_passes_again(role: Site) -> None:
    role.control.console("report_unreachable")
    role.control.console("report_validation", result="passed")
    found = point(role, limit=1, since="1h", site_code="PS1")
    assert (found["status"], found["validation"]["result"], found["unreachable"]) == ("ok", "passed", None)
    assert [problem["id"] for problem in found["problems"]] == [11488]
    assert point(role, since="2030-01-01")["validation"] is None


def test_components_on_the_site_server_are_heard_and_another_server_is_not(make_site: Any) -> None:
    site: Site = make_site(role="srv1:online", downloader_thread="site_server")
    found = point(site)
    assert found["components_run_on"] == "ps1.corp.example"
    assert found["validation"]["result"] == "passed"
    (server,) = on_server(site, host="ps1.corp.example")
    assert server["last_update_check"] is not None and len(server["threads"]) == 4
    refused(on_server(site)[0], "no threads of SMS_EXECUTIVE at all")
    other: Site = make_site(role="srv1:online")
    other.control.console("report_validation", result="failed")
    other.play({"configmgr.site.site_system": {"site_system": "srv2.corp.example"}})
    other.play({"configmgr.site.service_connection_point": {"site_system": "srv2.corp.example", "move": True}})
    moved = point(other)
    assert (moved["site_system"], moved["validation"]["result"], moved["problems"]) == ("srv2.corp.example", "passed", [])


@pytest.mark.parametrize(
    ("task", "words"),
    [
        ({POINT_INFO: {"since": "yesterday"}}, ["since", "ISO 8601"]),
        ({POINT_INFO: {"limit": 0}}, ["limit", "between 1 and 10000"]),
        ({SERVER_INFO: {"mode": "hybrid"}}, ["mode", "online", "offline"]),
    ],
)
def test_wrong_options_cost_no_request(site: Site, task: Task, words: list[str]) -> None:
    refused(site.play(task).only, *words)
    assert site.requests() == []


def test_the_server_of_a_role_in_good_order(role: Site) -> None:
    account = "CORP\\analyst"
    variables = {"ansible_user": account, "ansible_password": role.password(account)}
    (found,) = on_server(role, variables=variables)
    assert not found["changed"]
    assert {thread["name"]: thread["state"] for thread in found["threads"]} == {
        DOWNLOADER: "running",
        "SMS_DMP_UPLOADER": "running",
        "SMS_SERVICE_CONNECTOR": "running",
        "SMS_CLOUDCONNECTION": "running",
    }
    assert (found["mode_in_effect"], found["restart_due"]) == (None, None)
    age = datetime.now(timezone.utc) - datetime.fromisoformat(found["last_update_check"])
    assert timedelta(seconds=-2) < age < timedelta(minutes=10)
    assert (found["update_check_interval"], found["update_check_overdue"]) == (1440, False)
    assert len(role.requests("the server")) == 9, role.actions("the server")


def test_a_check_that_is_overdue(role: Site) -> None:
    set_last_check(role, days_ago(3))
    tasks = [server_info(mode="online"), server_info(mode="offline"), server_info(query="last_update_check")]
    online, offline, unknown = on_server(role, *tasks)
    assert [result["update_check_overdue"] for result in (online, offline, unknown)] == [True, False, None]
    assert unknown["result"] == online["last_update_check"]
    role.control.console("set_clock", server="srv1", seconds=-3 * 24 * 3600)
    assert on_server(role)[0]["update_check_overdue"] is False, "the server's own clock counts"
    set_last_check(role, 0)
    role.control.console("delete_registry_value", server="srv1", key=KEY, name="EasySetupDownloadInterval")
    (never,) = on_server(role, server_info(mode="online"))
    assert [never[name] for name in ("last_update_check", "update_check_interval", "update_check_overdue")] == [None] * 3


def test_restarts_are_those_that_were_noted(role: Site) -> None:
    set_last_check(role, days_ago(3))
    component = {"configmgr.site.component": {"name": DOWNLOADER, "state": "started", "restarted_for": "online"}}
    _noted, found = on_server(role, component, server_info())
    assert (found["mode_in_effect"], found["restart_due"], found["update_check_overdue"]) == ("online", False, True)
    due = {"configmgr.site.component": {"name": DOWNLOADER, "state": "restart_due"}}
    changed, _noted, noted = on_server(role, server_info(mode="offline"), due, server_info())
    assert (changed["mode_in_effect"], changed["restart_due"], changed["update_check_overdue"]) == ("online", True, False)
    assert (noted["mode_in_effect"], noted["restart_due"]) == (None, True)


@pytest.mark.parametrize("behaviour", ["text", "missing"])
def test_a_time_of_the_last_check_that_is_no_number(make_site: Any, behaviour: str) -> None:
    site: Site = make_site(role="srv1:online", last_synced_time=behaviour)
    (found,) = on_server(site, server_info(mode="online"))
    expected = (True, False) if behaviour == "text" else (False, None)
    assert (found["last_update_check"] is not None, found["update_check_overdue"]) == expected


def test_a_time_in_a_form_that_nobody_knows(role: Site) -> None:
    arguments = {"server": "srv1", "key": KEY, "name": "LastSyncedTime"}
    for value, kind in (("11/24/2026 18:00", "SZ"), ("00ff", "BINARY"), (2**40, "QWORD")):
        role.control.console("set_registry_value", **arguments, value=value, type=kind)
        (found,) = on_server(role, server_info(mode="online"))
        assert found["last_update_check"] is None and found["update_check_overdue"] is None


def test_on_the_wrong_server_it_names_the_right_one(role: Site) -> None:
    refused(on_server(role, host="ps1.corp.example")[0], f"Site PS1 has that component on {SERVER}")
