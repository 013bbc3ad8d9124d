# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""SMS_EXECUTIVE: threads controlled through the registry, and the service with all of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from lab.wmi.model import Caller

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
    point.pass_time(20)
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
