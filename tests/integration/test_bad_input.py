# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What must be refused: with a clear error, and with nothing written."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from plays import Play, Site, Task

SERVER = "srv1.corp.example"
OTHER = "srv2.corp.example"
MODULE = "configmgr.site.service_connection_point"


def have(site_system: str = SERVER, mode: str = "online", **options: Any) -> Task:
    return {"name": "have it", MODULE: {"site_system": site_system, "mode": mode, **options}}


def assert_refused(site: Site, play: Play, *words: str, outcome: str = "failed") -> None:
    """The one task ended as said, its message has all the words, and no request wrote anything."""
    assert play.only.outcome == outcome, play.stdout + play.stderr
    missing = [word for word in words if word not in play.only.message]
    assert not missing, f"{missing} not in: {play.only.message}"
    assert site.writes() == []
    assert "Traceback" not in play.stdout + play.stderr


@pytest.mark.parametrize(
    "name",
    ["SRV1", "192.0.2.7", "::1", 'srv1".corp.example', "srv1\\.corp.example", "srv%.corp.example", "srv1.corp\n.example"],
)
def test_what_is_no_fqdn_costs_no_request(site: Site, name: str) -> None:
    assert_refused(site, site.play(have(name)), "site_system", "fully qualified domain name")
    assert site.requests() == []


@pytest.mark.every_ansible
@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"state": "absent", "mode": "online"}, ["mode", "absent"]),
        ({"wait_timeout": 0}, ["wait_timeout", "wait to false"]),
        ({"wait_timeout": 10**400}, ["wait_timeout"]),
        ({"site_code": "PS1'"}, ["site_code", "three letters or digits"]),
        ({"mode": "onlin"}, ["mode", "online, offline"]),
        ({"site_sytem": SERVER}, ["configmgr.site.service_connection_point: unsupported option: site_sytem", "site_system"]),
    ],
)
def test_wrong_options_cost_no_request(site: Site, options: dict[str, Any], words: list[str]) -> None:
    assert_refused(site, site.play({MODULE: options}), *words)
    assert site.requests() == []


def test_a_query_that_is_none_costs_no_request(site: Site) -> None:
    assert_refused(site, site.play({"configmgr.site.site_info": {"query": "sites[?"}}), "query", "JMESPath")
    assert site.requests() == []


@pytest.mark.parametrize("task", [have(site_code="XYZ"), {"configmgr.site.site_info": {"site_code": "XYZ"}}])
def test_an_unknown_site(site: Site, task: Task) -> None:
    assert_refused(site, site.play(task), "knows no site XYZ", "it knows PS1", "site_code")


@pytest.mark.parametrize(
    ("site_code", "host", "words"),
    [
        ("S01", "cas.corp.example", ["S01 is a secondary site", "top-tier site, CAS", "cas.corp.example"]),
        ("S01", "pr1.corp.example", ["S01 is a secondary site", "top-tier site, CAS", "cas.corp.example"]),
        ("PR1", "cas.corp.example", ["PR1 is a child primary site", "reports to CAS", "cas.corp.example"]),
        ("PR1", "pr1.corp.example", ["PR1 is a child primary site", "reports to CAS", "cas.corp.example"]),
        (None, "pr2.corp.example", ["PR2 is a child primary site", "reports to CAS", "cas.corp.example"]),
    ],
)
def test_a_site_below_the_top_tier(hierarchy: Site, site_code: str | None, host: str, words: list[str]) -> None:
    options = {"site_code": site_code} if site_code else {}
    assert_refused(hierarchy, hierarchy.play(have(**options), host=host), *words)


@pytest.mark.parametrize("site_code", [None, "S01"])
def test_the_server_of_a_secondary_site(hierarchy: Site, site_code: str | None) -> None:
    options = {"site_code": site_code} if site_code else {}
    words = ["secondary site", "CAS on cas.corp.example", "top-tier site"]
    assert_refused(hierarchy, hierarchy.play(have(**options), host="s01.corp.example"), *words)


def test_the_provider_of_a_child_is_not_asked_to_change_the_role_of_its_parent(hierarchy: Site) -> None:
    hierarchy.control.console("add_role", server="srv1", mode="online")
    play = hierarchy.play(have(mode="offline"), host="pr1.corp.example")
    assert_refused(hierarchy, play, "belongs to site CAS", "SMS Provider of CAS, cas.corp.example")


def test_a_child_is_not_told_that_the_role_is_absent(hierarchy: Site) -> None:
    for task in ({MODULE: {"state": "absent"}}, {MODULE: {"state": "absent", "site_system": OTHER}}):
        assert_refused(
            hierarchy, hierarchy.play(task, host="pr1.corp.example"), "PR1 is a child primary site", "cas.corp.example"
        )


def test_a_second_one(site: Site) -> None:
    site.control.console("add_role", server="srv1", mode="online")
    site.control.console("add_site_system", server="srv2")
    assert_refused(site, site.play(have(OTHER)), f"is on {SERVER}", "only one", OTHER)
    assert site.points() == [(SERVER, "online")]


def test_a_second_one_that_appears_while_the_task_runs(site: Site) -> None:
    site.control.console("add_site_system", server="srv2")
    site.control.trigger(detail_contains="SMS Site System", console={"action": "add_role", "server": "srv2"})
    assert_refused(site, site.play(have()), f"is on {OTHER}", "only one", f"not installed on {SERVER}")
    assert [server for server, _mode in site.points()] == [OTHER]
    assert site.control.state()["violations"] == []


def test_a_second_one_that_appears_in_the_very_moment_of_the_write(site: Site) -> None:
    site.control.console("add_site_system", server="srv2")
    site.control.trigger("Create", console={"action": "add_role", "server": "srv2"})
    play = site.play(have())
    assert play.only.outcome == "failed"
    assert "was removed again" in play.only.message and OTHER in play.only.message
    assert [server for server, _mode in site.points()] == [OTHER]


def test_the_same_that_appears_while_the_task_runs_is_kept(site: Site) -> None:
    for moment in ({"detail_contains": "SMS Site System"}, {"action": "Create"}):
        site.control.reset()
        site.control.trigger(console={"action": "add_role", "server": "srv1", "mode": "online"}, **moment)
        result = site.play(have()).only
        assert (result.outcome, result["changed"]) == ("ok", False), result.message
        assert site.points() == [(SERVER, "online")]
        assert site.control.state()["violations"] == []


def test_a_removal_that_somebody_else_was_faster_with(site: Site) -> None:
    site.control.console("add_role", server="srv1", mode="online")
    site.control.trigger("Delete", console={"action": "remove_role", "server": "srv1"})
    result = site.play({MODULE: {"state": "absent"}}).only
    assert (result.outcome, result["changed"]) == ("ok", False), result.message
    assert site.points() == []


def test_two_hosts_with_the_same_provider(site: Site) -> None:
    inventory = site.lab.directory / "two.yml"
    settings = yaml.safe_load(site.lab.inventory_file.read_text())["all"]
    port = site.lab.https_ports["ps1.corp.example"]
    hosts = {name: {"ansible_port": port} for name in ("one", "two")}
    inventory.write_text(yaml.safe_dump({"all": {"vars": settings["vars"], "hosts": hosts}}))
    play = site.play(have(), host="all", arguments=("--inventory", str(inventory), "--forks", "2"))
    assert [result.outcome for result in play.results] == ["ok", "ok"], play.stdout
    assert site.points() == [(SERVER, "online")]
    assert site.control.state()["violations"] == []


def test_a_hierarchy_with_two_is_left_to_a_person(site: Site) -> None:
    site.control.console("add_site_system", server="srv2")
    for server in ("srv1", "srv2"):
        site.control.console("add_role", server=server)
    assert_refused(site, site.play(have()), "2 service connection points", SERVER, OTHER, "state=absent")
    assert site.play({MODULE: {"state": "absent", "site_system": OTHER}}).only["changed"]
    assert [server for server, _mode in site.points()] == [SERVER]


def test_a_server_that_is_no_site_system(site: Site) -> None:
    assert_refused(site, site.play(have(OTHER)), f"{OTHER} is not a site system of site PS1", "configmgr.site.site_system")


def test_a_new_role_needs_a_server_and_a_mode(site: Site) -> None:
    assert_refused(site, site.play({MODULE: {"site_system": SERVER}}), "set mode to online or offline")
    assert_refused(site, site.play({MODULE: {"mode": "online"}}), "Set site_system")


@pytest.mark.parametrize(
    ("host", "words"),
    [
        ("ps1.corp.example", ["SMS Provider of site PS1 is not on this server but on prov1.corp.example"]),
        ("srv2.corp.example", ["no SMS Provider", "root\\sms"]),
    ],
)
@pytest.mark.parametrize("options", [{}, {"site_code": "PS1"}], ids=["site found out", "site given"])
def test_the_provider_is_elsewhere(make_site: Any, host: str, words: list[str], options: dict[str, Any]) -> None:
    site: Site = make_site("remote_provider")
    assert_refused(site, site.play(have(**options), host=host), *words)


@pytest.mark.parametrize("mode", [None, "offline", "absent"])
def test_an_update_being_installed(site: Site, mode: str | None) -> None:
    if mode:
        site.control.console("add_role", server="srv1", mode="online")
    site.control.console("start_update", name="Configuration Manager 2509")
    task = {MODULE: {"state": "absent"}} if mode == "absent" else have(mode=mode or "online")
    assert_refused(site, site.play(task), "Configuration Manager 2509", "allow_during_update")
    task[MODULE]["allow_during_update"] = True
    assert site.play(task).only["changed"]


def test_an_update_being_installed_does_not_disturb_a_site_that_is_as_wanted(site: Site) -> None:
    site.play(have())
    site.control.console("start_update")
    assert not site.play(have()).only["changed"]


@pytest.mark.parametrize(
    ("account", "words"),
    [
        ("CORP\\analyst", ["access is denied", "Infrastructure Administrator", SERVER, "PS1"]),
        ("CORP\\stranger", ["shows no sites to this account", "security role"]),
        ("CORP\\user", ["refused 'CORP\\user'", "Remote Management Users"]),
    ],
)
def test_an_account_without_the_rights(site: Site, account: str, words: list[str]) -> None:
    variables = {"ansible_user": account, "ansible_password": site.password(account)}
    play = site.play(have(), variables=variables)
    assert play.only.outcome == "failed"
    assert all(word in play.only.message for word in words), play.only.message
    assert site.points() == []


def test_an_account_that_sees_nothing_is_not_told_that_the_role_is_absent(site: Site) -> None:
    site.control.console("add_role", server="srv1", mode="online")
    account = "CORP\\stranger"
    variables = {"ansible_user": account, "ansible_password": site.password(account)}
    info = "configmgr.site.service_connection_point_info"
    for task in ({MODULE: {"state": "absent"}}, {info: {}}, {MODULE: {"mode": "offline"}}):
        assert_refused(site, site.play(task, variables=variables), "shows no sites to this account")


@pytest.mark.every_ansible
def test_a_wrong_password(site: Site) -> None:
    play = site.play(have(), variables={"ansible_password": "not-the-password"})
    assert_refused(site, play, "did not log on 'CORP\\administrator'", "ansible_password", outcome="unreachable")
    assert "not-the-password" not in play.stdout + play.stderr


@pytest.mark.parametrize("transport", ["ntlm", "basic"])
def test_a_password_that_cannot_be_sent_is_not_shown(site: Site, transport: str) -> None:
    variables = {"ansible_password": "Sommer\u20ac2026", "ansible_winrm_transport": transport}
    # Not on the command line, which Ansible itself shows at this verbosity.
    play = site.play(have(), vars=variables, arguments=("-vvvvv",))
    assert_refused(site, play, "did not log on", outcome="unreachable")
    assert "Sommer" not in play.stdout + play.stderr


@pytest.mark.every_ansible
def test_a_certificate_that_is_not_trusted(site: Site) -> None:
    play = site.play(have(), variables={"ansible_winrm_ca_trust_path": None})
    assert_refused(site, play, "certificate", "not trusted", "ansible_winrm_ca_trust_path", outcome="unreachable")


def test_a_server_that_does_not_answer(site: Site) -> None:
    play = site.play(have(), variables={"ansible_port": 1})
    assert_refused(site, play, "cannot be reached", "127.0.0.1 port 1", outcome="unreachable")
    play = site.play(have(), variables={"ansible_winrm_ca_trust_path": "/nonexistent.pem"})
    assert_refused(site, play, "cannot be reached", "/nonexistent.pem", "ansible_winrm_ca_trust_path", outcome="unreachable")


@pytest.mark.parametrize(("scheme", "ports"), [("http", "https_ports"), ("https", "http_ports")])
def test_a_scheme_that_does_not_fit_the_port(site: Site, scheme: str, ports: str) -> None:
    port = getattr(site.lab, ports)["ps1.corp.example"]
    play = site.play(have(), variables={"ansible_winrm_scheme": scheme, "ansible_port": port})
    assert_refused(site, play, "ansible_winrm_scheme", outcome="unreachable")


@pytest.mark.every_ansible
@pytest.mark.parametrize("connection", ["ssh", "local"])
def test_another_connection(site: Site, connection: str) -> None:
    play = site.play(have(), variables={"ansible_connection": connection})
    assert_refused(site, play, "WinRM", connection, "ansible_connection to winrm or psrp")


@pytest.mark.every_ansible
@pytest.mark.parametrize("how", ["task", "play", "variable"])
def test_become(site: Site, how: str) -> None:
    settings = {"become": True, "become_method": "runas", "become_user": "SYSTEM"}
    if how == "task":
        play = site.play({**have(), **settings})
    elif how == "play":
        play = site.play(have(), **settings)
    else:
        play = site.play(have(), variables={f"ansible_{name}": value for name, value in settings.items()})
    assert_refused(site, play, "become", "log on with an account")
    assert site.requests() == []


@pytest.mark.every_ansible
def test_async(site: Site) -> None:
    assert_refused(site, site.play({**have(), "async": 60, "poll": 1}), "async")
    assert site.requests() == []


def test_a_wait_that_takes_too_long(site: Site) -> None:
    site.control.console("set_server_switch", server="srv1", name="site_server_is_administrator", value=False)
    failed = site.play(have(wait_timeout=3)).only
    assert failed.outcome == "failed"
    assert failed["changed"] is True, "the role is on record"
    for word in (SERVER, "within 3 s", "Last seen: ", "critical", "sitecomp.log", "again"):
        assert word in failed.message, failed.message
    site.control.console("set_server_switch", server="srv1", name="site_server_is_administrator", value=True)
    assert not site.play(have()).only["changed"]
    assert site.points() == [(SERVER, "online")]
