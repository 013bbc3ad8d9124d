# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Moving the role as a play does it: what is refused, what is taken over, what is taken back, and what is said."""

from __future__ import annotations

from typing import Any

import pytest
from moving import MODULE, NOTE, PREFIX, SOURCE, TARGET, move, properties, shown, to
from plays import Site, refused


def test_everything_comes_with_it(role: Site) -> None:
    console = role.control.console
    console("set_mode", mode="offline")
    console("add_known_account", account="CORP\\installer")
    console("add_known_account", account="CORP\\proxy")
    console("add_local_group_member", server="srv2", member="CORP\\installer")
    for name, value, text in (
        ("UseMachineAccount", 0, ""),
        ("UserName", 0, "CORP\\installer"),
        ("UseProxy", 1, ""),
        ("ProxyName", 0, "proxy.corp.example"),
        ("ProxyServerPort", 8080, ""),
        ("ProxyUserName", 0, "CORP\\proxy"),
        ("AnonymousProxyAccess", 0, ""),
    ):
        console("set_property", name=name, role="SMS Site System", server="srv1", value=value, value2=text)
    console("add_tenant", name="Contoso", application="Server app")
    console("start_update", download=True)

    checked = move(role, "--check", "--diff")
    assert checked.exit_code == 0 and role.writes() == [], checked.stdout
    assert "would move the service connection point from srv1.corp.example to srv2.corp.example, offline" in checked.stdout
    lines = shown(move(role))
    assert role.points() == [(TARGET, "offline")]
    settings = properties(role, TARGET)
    assert NOTE not in settings
    assert (settings["UserName"][2], settings["UseMachineAccount"][0]) == ("CORP\\installer", 0)
    assert (settings["ProxyName"][2], settings["ProxyServerPort"][0]) == ("proxy.corp.example", 8080)
    assert (settings["ProxyUserName"][2], settings["AnonymousProxyAccess"][0]) == ("CORP\\proxy", 0)
    assert "  on record on srv2.corp.example alone, offline" in lines
    for words in ("Secret keys", "(Server app of Contoso)", "in flight (Configuration Manager 2509", "The old server (srv1"):
        assert any(words in line for line in lines), lines
    state = role.control.state()
    assert state["violations"] == [] and not state["servers"][SOURCE]["threads"]
    assert [(entry["what"], entry["server"]) for entry in state["history"]] == [
        ("off the record", SOURCE),
        ("gone", SOURCE),
        ("on record", TARGET),
        ("works", TARGET),
    ]
    again = move(role)
    assert again.exit_code == 0 and not [result for result in again.results if result.values.get("changed")]


def test_it_is_a_role_of_a_play(ready: Site) -> None:
    role = {
        "role": "configmgr.site.service_connection_point_move",
        PREFIX + "site_system": TARGET,
        PREFIX + "wait_timeout": 600,
    }
    assert ready.play(roles=[role]).exit_code == 0
    assert ready.points() == [(TARGET, "offline")]


def test_what_is_given_is_not_taken_over(ready: Site) -> None:
    for name, value, text in (("UseProxy", 1, ""), ("ProxyName", 0, "proxy.corp.example"), ("ProxyServerPort", 8080, "")):
        ready.control.console("set_property", name=name, role="SMS Site System", server="srv1", value=value, value2=text)
    planned = move(ready, "--check", "--diff", proxy_port=9090)
    assert planned.exit_code == 0 and "proxy.corp.example" in planned.stdout and "9090" in planned.stdout
    assert move(ready, proxy_server="other.corp.example", proxy_port=3128, mode="online").exit_code == 0
    settings = properties(ready, TARGET)
    assert (settings["ProxyName"][2], settings["ProxyServerPort"][0]) == ("other.corp.example", 3128)
    assert ready.points() == [(TARGET, "online")]
    assert ready.control.state()["service_connection_points"][0]["effective_mode"] == "online"


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"site_system": None}, ["site_system", "the server that the role is moved to"]),
        ({"state": "absent"}, ["move", "set state to present"]),
        ({"wait": False}, ["wait", "has to wait between its steps"]),
        ({"state": "move_due", "site_system": None}, ["site_system"]),
    ],
)
def test_wrong_options_cost_no_request(site: Site, options: dict[str, Any], words: list[str]) -> None:
    refused(site.play(to(**options)).only, *words)
    assert site.requests() == []


def test_to_where_it_is_changes_nothing(ready: Site) -> None:
    result = ready.play(to(SOURCE.upper())).only
    assert result.outcome == "ok" and not result["changed"] and result["moved_from"] is None
    assert ready.writes() == []


def test_refusals_come_before_the_first_write(ready: Site, make_site: Any) -> None:
    refused(ready.play(to("srv9.corp.example")).only, "srv9.corp.example is not a site system of site PS1")
    ready.control.console("start_update")
    refused(ready.play(to()).only, "is installing an update: Configuration Manager 2509")
    refused(move(ready).results[-1], "is installing an update")
    ready.control.console("finish_update")
    assert ready.play(to(allow_during_update=True), variables={"ansible_check_mode": True}).exit_code == 0

    nothing: Site = make_site()
    refused(nothing.play(to()).only, "no service connection point to move", "set mode to online or offline")
    pair: Site = make_site("high_availability", role="srv1:online")
    refused(pair.play(to("ps2.corp.example")).only, "ps1.corp.example and ps2.corp.example", "high-availability pair")
    assert pair.writes() == []
    sites: Site = make_site("hierarchy", role="srv1:online")
    refused(sites.play(to("pr1.corp.example")).only, "pr1.corp.example is a site system of site PR1, not of CAS")
    assert sites.writes() == []


def test_a_server_that_is_not_fit_is_told_so_and_left_alone(role: Site) -> None:
    role.control.console("remove_local_group_member", server="srv2", member="CORP\\PS1$")
    failed = move(role)
    assert failed.exit_code == 2 and role.writes() == [] and role.points() == [(SOURCE, "online")]
    lines = failed.results[-1]["msg"]
    assert lines[0].startswith("srv2.corp.example is not fit for the role") and "local_administrator" in lines[2]


def test_a_timeout_that_the_site_cannot_keep(make_site: Any) -> None:
    site: Site = make_site(speed=100)
    site.play({MODULE: {"site_system": SOURCE, "mode": "online"}})
    site.control.console("add_site_system", server="srv2")
    count = len(site.writes())
    refused(site.play(to(wait_timeout=2)).only, "wait_timeout is 2 s", "took this site 3 s", "Set wait_timeout to 7 or more")
    assert len(site.writes()) == count


def take_rights_away(site: Site) -> None:
    """As soon as the role is being removed, so that the new server cannot get it."""
    action = {"action": "remove_local_group_member", "server": "srv2", "member": "CORP\\PS1$"}
    site.control.trigger("Delete", detail_contains="SMS Dmp Connector", console=action)


def test_what_fails_is_taken_back(ready: Site) -> None:
    take_rights_away(ready)
    failed = move(ready, wait_timeout=10, mode="online")
    message = failed.results[-1].message
    for words in (
        "Moving the service connection point from srv1.corp.example to srv2.corp.example failed",
        "SMS_DMP_DOWNLOADER: installing, status critical",
        "Look into sitecomp.log",
        "It was taken back: it is on srv1.corp.example again, offline, and works.",
    ):
        assert words in message, message
    assert "run the task again to go on waiting" not in message
    state = ready.control.state()
    assert ready.points() == [(SOURCE, "offline")] and state["violations"] == []
    assert NOTE not in properties(ready, TARGET)
    checked = ready.run_playbook("configmgr.site.check", variables={PREFIX + "mode": "offline"})
    assert checked.exit_code == 0, checked.results[-1].message

    ready.control.console("add_local_group_member", server="srv2", member="CORP\\PS1$")
    assert move(ready).exit_code == 0 and ready.points() == [(TARGET, "offline")]


def test_without_rollback_things_stay_as_they_are(ready: Site) -> None:
    take_rights_away(ready)
    failed = ready.play(to(rollback=False, wait_timeout=10)).only
    refused(failed, "Nothing was taken back (rollback is false)")
    assert failed["changed"] and ready.points() == [(TARGET, "offline")]
    ready.control.console("add_local_group_member", server="srv2", member="CORP\\PS1$")
    finished = ready.play(to()).only
    assert finished["operation"] == "move" and finished["moved_from"]["site_system"] == SOURCE
    assert NOTE not in properties(ready, TARGET)


def test_a_server_that_is_lost_for_good(ready: Site) -> None:
    ready.control.console("turn_off", server="srv1")
    refused(
        ready.play(to(wait_timeout=10, rollback=False)).only, "its components were not removed", "wait_for_removal set to false"
    )
    assert ready.points() == []
    done = move(ready, wait_for_removal=False, rollback=False)
    assert done.exit_code == 0, done.stdout
    assert ready.points() == [(TARGET, "offline")]


def test_a_mode_that_changes_meanwhile_is_carried_over(ready: Site) -> None:
    ready.control.trigger("Put", console={"action": "set_mode", "mode": "online"})
    assert ready.play(to()).only["changed"]
    assert ready.points() == [(TARGET, "online")]


HELD = {"action": "hold_thread", "server": "srv2", "component": "SMS_DMP_DOWNLOADER"}


@pytest.mark.parametrize("trouble", ["somebody takes it back", "a thread stops"])
def test_what_changes_before_the_proof_is_no_success(ready: Site, trouble: str) -> None:
    if trouble == "a thread stops":
        ready.control.trigger("SetStringValue", server="srv2", console=HELD)
        ready.control.trigger("SetStringValue", server="srv2", console={**HELD, "action": "restart_thread"})
    else:
        act = {"action": "set_property", "name": "OfflineMode", "role": "SMS Dmp Connector", "value": 0}
        ready.control.trigger("SetStringValue", server="srv2", console=act)
    failed = move(ready)
    assert failed.exit_code == 2 and "Somebody else has changed the service connection point" in failed.results[-1]["msg"][0]
