# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is wrong with a connection when nothing works: every host of one play has another mistake."""

from __future__ import annotations

import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import logons
import pytest
import yaml
from plays import Play, Result, Site, examples, refused
from tickets import needs_kerberos

MODULE = "configmgr.site.connection_info"
PROVIDER, OTHER = "ps1.corp.example", "srv1.corp.example"
PROBES = [
    "libraries",
    "name",
    "port",
    "certificate",
    "winrm",
    "method",
    "ticket",
    "log_on",
    "windows",
    "registry",
    "provider",
    "site",
]


def diagnose(site: Site, directory: Path, hosts: dict[str, dict[str, Any]], **options: Any) -> dict[str, Result]:
    """Results by the host, each of which is the provider of the lab with other variables."""
    usual = yaml.safe_load(site.lab.inventory_file.read_text())["all"]["vars"]
    usual["ansible_port"] = site.lab.https_ports[PROVIDER]
    inventory = directory / "hosts.yml"
    inventory.write_text(yaml.safe_dump({"all": {"vars": usual, "hosts": hosts}}))
    play = site.play(
        {MODULE: {"fail_on": "never", "timeout": 5, **options}}, host="all", arguments=("--inventory", str(inventory))
    )
    assert {result.outcome for result in play.results} == {"ok"}, play.stdout
    return {result.host: result for result in play.results}


def found(result: Result) -> dict[str, dict[str, str]]:
    return {probe["probe"]: probe for probe in result["probes"]}


def test_nothing_is_wrong_and_that_is_shown(site: Site) -> None:
    play: Play = site.play({MODULE: {}}, host=f"{PROVIDER}:{OTHER}")
    of = {result.host: result for result in play.results}
    assert {result.outcome for result in play.results} == {"ok"}, play.stdout
    assert [probe["probe"] for probe in of[PROVIDER]["probes"]] == PROBES
    assert of[PROVIDER]["verdict"] == "passed" and of[PROVIDER].message == "11 passed, 1 skipped"
    assert found(of[PROVIDER])["site"]["evidence"] == "it sees site PS1, Primary Site 1"
    assert found(of[OTHER])["provider"]["status"] == "skipped" and of[OTHER]["verdict"] == "passed"
    assert not any(probe["remedy"] for probe in of[PROVIDER]["probes"])
    assert site.writes() == []


def test_every_mistake_is_found_where_it_is(site: Site, tmp_path: Path) -> None:
    with socket.socket() as nobody, socket.socket() as silent:
        nobody.bind(("127.0.0.1", 0))
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        mistakes: dict[str, tuple[dict[str, Any], str, str, str]] = {
            "password": ({"ansible_password": "wrong"}, "log_on", "refused the account", "ansible_password"),
            "name": ({"ansible_host": "nowhere.invalid"}, "name", "is not resolved", "ansible_host"),
            "port": ({"ansible_port": nobody.getsockname()[1]}, "port", "refused", "ansible_port"),
            "silence": (
                {
                    "ansible_port": silent.getsockname()[1],
                    "ansible_winrm_operation_timeout_sec": 1,
                    "ansible_winrm_read_timeout_sec": 2,
                },
                "winrm",
                "does not answer",
                "scheme",
            ),
            "authority": (
                {"ansible_winrm_ca_trust_path": str(Path(__file__).parents[1] / "lab" / "README.md")},
                "certificate",
                "NO_CERTIFICATE",
                "ansible_winrm_ca_trust_path",
            ),
            "public": (
                {"ansible_winrm_ca_trust_path": "legacy_requests"},
                "certificate",
                "issued by CN=configmgr.site lab authority",
                "ansible_winrm_ca_trust_path",
            ),
            "path": ({"ansible_winrm_path": "/other"}, "winrm", "404", "/wsman"),
            "scheme": ({"ansible_winrm_scheme": "http"}, "winrm", "does not answer", "5986"),
            "method": ({"ansible_winrm_transport": "credssp"}, "method", "Negotiate, Basic is offered", "winrm/config"),
            "stranger": (
                {"ansible_user": r"CORP\stranger", "ansible_password": site.password(r"CORP\stranger")},
                "site",
                "",
                "security role",
            ),
            "nobody": (
                {"ansible_user": r"CORP\user", "ansible_password": site.password(r"CORP\user")},
                "windows",
                "refuses the account",
                "Remote Management Users",
            ),
        }
        results = diagnose(site, tmp_path, {name: variables for name, (variables, *_words) in mistakes.items()})
    for name, (_variables, probe, evidence, remedy) in mistakes.items():
        first = next((entry for entry in results[name]["probes"] if entry["status"] == "failed"), None)
        assert first is not None, (name, results[name]["table"])
        assert first["probe"] == probe and evidence in first["evidence"] and remedy in first["remedy"], (name, first)
        assert results[name]["verdict"] == "failed"
        assert [entry["probe"] for entry in results[name]["probes"]] == PROBES, name


def test_what_only_warns(site: Site, tmp_path: Path) -> None:
    site.control.console("set_clock", server="ps1", seconds=-900)
    ignoring = {"ansible_winrm_server_cert_validation": "ignore"}
    (result,) = diagnose(site, tmp_path, {"host": ignoring}).values()
    probes = found(result)
    assert result["verdict"] == "warning"
    assert probes["certificate"]["status"] == "warning" and "900 s behind" in probes["windows"]["evidence"]


def test_over_psrp(site: Site, tmp_path: Path) -> None:
    psrp = {"ansible_connection": "psrp", "ansible_psrp_auth": "ntlm", "ansible_psrp_protocol": "https"}
    trusting = {**psrp, "ansible_psrp_ca_cert": str(site.lab.authority_file)}
    results = diagnose(site, tmp_path, {"trusting": trusting, "other": psrp})
    assert results["trusting"]["verdict"] == "passed", results["trusting"]["table"]
    assert "pypsrp" in found(results["trusting"])["libraries"]["evidence"]
    assert "ansible_psrp_ca_cert" in found(results["other"])["certificate"]["remedy"]


def test_it_fails_on_what_it_is_told_to(site: Site) -> None:
    wrong = {"ansible_password": "a wrong password"}
    failing = site.play({MODULE: {}}, host=PROVIDER, variables=wrong).only
    refused(failing, "The connection does not work as it should", "log_on", "-> Check ansible_user")
    assert failing["verdict"] == "failed" and failing["changed"] is False
    assert "a wrong password" not in str(failing.values)
    ignoring = {"ansible_winrm_server_cert_validation": "ignore"}
    assert site.play({MODULE: {}}, host=PROVIDER, variables=ignoring).only.outcome == "ok"
    assert site.play({MODULE: {"fail_on": "warning"}}, host=PROVIDER, variables=ignoring).only.outcome == "failed"
    refused(site.play({MODULE: {"timeout": 0}}, host=PROVIDER).only, "timeout: it must be between 1 and 60")


@pytest.mark.parametrize("number", range(len(examples("connection_info"))))
def test_its_examples_work_where_nothing_else_does(site: Site, number: int) -> None:
    play = site.play(examples("connection_info")[number], host=PROVIDER, variables={"ansible_host": "nowhere.invalid"})
    is_last = number == len(examples("connection_info")) - 1
    assert play.only.outcome == ("ok" if is_last else "failed"), play.stdout
    if is_last:
        assert play.only["result"][0][0] == "name"


@needs_kerberos
def test_tickets(make_site: Callable[..., Site], tmp_path: Path) -> None:
    site = make_site(kerberos=True)
    with_ticket = logons.tickets(site.lab, tmp_path).environment
    ways = {
        way.name: way
        for way in logons.WAYS
        if way.name in ("winrm, Kerberos, ticket got before, https", "psrp, Kerberos, http")
    }
    hosts = {name: way.host_variables(site.lab) for name, way in ways.items()}
    for environment, status in ((with_ticket, "passed"), ({**with_ticket, "KRB5CCNAME": str(tmp_path / "none")}, "failed")):
        site.environment = environment
        results = diagnose(site, tmp_path, hosts)
        ticket = found(results["winrm, Kerberos, ticket got before, https"])["ticket"]
        assert ticket["status"] == status, ticket
        assert ("administrator@CORP.EXAMPLE" in ticket["evidence"]) is (status == "passed")
        assert found(results["psrp, Kerberos, http"])["ticket"]["evidence"] == "one is got with the password"
        assert results["psrp, Kerberos, http"]["verdict"] == "passed", results["psrp, Kerberos, http"]["table"]
