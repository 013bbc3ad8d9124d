# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checking whether a server is fit for the role, on servers of every kind."""

from __future__ import annotations

from typing import Any

import pytest
from fitness import SERVER, check, found, without_groups
from plays import Site

CONTROL = r"HKLM\SYSTEM\CurrentControlSet\Control"
SOFTWARE = r"HKLM\SOFTWARE\Microsoft"
SERVICING = rf"{SOFTWARE}\Windows\CurrentVersion\Component Based Servicing"


ROOT_G2, BALTIMORE = "DigiCert Global Root G2", "Baltimore CyberTrust Root"


@pytest.fixture
def servers(make_site: Any) -> Site:
    """A site with servers of every kind."""
    site: Site = make_site("international")
    return site


def test_a_server_in_good_order(site: Site) -> None:
    result = site.play(check(), host=SERVER).only
    assert result.outcome == "ok" and not result["changed"], result.message
    assert result["verdict"] == "passed" and result.message == "14 passed, 2 skipped"
    assert result["table"][0].split() == ["status", "check", "evidence"] and len(result["table"]) == 17
    assert found(result)["local_administrator"] == ("passed", "corp.example\\PS1$ is a member of SRV1\\Administrators")
    requests = site.requests("check it")
    assert len(requests) <= 25, site.actions("check it")
    assert len({request["connection"] for request in requests}) == 1
    assert site.control.state()["powershell_starts"] == 0


@pytest.mark.parametrize(
    ("server", "name", "status", "word"),
    [
        ("core1", "operating_system", "failed", "Server Core"),
        ("client1", "operating_system", "failed", "Windows 11"),
        ("old1", "dotnet_framework", "failed", "release"),
        ("old1", "operating_system", "failed", "build 9600"),
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
    assert [entry["id"] for entry in failed["checks"] if entry["status"] not in ("passed", "skipped")] == [name], failed.message
    assert site.play(check(warn=[name]), host=SERVER).only["verdict"] == "warning"
    assert site.play(check(skip=[name]), host=SERVER).only["verdict"] == "passed"


def test_the_drive_that_would_be_used(site: Site) -> None:
    gib = 2**30
    site.control.console("set_drive", server="srv1", drive="D:", free=200 * gib, size=300 * gib)
    assert "D: has 200.0 GiB" in found(site.play(check(), host=SERVER).only)["free_space"][1]
    site.control.console("write_file", server="srv1", path=r"D:\no_sms_on_drive.sms")
    status, evidence = found(site.play(check(), host=SERVER).only)["free_space"]
    assert status == "passed" and evidence.startswith("C: ") and "no_sms_on_drive.sms is on D:" in evidence


@pytest.mark.parametrize(
    ("name", "state", "check_id", "status", "word"),
    [
        (ROOT_G2, "missing", "root_certificates", "warning", "Windows fetches"),
        (ROOT_G2, "expired", "root_certificates", "failed", "expired on 2025-05-12"),
        (ROOT_G2, "not_yet_valid", "root_certificates", "failed", "not valid yet"),
        (ROOT_G2, "disallowed", "root_certificates", "failed", "disallowed"),
        (ROOT_G2, "unreadable", "root_certificates", "failed", "damaged"),
        (BALTIMORE, "missing", "baltimore_root", "warning", "missing"),
        (BALTIMORE, "expired", "baltimore_root", "warning", "expired"),
    ],
)
def test_root_certificates(site: Site, name: str, state: str, check_id: str, status: str, word: str) -> None:
    site.control.console("fill_certificate_store", server="srv1", count=400)
    site.control.console("set_certificate", server="srv1", name=name, state=state)
    result = site.play(check(fail_on="never"), host=SERVER).only
    assert found(result)[check_id][0] == status and word in found(result)[check_id][1], found(result)[check_id]
    assert [entry["id"] for entry in result["checks"] if entry["status"] in ("failed", "warning")] == [check_id]
    assert len(site.requests("check it")) <= 25


def test_roots_that_windows_may_not_fetch(site: Site) -> None:
    site.control.console("set_certificate", server="srv1", name=ROOT_G2, state="missing")
    key = r"HKLM\SOFTWARE\Policies\Microsoft\SystemCertificates\AuthRoot"
    site.control.console("set_registry_value", server="srv1", key=key, name="DisableRootAutoUpdate", value=1)
    result = site.play(check(fail_on="never"), host=SERVER).only
    assert found(result)["root_certificates"][0] == "failed" and "not to fetch" in found(result)["root_certificates"][1]


@pytest.fixture
def pair(make_site: Any) -> Site:
    """A site with two site servers, and its database on a third."""
    site: Site = make_site("high_availability")
    return site


PAIR = {"passive_site_server": "ps2.corp.example", "sql_server": "sql1.corp.example", "sql_server_port": 14330}


def test_neither_of_two_site_servers_may_have_the_role(pair: Site) -> None:
    without_groups(pair)
    assert found(pair.play(check(**PAIR), host=SERVER).only)["site_server_pair"] == ("passed", "SRV1 is no site server")
    for server in ("ps1", "ps2"):
        result = pair.play(check(fail_on="never"), host=f"{server}.corp.example").only
        assert found(result)["site_server_pair"][0] == "failed", found(result)["site_server_pair"]
    pair.control.console("remove_local_group_member", server="srv1", member="CORP\\PS2$")
    result = pair.play(check(fail_on="never", **PAIR), host=SERVER).only
    assert found(result)["local_administrator"][0] == "failed"


def test_the_way_to_the_database(pair: Site) -> None:
    assert found(pair.play(check(**PAIR), host=SERVER).only)["sql_server_reach"][0] == "passed"
    instance = {"sql_server": "sql1\\INSTANCE", "fail_on": "never"}
    for options in ({**PAIR, "sql_server_port": None, "fail_on": "never"}, instance):
        status, evidence = found(pair.play(check(**options), host=SERVER).only)["sql_server_reach"]
        assert status == "warning" and "port 1433 cannot be reached: Failed to connect" in evidence
        assert "port 1433 was assumed, as none was given: set sql_server_port" in evidence
    wrong_port = pair.play(check(**instance, sql_server_port=1433), host=SERVER).only
    status, evidence = found(wrong_port)["sql_server_reach"]
    assert status == "failed" and "sql1 port 1433 cannot be reached: Failed to connect" in evidence
    assert "option sql_server_port" in next(
        entry["remedy"] for entry in wrong_port["checks"] if entry["id"] == "sql_server_reach"
    )
    assert found(pair.play(check(**instance, sql_server_port=14330), host=SERVER).only)["sql_server_reach"][0] == "passed"
    pair.control.console("block_port", server="sql1", port=14330, source="srv1")
    status, evidence = found(pair.play(check(fail_on="never", **PAIR), host=SERVER).only)["sql_server_reach"]
    assert status == "failed" and "timed out" in evidence
    pair.control.console("remove_curl", server="srv1")
    status, evidence = found(pair.play(check(fail_on="never", **PAIR), host=SERVER).only)["sql_server_reach"]
    assert status == "warning" and "curl.exe" in evidence


def test_the_way_from_the_site_server(pair: Site) -> None:
    look = {
        "configmgr.site.tcp_connection_info": {"targets": [{"host": SERVER, "port": 445}, {"host": SERVER, "port": 135}]},
        "delegate_to": "ps1.corp.example",
        "register": "looked",
    }
    judge = check(connections_from_site_server="{{ looked.connections }}", site_system=SERVER, fail_on="never")
    assert found(pair.play(look, judge, host=SERVER).results[-1])["site_server_reach"][0] == "passed"
    pair.control.console("block_port", server="srv1", port=135, source="ps1")
    looked, judged = pair.play(look, judge, host=SERVER).results
    assert [attempt["connected"] for attempt in looked["connections"]] == [True, False]
    status, evidence = found(judged)["site_server_reach"]
    assert status == "failed" and "RPC (TCP 135) cannot be reached: Connection timed out" in evidence
    pair.control.console("remove_curl", server="ps1")
    judge = check(connections_error="{{ looked.msg }}", site_system=SERVER)
    judged = pair.play({**look, "ignore_errors": True}, judge, host=SERVER).results[-1]
    status, evidence = found(judged)["site_server_reach"]
    assert status == "warning" and "the attempt from the site server ps1.corp.example failed" in evidence
    assert "The server has no curl.exe" in evidence


def test_many_targets_in_one_shell_and_none_without_curl(pair: Site) -> None:
    targets = [{"host": f"srv{number}.corp.example", "port": 445} for number in range(1, 101)]
    task = {"name": "try", "configmgr.site.tcp_connection_info": {"targets": targets, "query": "connections[?connected].host"}}
    result = pair.play(task, host="ps1.corp.example").only
    assert len(result["connections"]) == 100 and result["result"] == ["srv1.corp.example", "srv2.corp.example"]
    assert "Could not resolve host" in result["connections"][-1]["error"]
    assert len(pair.requests("try")) <= 10
    pair.control.console("remove_curl", server="ps1")
    failed = pair.play(task, host="ps1.corp.example").only
    assert failed.outcome == "failed" and "curl.exe" in failed.message


def test_a_server_that_was_renamed(site: Site) -> None:
    for key in ("ActiveComputerName", "ComputerName"):
        path = rf"{CONTROL}\ComputerName\{key}"
        site.control.console("set_registry_value", server="srv1", key=path, name="ComputerName", value="SRV9")
    status, evidence = found(site.play(check(site_system=SERVER, fail_on="never"), host=SERVER).only)["computer_name"]
    assert status == "failed" and "SRV9" in evidence and SERVER in evidence


def test_an_account_that_may_read_little(site: Site) -> None:
    account = "CORP\\analyst"
    variables = {"ansible_user": account, "ansible_password": site.password(account)}
    result = site.play(check(fail_on="never"), host=SERVER, variables=variables).only
    assert result.outcome == "ok" and len(result["checks"]) == 16


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"site_server": "PS1"}, ["site_server", "fully qualified domain name"]),
        ({"installation_account": "installer"}, ["installation_account", "domain\\user"]),
        ({"skip": ["clocks"]}, ["skip", "no check 'clocks'", "clock"]),
        ({"warn": ["tls"]}, ["warn", "no check 'tls'"]),
        ({"fail_on": "always"}, ["fail_on", "never"]),
        ({"sql_server": "sql1&calc"}, ["sql_server", "no host name"]),
        ({"sql_server_port": 70000}, ["sql_server_port", "65535"]),
        ({"ldap_user": "CORP\\reader"}, ["ldap_user", "without ldap_server"]),
        ({"ldap_server": "dc1", "ldap_user": "CORP\\reader"}, ["ldap_password"]),
        ({"ldap_server": "http://dc1", "ldap_user": "a", "ldap_password": "b"}, ["ldap_server", "ldaps://"]),
    ],
)
def test_wrong_options_cost_no_request(site: Site, options: dict[str, Any], words: list[str]) -> None:
    failed = site.play(check(**options), host=SERVER).only
    assert failed.outcome == "failed" and all(word in failed.message for word in words), failed.message
    assert site.requests() == []
