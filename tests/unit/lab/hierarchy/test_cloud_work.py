# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the threads of an online role do by themselves: look for updates, and validate internet endpoints."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from lab.quirks import Quirks

SRV1 = "srv1.corp.example"
SRV2 = "srv2.corp.example"
KEY = r"SOFTWARE\Microsoft\SMS\COMPONENTS\SMS_DMP_DOWNLOADER"
DAY = 24 * 3600
CONNECTOR = "SMS_SERVICE_CONNECTOR"


@pytest.fixture
def point(make_site: Callable[..., Any]) -> Any:
    return make_site(role="srv1:online")


def last_check(site: Any, server: str = SRV1) -> object:
    return site.registry(server, KEY, "LastSyncedTime")


def checks(site: Any, server: str = SRV1) -> int:
    count: int = site.log("dmpdownloader.log", server).count("Manifest.cab was successfully moved to the connector outbox~~")
    return count


def validations(site: Any) -> list[tuple[object, object]]:
    rows = site.query(f"SELECT * FROM SMS_StatMsg WHERE Component = '{CONNECTOR}' AND MessageID > 11000")
    return [(row["MachineName"], row["MessageID"]) for row in rows]


def health(site: Any, server: str = SRV1) -> object:
    return site.components(server)[CONNECTOR][1]


def test_an_online_role_looks_for_updates_when_it_starts_and_every_day(point: Any) -> None:
    started = int(point.clock().timestamp())
    assert last_check(point) == point.registry(SRV1, KEY, "LastSyncRequestTime") == started
    assert checks(point) == 1
    point.pass_time(DAY - 60)
    assert (last_check(point), checks(point)) == (started, 1)
    point.pass_time(61)
    assert (last_check(point), checks(point)) == (started + DAY, 2)
    point.pass_time(3 * DAY)
    assert (last_check(point), checks(point)) == (started + 4 * DAY, 5)


def test_the_lines_of_a_check(point: Any) -> None:
    lines = point.log("dmpdownloader.log", SRV1).splitlines()
    state = "Generating state message: {} for package 00000000-0000-0000-0000-000000000000"
    beginnings = (
        "Hasn't synced recently.~  $$<SMS_DMP_DOWNLOADER><01-05-2026 08:00:00.000+00><thread=",
        state.format(0) + "  $$<SMS_DMP_DOWNLOADER>",
        "<![LOG[Easysetup fwlink to download the manifest: https://go.microsoft.com/fwlink/?LinkId=2309745~~]LOG]!>",
        "Redirected to URL https://sccm.manage.microsoft.com/",
        state.format(1),
        "Download manifest.cab~~",
        state.format(2),
        state.format(3),
        "Manifest.cab was successfully moved to the connector outbox~~  $$<SMS_DMP_DOWNLOADER>",
        state.format(4),
        "Redirected to URL https://configmgrbits.azureedge.net/adminuicontent/",
    )
    assert all(line.startswith(beginning) for line, beginning in zip(lines[1:-1], beginnings, strict=True))


def test_a_restart_is_followed_by_a_check_and_by_one_a_day(point: Any) -> None:
    point.pass_time(1000)
    point.console.restart_thread("srv1", "SMS_DMP_DOWNLOADER")
    assert checks(point) == 2
    point.pass_time(DAY + 1)
    assert checks(point) == 3


def test_the_interval_is_minutes_in_the_registry(point: Any) -> None:
    point.console.servers.set_registry_value("srv1", f"HKLM\\{KEY}", "EasySetupDownloadInterval", 1)
    point.console.restart_thread("srv1", "SMS_DMP_DOWNLOADER")
    point.pass_time(181)
    assert checks(point) == 5


def test_the_time_is_that_of_the_server_s_clock(point: Any) -> None:
    point.console.servers.set_clock("srv1", 7200)
    point.console.restart_thread("srv1", "SMS_DMP_DOWNLOADER")
    assert last_check(point) == int(point.clock().timestamp()) + 7200


def test_an_offline_role_contacts_nobody(make_site: Callable[..., Any]) -> None:
    site = make_site(role="srv1:offline")
    started = int(site.clock().timestamp())
    site.pass_time(3 * DAY)
    assert (last_check(site), checks(site), validations(site)) == (started + 3 * DAY, 0, [])
    site.console.set_mode("online")
    site.pass_time(DAY + 1)
    assert checks(site) == 0, "the mode is not in effect"
    site.console.restart_thread("srv1", "SMS_DMP_DOWNLOADER")
    assert checks(site) == 1


def test_nothing_is_done_by_a_thread_that_does_not_run_or_is_gone(point: Any) -> None:
    point.console.stop_service("srv1", "SMS_EXECUTIVE")
    point.pass_time(3 * DAY)
    assert (checks(point), len(validations(point))) == (1, 1)
    point.console.start_service("srv1", "SMS_EXECUTIVE")
    point.pass_time(60)
    assert (checks(point), len(validations(point))) == (2, 2)
    point.console.servers.turn_off("srv1")
    point.pass_time(3 * DAY)
    assert (checks(point), len(validations(point))) == (2, 2)
    point.console.servers.turn_on("srv1")
    point.console.remove_role("srv1")
    point.pass_time(3 * DAY)
    assert (checks(point), len(validations(point))) == (2, 2)
    assert last_check(point) is None


@pytest.mark.parametrize(("value", "kind"), [("number", int), ("text", str), ("missing", type(None))])
def test_quirk_of_the_time_of_the_last_check(make_site: Callable[..., Any], value: Any, kind: type) -> None:
    site = make_site(role="srv1:online", quirks=Quirks(last_synced_time=value))
    assert isinstance(last_check(site), kind)
    assert checks(site) == 1


def test_an_online_role_validates_its_endpoints_every_day(point: Any) -> None:
    assert validations(point) == [(SRV1, 11410)]
    point.pass_time(2 * DAY + 1)
    assert validations(point) == [(SRV1, 11410)] * 3


def test_its_messages_come_from_the_server_with_the_threads(make_site: Callable[..., Any]) -> None:
    site = make_site(role="srv1:online", quirks=Quirks(downloader_thread="site_server"))
    assert validations(site) == [("ps1.corp.example", 11410)]
    assert last_check(site, "ps1.corp.example") is not None and last_check(site) is None


def test_what_somebody_has_it_report(point: Any) -> None:
    for result, number in (("warning", 11411), ("failed", 11412), ("passed", 11410)):
        point.console.perform({"action": "report_validation", "result": result, "strings": ["https://one.example"]})
        assert validations(point)[-1] == (SRV1, number)
        assert health(point) == 0
    assert len(point.query("SELECT * FROM SMS_StatMsgInsStrings WHERE InsStrValue = 'https://one.example'")) == 3
    with pytest.raises(ValueError, match="the result must be passed, warning, failed, not 'good'"):
        point.console.report_validation("good")


def test_an_endpoint_that_cannot_be_reached_is_critical_until_a_validation_passes(point: Any) -> None:
    point.console.perform({"action": "report_unreachable", "server": "srv1", "strings": ["https://one.example"]})
    assert validations(point)[-1] == (SRV1, 11488)
    assert health(point) == 2
    point.console.restart_thread("srv1", "SMS_DMP_DOWNLOADER")
    assert health(point) == 2
    point.console.report_validation("passed")
    assert health(point) == 0


def test_without_a_role_there_is_nobody_to_report(site: Any) -> None:
    with pytest.raises(ValueError, match="there is no SMS Dmp Connector"):
        site.console.report_unreachable()
