# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The life of a service connection point: installed, in a mode, moved, removed; whatever comes in between."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from lab.quirks import Quirks
from lab.wmi.model import Caller

ADMINISTRATOR = Caller("CORP\\administrator")
COMPONENTS = ["SMS_DMP_DOWNLOADER", "SMS_DMP_UPLOADER", "SMS_SERVICE_CONNECTOR", "SMS_CLOUDCONNECTION"]
SRV1 = "srv1.corp.example"
SRV2 = "srv2.corp.example"
DOWNLOADER = "SMS_DMP_DOWNLOADER"
SCHEDULED = "SMS_CLOUDCONNECTION"
SINCE = "0001128000100008"
LONG = 1000
"""More seconds than any installation takes."""


def started() -> dict[str, tuple[int, int]]:
    return dict.fromkeys(COMPONENTS, (1, 0))


def test_create_fills_in_what_was_not_sent(site: Any) -> None:
    reference = site.create(SRV1)
    item_name = f'["Display=\\\\{SRV1}\\"]MSWNET:["SMS_SITE=PS1"]\\\\{SRV1}\\,SMS Dmp Connector'
    assert reference.keys == {
        "FileType": 2,
        "ItemName": item_name,
        "ItemType": "System Resource Usage",
        "SiteCode": "PS1",
    }
    (role,) = site.roles()
    assert role["NetworkOSPath"] == f"\\\\{SRV1}"
    assert role["Type"] == 8
    assert role["RoleCount"] == 2
    assert [(prop["PropertyName"], prop["Value"]) for prop in role["Props"]] == [("OfflineMode", 0)]
    got = site.wmi().get(ADMINISTRATOR, site.namespace, "SMS_SCI_SysResUse", reference.keys)
    assert got["ItemName"] == item_name


def test_components_are_installed_one_after_the_other(site: Any) -> None:
    site.create(SRV1)
    site.pass_time(19)
    assert site.components(SRV1) == {}
    site.pass_time(2)
    assert site.components(SRV1) == {DOWNLOADER: (3, 0)}
    site.pass_time(60)
    assert site.components(SRV1) == {DOWNLOADER: (1, 0), "SMS_DMP_UPLOADER": (3, 0)}
    site.pass_time(LONG)
    assert site.components(SRV1) == started()


def test_a_component_that_is_started_by_schedule(make_site: Callable[..., Any]) -> None:
    site = make_site(quirks=Quirks(scheduled_component="present"))
    site.create(SRV1)
    site.pass_time(LONG)
    assert site.components(SRV1) == started() | {SCHEDULED: (0, 0)}
    rows = site.query(f"SELECT * FROM SMS_ComponentSummarizer WHERE TallyInterval = '{SINCE}' AND MachineName = '{SRV1}'")
    assert {row["ComponentName"]: row["Type"] for row in rows} == dict.fromkeys(COMPONENTS, 0) | {SCHEDULED: 1}
    assert site.thread_state(SRV1, SCHEDULED) == "Stopped"
    site.console.restart_executive("srv1")
    assert site.thread_state(SRV1, SCHEDULED) == "Stopped"
    site.request_operation("srv1", SCHEDULED, "Start")
    site.pass_time(10)
    assert site.components(SRV1) == started()
    site.pass_time(LONG)
    assert site.components(SRV1) == started() | {SCHEDULED: (0, 0)}
    site.console.remove_role("srv1")
    site.pass_time(LONG)
    assert site.components(SRV1) == {}


def test_the_row_of_a_server_that_is_gone(make_site: Callable[..., Any]) -> None:
    site = make_site(quirks=Quirks(stale_rows="present"))
    wql = f"SELECT * FROM SMS_ComponentSummarizer WHERE TallyInterval = '{SINCE}' AND ComponentName = '{DOWNLOADER}'"
    rows = [(row["MachineName"], row["SiteCode"], row["State"], row["Status"]) for row in site.query(wql)]
    assert rows == [("OLD1.CORP.EXAMPLE", "PS1", 1, 0)]


def test_an_installation_shows_everywhere(site: Any) -> None:
    site.create(SRV1)
    site.pass_time(21)
    services = site.wmi("srv1").query(ADMINISTRATOR, "root/cimv2", "SELECT Name FROM Win32_Service").instances
    assert "SMS_SERVER_BOOTSTRAP_PS1" in [service["Name"] for service in services]
    site.pass_time(LONG)
    services = site.wmi("srv1").query(ADMINISTRATOR, "root/cimv2", "SELECT Name FROM Win32_Service").instances
    names = [service["Name"] for service in services]
    assert "SMS_EXECUTIVE" in names
    assert "SMS_SERVER_BOOTSTRAP_PS1" not in names
    assert f"New site system: PS1 {SRV1} SMS Dmp Connector" in site.log("hman.log")
    for line in ("Installing component SMS_DMP_UPLOADER...", "Bootstrap operation successful."):
        assert line in site.log("sitecomp.log")
    assert site.thread_state(SRV1, DOWNLOADER) == "Running"
    assert "Hasn't synced recently." in site.log("dmpdownloader.log", SRV1)
    messages = site.query(f"SELECT * FROM SMS_StatusMessage WHERE Component = '{DOWNLOADER}'")
    assert [message["MessageID"] for message in messages] == [1013, 1014, 1015, 500]
    assert site.query("SELECT * FROM SMS_StatMsg WHERE MessageID = 3306 AND SiteCode = 'PS1'")
    component_servers = [role["NetworkOSPath"] for role in site.roles("SMS Component Server")]
    assert f"\\\\{SRV1}" in component_servers


def test_removal_takes_everything_away(make_site: Callable[..., Any]) -> None:
    site = make_site(role="srv1:online")
    assert site.components(SRV1) == started()
    site.console.remove_role("srv1")
    assert site.roles() == []
    site.pass_time(6)
    assert site.components(SRV1) == dict.fromkeys(COMPONENTS, (5, 0))
    site.pass_time(LONG)
    assert site.components(SRV1) == {}
    assert site.thread_state(SRV1, DOWNLOADER) is None
    assert "SMS_EXECUTIVE" not in site.hierarchy.servers[SRV1].services
    assert f"Site system no longer in use: PS1 {SRV1} SMS Dmp Connector" in site.log("hman.log")
    assert [role["RoleCount"] for role in site.roles("SMS Site System") if SRV1 in str(role["NetworkOSPath"])] == [1]


def test_quirk_with_rows_that_stay_after_a_removal(make_site: Callable[..., Any]) -> None:
    site = make_site(role="srv1:online", quirks=Quirks(removed_rows="stopped"))
    for _unused in range(2):
        site.console.remove_role("srv1")
        site.pass_time(LONG)
        assert site.components(SRV1) == dict.fromkeys(COMPONENTS, (0, 0))
        assert site.thread_state(SRV1, DOWNLOADER) is None
        assert site.hierarchy.component_manager.installations == {}
        site.create(SRV1)
        site.pass_time(21)
        assert site.components(SRV1) == dict.fromkeys(COMPONENTS, (0, 0)) | {DOWNLOADER: (3, 0)}
        site.pass_time(LONG)
        assert site.components(SRV1) == started()
        assert site.thread_state(SRV1, DOWNLOADER) == "Running"


@pytest.mark.parametrize("seconds", [40, 70, 100, 130, 200])
def test_a_role_put_back_while_rows_are_left_ends_installed(make_site: Callable[..., Any], seconds: float) -> None:
    site = make_site(role="srv1:online", quirks=Quirks(removed_rows="stopped"))
    site.console.remove_role("srv1")
    site.pass_time(seconds)
    site.create(SRV1)
    site.pass_time(LONG)
    assert site.components(SRV1) == started()
    assert {site.thread_state(SRV1, name) for name in COMPONENTS} == {"Running"}


@pytest.mark.parametrize("seconds", [1, 10, 30, 90, 200])
def test_a_role_removed_while_it_is_installed_ends_removed(site: Any, seconds: float) -> None:
    reference = site.create(SRV1)
    site.pass_time(seconds)
    site.delete(reference)
    site.pass_time(LONG)
    assert site.components(SRV1) == {}
    assert site.thread_state(SRV1, DOWNLOADER) is None
    assert site.hierarchy.component_manager.installations == {}


@pytest.mark.parametrize("seconds", [10, 40, 90, 130])
def test_a_role_put_back_while_it_is_removed_ends_installed(site: Any, seconds: float) -> None:
    reference = site.create(SRV1)
    site.pass_time(LONG)
    site.delete(reference)
    site.pass_time(seconds)
    site.create(SRV1, mode=1)
    site.pass_time(LONG)
    assert site.components(SRV1) == started()
    assert site.hierarchy.executives[SRV1].threads[DOWNLOADER].effective_mode == "offline"


def test_a_role_put_back_before_anyone_noticed_keeps_its_thread(site: Any) -> None:
    reference = site.create(SRV1)
    site.pass_time(LONG)
    site.delete(reference)
    site.pass_time(1)
    site.create(SRV1, mode=1)
    site.pass_time(LONG)
    thread = site.hierarchy.executives[SRV1].threads[DOWNLOADER]
    assert (site.hierarchy.mode_on_record(SRV1), thread.effective_mode, thread.starts) == ("offline", "online", 1)


def test_a_move_breaks_no_rule_if_the_old_role_goes_first(make_site: Callable[..., Any]) -> None:
    site = make_site(role="srv1")
    (role,) = site.roles()
    site.wmi().delete(
        ADMINISTRATOR,
        site.namespace,
        "SMS_SCI_SysResUse",
        {key: role[key] for key in ("FileType", "ItemName", "ItemType", "SiteCode")},
    )
    site.create("ps1.corp.example")
    site.pass_time(LONG)
    assert site.components("ps1.corp.example") == started()
    assert site.components(SRV1) == {}
    assert site.hierarchy.history.violations == []
    assert [role["Type"] for role in site.roles()] == [2]


def test_the_mode_takes_effect_when_the_thread_starts_again(make_site: Callable[..., Any]) -> None:
    site = make_site(role="srv1:online")
    (role,) = site.roles()
    keys = {key: role[key] for key in ("FileType", "ItemName", "ItemType", "SiteCode")}
    props = role["Props"]
    props[0].properties["Value"] = 1
    site.wmi().put(ADMINISTRATOR, site.namespace, "SMS_SCI_SysResUse", keys, {"Props": props})
    site.pass_time(LONG)
    thread = site.hierarchy.executives[SRV1].threads[DOWNLOADER]
    assert (site.hierarchy.mode_on_record(SRV1), thread.effective_mode) == ("offline", "online")
    site.console.restart_thread("srv1", DOWNLOADER)
    assert thread.effective_mode == "offline"


def test_without_administrator_rights_the_installation_stands_still(site: Any) -> None:
    site.console.set_server_switch("srv1", "site_server_is_administrator", False)
    site.create(SRV1)
    site.pass_time(LONG)
    assert set(site.components(SRV1).values()) == {(3, 2)}
    assert "access is denied" in site.log("sitecomp.log")
    errors = site.query("SELECT * FROM SMS_StatusMessage WHERE Severity = 3221225472")
    assert {error["Component"] for error in errors} >= {DOWNLOADER, "SMS_SITE_COMPONENT_MANAGER"}
    attempts = site.log("sitecomp.log").count("ERROR")
    site.pass_time(3600)
    assert site.log("sitecomp.log").count("ERROR") == attempts + 1
    site.console.set_server_switch("srv1", "site_server_is_administrator", True)
    site.pass_time(LONG)
    assert site.components(SRV1) == started()


def test_a_server_that_is_no_site_system_waits_until_it_is_one(site: Any) -> None:
    site.create(SRV2)
    site.pass_time(LONG)
    assert set(site.components(SRV2).values()) == {(3, 2)}
    assert [violation.text for violation in site.hierarchy.history.violations] == [
        f"SMS Dmp Connector on {SRV2}, which is no site system of PS1"
    ]
    site.console.add_site_system("srv2")
    site.pass_time(LONG)
    assert site.components(SRV2) == started()
