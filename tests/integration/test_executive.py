# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The service SMS_EXECUTIVE, started, stopped and restarted by a playbook."""

from __future__ import annotations

from typing import Any

import pytest
from plays import Play, Site, Task

SERVER = "srv1.corp.example"
MODULE = "configmgr.site.executive"
THREADS = ["SMS_CLOUDCONNECTION", "SMS_DMP_DOWNLOADER", "SMS_DMP_UPLOADER", "SMS_SERVICE_CONNECTOR"]


def service(**options: Any) -> Task:
    return {"name": "the service", MODULE: options}


def on_server(site: Site, *tasks: Task, **more: Any) -> Play:
    return site.play(*tasks, **{"host": SERVER, **more})


def server(site: Site) -> dict[str, Any]:
    found: dict[str, Any] = site.control.state()["servers"][SERVER]
    return found


def starts(site: Site) -> dict[str, int]:
    return {name: thread["starts"] for name, thread in server(site)["threads"].items()}


def test_a_look_changes_nothing(role: Site) -> None:
    looked = on_server(role, service()).only
    assert not looked["changed"]
    assert looked["executive"] == {
        "state": "running",
        "start_mode": "auto",
        "restarted_for": None,
        "restart_due": False,
        "threads": [],
        "dependents": [],
    }
    assert role.actions("the service") == ["Get", "GetStringValue"]


def test_it_is_stopped_and_started_with_all_threads(role: Site) -> None:
    stopped, still, started, running = on_server(
        role, service(state="stopped"), service(state="stopped"), service(state="started"), service(state="started")
    ).results
    assert [result["changed"] for result in (stopped, still, started, running)] == [True, False, True, False]
    assert stopped["executive"]["state"] == "stopped"
    assert started["executive"]["threads"] == THREADS
    assert starts(role) == dict.fromkeys(THREADS, 2)


def test_it_is_restarted_once_for_every_text(role: Site) -> None:
    play = on_server(role, *(service(state="restarted", restarted_for=text) for text in ("one", "one", "two")))
    assert [result["changed"] for result in play.results] == [True, False, True]
    assert play.results[0]["executive"]["threads"] == THREADS
    assert starts(role) == dict.fromkeys(THREADS, 3)
    assert f"[{SERVER}] SMS_EXECUTIVE threads: 4 of 4 run" in play.stderr


def test_what_is_noted_for_the_service_holds_for_its_threads(role: Site) -> None:
    thread = "configmgr.site.component"
    downloader = {"name": "SMS_DMP_DOWNLOADER", "state": "restarted", "restarted_for": "one"}
    play = on_server(
        role,
        service(state="restarted", restarted_for="one"),
        {thread: downloader},
        {thread: {**downloader, "restarted_for": "two"}},
        service(),
        service(state="restarted", restarted_for="one"),
        {thread: {**downloader, "restarted_for": "two"}},
    )
    assert [result["changed"] for result in play.results] == [True, False, True, False, False, False]
    assert play.results[3]["executive"]["restarted_for"] == "one", (
        "that a thread was restarted since says nothing of the others"
    )


def test_it_is_restarted_for_the_sake_of_one_thread(role: Site) -> None:
    for_it = {"component": "SMS_DMP_DOWNLOADER", "restarted_for": "offline"}
    thread = {"configmgr.site.component": {"name": "SMS_DMP_DOWNLOADER"}}
    due = {"configmgr.site.component": {"name": "SMS_DMP_DOWNLOADER", "state": "restart_due"}}
    restarted = service(state="restarted", **for_it)
    play = on_server(role, restarted, restarted, thread, due, restarted)
    assert [result["changed"] for result in play.results] == [True, False, False, True, True]
    assert play.results[2]["component"]["restarted_for"] == "offline"
    assert starts(role) == dict.fromkeys(THREADS, 3)


def test_it_is_done_when_the_threads_run_not_when_the_service_does(role: Site) -> None:
    role.control.console("hold_thread", server="srv1", component="SMS_DMP_UPLOADER")
    failed = on_server(role, service(state="restarted", wait_timeout=10)).only
    assert failed.outcome == "failed" and failed["changed"] is True
    assert "3 of 4 run, not yet SMS_DMP_UPLOADER" in failed.message, failed.message


def test_it_waits_for_the_threads_that_ran_and_no_others(role: Site) -> None:
    role.control.console("hang_thread", server="srv1", component="SMS_DMP_UPLOADER")
    uploader = {"name": "SMS_DMP_UPLOADER", "state": "stopped", "wait_timeout": 10}
    hanging, restarted = on_server(
        role, {"configmgr.site.component": uploader, "ignore_errors": True}, service(state="restarted")
    ).results
    assert (
        "ends what it is doing before it stops" in hanging.message
        and "Last seen: SMS_DMP_UPLOADER: Stopping" in hanging.message
    )
    assert "SMS_DMP_UPLOADER" not in restarted["executive"]["threads"]
    assert server(role)["threads"]["SMS_DMP_UPLOADER"]["state"] == "Running"


def test_check_mode(role: Site) -> None:
    play = on_server(role, service(state="restarted", restarted_for="one"), service(state="stopped"), arguments=("--check",))
    assert [result["changed"] for result in play.results] == [True, True]
    assert "would restart SMS_EXECUTIVE for one" in play.results[0].message
    assert starts(role) == dict.fromkeys(THREADS, 1)


def test_services_that_depend_on_it_go_down_before_it_and_come_up_after_it(role: Site) -> None:
    role.control.console("add_dependent_service", server="srv1", name="CONTOSO MONITOR")
    role.control.console("add_dependent_service", server="srv1", name="CONTOSO_ALERTS", of="CONTOSO MONITOR")
    restarted = on_server(role, service(state="restarted")).only
    assert restarted["executive"]["dependents"] == ["CONTOSO_ALERTS", "CONTOSO MONITOR"]
    assert {server(role)["services"][name] for name in ("SMS_EXECUTIVE", "CONTOSO MONITOR", "CONTOSO_ALERTS")} == {"Running"}
    stopped = on_server(role, service(state="stopped")).only
    assert stopped["executive"]["state"] == "stopped"
    assert server(role)["services"]["CONTOSO_ALERTS"] == "Stopped"
    started, again = on_server(role, service(state="started"), service(state="started")).results
    assert started["changed"] and not again["changed"]
    assert server(role)["services"]["CONTOSO_ALERTS"] == server(role)["services"]["CONTOSO MONITOR"] == "Running"


def test_a_dependent_that_cannot_be_started_any_more_is_left_alone(role: Site) -> None:
    for name in ("CONTOSO_MONITOR", "CONTOSO_ALERTS"):
        role.control.console("add_dependent_service", server="srv1", name=name)
    on_server(role, service(state="stopped"))
    role.control.console("set_start_mode", server="srv1", name="CONTOSO_ALERTS", mode="Disabled")
    started, again = on_server(role, service(state="started"), service(state="started")).results
    assert started["executive"]["dependents"] == ["CONTOSO_MONITOR"] and not again["changed"]
    assert server(role)["services"]["CONTOSO_MONITOR"] == "Running"


def test_a_disabled_service_is_not_stopped_for_good(role: Site) -> None:
    role.control.console("set_start_mode", server="srv1", name="SMS_EXECUTIVE", mode="Disabled")
    failed = on_server(role, service(state="restarted")).only
    assert failed.outcome == "failed" and "is disabled and would not start again" in failed.message
    assert server(role)["services"]["SMS_EXECUTIVE"] == "Running" and role.actions()[-1] == "GetStringValue"


def test_a_service_that_hangs_while_it_stops(role: Site) -> None:
    role.control.console("hang_service", server="srv1", name="SMS_EXECUTIVE")
    failed = on_server(role, service(state="restarted", wait_timeout=10)).only
    assert failed.outcome == "failed" and failed["changed"] is True
    for word in ("SMS_EXECUTIVE did not stop on this server within 10 s", "Stop Pending", "smsexec.log", "smsexec.exe"):
        assert word in failed.message, failed.message


@pytest.mark.parametrize(
    ("host", "words"), [("srv2.corp.example", ["no service SMS_EXECUTIVE", "service_connection_point_info"])]
)
def test_a_server_without_it(role: Site, host: str, words: list[str]) -> None:
    failed = on_server(role, service(state="restarted"), host=host).only
    assert failed.outcome == "failed" and all(word in failed.message for word in words), failed.message


def test_an_account_that_may_not(role: Site) -> None:
    account = "CORP\\analyst"
    variables = {"ansible_user": account, "ansible_password": role.password(account)}
    failed = on_server(role, service(state="restarted"), variables=variables).only
    assert failed.outcome == "failed"
    assert "access is denied" in failed.message and "local administrator" in failed.message


@pytest.mark.parametrize(
    ("options", "word"),
    [
        ({"state": "restart"}, "restart_due"),
        ({"wait_timeout": 5}, "between 10"),
        ({"restarted_for": "x"}, "restarted_for"),
        ({"component": "X", "state": "started"}, "component"),
    ],
)
def test_wrong_options_cost_no_request(site: Site, options: dict[str, Any], word: str) -> None:
    failed = on_server(site, service(**options)).only
    assert failed.outcome == "failed" and word in failed.message
    assert site.requests() == []
