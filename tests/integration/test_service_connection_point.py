# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Installing, changing and removing the role, as a playbook does it."""

from __future__ import annotations

from typing import Any

import pytest
from plays import Site, Task

SERVER = "srv1.corp.example"
MODULE = "configmgr.site.service_connection_point"


def have(**options: Any) -> Task:
    return {"name": "have it", MODULE: options}


ONLINE = have(site_system=SERVER, mode="online")
OFFLINE = have(site_system=SERVER, mode="offline")


def test_it_is_installed_once_and_works(site: Site) -> None:
    first, second = (site.play(ONLINE).only for _run in range(2))
    role = first["service_connection_point"]
    assert first["changed"] and first["mode_changed"] is False
    assert (role["state"], role["site_system"], role["site_code"], role["mode"]) == ("present", SERVER, "PS1", "online")
    assert {component["state"] for component in role["components"]} == {"started"}
    assert not second["changed"]
    state = site.control.state()
    assert site.points() == [(SERVER, "online")]
    assert state["service_connection_points"][0]["effective_mode"] == "online"
    assert state["violations"] == []


def test_no_powershell_and_no_shell_is_ever_started(site: Site) -> None:
    site.play(ONLINE, OFFLINE, {"configmgr.site.service_connection_point_info": {}}, have(state="absent"))
    requests = site.requests()
    assert len(requests) > 10
    assert not [request for request in requests if "shell" in request["resource_uri"].lower()]
    assert site.control.state()["powershell_starts"] == 0


@pytest.mark.every_ansible
def test_the_wait_is_visible(site: Site) -> None:
    play = site.play(ONLINE)
    assert f"[ps1.corp.example] {SERVER} SMS_DMP_DOWNLOADER: started (" in play.stderr
    assert "SMS_DMP_DOWNLOADER" not in play.stdout


def test_who_waits_is_shown_and_a_secret_task_is_not(site: Site) -> None:
    delegated = site.play({**ONLINE, "delegate_to": "ps1.corp.example"}, host="srv2.corp.example")
    assert f"[srv2.corp.example -> ps1.corp.example] {SERVER} SMS_DMP_DOWNLOADER" in delegated.stderr
    site.control.reset()
    assert "SMS_DMP_DOWNLOADER" not in site.play({**ONLINE, "no_log": True}).stderr


def test_a_run_that_did_not_wait_is_completed_by_the_next(make_site: Any) -> None:
    site: Site = make_site()
    first = site.play(have(site_system=SERVER, mode="online", wait=False)).only
    assert first["changed"] and first["service_connection_point"]["components"] == []
    second = site.play(ONLINE)
    assert not second.only["changed"]
    assert {component["state"] for component in second.only["service_connection_point"]["components"]} == {"started"}
    assert second.only["service_connection_point"]["components"]


def test_the_mode_is_changed_in_place_and_nothing_else(site: Site) -> None:
    site.play(ONLINE)
    site.control.console("set_property", name="Future", role="SMS Dmp Connector", value=7, value1="kept", value2="as it is")
    site.control.console("set_property", name="OfflineMode", role="SMS Dmp Connector", value=0, value1="REG_DWORD", value2="x")
    before = site.control.state()["servers"][SERVER]["roles"]
    changed, unchanged = site.play(OFFLINE, OFFLINE).results
    assert changed["changed"] and changed["mode_changed"]
    assert "SMS_DMP_DOWNLOADER" in changed["msg"]
    assert not unchanged["changed"]
    after = site.control.state()["servers"][SERVER]["roles"]
    expected = [
        {**role, "properties": {**role["properties"], "OfflineMode": [1, "REG_DWORD", "x"]}}
        if role["name"] == "SMS Dmp Connector"
        else role
        for role in before
    ]
    assert after == expected
    assert site.points() == [(SERVER, "offline")]


def test_an_option_left_out_leaves_things_as_they_are(site: Site) -> None:
    site.play(OFFLINE)
    play = site.play(have(), have(site_system=SERVER), have(mode="online"))
    assert [result["changed"] for result in play.results] == [False, False, True]
    assert site.points() == [(SERVER, "online")]


def test_it_is_removed_and_the_removal_is_waited_for(site: Site) -> None:
    site.play(ONLINE)
    elsewhere, first, second = site.play(
        have(state="absent", site_system="srv2.corp.example"), have(state="absent", site_system=SERVER), have(state="absent")
    ).results
    assert not elsewhere["changed"]
    assert elsewhere["service_connection_point"]["site_system"] == SERVER
    assert "not on srv2.corp.example" in elsewhere["msg"] and SERVER in elsewhere["msg"]
    assert first["changed"] and first["service_connection_point"]["state"] == "absent"
    assert not second["changed"]
    state = site.control.state()
    assert state["service_connection_points"] == [] and state["violations"] == []
    assert not [name for name in state["servers"][SERVER]["threads"] if name.startswith("SMS_DMP")]


def test_a_removal_that_was_not_waited_for_is_completed_by_the_next(site: Site) -> None:
    site.play(ONLINE)
    site.play(have(state="absent", wait=False))
    assert not site.play(have(state="absent")).only["changed"]
    assert not site.control.state()["servers"][SERVER]["components"]


def test_the_site_server_can_have_it_too(site: Site) -> None:
    assert site.play(have(site_system="ps1.corp.example", mode="online")).only["changed"]
    assert site.points() == [("ps1.corp.example", "online")]


def test_the_top_of_a_hierarchy(hierarchy: Site) -> None:
    result = hierarchy.play(ONLINE, ONLINE).results
    assert [entry["changed"] for entry in result] == [True, False]
    assert result[0]["service_connection_point"]["site_code"] == "CAS"
    assert hierarchy.control.state()["violations"] == []


def test_a_provider_on_a_server_of_its_own(make_site: Any) -> None:
    site: Site = make_site("remote_provider")
    assert site.play(ONLINE).only["changed"]


@pytest.mark.every_ansible
def test_check_mode_tells_and_writes_nothing(site: Site) -> None:
    for tasks, mode in (((ONLINE,), "online"), ((OFFLINE,), "offline"), ((have(state="absent"),), None)):
        told = site.play(*tasks, arguments=("--check", "--diff")).only
        writes_before = len(site.writes())
        done = site.play(*tasks, arguments=("--diff",)).only
        assert told["changed"] and done["changed"]
        assert told["msg"].startswith("would ") and not done["msg"].startswith("would ")
        assert told["diff"] == done["diff"]
        assert told["diff"]["before"] != told["diff"]["after"]
        assert told["diff"]["after"]["mode"] == mode
        wanted = ("state", "site_system", "site_code", "mode")
        assert all(told["service_connection_point"][key] == done["service_connection_point"][key] for key in wanted)
        assert len(site.writes()) == writes_before + 1


def test_what_another_mode_means_is_said_before_it_is_set(role: Site) -> None:
    console = role.control.console
    console("start_update", download=True)
    console("add_azure_service", name="Contoso")
    task = have(mode="offline")
    told = role.play(task, arguments=("--check",))
    done = role.play(task)
    said = done.only["consequences"]
    assert told.only["consequences"] == said
    assert [sentence.rpartition(": ")[2] for sentence in said[1:]] == [
        "Configuration Manager 2509.",
        "Configuration Manager 2503 Hotfix Rollup (KB32851084).",
        "Contoso - co-management and tenant attach.",
    ]
    assert all(f"warning: {sentence}" in done.stderr for sentence in said) and "warning: " not in told.stderr
    again, online = role.play(task, {"name": "back", MODULE: {"mode": "online"}}).results
    assert again["consequences"] == [] and len(online["consequences"]) == 4
    assert len(role.requests("back")) == 5, role.actions("back")


def test_a_move_to_another_mode_says_what_that_means(ready: Site) -> None:
    move = {"site_system": "srv2.corp.example", "move": True}
    same, other = (ready.play(have(**move, **more), arguments=("--check",)).only for more in ({}, {"mode": "online"}))
    assert same["consequences"] == []
    assert any(sentence.startswith("srv2.corp.example needs the internet") for sentence in other["consequences"])


@pytest.mark.parametrize(("classes", "words"), [("present", 2), ("missing", 3)])
def test_a_provider_that_does_not_tell_of_the_cloud(make_site: Any, classes: str, words: int) -> None:
    site: Site = make_site(role="srv1:online", cloud_classes=classes)
    assert len(site.play(have(mode="offline")).only["consequences"]) == words


def test_check_mode_on_a_finished_site_says_nothing_to_do(site: Site) -> None:
    site.play(ONLINE)
    told = site.play(ONLINE, arguments=("--check", "--diff")).only
    assert not told["changed"]
    assert told["diff"]["before"] == told["diff"]["after"]


@pytest.mark.parametrize(
    ("topology", "site_code"),
    [("standalone", None), ("standalone", "PS1"), ("standalone", "ps1"), ("hierarchy", None), ("remote_provider", None)],
)
def test_the_budget_of_requests(make_site: Any, topology: str, site_code: str | None) -> None:
    site: Site = make_site(topology)
    options = {"site_code": site_code} if site_code else {}
    site.play(have(site_system=SERVER, mode="online", **options))
    for mode, budget in (("online", 3), ("offline", 7), ("online", 5)):
        name = f"budget of {budget} for {mode}"
        site.play({"name": name, MODULE: {"site_system": SERVER, "mode": mode, **options}})
        assert len(site.requests(name)) <= budget, site.actions(name)


@pytest.mark.every_ansible
def test_options_can_come_from_the_action_group(site: Site) -> None:
    defaults = {"group/configmgr.site.site": {"site_code": "XYZ"}}
    failed = site.play(ONLINE, module_defaults=defaults).only
    assert failed.outcome == "failed" and "XYZ" in failed.message


@pytest.mark.every_ansible
def test_a_loop_uses_one_connection(site: Site) -> None:
    play = site.play({"name": "read", "configmgr.site.site_info": {"query": "{{ item }}"}, "loop": ["site_code", "providers"]})
    assert play.exit_code == 0, play.stdout
    assert len({request["connection"] for request in site.requests("read")}) == 1


@pytest.mark.parametrize(
    "variables",
    [
        {"ansible_winrm_transport": "basic"},
        {"ansible_winrm_transport": "ntlm", "ansible_winrm_message_encryption": "always"},
        {"ansible_winrm_transport": ["ntlm", "basic"]},
    ],
    ids=["basic", "encrypted over https", "a choice of methods"],
)
def test_the_inventory_decides_how_to_log_on(site: Site, variables: dict[str, Any]) -> None:
    play = site.play({"configmgr.site.site_info": {}}, variables=variables)
    assert play.exit_code == 0, play.stdout + play.stderr


def test_http_with_encrypted_messages(site: Site) -> None:
    port = site.lab.http_ports["ps1.corp.example"]
    play = site.play(ONLINE, variables={"ansible_winrm_scheme": "http", "ansible_port": port})
    assert play.only["changed"], play.stdout
