# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Moving the role as a play does it: what is refused, what is taken over, what is taken back, and what is said."""

from __future__ import annotations

import signal
from typing import Any

import pytest
from dying import Death
from plays import Play, Result, Site, Task, refused

MODULE = "configmgr.site.service_connection_point"
MOVE = "configmgr.site.move"
PREFIX = "service_connection_point_"
SOURCE, TARGET = "srv1.corp.example", "srv2.corp.example"
NOTE = "configmgr.site service connection point move"


def to(server: str = TARGET, **options: Any) -> Task:
    return {"name": "move it", MODULE: {"site_system": server, "move": True, **options}}


def move(site: Site, *arguments: str, **variables: Any) -> Play:
    given = {PREFIX + name: value for name, value in {"site_system": TARGET, **variables}.items()}
    return site.run_playbook(MOVE, *arguments, variables=given)


def properties(site: Site, server: str) -> dict[str, list[Any]]:
    """The settings of a site system."""
    roles = site.control.state()["servers"][server]["roles"]
    found: dict[str, list[Any]] = next(role["properties"] for role in roles if role["name"] == "SMS Site System")
    return found


@pytest.fixture
def ready(role: Site) -> Site:
    """The role offline on srv1, and srv2 a site system."""
    role.control.console("set_mode", mode="offline")
    role.control.console("add_site_system", server="srv2")
    return role


def shown(play: Play) -> list[str]:
    assert play.exit_code == 0, play.stdout
    lines: list[str] = play.results[-1]["msg"]
    return lines


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


def test_a_move_that_was_cut_off_and_then_fails_is_taken_back_as_well(ready: Site) -> None:
    ready.play({"configmgr.site.component": {"name": "SMS_DMP_DOWNLOADER", "state": "restart_due"}}, host=SOURCE)
    cut_off(ready)
    rights = {"action": "remove_local_group_member", "server": "srv2", "member": "CORP\\PS1$"}
    ready.control.trigger("Create", server="ps1", nth=2, console=rights)
    failed = move(ready, wait_timeout=10)
    assert "It was taken back: it is on srv1.corp.example again, offline, and works." in failed.results[-1].message
    assert ready.run_playbook("configmgr.site.check").exit_code == 0


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


@pytest.mark.parametrize("k", [45, 75, 100])
def test_a_controller_that_dies(ready: Site, monkeypatch: pytest.MonkeyPatch, k: int) -> None:
    death = Death(ready, k)
    variables = {PREFIX + "site_system": TARGET}
    with monkeypatch.context() as patch:
        patch.setattr(ready.lab.requests, "before", death.before)
        death.process = ready.start_playbook(MOVE, variables=variables)
        death.process.communicate(timeout=120)
    assert death.has_come and death.process.returncode == -signal.SIGKILL
    again = move(ready)
    assert again.exit_code == 0, again.stdout
    state = ready.control.state()
    assert ready.points() == [(TARGET, "offline")] and state["violations"] == []
    assert state["service_connection_points"][0]["effective_mode"] == "offline"
    assert NOTE not in properties(ready, TARGET)


def cut_off(site: Site) -> None:
    """Begin a move to srv2, and die when the old server has lost the role."""
    site.play({MODULE: {"state": "absent"}})
    leave_note(site, TARGET, SOURCE)
    assert site.points() == []


def leave_note(site: Site, server: str, source: str) -> None:
    """As a move from the source does that is cut off."""
    site.control.console("set_property", name=NOTE, role="SMS Site System", server=server, value=1, value1=source, value2="PS1")


def test_somebody_who_installs_it_there_in_another_mode_has_its_thread_restarted(ready: Site) -> None:
    act = {"action": "add_role", "server": "srv2", "mode": "online"}
    # The first one is of a shell, in which the site server is asked whether it reaches the new one.
    ready.control.trigger("Create", server="ps1", nth=2, console=act)
    lines = shown(move(ready))
    assert "  the mode is in effect: started with or restarted for offline" in lines
    (point,) = ready.control.state()["service_connection_points"]
    assert (point["mode"], point["effective_mode"]) == ("offline", "offline")
    assert ready.run_playbook("configmgr.site.check").exit_code == 0
    assert not [result for result in move(ready).results if result.values.get("changed")]


def test_a_cut_off_move_to_a_server_that_is_not_fit_any_more_goes_back_by_hand(ready: Site) -> None:
    cut_off(ready)
    ready.control.console("set_clock", server="srv2", seconds=4000)
    failed = move(ready)
    advice = failed.results[-1]["msg"][-1]
    assert failed.exit_code == 2 and "has no service connection point now" in advice
    assert "It was on srv1.corp.example, offline" in advice and PREFIX + "site_system set to srv1.corp.example" in advice
    shown(move(ready, site_system=SOURCE))
    assert ready.points() == [(SOURCE, "offline")] and NOTE not in properties(ready, TARGET)


def test_a_note_does_not_outlive_what_it_is_about(ready: Site) -> None:
    cut_off(ready)
    deploy = ready.run_playbook("configmgr.site.deploy", variables={PREFIX + "site_system": TARGET, PREFIX + "mode": "online"})
    assert deploy.exit_code == 0 and NOTE not in properties(ready, TARGET)
    for action in ("hold_thread", "restart_thread"):
        ready.control.console(action, server="srv2", component="SMS_DMP_DOWNLOADER")
    ready.control.console(
        "set_property", name=NOTE, role="SMS Site System", server="srv2", value=1, value1=SOURCE, value2="PS1"
    )
    move(ready, wait_timeout=10, restart_timeout=10)
    assert ready.points() == [(TARGET, "online")], "a thread that does not run is no reason to go back"

    leave_note(ready, "ps1", TARGET)
    ready.control.console("hold_thread", server="srv2", component="SMS_DMP_DOWNLOADER", value=False)
    assert ready.run_playbook("configmgr.site.remove").exit_code == 0
    assert NOTE not in properties(ready, "ps1.corp.example")
    leave_note(ready, TARGET, SOURCE)
    assert ready.run_playbook("configmgr.site.remove").exit_code == 0
    refused(ready.play(to()).only, "no service connection point to move")


def test_a_new_move_is_the_only_one_that_is_remembered(ready: Site) -> None:
    leave_note(ready, "ps1", TARGET)
    noted = ready.play({MODULE: {"state": "move_due", "site_system": TARGET}}).only
    assert noted["changed"] and NOTE in properties(ready, TARGET) and NOTE not in properties(ready, "ps1.corp.example")


def test_an_installation_waits_for_the_server_that_a_move_has_left(make_site: Any) -> None:
    site: Site = make_site(role="srv1:offline", speed=60)
    site.control.console("add_site_system", server="srv2")
    site.play({MODULE: {"state": "absent", "wait": False}})
    leave_note(site, TARGET, SOURCE)
    assert site.play({MODULE: {"site_system": TARGET, "mode": "online"}}).only.outcome == "ok"
    assert [entry["what"] for entry in site.control.state()["history"]] == ["off the record", "gone", "on record", "works"]


def test_the_note_of_a_move_that_is_over_is_taken_away(ready: Site) -> None:
    ready.play({"configmgr.site.site_system": {"site_system": SOURCE}})
    ready.control.console(
        "set_property", name=NOTE, role="SMS Site System", server="srv1", value=0, value1=TARGET, value2="PS1"
    )
    task = to(SOURCE)
    planned, done, again = ready.play({**task, "check_mode": True}, task, task).results
    assert planned["changed"] and done["changed"] and not again["changed"]
    assert done["operation"] == "none" and "note of a move that is over" in done["msg"]
    assert ready.points() == [(SOURCE, "offline")]


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


HELD = {"action": "hold_thread", "server": "srv2", "component": "SMS_DMP_DOWNLOADER"}


def test_an_account_can_be_left_out_again(ready: Site) -> None:
    ready.control.console("add_known_account", account="CORP\\installer")
    ready.control.console("add_local_group_member", server="srv1", member="CORP\\installer")
    for account, expected in (("CORP\\installer", 0), ("", 1)):
        variables = {PREFIX + "site_system": SOURCE, PREFIX + "installation_account": account}
        assert ready.run_playbook("configmgr.site.deploy", variables=variables).exit_code == 0
        assert properties(ready, SOURCE)["UseMachineAccount"][0] == expected


@pytest.fixture
def expanded(make_site: Any) -> Site:
    """A primary site with the role that was put under a central administration site."""
    site: Site = make_site("expanded", speed=300)
    return site


@pytest.mark.parametrize("replication", ["immediate", "delayed"])
def test_from_a_primary_site_to_the_one_above_it(make_site: Any, replication: str) -> None:
    site: Site = make_site("expanded", speed=300, site_replication=replication)
    shown(move(site))
    assert site.points() == [(TARGET, "offline")]
    state = site.control.state()
    assert state["violations"] == [] and state["service_connection_points"][0]["site_code"] == "CAS"
    assert NOTE not in properties(site, TARGET)


def test_a_move_between_sites_that_was_cut_off_knows_its_mode(expanded: Site) -> None:
    noted, again = expanded.play(*2 * [{MODULE: {"state": "move_due", "site_system": TARGET}}]).results
    assert noted["changed"] and noted["operation"] == "note_move" and not again["changed"]
    assert noted["moved_from"]["site_system"] == SOURCE and noted["moved_from"]["stage"] == "not_left"
    expanded.play({MODULE: {"state": "absent"}}, host="pr1.corp.example")
    shown(move(expanded))
    assert expanded.points() == [(TARGET, "offline")]


def test_an_account_that_only_the_other_site_knows_is_refused_before_anything_is_removed(expanded: Site) -> None:
    console = expanded.control.console
    console("add_known_account", account="CORP\\installer", site_code="PR1")
    console("add_local_group_member", server="srv2", member="CORP\\installer")
    for name, value, text in (("UseMachineAccount", 0, ""), ("UserName", 0, "CORP\\installer")):
        console("set_property", name=name, role="SMS Site System", server="srv1", value=value, value2=text)
    refused(move(expanded).results[-1], "does not know CORP\\installer yet", PREFIX + "installation_account_password")
    assert expanded.writes() == []


def test_what_fails_between_sites_does_not_go_back(expanded: Site) -> None:
    action = {"action": "remove_local_group_member", "server": "srv2", "member": "CORP\\CAS$"}
    expanded.control.trigger("Delete", detail_contains="SMS Dmp Connector", console=action)
    failed = move(expanded, wait_timeout=10).results[-1]
    refused(failed, "does not go back to srv1.corp.example", "site PR1 may not have it any more", "run the task again to go on")
    assert "site_system=srv1" not in failed.message


def test_the_wrong_order_between_sites_is_explained(expanded: Site) -> None:
    refused(
        expanded.play(to()).only, "srv1.corp.example (site PR1), which is below site CAS", "three steps", "pr1.corp.example"
    )
    below = expanded.play(to("pr1.corp.example"), host="pr1.corp.example").only
    refused(below, "Site PR1 is a child primary site that reports to CAS", "cas.corp.example")
    assert expanded.writes() == []


def test_a_site_whose_provider_is_not_in_the_inventory(expanded: Site) -> None:
    inventory = expanded.lab.inventory_file
    text = inventory.read_text()
    try:
        inventory.write_text(text.replace("pr1.corp.example:", "elsewhere.corp.example:"))
        failed = move(expanded)
    finally:
        inventory.write_text(text)
    refused(
        failed.results[-1], "only an SMS Provider of that site removes it: pr1.corp.example", "Add that server to the inventory"
    )
    assert expanded.writes() == []


def test_a_role_on_record_that_was_never_installed_has_its_server_checked(make_site: Any) -> None:
    site: Site = make_site()
    console = site.control.console
    console("remove_local_group_member", server="srv1", member="CORP\\PS1$")
    console("add_role", server="srv1")
    play = site.run_playbook("configmgr.site.deploy", variables={PREFIX + "site_system": SOURCE})
    assert play.exit_code == 2 and "local_administrator" in play.results[-1]["msg"][2], play.stdout
    console("add_local_group_member", server="srv1", member="CORP\\PS1$")
    assert site.run_playbook("configmgr.site.deploy", variables={PREFIX + "site_system": SOURCE}).exit_code == 0


def test_the_site_system_goes_with_the_role(role: Site) -> None:
    gone = {PREFIX + "remove_site_system": True}
    refused(role.run_playbook("configmgr.site.remove", variables=gone).results[-1], "Say which site system shall be removed")
    given = {**gone, PREFIX + "site_system": SOURCE}
    planned = role.run_playbook("configmgr.site.remove", "--check", variables=given)
    assert planned.exit_code == 0 and role.writes() == [], planned.stdout
    role.control.console("add_role", server="srv1", role="SMS Distribution Point")
    refused(
        role.run_playbook("configmgr.site.remove", variables=given).results[-1], "still has the roles SMS Distribution Point"
    )
    assert role.points() == [(SOURCE, "online")], "refused before the first write"
    role.control.console("remove_role", server="srv1", role="SMS Distribution Point")
    for changed in (True, False):
        play = role.run_playbook("configmgr.site.remove", variables=given)
        assert play.exit_code == 0 and any(result.values.get("changed") for result in play.results) is changed, play.stdout
    assert role.control.state()["servers"][SOURCE]["roles"] == []


def follow_up(site: Site, **options: Any) -> Result:
    return site.play({"name": "look", "configmgr.site.service_connection_point_follow_up_info": options}).only


def test_what_to_look_after(make_site: Any) -> None:
    expiring: Site = make_site(role="srv1:online", secret_expiry="present")
    expiring.control.console("add_tenant", name="Contoso", application="App", secret_expires="2027-03-01T00:00:00+00:00")
    expiring.control.console("add_azure_service", name="Contoso")
    found = follow_up(expiring, query="applications[0].secret_expires")
    assert found["result"] == "2027-03-01T00:00:00+00:00" and found["applications"][0]["tenant"] == "Contoso"
    assert "encrypted" not in str(found.values)
    assert [entry["id"] for entry in found["checklist"]] == [
        "entra_secrets",
        "azure_services",
        "firewall",
        "internet_directly",
    ]
    silent: Site = make_site(role="srv1:online", cloud_classes="missing")
    found = follow_up(silent, moved_from="srv2.corp.example")
    assert found["tenants"] is None and found["checklist"][0]["id"] == "cloud_unknown"
    none = follow_up(make_site())
    assert none["site_system"] is None and none["checklist"] == []
