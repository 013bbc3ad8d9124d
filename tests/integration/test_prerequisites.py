# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checking whether a server is fit for the role, on servers of every kind."""

from __future__ import annotations

from typing import Any

import pytest
from plays import Result, Site, Task

MODULE = "configmgr.site.site_system_prerequisites"
SERVER = "srv1.corp.example"
CONTROL = r"HKLM\SYSTEM\CurrentControlSet\Control"
SOFTWARE = r"HKLM\SOFTWARE\Microsoft"
SERVICING = rf"{SOFTWARE}\Windows\CurrentVersion\Component Based Servicing"


def check(**options: Any) -> Task:
    return {"name": "check it", MODULE: {"site_server": "ps1.corp.example", **options}}


def found(result: Result) -> dict[str, tuple[str, str]]:
    """Status and evidence by check."""
    return {entry["id"]: (entry["status"], entry["evidence"]) for entry in result["checks"]}


@pytest.fixture
def servers(make_site: Any) -> Site:
    """A site with servers of every kind."""
    site: Site = make_site("international")
    return site


def test_a_server_in_good_order(site: Site) -> None:
    result = site.play(check(), host=SERVER).only
    assert result.outcome == "ok" and not result["changed"], result.message
    assert result["verdict"] == "passed" and result.message == "11 passed"
    assert found(result)["local_administrator"] == ("passed", "CORP\\PS1$ is a member of SRV1\\Administrators")
    requests = site.requests("check it")
    assert len(requests) <= 25, site.actions("check it")
    assert len({request["connection"] for request in requests}) == 1
    assert site.control.state()["powershell_starts"] == 0


def test_a_site_server_that_may_not_administer_the_server(site: Site) -> None:
    site.control.console("remove_local_group_member", server="srv1", member="CORP\\PS1$")
    failed = site.play(check(), host=SERVER).only
    assert failed.outcome == "failed" and failed["verdict"] == "failed"
    status, evidence = found(failed)["local_administrator"]
    assert status == "failed" and "SRV1\\Administrators" in evidence and "PS1$ is not among them" in evidence
    for word in ("not fit for the role: 1 failed, 10 passed", evidence, "Add the site server's computer account"):
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
    assert evidence.startswith("not proven: ") and "CORP\\Site Servers" in evidence
    assert site.play(check(fail_on="warning"), host=SERVER).only.outcome == "failed"


@pytest.mark.parametrize(("server", "group"), [("srv1", "SRV1\\Administratoren"), ("srv2", "SRV2\\")])
def test_the_group_is_found_in_any_language(servers: Site, server: str, group: str) -> None:
    result = servers.play(check(fail_on="never"), host=f"{server}.corp.example").only
    status, evidence = found(result)["local_administrator"]
    assert status == "passed" and group in evidence, evidence


@pytest.mark.parametrize(
    ("server", "name", "status", "word"),
    [
        ("core1", "operating_system", "failed", "Server Core"),
        ("client1", "operating_system", "failed", "Windows 11"),
        ("old1", "dotnet_framework", "failed", "release"),
        ("dc1", "local_administrator", "warning", "domain controller"),
        ("alone1", "domain_membership", "failed", "workgroup"),
    ],
)
def test_servers_that_are_not_fit(servers: Site, server: str, name: str, status: str, word: str) -> None:
    result = servers.play(check(fail_on="never"), host=f"{server}.corp.example").only
    assert result.outcome == "ok", result.message
    assert found(result)[name][0] == status and word.lower() in found(result)[name][1].lower(), found(result)[name]


WRONG: list[tuple[str, str, dict[str, Any]]] = [
    (
        "pending_restart",
        "create_registry_key",
        {"key": rf"{SOFTWARE}\Windows\CurrentVersion\Component Based Servicing\RebootPending"},
    ),
    (
        "pending_restart",
        "set_registry_value",
        {"key": rf"{CONTROL}\Session Manager", "name": "PendingFileRenameOperations", "value": ["a", "b"]},
    ),
    (
        "computer_name",
        "set_registry_value",
        {"key": rf"{CONTROL}\ComputerName\ComputerName", "name": "ComputerName", "value": "SRV9"},
    ),
    (
        "tls_12",
        "set_registry_value",
        {"key": rf"{CONTROL}\SecurityProviders\SCHANNEL\Protocols\TLS 1.2\Client", "name": "Enabled", "value": 0},
    ),
    (
        "strong_crypto",
        "set_registry_value",
        {"key": rf"{SOFTWARE}\.NETFramework\v4.0.30319", "name": "SchUseStrongCrypto", "value": 0},
    ),
    (
        "visual_c_runtime",
        "delete_registry_value",
        {"key": rf"{SOFTWARE}\VisualStudio\14.0\VC\Runtimes\x64", "name": "Version"},
    ),
    ("clock", "set_clock", {"seconds": 400}),
]


@pytest.mark.parametrize(("name", "action", "arguments"), WRONG)
def test_what_is_wrong_with_one_thing_fails_that_check_alone(
    site: Site, name: str, action: str, arguments: dict[str, Any]
) -> None:
    site.control.console(action, server="srv1", **arguments)
    failed = site.play(check(), host=SERVER).only
    assert [entry["id"] for entry in failed["checks"] if entry["status"] != "passed"] == [name], failed.message
    assert site.play(check(warn=[name]), host=SERVER).only["verdict"] == "warning"
    assert site.play(check(skip=[name]), host=SERVER).only["verdict"] == "passed"


def test_the_drive_that_would_be_used(site: Site) -> None:
    gib = 2**30
    site.control.console("set_drive", server="srv1", drive="D:", free=200 * gib, size=300 * gib)
    assert "D: has 200.0 GiB" in found(site.play(check(), host=SERVER).only)["free_space"][1]
    site.control.console("write_file", server="srv1", path=r"D:\no_sms_on_drive.sms")
    status, evidence = found(site.play(check(), host=SERVER).only)["free_space"]
    assert status == "passed" and evidence.startswith("C: ") and "no_sms_on_drive.sms is on D:" in evidence


def test_an_account_that_may_read_little(site: Site) -> None:
    account = "CORP\\analyst"
    variables = {"ansible_user": account, "ansible_password": site.password(account)}
    result = site.play(check(fail_on="never"), host=SERVER, variables=variables).only
    assert result.outcome == "ok" and len(result["checks"]) == 11


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"site_server": "PS1"}, ["site_server", "fully qualified domain name"]),
        ({"installation_account": "installer"}, ["installation_account", "domain\\user"]),
        ({"skip": ["clocks"]}, ["skip", "no check 'clocks'", "clock"]),
        ({"warn": ["tls"]}, ["warn", "no check 'tls'"]),
        ({"fail_on": "always"}, ["fail_on", "never"]),
    ],
)
def test_wrong_options_cost_no_request(site: Site, options: dict[str, Any], words: list[str]) -> None:
    failed = site.play(check(**options), host=SERVER).only
    assert failed.outcome == "failed" and all(word in failed.message for word in words), failed.message
    assert site.requests() == []
