# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Having the service connection point look for updates, on its server."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from plays import Play, Result, Site, refused
from programs import needs_curl

SERVER = "srv1.corp.example"
DOWNLOADER = "SMS_DMP_DOWNLOADER"
MODULE = "configmgr.site.site_update_check"
KEY = rf"HKLM\SOFTWARE\Microsoft\SMS\COMPONENTS\{DOWNLOADER}"
TIMES = ("LastSyncedTime", "LastSyncRequestTime")
FAILED = "Failed to download easy setup payload with exception:"
LOG = r"C:\SMS\Logs\dmpdownloader.log"
LATER = "Configuration Manager 2603"

pytestmark = needs_curl


def run(site: Site, *arguments: str, host: str = SERVER, **options: Any) -> Play:
    return site.play({"name": "check", MODULE: options}, host=host, arguments=arguments)


def check(site: Site, **options: Any) -> Result:
    return run(site, **options).only


def set_times(site: Site, synced: int, requested: int) -> None:
    for name, value in zip(TIMES, (synced, requested), strict=True):
        site.control.console("set_registry_value", server="srv1", key=KEY, name=name, value=value)


def ago(**age: float) -> int:
    return int((datetime.now(timezone.utc) - timedelta(**age)).timestamp())


def messages_of(result: Result) -> list[str]:
    """Of the log, without what a line of it ends with."""
    return [record["message"].rstrip("~") for record in result["records"]]


def states(site: Site) -> dict[str, str]:
    return dict(site.control.state()["updates"])


def times_are_in_order(result: Result) -> bool:
    moments = [datetime.fromisoformat(result[name]) for name in ("asked", "started", "finished")]
    return moments == sorted(moments)


def test_an_online_role_gets_the_list_of_updates(role: Site) -> None:
    role.control.console("publish_update", name=LATER, full_version="5.00.9145.1000")
    play = run(role, mode="online")
    result = play.only
    assert result["changed"] and result["result"] == "manifest_updated" and result["mode"] == "online", result
    assert times_are_in_order(result)
    assert result.message == f"{DOWNLOADER} has looked for updates at Microsoft: the site gets the list of updates"
    assert "site_update_info shows that" in result["messages"][0]
    messages = messages_of(result)
    assert messages[0] == "Hasn't synced recently."
    assert "Manifest.cab was successfully moved to the connector outbox" in messages
    assert states(role)[LATER] in ("DOWNLOAD_IN_PROGRESS", "DOWNLOAD_SUCCESS")
    assert f"[{SERVER}] {DOWNLOADER}: it has not begun to look for updates yet" in play.stderr
    assert role.writes() == []


def test_an_offline_role_contacts_nobody(make_site: Any) -> None:
    site: Site = make_site(role="srv1:offline", speed=60)
    site.control.console("set_endpoint", host="go.microsoft.com", connection="refused")
    result = check(site, mode="offline")
    assert result["changed"] and result["result"] == "ended", result
    assert "in what was imported, as the role is offline" in result.message
    assert result["messages"] == ["dmpdownloader.log tells of nothing that was imported and not taken up before."]


def test_without_a_mode_that_in_effect_counts(role: Site) -> None:
    component = {"configmgr.site.component": {"name": DOWNLOADER, "state": "started", "restarted_for": "online"}}
    assert role.play(component, {MODULE: {}}, host=SERVER).results[1]["mode"] == "online"
    role.control.console("set_registry_value", server="srv1", key=r"HKLM\SOFTWARE\x", name="x", value="x")
    unknown = role.play(
        {**component, "configmgr.site.component": {"name": DOWNLOADER, "state": "restart_due"}}, {MODULE: {}}, host=SERVER
    )
    assert unknown.results[1]["mode"] is None and unknown.results[1].message.startswith(
        f"{DOWNLOADER} has looked for updates: "
    )


@pytest.mark.parametrize("behaviour", ["unsynced", "synced"])
def test_a_check_that_fails(make_site: Any, behaviour: str) -> None:
    site: Site = make_site(role="srv1:online", speed=60, failed_check=behaviour)
    site.control.console("set_endpoint", host="go.microsoft.com", connection="unknown_host")
    failed = check(site, mode="online")
    line = f"WARNING: {FAILED} The remote name could not be resolved: 'go.microsoft.com'"
    refused(failed, "on this server, and failed", line, "cannot be resolved on this server", "configmgr.site.site_system")
    assert failed["changed"] and failed["result"] == "failed" and line in failed["messages"][0]
    assert messages_of(failed)[-2:] == [line, "WARNING: Retry in the next polling cycle"]
    assert times_are_in_order(failed)
    site.control.console("set_endpoint", host="go.microsoft.com")
    again = check(site, mode="online")
    assert again["result"] == "manifest_updated" and again["asked"] is not None, "an old failure is none of a new check"


def test_failures_that_the_server_is_to_blame_for(role: Site) -> None:
    key = r"HKLM\SOFTWARE\Microsoft\.NETFramework\v4.0.30319"
    role.control.console("delete_registry_value", server="srv1", key=key, name="SchUseStrongCrypto")
    refused(check(role), "An unexpected error occurred on a send.", "SystemDefaultTlsVersions and SchUseStrongCrypto to 1")
    role.control.console("set_registry_value", server="srv1", key=key, name="SchUseStrongCrypto", value=1)
    role.control.console("set_endpoint", host="configmgrbits.azureedge.net", intercepted_by="Contoso Web Gateway CA")
    failed = check(role)
    refused(
        failed, "Failed to download Admin UI content payload", "Could not establish trust relationship", "root_certificates"
    )
    assert len(failed["messages"]) == 1, "what only follows is no failure of its own"


def test_check_mode_writes_nothing(role: Site) -> None:
    before = role.control.state()
    told = run(role, "--check", mode="online").only
    assert told["changed"] and told.message.startswith("would ask for a check")
    assert [told[name] for name in ("asked", "started", "finished", "result")] == [None] * 4
    assert (told["messages"], told["records"]) == ([], [])
    assert not [request for request in role.requests("check") if request["detail"].startswith("Set")]
    assert before["updates"] == states(role)


def test_a_check_that_is_under_way_is_waited_for(role: Site) -> None:
    role.control.console("write_file", server="srv1", path=LOG)
    set_times(role, ago(days=1), ago(seconds=5))
    planned = run(role, "--check").only
    assert not planned["changed"] and planned.message.startswith("would wait for the check that is under way")
    restart = {"action": "restart_thread", "server": "srv1", "component": DOWNLOADER}
    role.control.trigger(console=restart, action="Command", nth=4)
    waited = check(role)
    assert not waited["changed"] and waited["asked"] is None and waited["result"] == "manifest_updated", waited
    assert waited["messages"][0] == "A check was under way already, so none was asked for."


@pytest.mark.parametrize("age", [{"hours": 2}, {"days": 2}])
def test_a_check_that_was_begun_long_ago_is_not(role: Site, age: dict[str, float]) -> None:
    set_times(role, ago(days=3), ago(**age))
    assert check(role)["changed"]


def test_a_thread_that_does_not_run_is_an_error_at_once(role: Site) -> None:
    role.control.console("hold_thread", server="srv1", component=DOWNLOADER)
    stop = {"configmgr.site.component": {"name": DOWNLOADER, "state": "stopped"}}
    stopped = role.play(stop, {"name": "check", MODULE: {}}, host=SERVER).results[1]
    refused(stopped, "is stopped", "configmgr.site.component with name SMS_DMP_DOWNLOADER and state started")
    assert len(role.requests("check")) == 1
    refused(run(role, "--check").only, "is stopped")


def test_a_server_that_does_not_look_at_the_times(make_site: Any) -> None:
    site: Site = make_site(role="srv1:online", update_check_request="never")
    failed = check(site, wait_timeout=10)
    refused(failed, "did not look for updates on this server within", "not documented by Microsoft", "and state restarted")
    assert failed["changed"]
    restart = {"configmgr.site.component": {"name": DOWNLOADER, "state": "restarted"}}
    site.play(restart, host=SERVER)
    found = site.play({"configmgr.site.service_connection_point_server_info": {}}, host=SERVER).only
    assert found["last_update_check"] is not None, "as the error says"


@pytest.mark.parametrize("behaviour", ["text", "missing"])
def test_other_ways_to_keep_the_times(make_site: Any, behaviour: str) -> None:
    site: Site = make_site(role="srv1:online", last_synced_time=behaviour)
    result = check(site, mode="online")
    assert result["result"] == "manifest_updated" and result["finished"] is not None, result


def test_times_that_cannot_be_kept_are_not_written(role: Site) -> None:
    role.control.console("set_registry_value", server="srv1", key=KEY, name=TIMES[0], value="00ff", type="BINARY")
    for arguments in ((), ("--check",)):
        failed = run(role, *arguments).only
        refused(failed, "neither numbers nor text", "and state restarted")
        assert not failed["changed"]


def test_a_log_that_cannot_be_read(make_site: Any) -> None:
    site: Site = make_site(role="srv1:online")
    site.control.console("remove_curl", server="srv1")
    result = check(site)
    assert result["result"] == "ended" and "could not be read: The server has no curl.exe" in result["messages"][0]
    blind: Site = make_site(role="srv1:online", last_synced_time="missing")
    blind.control.console("remove_curl", server="srv1")
    for arguments in ((), ("--check",)):
        failed = run(blind, *arguments).only
        refused(failed, "does not keep the time of its last check", "has no curl.exe", "none is asked for")
        assert not failed["changed"]


def test_a_mode_that_is_not_in_effect_shows(role: Site) -> None:
    role.control.console("set_mode", mode="offline")
    result = check(role, mode="offline")
    assert any("that mode is not in effect" in message for message in result["messages"]), result["messages"]


def test_on_the_wrong_server_it_names_the_right_one(role: Site) -> None:
    for arguments in ((), ("--check",)):
        failed = run(role, *arguments, host="ps1.corp.example").only
        refused(failed, f"Site PS1 has that component on {SERVER}")
        assert not failed["changed"]


@pytest.mark.parametrize(
    ("options", "words"), [({"mode": "hybrid"}, ["mode", "online, offline"]), ({"wait_timeout": 9}, ["wait_timeout", "10 and"])]
)
def test_wrong_options_cost_no_request(role: Site, options: dict[str, Any], words: list[str]) -> None:
    refused(check(role, **options), *words)
    assert role.requests() == []


def test_an_account_that_may_only_read(role: Site) -> None:
    account = "CORP\\analyst"
    variables = {"ansible_user": account, "ansible_password": role.password(account)}
    failed = role.play({MODULE: {}}, host=SERVER, variables=variables).only
    refused(failed, "LastSyncedTime", "was refused", "local administrator")
    assert not failed["changed"]


@pytest.mark.parametrize(("nth", "changed"), [(1, False), (2, True)])
def test_a_write_that_the_server_refuses_has_changed_nothing(role: Site, nth: int, changed: bool) -> None:
    demotion = {"action": "remove_local_group_member", "server": "srv1", "member": "CORP\\Domain Admins"}
    role.control.trigger(console=demotion, action="SetDWORDValue", nth=nth)
    failed = check(role)
    refused(failed, TIMES[nth - 1], "was refused", "local administrator")
    assert failed["changed"] is changed
