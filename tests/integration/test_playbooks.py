# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbooks of the collection as they are shipped, and the examples of its documentation."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_processes import ROOT
from guides import asked, what_modules_ask
from plays import Play, Site, examples

SERVER = "srv1.corp.example"
PREFIX = "service_connection_point_"
DEPLOY = "configmgr.site.deploy"
HAVE_IT = {PREFIX + "site_system": SERVER, PREFIX + "mode": "online"}


@pytest.mark.every_ansible
def test_deploy_twice(site: Site) -> None:
    for word, changed in (("installed", True), ("is as wanted", False)):
        play = site.run_playbook(DEPLOY, variables=HAVE_IT)
        assert play.exit_code == 0, play.stdout
        shown = play.results[-1]["msg"]
        assert word in shown[0] and f"{SERVER} (site PS1), online, works" in shown
        assert any(result.values.get("changed") for result in play.results) is changed


@pytest.mark.every_ansible
def test_deploy_in_check_mode(site: Site) -> None:
    play = site.run_playbook(DEPLOY, "--check", "--diff", variables=HAVE_IT)
    assert play.exit_code == 0, play.stdout
    assert site.writes() == []
    assert "would install" in play.stdout


def test_deploy_leaves_the_mode_that_is_not_given_as_it_is(role: Site) -> None:
    role.control.console("set_mode", mode="offline")
    play = role.run_playbook(DEPLOY, variables={PREFIX + "site_system": SERVER})
    assert play.exit_code == 0, play.stdout
    assert role.points() == [(SERVER, "offline")]


@pytest.mark.parametrize(
    ("playbook", "word"),
    [
        ("deploy", "-e service_connection_point_site_system="),
        ("move", "-e service_connection_point_site_system="),
        ("set_mode", "-e service_connection_point_mode="),
    ],
)
def test_what_a_playbook_needs_is_asked_for(site: Site, playbook: str, word: str) -> None:
    play = site.run_playbook(f"configmgr.site.{playbook}")
    assert play.exit_code != 0 and word in play.results[-1].message
    assert site.requests() == []


@pytest.mark.every_ansible
def test_the_life_of_a_role_by_playbooks(role: Site) -> None:
    steps: list[tuple[str, dict[str, str], str]] = [
        ("set_mode", {"mode": "offline"}, "restarted SMS_DMP_DOWNLOADER for offline"),
        ("check", {"mode": "offline", "site_system": "SRV1.corp.example"}, "srv1.corp.example, offline: nothing is wrong"),
        ("restart", {}, "restarted SMS_EXECUTIVE; 4 threads run"),
        ("check", {}, "srv1.corp.example, offline: nothing is wrong"),
        ("set_mode", {"mode": "online", "restart": "service"}, "restarted SMS_EXECUTIVE for online"),
        ("remove", {}, "removed the service connection point"),
        ("check", {"state": "absent"}, "has no service connection point"),
        ("remove", {}, "is absent, as wanted"),
    ]
    for playbook, variables, word in steps:
        named = {PREFIX + name: value for name, value in variables.items()}
        play = role.run_playbook(f"configmgr.site.{playbook}", variables=named)
        assert play.exit_code == 0, play.stdout
        assert any(word in str(result.values) for result in play.results), play.stdout
    assert role.points() == []


def test_set_mode_says_what_the_mode_means_before_it_acts(role: Site) -> None:
    role.control.console("start_update", download=True)
    for arguments in (("--check",), ()):
        play = role.run_playbook("configmgr.site.set_mode", *arguments, variables={PREFIX + "mode": "offline"})
        assert play.exit_code == 0, play.stdout
        said = [
            number for number, result in enumerate(play.results) if "being downloaded stop" in str(result.values.get("msg"))
        ]
        acted = [number for number, result in enumerate(play.results) if result.values.get("changed")]
        assert len(said) == 1 and said[0] < acted[0], play.stdout
        assert "Configuration Manager 2509." in play.stdout
    play = role.run_playbook("configmgr.site.set_mode", variables={PREFIX + "mode": "offline"})
    assert "being downloaded stop" not in play.stdout


@pytest.mark.parametrize(
    ("variables", "word"),
    [
        ({"state": "absent"}, "it is on srv1.corp.example"),
        ({"mode": "offline"}, "it is online, not offline"),
        ({"site_system": "srv2.corp.example"}, "it is on srv1.corp.example, not on srv2.corp.example"),
    ],
)
def test_check_fails_where_the_site_is_not_as_wanted(role: Site, variables: dict[str, str], word: str) -> None:
    play = role.run_playbook("configmgr.site.check", variables={PREFIX + name: value for name, value in variables.items()})
    assert play.exit_code == 2 and word in shown(play), play.stdout


def shown(play: Play) -> str:
    """What the playbook "check" has shown."""
    (found,) = [result["table"] for result in play.results if "table" in result.values and "findings" in result.values]
    return "\n".join(found)


def test_check_fails_while_a_restart_is_due(role: Site) -> None:
    role.run_playbook("configmgr.site.set_mode", variables={PREFIX + "mode": "offline"})
    role.control.console("set_mode", mode="online")
    play = role.run_playbook("configmgr.site.check")
    assert play.exit_code == 2 and "it is online, but was last restarted for offline" in shown(play), play.stdout
    assert "-e service_connection_point_mode=online" in shown(play)


def test_check_fails_where_the_role_does_not_work(role: Site) -> None:
    role.play({"configmgr.site.executive": {"state": "stopped"}}, host=SERVER)
    play = role.run_playbook("configmgr.site.check")
    assert play.exit_code == 2 and "Components of the role do not run" in shown(play)
    assert "SMS_DMP_DOWNLOADER is stopped" in shown(play) and "configmgr.site.restart" in shown(play)


def test_check_fails_where_a_restart_is_noted_as_due_or_the_thread_does_not_run(role: Site) -> None:
    thread = {"name": "SMS_DMP_DOWNLOADER"}
    role.play({"configmgr.site.component": {**thread, "state": "restart_due"}}, host=SERVER)
    assert "noted as due" in shown(role.run_playbook("configmgr.site.check"))
    role.control.console("hang_thread", server="srv1", component="SMS_DMP_DOWNLOADER")
    role.play({"configmgr.site.component": {**thread, "state": "stopped", "wait_timeout": 10}}, host=SERVER)
    assert "SMS_DMP_DOWNLOADER is stopping" in shown(role.run_playbook("configmgr.site.check"))


@pytest.mark.every_ansible
@pytest.mark.parametrize("playbook", ["deploy", "move", "set_mode", "check", "restart", "remove"])
def test_an_inventory_without_a_provider_and_a_misspelt_variable_are_errors(role: Site, playbook: str) -> None:
    needed = {PREFIX + "site_system": SERVER, PREFIX + "mode": "online"} if playbook in ("deploy", "move", "set_mode") else {}
    empty = role.run_playbook(f"configmgr.site.{playbook}", variables={**needed, PREFIX + "provider": "nobody"})
    assert empty.exit_code != 0 and "The inventory has no host nobody" in empty.results[-1].message
    misspelt = role.run_playbook(f"configmgr.site.{playbook}", variables={**needed, PREFIX + "sitecode": "PS1"})
    assert misspelt.exit_code != 0 and "no variable service_connection_point_sitecode" in misspelt.results[-1].message
    assert role.requests() == []


def test_check_and_restart_without_a_role(site: Site) -> None:
    for playbook in ("check", "restart"):
        play = site.run_playbook(f"configmgr.site.{playbook}")
        assert play.exit_code != 0 and "has no service connection point" in play.results[-1].message


WITH_FILES = {"file_transfer", "service_connection_tool"}
"""Modules whose examples need files on two computers; they have tests of their own."""
MODULES = sorted({path.stem for path in (ROOT / "plugins/modules").glob("*.py")} - WITH_FILES)


@pytest.mark.parametrize("module", MODULES)
def test_the_examples_work(make_site: Any, site: Site, role: Site, module: str) -> None:
    used = site if module == "service_connection_point" else role
    if module == "site_system_prerequisites":
        # They name two site servers and a server for the database.
        used = make_site("high_availability")
    if module == "site_system":
        accounts = [{"account": f"CORP\\{name}", "password": "a password"} for name in ("cm-install", "cm-proxy")]
        assert used.play(*({"configmgr.site.site_account": account} for account in accounts)).exit_code == 0
    if module == "service_connection_point":
        used.control.console("add_site_system", server="srv2")
    if module == "log_info":
        path = r"C:\Program Files\Microsoft Configuration Manager\Logs\sitecomp.log"
        used.control.console("fill_log", server="srv1", path=path, count=10)
    play = used.play(
        *examples(module),
        host=SERVER if module in ("internet_access", "log_info", "site_system_prerequisites") else "top_tier_sms_provider",
        variables={"reader_password": "a password", "proxy_password": "a password"},
    )
    assert play.exit_code == 0, play.stdout + play.stderr
    assert len(play.results) == len(examples(module))
    assert asked(used, module) == what_modules_ask()[module]
