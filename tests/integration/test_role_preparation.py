# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What comes before an installation: a server that is not fit is told so, and one that is no site system becomes one."""

from __future__ import annotations

from typing import Any

import pytest
from fitness import without_groups
from plays import Play, Result, Site

SERVER = "srv2.corp.example"
PREFIX = "service_connection_point_"
DEPLOY = "playbooks/deploy.yml"
WANTED = {"site_system": SERVER, "mode": "online"}


def deploy(site: Site, *arguments: str, **variables: Any) -> Play:
    named = {PREFIX + name: value for name, value in {**WANTED, **variables}.items()}
    return site.run_playbook(DEPLOY, *arguments, variables=named)


def last(play: Play) -> Result:
    return play.results[-1]


def lines(result: Result) -> list[str]:
    found: list[str] = result["msg"]
    return found


@pytest.mark.parametrize("has_groups", [True, False])
def test_a_server_that_lacks_the_right_ends_with_a_table_and_succeeds_once_it_has_it(site: Site, has_groups: bool) -> None:
    if not has_groups:
        without_groups(site, "srv2")
    site.control.console("remove_local_group_member", server="srv2", member="CORP\\PS1$")
    failed = deploy(site)
    assert failed.exit_code == 2 and site.writes() == [] and site.points() == []
    heading, columns, worst, remedy, *others = lines(last(failed))
    assert heading.startswith(f"{SERVER} is not fit for the role, so nothing was changed: 1 failed")
    assert columns.split() == ["status", "check", "evidence"]
    assert worst.split()[:2] == ["failed", "local_administrator"] and "PS1$ is not among them" in worst
    assert ("may be in CORP\\Domain Admins. Name a domain controller" in worst) is has_groups
    assert "Add the site server's computer account to the local administrators" in remedy
    assert sum(line.startswith("passed") for line in others) == 15, others

    site.control.console("add_local_group_member", server="srv2", member="CORP\\PS1$")
    succeeded = deploy(site)
    assert succeeded.exit_code == 0, succeeded.stdout
    assert site.points() == [(SERVER, "online")]
    assert deploy(site).results[-1].outcome == "ok"


def test_what_is_not_proven_is_good_enough_for_who_says_so(site: Site) -> None:
    site.control.console("remove_local_group_member", server="srv2", member="CORP\\PS1$")
    site.control.console("add_domain_group", name="Site Servers", members=["CORP\\PS1$"])
    site.control.console("add_local_group_member", server="srv2", member="CORP\\Site Servers")
    assert deploy(site).exit_code == 2
    assert deploy(site, "--check", required_checks=[]).exit_code == 0
    assert deploy(site, "--check", warn_checks=["local_administrator"]).exit_code == 0


def test_an_installation_account_and_a_proxy_come_with_it(site: Site) -> None:
    site.control.console("remove_local_group_member", server="srv2", member="CORP\\PS1$")
    site.control.console("add_local_group_member", server="srv2", member="CORP\\installer")
    settings = {
        "installation_account": "CORP\\installer",
        "proxy_server": "proxy.corp.example",
        "proxy_port": 8080,
        "proxy_account": "CORP\\proxy",
    }
    nobodys = deploy(site, installation_account_password="x")
    assert "needs the account that it belongs to" in last(nobodys).message
    unknown = deploy(site, **settings)
    assert "does not know CORP\\installer and CORP\\proxy" in last(unknown).message and site.writes() == []

    passwords = {
        f"{kind}_account_password": site.password(f"CORP\\{account}")
        for kind, account in {"installation": "installer", "proxy": "proxy"}.items()
    }
    checked = deploy(site, "--check", **settings, **passwords)
    assert checked.exit_code == 0 and site.writes() == [], checked.stdout
    done = deploy(site, "-vvv", "--diff", **settings, **passwords)
    assert done.exit_code == 0, done.stdout
    assert site.points() == [(SERVER, "online")]
    for password in passwords.values():
        assert password not in done.stdout + done.stderr + str(done.results)

    again = deploy(site, **settings, **passwords)
    assert again.exit_code == 0 and not [result for result in again.results if result.values.get("changed")]
    moved = deploy(site, **settings, **passwords, use_proxy=False)
    assert moved.exit_code == 2, "a proxy that shall not be used has no server"


def test_the_site_server_and_the_database_are_asked_for(make_site: Any) -> None:
    site: Site = make_site("high_availability")
    wrong_port = deploy(site, sql_server_port=1433)
    assert "sql_server_reach" in lines(last(wrong_port))[2] and "port 1433" in lines(last(wrong_port))[2]
    assumed_port = deploy(site, fail_on="warning")
    assert "port 1433 was assumed, as none was given" in lines(last(assumed_port))[2]
    assert lines(last(assumed_port))[2].startswith("warning")
    site.control.console("block_port", server="srv2", port=445, source="ps1")
    blocked = deploy(site, sql_server_port=14330)
    assert "site_server_reach" in lines(last(blocked))[2] and "SMB (TCP 445) cannot be reached" in lines(last(blocked))[2]
    assert site.writes() == []
    warned = deploy(site, sql_server_port=14330, warn_checks=["site_server_reach"])
    assert warned.exit_code == 0 and site.points() == [(SERVER, "online")]


@pytest.mark.parametrize(
    ("trouble", "words"), [("remove_curl", "has no curl.exe"), ("turn_off", "The connection to the WinRM server")]
)
def test_a_site_server_that_cannot_try_it_is_a_warning_that_says_why(make_site: Any, trouble: str, words: str) -> None:
    site: Site = make_site("remote_provider")
    site.control.console(trouble, server="ps1")
    stopped = deploy(site, fail_on="warning")
    worst = lines(last(stopped))[2]
    assert worst.startswith("warning") and "site_server_reach" in worst, lines(last(stopped))
    assert "the attempt from the site server ps1.corp.example failed" in worst and words in worst
    assert site.writes() == []


@pytest.mark.parametrize("server", ["ps1", "ps2"])
def test_neither_site_server_of_a_pair_gets_the_role(make_site: Any, server: str) -> None:
    site: Site = make_site("high_availability")
    failed = deploy(site, site_system=f"{server}.corp.example", sql_server_port=14330)
    assert "are the site servers of site PS1, a high-availability pair" in last(failed).message
    assert site.writes() == []


def test_checks_are_left_out_and_warnings_made_failures(site: Site) -> None:
    site.control.console("set_clock", server="srv2", seconds=900)
    assert deploy(site).exit_code == 2
    site.control.console("set_certificate", server="srv2", name="Baltimore CyberTrust Root", state="expired")
    strict = deploy(site, skip_checks=["clock"], fail_on="warning")
    assert strict.exit_code == 2 and "baltimore_root" in lines(last(strict))[2]
    assert site.writes() == []
    assert deploy(site, skip_checks=["clock"]).exit_code == 0


def test_a_wrong_tier_is_refused_before_the_server_is_touched(hierarchy: Site) -> None:
    play = hierarchy.run_playbook(
        DEPLOY,
        variables={
            PREFIX + "provider": "pr1.corp.example",
            PREFIX + "site_system": "srv2.corp.example",
            PREFIX + "mode": "online",
        },
    )
    assert play.exit_code == 2 and hierarchy.writes() == []
