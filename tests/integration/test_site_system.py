# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Site systems: created, changed and removed by a playbook."""

from __future__ import annotations

from typing import Any

import pytest
from plays import Site, Task, refused

SERVER = "srv2.corp.example"
MODULE = "configmgr.site.site_system"


def have(**options: Any) -> Task:
    return {"name": "have it", MODULE: {"site_system": SERVER, **options}}


def properties(site: Site, server: str = SERVER) -> dict[str, list[Any]] | None:
    """The embedded properties of the site system on record."""
    for role in site.control.state()["servers"][server]["roles"]:
        if role["name"] == "SMS Site System":
            found: dict[str, list[Any]] = role["properties"]
            return found
    return None


def know(site: Site, *accounts: str) -> None:
    """Have the site know accounts."""
    tasks = [{"configmgr.site.site_account": {"account": account, "password": "a password"}} for account in accounts]
    assert site.play(*tasks).exit_code == 0


def test_a_server_becomes_a_site_system_once(site: Site) -> None:
    first, second = site.play(have(), have()).results
    assert first["changed"] and not second["changed"]
    assert first["site_system"] == {
        "state": "present",
        "site_system": SERVER,
        "site_code": "PS1",
        "public_fqdn": None,
        "site_server_initiates": False,
        "installation_account": None,
        "proxy": None,
        "roles": [],
    }
    found = properties(site)
    assert found is not None and found["Server Remote Name"][1] == SERVER
    assert site.control.state()["violations"] == []


def test_the_role_can_be_installed_on_it(site: Site) -> None:
    play = site.play(have(), {"configmgr.site.service_connection_point": {"site_system": SERVER, "mode": "online"}})
    assert play.exit_code == 0, play.stdout
    again = site.play(have()).only
    assert not again["changed"] and "SMS Dmp Connector" in again["site_system"]["roles"]
    refused(site.play(have(state="absent")).only, "still has the roles SMS Dmp Connector", "state absent")
    assert properties(site) is not None


def test_only_what_is_given_is_changed(site: Site) -> None:
    site.play(have())
    site.control.console("set_property", server="srv2", role="SMS Site System", name="Future", value=7, value1="kept")
    before = properties(site)
    assert before is not None
    changed, unchanged = site.play(have(public_fqdn="cm.example.com", site_server_initiates=True), have()).results
    assert changed["changed"] and not unchanged["changed"]
    assert changed["site_system"]["public_fqdn"] == "cm.example.com" and changed["site_system"]["site_server_initiates"]
    expected = {"Server Remote Public Name": [0, "cm.example.com", ""], "FDMOperation": [1, "", ""]}
    assert properties(site) == {**before, **expected}
    back = site.play(have(public_fqdn="", site_server_initiates=False), have(public_fqdn="")).results
    assert [result["changed"] for result in back] == [True, False]
    assert back[0]["site_system"]["public_fqdn"] is None


def test_a_proxy_is_set_kept_changed_and_taken_away(site: Site) -> None:
    know(site, "CORP\\proxy")
    anonymous = {"server": "proxy.corp.example", "port": 8080, "account": None}
    named = {**anonymous, "account": "CORP\\proxy"}
    steps: list[tuple[dict[str, Any], bool, dict[str, Any] | None]] = [
        ({"proxy_server": "proxy.corp.example"}, True, {**anonymous, "port": 80}),
        ({"use_proxy": True}, False, {**anonymous, "port": 80}),
        ({"proxy_port": 8080}, True, anonymous),
        ({"proxy_account": "CORP\\proxy"}, True, named),
        (
            {"proxy_server": "proxy.corp.example"},
            False,
            {"server": "proxy.corp.example", "port": 8080, "account": "CORP\\proxy"},
        ),
        ({"use_proxy": False}, True, None),
        ({"use_proxy": True}, True, named),
        ({"proxy_account": ""}, True, anonymous),
    ]
    play = site.play(*(have(**options) for options, _changed, _proxy in steps))
    assert play.exit_code == 0, play.stdout
    for result, (options, changed, proxy) in zip(play.results, steps, strict=True):
        assert (result["changed"], result["site_system"]["proxy"]) == (changed, proxy), options


def test_the_account_that_installs(site: Site) -> None:
    know(site, "CORP\\install")
    account, same, computer = site.play(
        have(installation_account="CORP\\install"), have(installation_account="corp\\INSTALL"), have(installation_account="")
    ).results
    assert account["changed"] and account["site_system"]["installation_account"] == "CORP\\install"
    assert not same["changed"], "Windows ignores the letter case of accounts"
    assert computer["changed"] and computer["site_system"]["installation_account"] is None


@pytest.mark.parametrize("option", ["installation_account", "proxy_account"])
def test_an_account_that_the_site_does_not_know(site: Site, option: str) -> None:
    options = {"proxy_server": "proxy.corp.example"} if option == "proxy_account" else {}
    refused(
        site.play(have(**{option: "CORP\\nobody"}, **options)).only, "does not know the account CORP\\nobody", "site_account"
    )
    assert site.writes() == [] and properties(site) is None


@pytest.mark.parametrize(("option", "setting"), [("installation_account", "UserName"), ("proxy_account", "ProxyUserName")])
def test_an_account_on_record_that_the_site_has_forgotten(site: Site, option: str, setting: str) -> None:
    know(site, "CORP\\used")
    site.play(have(installation_account="CORP\\used", proxy_server="proxy.corp.example", proxy_account="CORP\\used"))
    site.control.console("set_property", server="srv2", role="SMS Site System", name=setting, value2="CORP\\forgotten")
    for options in ({}, {"public_fqdn": "cm.example.com"}):
        refused(site.play(have(**options)).only, "does not know the account CORP\\forgotten", "site_account")
    told = site.play(have(), arguments=("--check",)).only
    assert told["unknown_accounts"] == ["CORP\\forgotten"] and not told["changed"]
    assert site.play(have(**{option: ""})).only["changed"]
    assert not site.play(have()).only["changed"]


def test_check_mode_and_diff(site: Site) -> None:
    told = site.play(have(public_fqdn="cm.example.com"), arguments=("--check", "--diff")).only
    assert told["changed"] and "would make" in told.message
    assert told["diff"]["before"] == {"state": "absent"} and told["diff"]["after"]["public_fqdn"] == "cm.example.com"
    assert site.writes() == []
    site.play(have())
    told = site.play(have(state="absent"), arguments=("--check", "--diff")).only
    assert told["diff"]["after"] == {"state": "absent"} and properties(site) is not None


def test_it_is_removed(site: Site) -> None:
    site.play(have())
    first, second = site.play(have(state="absent"), have(state="absent")).results
    assert first["changed"] and not second["changed"]
    assert properties(site) is None


def test_the_site_server_is_not_removed(site: Site) -> None:
    play = site.play({MODULE: {"site_system": "ps1.corp.example", "state": "absent"}})
    refused(play.only, "ps1.corp.example still has the roles", "SMS Site Server")


def test_one_of_another_site_is_left_alone(hierarchy: Site) -> None:
    refused(
        hierarchy.play({MODULE: {"site_system": "srv1.corp.example"}}, host="pr1.corp.example").only,
        "is a site system of site CAS",
        "PR1",
    )


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"proxy_port": 0}, ["proxy_port", "1 and 65535"]),
        ({"proxy_port": 70000}, ["proxy_port", "1 and 65535"]),
        ({"proxy_account": "proxy"}, ["proxy_account", "domain\\user"]),
        ({"installation_account": "a\\b\\c"}, ["installation_account", "domain\\user"]),
        ({"installation_account": "user@corp.example"}, ["installation_account", "domain\\user"]),
        ({"proxy_server": "http://proxy:8080"}, ["proxy_server", "without http://"]),
        ({"proxy_server": "proxy:8080"}, ["proxy_server", "without http:// and port"]),
        ({"proxy_server": "proxy;corp"}, ["proxy_server", "'proxy;corp' is no host name"]),
        ({"proxy_server": ""}, ["proxy_server", "no host name"]),
        ({"proxy_server": "user:secret@proxy"}, ["proxy_server: an account does not belong there. Give the host alone"]),
        ({"use_proxy": False, "proxy_port": 80}, ["proxy_port", "use_proxy"]),
        ({"state": "absent", "public_fqdn": "a.b"}, ["public_fqdn", "absent"]),
        ({"site_system": "SRV2"}, ["site_system", "fully qualified domain name"]),
        ({"public_fqdn": "cm"}, ["public_fqdn", "fully qualified domain name"]),
    ],
)
def test_wrong_options_cost_no_request(site: Site, options: dict[str, Any], words: list[str]) -> None:
    refused(site.play(have(**options)).only, *words)
    assert site.requests() == []


def test_a_proxy_that_is_not_on_record_cannot_be_used(site: Site) -> None:
    refused(site.play(have(use_proxy=True)).only, "use_proxy", "proxy_server")
    assert site.writes() == []


@pytest.mark.parametrize("given", [{"proxy_port": 8080}, {"proxy_account": "CORP\\proxy"}])
def test_settings_of_a_proxy_need_one_that_is_in_use(site: Site, given: dict[str, Any]) -> None:
    know(site, "CORP\\proxy")
    (name,) = given
    words = (name, "no proxy is in use", "Give proxy_server or use_proxy: true")
    refused(site.play(have(**given)).only, *words)
    site.play(have(proxy_server="10.0.0.1"), have(use_proxy=False))
    written = len(site.writes())
    refused(site.play(have(**given)).only, *words)
    unchanged = site.play(have(proxy_account="")).only
    assert not unchanged["changed"] and unchanged["site_system"]["proxy"] is None
    assert len(site.writes()) == written
    used = site.play(have(use_proxy=True, **given)).only
    assert used["changed"] and used["site_system"]["proxy"]["server"] == "10.0.0.1"


def test_an_account_without_the_right(site: Site) -> None:
    account = "CORP\\analyst"
    variables = {"ansible_user": account, "ansible_password": site.password(account)}
    refused(site.play(have(), variables=variables).only, f"Making {SERVER} a site system failed", "access is denied")
