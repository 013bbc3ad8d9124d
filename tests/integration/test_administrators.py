# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether the site may administer a server, as the server, its programs and its domain say."""

from __future__ import annotations

from typing import Any

import pytest
from fitness import SERVER, check, found, ldap, without_groups
from plays import Site


@pytest.fixture
def servers(make_site: Any) -> Site:
    """A site with servers of every kind."""
    site: Site = make_site("international")
    return site


def test_a_site_server_that_may_not_administer_the_server(site: Site) -> None:
    without_groups(site)
    site.control.console("remove_local_group_member", server="srv1", member="CORP\\PS1$")
    failed = site.play(check(), host=SERVER).only
    assert failed.outcome == "failed" and failed["verdict"] == "failed"
    status, evidence = found(failed)["local_administrator"]
    assert status == "failed" and "SRV1\\Administrators" in evidence and "PS1$ is not among them" in evidence
    for word in ("not fit for the role: 1 failed, 13 passed, 2 skipped", evidence, "Add the site server's computer account"):
        assert word in failed.message, failed.message
    site.control.console("add_local_group_member", server="srv1", member="CORP\\installer")
    assert site.play(check(installation_account="CORP\\installer"), host=SERVER).only.outcome == "ok"
    site.control.console("add_local_group_member", server="srv1", member="CORP\\PS1$")
    assert site.play(check(), host=SERVER).only.outcome == "ok"


def test_a_domain_group_proves_nothing(site: Site) -> None:
    site.control.console("remove_local_group_member", server="srv1", member="CORP\\PS1$")
    site.control.console("add_domain_group", name="Site Servers", members=["CORP\\PS1$"])
    site.control.console("add_local_group_member", server="srv1", member="CORP\\Site Servers")
    result = site.play(check(), host=SERVER).only
    status, evidence = found(result)["local_administrator"]
    assert result.outcome == "ok" and status == "warning"
    assert evidence.startswith("not proven: ") and "CORP\\Domain Admins or CORP\\Site Servers" in evidence
    assert site.play(check(fail_on="warning"), host=SERVER).only.outcome == "failed"


def test_everybody_who_logs_on_is_not_nobody(site: Site) -> None:
    without_groups(site)
    site.control.console("remove_local_group_member", server="srv1", member="CORP\\PS1$")
    site.control.console("add_local_group_member", server="srv1", member="S-1-5-11")
    status, evidence = found(site.play(check(), host=SERVER).only)["local_administrator"]
    assert status == "warning" and "may be in SRV1\\Authenticated Users" in evidence, evidence


def test_an_account_that_installs_may_be_one_of_the_domain_s_administrators(servers: Site) -> None:
    for server in ("srv1", "dc1"):
        servers.control.console("remove_local_group_member", server=server, member="CORP\\PS1$")
    servers.control.console("add_domain_group_member", group="Domain Admins", member="CORP\\installer")
    account = {"installation_account": "CORP\\installer", "fail_on": "never"}
    status, evidence = found(servers.play(check(**account), host=SERVER).only)["local_administrator"]
    assert status == "warning" and "may be in CORP\\Domain Admins" in evidence, evidence
    result = servers.play(ldap(servers, **account), host=SERVER).only
    assert found(result)["local_administrator"] == (
        "passed",
        "CORP\\installer is in CORP\\Domain Admins, which is a member of SRV1\\Administratoren",
    )
    assert found(servers.play(ldap(servers, **account), host="dc1.corp.example").only)["local_administrator"][0] == "passed"


@pytest.mark.parametrize("tried", ["only", "first"])
def test_a_site_that_has_an_account_to_install_with_may_try_nothing_else(make_site: Any, tried: str) -> None:
    site: Site = make_site(installation_account=tried)
    without_groups(site, "srv2")
    site.control.console("add_known_account", account="CORP\\installer")
    prepare = {"configmgr.site.site_system": {"site_system": "srv2.corp.example", "installation_account": "CORP\\installer"}}
    install = {
        "configmgr.site.service_connection_point": {"site_system": "srv2.corp.example", "mode": "online", "wait_timeout": 10}
    }
    judge = {**check(installation_account="CORP\\installer"), "delegate_to": "srv2.corp.example"}
    judged, _prepared, installed = site.play(judge, prepare, {**install, "ignore_errors": True}).results
    status, evidence = found(judged)["local_administrator"]
    assert status == "warning" and "CORP\\installer, which installs, is not among them" in evidence, evidence
    assert "whether the site falls back to it is not documented" in evidence
    # Both can be: with the computer account, the site does what the account alone does not let it.
    assert installed.outcome == ("ok" if tried == "first" else "failed"), installed.message
    site.control.console("add_local_group_member", server="srv2", member="CORP\\installer")
    judged, installed = site.play(judge, install).results
    assert found(judged)["local_administrator"][0] == "passed" and installed.outcome == "ok"


@pytest.mark.parametrize(("server", "group"), [("srv1", "SRV1\\Administratoren"), ("srv2", "SRV2\\")])
def test_the_group_is_found_in_any_language(servers: Site, server: str, group: str) -> None:
    result = servers.play(check(fail_on="never"), host=f"{server}.corp.example").only
    status, evidence = found(result)["local_administrator"]
    assert status == "passed" and group in evidence, evidence


def test_what_wmi_does_not_show_of_a_group_is_listed_by_a_program(make_site: Any) -> None:
    site: Site = make_site(computer_account_in_group="absent")
    without_groups(site)
    result = site.play(check(), host=SERVER).only
    assert found(result)["local_administrator"] == ("passed", "corp.example\\PS1$ is a member of SRV1\\Administrators")
    site.control.console("remove_local_group_member", server="srv1", member="CORP\\PS1$")
    assert found(site.play(check(fail_on="never"), host=SERVER).only)["local_administrator"][0] == "failed"


def test_groups_of_the_domain_are_resolved_by_a_domain_controller(servers: Site) -> None:
    servers.control.console("remove_local_group_member", server="srv1", member="CORP\\PS1$")
    servers.control.console("add_domain_group", name="Inner", members=["CORP\\PS1$"])
    servers.control.console("add_domain_group", name="Outer", members=["CORP\\Inner"])
    servers.control.console("add_domain_group_member", group="Inner", member="CORP\\Outer")
    assert found(servers.play(ldap(servers), host=SERVER).only)["local_administrator"][0] == "failed"
    servers.control.console("add_local_group_member", server="srv1", member="CORP\\Outer")
    result = servers.play(ldap(servers), host=SERVER).only
    assert found(result)["local_administrator"] == (
        "passed",
        "corp.example\\PS1$ is in CORP\\Outer, which is a member of SRV1\\Administratoren",
    )
    servers.control.console("remove_domain_group_member", group="Inner", member="CORP\\PS1$")
    status, evidence = found(servers.play(ldap(servers), host=SERVER).only)["local_administrator"]
    assert status == "failed" and "as the domain says" in evidence


def test_a_domain_controller_is_judged_by_the_group_of_its_domain(servers: Site) -> None:
    host = "dc1.corp.example"
    status, evidence = found(servers.play(ldap(servers), host=host).only)["local_administrator"]
    assert status == "passed" and "domain" in evidence
    servers.control.console("remove_local_group_member", server="dc1", member="CORP\\PS1$")
    status, evidence = found(servers.play(ldap(servers), host=host).only)["local_administrator"]
    assert status == "failed" and "domain controller, which has no local groups" in evidence


@pytest.mark.parametrize(
    ("options", "word"),
    [
        ({"ldap_password": "wrong"}, "did not log on"),
        ({"ldap_server": "localhost:1"}, "ldaps://localhost:1"),
        ({"installation_account": "OTHER\\installer"}, "does not know OTHER\\installer"),
        ({"ldap_ca_path": None}, "did not log on"),
    ],
)
def test_a_directory_that_cannot_be_asked_proves_nothing(servers: Site, options: dict[str, Any], word: str) -> None:
    servers.control.console("remove_local_group_member", server="srv1", member="CORP\\PS1$")
    play = servers.play(ldap(servers, **options), host=SERVER)
    status, evidence = found(play.only)["local_administrator"]
    assert status == "warning" and evidence.startswith("not proven") and word in evidence, evidence
    assert servers.password("CORP\\analyst") not in play.stdout + play.stderr


@pytest.mark.parametrize(
    ("account", "name", "words"),
    [
        ("CORP\\PS1$", "tokenGroups", "may not read the groups (tokenGroups) of corp.example\\PS1$"),
        ("CORP\\PS1$", "objectSid", "may not read the name and identifier of corp.example\\PS1$"),
        ("CORP\\CM Infrastructure", "msDS-PrincipalName", "may not read the names of the groups S-1-5-21-"),
    ],
)
def test_what_nobody_may_read_of_an_account_proves_nothing(servers: Site, account: str, name: str, words: str) -> None:
    servers.control.console("remove_local_group_member", server="srv1", member="CORP\\PS1$")
    assert found(servers.play(ldap(servers), host=SERVER).only)["local_administrator"][0] == "failed"
    servers.control.console("hide_attribute", account=account, name=name)
    status, evidence = found(servers.play(ldap(servers), host=SERVER).only)["local_administrator"]
    assert status == "warning" and evidence.startswith("not proven") and words in evidence, evidence
