# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""SMS_EXECUTIVE: threads controlled through the registry, and the service with all of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from lab.hierarchy.description import describe
from lab.quirks import Quirks
from lab.wmi.model import Caller

PS1 = "ps1.corp.example"
SRV1 = "srv1.corp.example"
DOWNLOADER = "SMS_DMP_DOWNLOADER"
ADMINISTRATOR = Caller("CORP\\administrator")
REQUESTED = f"SOFTWARE\\Microsoft\\SMS\\COMPONENTS\\SMS_EXECUTIVE\\Threads\\{DOWNLOADER}"


@pytest.fixture
def point(make_site: Callable[..., Any]) -> Any:
    return make_site(role="srv1:online")


def test_a_thread_stops_and_starts_on_request(point: Any) -> None:
    assert point.request_operation("srv1", DOWNLOADER, "Stop") == 0
    assert point.registry(SRV1, REQUESTED, "Requested Operation") == "None"
    assert point.thread_state(SRV1, DOWNLOADER) == "Stopping"
    point.pass_time(11)
    assert point.thread_state(SRV1, DOWNLOADER) == "Stopped"
    assert point.components(SRV1)[DOWNLOADER] == (0, 0)
    point.console.set_mode("offline")
    point.request_operation("srv1", DOWNLOADER, "Start")
    point.pass_time(5)
    assert point.thread_state(SRV1, DOWNLOADER) == "Running"
    assert point.components(SRV1)[DOWNLOADER] == (1, 0)
    assert point.hierarchy.executives[SRV1].threads[DOWNLOADER].effective_mode == "offline"


def test_a_start_while_it_still_stops_is_lost(point: Any) -> None:
    point.request_operation("srv1", DOWNLOADER, "Stop")
    point.request_operation("srv1", DOWNLOADER, "Start")
    point.pass_time(60)
    assert point.thread_state(SRV1, DOWNLOADER) == "Stopped"


def test_a_stopped_thread_comes_back_by_itself(point: Any) -> None:
    point.request_operation("srv1", DOWNLOADER, "Stop")
    point.pass_time(300)
    assert point.thread_state(SRV1, DOWNLOADER) == "Stopped"
    point.pass_time(20)
    assert point.thread_state(SRV1, DOWNLOADER) == "Running"
    assert point.hierarchy.executives[SRV1].threads[DOWNLOADER].starts == 2


def test_quirk_that_leaves_a_stopped_thread_stopped(make_site: Any) -> None:
    site = make_site(role="srv1:online", quirks=Quirks(stopped_thread="stays"))
    site.request_operation("srv1", DOWNLOADER, "Stop")
    site.pass_time(3600)
    assert site.thread_state(SRV1, DOWNLOADER) == "Stopped"


def test_other_words_do_nothing(point: Any) -> None:
    point.request_operation("srv1", DOWNLOADER, "Restart")
    point.pass_time(60)
    assert point.thread_state(SRV1, DOWNLOADER) == "Running"


def test_the_service_takes_its_threads_along(point: Any) -> None:
    def control(method: str) -> object:
        keys = {"Name": "SMS_EXECUTIVE"}
        return point.wmi("srv1").invoke(ADMINISTRATOR, "root/cimv2", "Win32_Service", keys, method, {})["ReturnValue"]

    point.console.set_mode("offline")
    assert control("StopService") == 0
    assert control("StopService") == 5
    point.pass_time(40)
    assert point.thread_state(SRV1, DOWNLOADER) == "Stopped"
    point.request_operation("srv1", DOWNLOADER, "Start")
    point.pass_time(400)
    assert point.thread_state(SRV1, DOWNLOADER) == "Stopped"
    assert control("StartService") == 0
    assert control("StartService") == 10
    point.pass_time(16)
    assert set(point.components(SRV1).values()) == {(0, 0)}, "the service runs, and its threads come up after that"
    point.pass_time(14)
    assert set(point.components(SRV1).values()) == {(1, 0)}
    assert point.hierarchy.executives[SRV1].threads[DOWNLOADER].effective_mode == "offline"


def test_an_analyst_may_not_stop_anything(point: Any) -> None:
    analyst = Caller("CORP\\analyst")
    keys = {"Name": "SMS_EXECUTIVE"}
    answer = point.wmi("srv1").invoke(analyst, "root/cimv2", "Win32_Service", keys, "StopService", {})
    assert answer["ReturnValue"] == 2
    arguments = {"sSubKeyName": REQUESTED, "sValueName": "Requested Operation", "sValue": "Stop"}
    answer = point.wmi("srv1").invoke(analyst, "root/cimv2", "StdRegProv", {}, "SetStringValue", arguments)
    assert answer["ReturnValue"] == 5
    assert point.thread_state(SRV1, DOWNLOADER) == "Running"


def thread_of(site: Any, server: str = SRV1) -> Any:
    return site.hierarchy.executives[server].threads[DOWNLOADER]


def summary(site: Any, server: str = SRV1) -> Any:
    (row,) = site.query(
        "SELECT * FROM SMS_ComponentSummarizer WHERE TallyInterval = '0001128000080008' "
        f"AND MachineName = '{server}' AND ComponentName = '{DOWNLOADER}'"
    )
    return row


def test_nobody_but_an_administrator_writes_to_the_registry(point: Any) -> None:
    analyst = Caller("CORP\\analyst")

    def call(method: str, **arguments: Any) -> Any:
        arguments = {"sSubKeyName": REQUESTED, **arguments}
        return point.wmi("srv1").invoke(analyst, "root/cimv2", "StdRegProv", {}, method, arguments)

    assert call("GetStringValue", sValueName="Current State") == {"sValue": "Running", "ReturnValue": 0}
    assert call("CreateKey", sSubKeyName=f"{REQUESTED}\\New")["ReturnValue"] == 5
    assert call("DeleteKey")["ReturnValue"] == 5
    assert call("DeleteValue", sValueName="Current State")["ReturnValue"] == 5
    assert point.thread_state(SRV1, DOWNLOADER) == "Running"
    assert point.registry(SRV1, f"{REQUESTED}\\New", "") is None


def test_a_thread_that_hangs_needs_the_service_to_be_restarted(point: Any) -> None:
    point.console.hang_thread("srv1", DOWNLOADER)
    point.request_operation("srv1", DOWNLOADER, "Stop")
    point.pass_time(400)
    assert point.thread_state(SRV1, DOWNLOADER) == "Stopping"
    point.request_operation("srv1", DOWNLOADER, "Start")
    point.pass_time(400)
    assert point.thread_state(SRV1, DOWNLOADER) == "Stopping"
    with pytest.raises(ValueError, match="hangs"):
        point.console.restart_thread("srv1", DOWNLOADER)
    assert thread_of(point).starts == 1
    for verb in ("stop_service", "start_service"):
        point.console.perform({"action": verb, "server": "srv1", "name": "SMS_EXECUTIVE"})
        point.pass_time(60)
    assert point.thread_state(SRV1, DOWNLOADER) == "Running"
    point.request_operation("srv1", DOWNLOADER, "Stop")
    point.pass_time(11)
    assert point.thread_state(SRV1, DOWNLOADER) == "Stopped"


def test_a_thread_hangs_even_if_it_was_stopping_already_and_a_backup_helps(point: Any) -> None:
    point.request_operation("srv1", DOWNLOADER, "Stop")
    point.console.hang_thread("srv1", DOWNLOADER)
    point.pass_time(400)
    assert point.thread_state(SRV1, DOWNLOADER) == "Stopping"
    point.console.restart_executive("srv1")
    assert point.thread_state(SRV1, DOWNLOADER) == "Running"


def test_a_thread_that_somebody_keeps_running(point: Any) -> None:
    point.console.keep_thread_running("srv1", DOWNLOADER)
    point.request_operation("srv1", DOWNLOADER, "Stop")
    point.pass_time(10)
    assert point.thread_state(SRV1, DOWNLOADER) == "Stopped"
    point.pass_time(1)
    assert point.thread_state(SRV1, DOWNLOADER) == "Running"
    assert thread_of(point).starts == 2
    point.console.keep_thread_running("srv1", DOWNLOADER, False)
    point.request_operation("srv1", DOWNLOADER, "Stop")
    point.pass_time(60)
    assert point.thread_state(SRV1, DOWNLOADER) == "Stopped"


def test_every_start_is_counted_and_seen(point: Any) -> None:
    def starts() -> int:
        state = describe(point.hierarchy)
        return int(state["servers"][SRV1]["threads"][DOWNLOADER]["starts"])

    def restart_by_registry() -> None:
        point.request_operation("srv1", DOWNLOADER, "Stop")
        point.pass_time(11)
        point.request_operation("srv1", DOWNLOADER, "Start")

    def restart_service() -> None:
        point.console.stop_service("srv1", "SMS_EXECUTIVE")
        point.pass_time(31)
        point.console.start_service("srv1", "SMS_EXECUTIVE")

    assert starts() == 1
    acts: list[Callable[[], None]] = [
        lambda: point.console.restart_thread("srv1", DOWNLOADER),
        lambda: point.console.restart_executive("srv1"),
        restart_by_registry,
        restart_service,
    ]
    for number, act in enumerate(acts, start=2):
        point.pass_time(500)
        before = summary(point)
        act()
        point.pass_time(30)
        assert starts() == number
        assert summary(point)["LastStarted"] > before["LastStarted"]
        assert summary(point)["LastContacted"] >= summary(point)["LastStarted"]


def test_a_thread_that_stops_was_not_started(point: Any) -> None:
    before = summary(point)
    point.pass_time(500)
    point.request_operation("srv1", DOWNLOADER, "Stop")
    point.pass_time(11)
    assert summary(point)["LastStarted"] == before["LastStarted"]
    assert summary(point)["LastContacted"] > before["LastContacted"]


def test_nothing_starts_while_the_service_is_stopped(point: Any) -> None:
    point.console.stop_service("srv1", "SMS_EXECUTIVE")
    point.pass_time(31)
    point.console.restart_executive("srv1")
    with pytest.raises(ValueError, match="does not run"):
        point.console.restart_thread("srv1", DOWNLOADER)
    point.pass_time(1000)
    assert point.thread_state(SRV1, DOWNLOADER) == "Stopped"
    assert thread_of(point).starts == 1
    assert point.hierarchy.servers[SRV1].services["SMS_EXECUTIVE"].state == "Stopped"


def test_a_stopped_thread_does_not_come_back_in_a_service_that_hangs(point: Any) -> None:
    point.console.hang_service("srv1", "SMS_EXECUTIVE")
    point.request_operation("srv1", DOWNLOADER, "Stop")
    point.pass_time(11)
    point.console.stop_service("srv1", "SMS_EXECUTIVE")
    point.pass_time(1000)
    assert point.hierarchy.servers[SRV1].services["SMS_EXECUTIVE"].state == "Stop Pending"
    assert point.thread_state(SRV1, DOWNLOADER) == "Stopped"


def test_what_is_requested_of_a_stopped_service_is_forgotten(point: Any) -> None:
    point.console.stop_service("srv1", "SMS_EXECUTIVE")
    point.pass_time(31)
    point.request_operation("srv1", DOWNLOADER, "Stop")
    assert point.registry(SRV1, REQUESTED, "Requested Operation") == "Stop"
    point.console.start_service("srv1", "SMS_EXECUTIVE")
    point.pass_time(30)
    assert point.registry(SRV1, REQUESTED, "Requested Operation") == "None"
    assert point.thread_state(SRV1, DOWNLOADER) == "Running"


def test_a_component_that_comes_to_a_stopped_service_waits_for_it(site: Any) -> None:
    site.console.stop_service("ps1", "SMS_EXECUTIVE")
    site.console.add_role("ps1")
    site.pass_time(1000)
    assert set(site.components(PS1).values()) == {(0, 0)}
    site.console.start_service("ps1", "SMS_EXECUTIVE")
    site.pass_time(60)
    assert set(site.components(PS1).values()) == {(1, 0)}
    assert thread_of(site, PS1).starts == 1


def test_quirk_with_the_threads_of_the_role_on_the_site_server(make_site: Callable[..., Any]) -> None:
    site = make_site(role="srv1:online", quirks=Quirks(downloader_thread="site_server"))
    assert site.thread_state(SRV1, DOWNLOADER) is None
    assert site.components(SRV1) == {}
    assert site.thread_state(PS1, DOWNLOADER) == "Running"
    assert site.components(PS1)[DOWNLOADER] == (1, 0)
    assert site.registry(PS1, f"SOFTWARE\\Microsoft\\SMS\\COMPONENTS\\{DOWNLOADER}", "Site Code") == "PS1"

    def effective_mode() -> object:
        (role,) = describe(site.hierarchy)["service_connection_points"]
        assert (role["server"], role["components"][DOWNLOADER]) == (SRV1, "STARTED")
        return role["effective_mode"]

    site.console.set_mode("offline")
    site.pass_time(1000)
    assert effective_mode() == "online"
    site.console.restart_thread("ps1", DOWNLOADER)
    assert effective_mode() == "offline"
    site.console.remove_role("srv1")
    site.pass_time(1000)
    assert site.thread_state(PS1, DOWNLOADER) is None
    assert site.components(PS1) == {}
    assert site.thread_state(PS1, "SMS_POLICY_PROVIDER") == "Running"


@pytest.mark.parametrize("seconds", [0, 1, 10, 40, 90, 130, 1000])
def test_quirk_with_threads_that_stay_on_the_site_server_when_the_role_moves(
    make_site: Callable[..., Any], seconds: float
) -> None:
    site = make_site(role="srv1:online", quirks=Quirks(downloader_thread="site_server"))
    site.console.add_site_system("srv2")
    site.console.remove_role("srv1")
    site.pass_time(seconds)
    site.console.add_role("srv2", mode="offline")
    site.pass_time(1000)
    assert set(site.components(PS1).values()) == {(1, 0)} and len(site.components(PS1)) == 4
    assert site.thread_state(PS1, DOWNLOADER) == "Running"
    assert [key[1] for key in site.hierarchy.component_manager.installations] == ["srv2.corp.example"]
    site.console.restart_executive("ps1")
    (role,) = describe(site.hierarchy)["service_connection_points"]
    assert (role["server"], role["effective_mode"]) == ("srv2.corp.example", "offline")


def test_a_backup_of_the_site_puts_a_mode_into_effect_by_itself(point: Any) -> None:
    point.console.set_mode("offline")
    thread = point.hierarchy.executives[SRV1].threads[DOWNLOADER]
    assert (thread.effective_mode, thread.starts) == ("online", 1)
    point.console.back_up_site()
    assert (thread.effective_mode, thread.starts) == ("offline", 2)
