# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Endpoints tried from the server with the role: the real curl against real TLS servers, directly and through a real proxy."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic
from typing import Any

import pytest
from plays import Result, Site, refused
from programs import needs_curl, needs_tinyproxy

SERVER = "srv1.corp.example"
MODULE = "configmgr.site.internet_access"
GATEWAY = "Contoso Web Gateway CA"
PROXY = {"proxy_server": "proxy.corp.example", "proxy_port": 8080}
ACCOUNT = "CORP\\proxy"

pytestmark = needs_curl

FAILURES: dict[str, tuple[dict[str, Any], str]] = {
    "dropped.microsoft.com": ({"connection": "timed_out"}, "timeout"),
    "silent.microsoft.com": ({"connection": "stalled"}, "timeout"),
    "closed.microsoft.com": ({"connection": "refused"}, "refused"),
    "unknown.microsoft.com": ({"connection": "unknown_host"}, "unknown_host"),
    "cut.microsoft.com": ({"connection": "reset"}, "cut_off"),
    "expired.microsoft.com": ({"certificate": "expired"}, "expired"),
    "misnamed.microsoft.com": ({"certificate": "wrong_name"}, "wrong_name"),
    "own.microsoft.com": ({"certificate": "self_signed"}, "untrusted"),
    "old.microsoft.com": ({"tls": "1.0"}, "tls_version"),
    "older.microsoft.com": ({"tls": "1.0-1.1"}, "tls_version"),
    "new.microsoft.com": ({"tls": "1.3"}, "tls_version"),
}
STATUSES = (407, 408, 426, 451, 502, 511, 598, 599)


def ask(site: Site, host: str = SERVER, **options: Any) -> Result:
    given = {"fail_on": "never", "timeout": 1, **options}
    return site.play({"name": "ask", MODULE: given}, host=host).only


def found(result: Result) -> dict[str, dict[str, Any]]:
    """The endpoints by host."""
    return {endpoint["host"]: endpoint for endpoint in result["endpoints"]}


def problems(result: Result) -> dict[str, str | None]:
    return {host: endpoint["problem"] for host, endpoint in found(result).items()}


def test_where_everything_is_reached(role: Site) -> None:
    result = ask(role, fail_on="warning")
    assert result.outcome == "ok" and not result["changed"], result.message
    assert (result["verdict"], result["message_id"]) == ("passed", 11410)
    assert role.actions("ask") == ["Create", "Command", "Send", "Receive", "Delete"]
    assert role.control.state()["powershell_starts"] == 0
    endpoint = found(result)["sccm.manage.microsoft.com"]
    assert endpoint["stands_for"] == ["*.manage.microsoft.com"] and endpoint["features"] == ["updates"]
    assert endpoint["tls"]["version"] == "1.2" and endpoint["tls"]["verified"] and endpoint["status"] == 200
    assert "Microsoft Azure RSA TLS Issuing CA 04" in endpoint["tls"]["issuer"] and endpoint["intercepted_by"] is None


def make_failures(site: Site) -> None:
    for host, (settings, _problem) in FAILURES.items():
        site.control.console("set_endpoint", host=host, **settings)


def check_failures(result: Result) -> None:
    expected = {host: problem for host, (_settings, problem) in FAILURES.items()}
    assert problems(result) == expected
    endpoints = found(result)
    assert all(endpoint["reason"] and endpoint["remedy"] and endpoint["error"] for endpoint in endpoints.values())
    versions = {host: endpoints[host]["tls"]["version"] for host in ("old.microsoft.com", "older.microsoft.com")}
    assert versions == {"old.microsoft.com": "1.0", "older.microsoft.com": "1.1"}
    assert endpoints["new.microsoft.com"]["tls"]["version"] == "1.3"
    assert endpoints["expired.microsoft.com"]["tls"]["verified"] is False
    assert "a248.e.akamai.net" in endpoints["misnamed.microsoft.com"]["tls"]["subject"]
    assert (result["verdict"], result["message_id"]) == ("critical", 11412)


@pytest.mark.parametrize("language", ["en", "de"])
def test_every_way_to_fail_before_an_answer(make_site: Callable[..., Site], language: str) -> None:
    site = make_site("standalone" if language == "en" else "international")
    make_failures(site)
    check_failures(ask(site, features=[], endpoints=list(FAILURES)))


def test_every_way_to_fail_with_a_curl_that_has_openssl(make_site: Callable[..., Site]) -> None:
    site = make_site(curl_tls="openssl")
    make_failures(site)
    check_failures(ask(site, features=[], endpoints=list(FAILURES)))


def test_every_answer_that_is_a_failure_and_some_that_are_none(role: Site) -> None:
    fine = (200, 302, 400, 401, 403, 404, 500, 503)
    for status in (*STATUSES, *fine):
        role.control.console("set_endpoint", host=f"status{status}.microsoft.com", status=status)
    result = ask(role, features=[], endpoints=[f"status{status}.microsoft.com" for status in (*STATUSES, *fine)])
    endpoints = {endpoint["status"]: endpoint for endpoint in result["endpoints"]}
    assert [status for status, endpoint in endpoints.items() if endpoint["connected"]] == list(fine)
    for status in STATUSES:
        assert endpoints[status]["reason"].startswith(f"HTTP {status}, ")
    assert "problem of the proxy" in endpoints[451]["reason"] and "misconfiguration of TLS" in endpoints[426]["reason"]


def test_what_is_not_critical_is_a_warning(role: Site) -> None:
    role.control.console("set_endpoint", host="umwatsonc.events.data.microsoft.com", connection="refused")
    result = ask(role, fail_on="critical")
    assert result.outcome == "ok" and (result["verdict"], result["message_id"]) == ("warning", 11411)
    failed = ask(role, fail_on="warning")
    refused(
        failed, "16 of 17 endpoints can be connected to", "umwatsonc.events.data.microsoft.com", "-> Let the server connect"
    )
    assert failed["message_id"] == 11411


def test_what_is_critical_fails_the_task(role: Site) -> None:
    role.control.console("set_endpoint", host="go.microsoft.com", connection="refused")
    failed = role.play({MODULE: {}}, host=SERVER).only
    refused(failed, "The server cannot reach what the role connects to", "1 is critical", "nobody listens there")
    assert failed["verdict"] == "critical"


@pytest.mark.parametrize(("state", "problem"), [("missing", "untrusted"), ("expired", "expired"), ("unreadable", "untrusted")])
def test_the_baltimore_root_that_is_missing_expired_or_damaged(role: Site, state: str, problem: str) -> None:
    hosts = ["go.microsoft.com", "sccm.manage.microsoft.com"]
    role.control.console("set_endpoint", host=hosts, root="Baltimore CyberTrust Root")
    assert set(problems(ask(role)).values()) == {None}
    role.control.console("set_certificate", server="srv1", name="Baltimore CyberTrust Root", state=state)
    result = ask(role)
    assert {host for host, found in problems(result).items() if found == problem} == set(hosts)
    if problem == "untrusted":
        assert found(result)["go.microsoft.com"]["reason"].endswith("CN=Baltimore CyberTrust Root")
    assert "baltimore_root of configmgr.site.site_system_prerequisites" in found(result)["go.microsoft.com"]["remedy"]


def test_a_proxy_that_opens_connections_is_named_whether_it_is_trusted_or_not(role: Site) -> None:
    role.control.console("set_endpoint", host="go.microsoft.com", intercepted_by=GATEWAY)
    result = ask(role)
    assert problems(result)["go.microsoft.com"] == "intercepted" and GATEWAY in found(result)["go.microsoft.com"]["reason"]
    role.control.console("set_certificate", server="srv1", name=GATEWAY, state="valid")
    trusted = ask(role)
    assert trusted["verdict"] == "passed" and GATEWAY in found(trusted)["go.microsoft.com"]["intercepted_by"]
    assert len(trusted["interceptors"]) == 1 and GATEWAY in trusted.message


@needs_tinyproxy
def test_through_a_proxy(role: Site) -> None:
    role.control.console("require_proxy", server="srv1")
    role.control.console("add_proxy", name=PROXY["proxy_server"], port=8080)
    assert ask(role)["verdict"] == "critical"
    result = ask(role, **PROXY)
    assert result["verdict"] == "passed" and "through the proxy proxy.corp.example:8080" in result.message
    for host, settings, expected in (
        ("go.microsoft.com", {"connection": "timed_out"}, "proxy_timeout"),
        ("aka.ms", {"connection": "refused"}, "proxy_refuses"),
        ("download.microsoft.com", {"certificate": "expired"}, "expired"),
        ("download.windowsupdate.com", {"status": 502}, "status"),
    ):
        role.control.console("set_endpoint", host=host, **settings)
        assert problems(ask(role, features=[], endpoints=[host], **PROXY)) == {host: expected}


@needs_tinyproxy
def test_a_proxy_that_wants_a_log_on(role: Site) -> None:
    role.control.console("add_proxy", name=PROXY["proxy_server"], port=8080, account=ACCOUNT)
    nobody = ask(role, **PROXY)
    assert set(problems(nobody).values()) == {"proxy_authentication"}
    assert "HTTP 407, proxy authentication required: may indicate a problem of the proxy" in nobody.message
    assert {endpoint["status"] for endpoint in nobody["endpoints"]} == {407}
    wrong = ask(role, **PROXY, proxy_user=ACCOUNT, proxy_password="wrong")
    assert set(problems(wrong).values()) == {"proxy_authentication"}
    right = ask(role, **PROXY, proxy_user=ACCOUNT, proxy_password=role.password(ACCOUNT))
    assert right["verdict"] == "passed", right["table"]


@needs_tinyproxy
def test_the_password_is_in_no_output_and_no_command_line(role: Site) -> None:
    secret = 'canary "1" \\ %PATH% é'
    role.control.console("add_proxy", name=PROXY["proxy_server"], port=8080, account=ACCOUNT, password=secret)
    options = {**PROXY, "proxy_user": ACCOUNT, "proxy_password": "{{ secret }}"}
    play = role.play({"name": "ask", MODULE: options}, host=SERVER, arguments=("-vvvvv",), vars={"secret": secret})
    assert play.exit_code == 0, play.stdout
    assert "canary" not in play.stdout + play.stderr
    assert "canary" not in str(role.requests())


@needs_tinyproxy
@pytest.mark.parametrize(
    ("prepare", "options", "problem", "words"),
    [
        ({"connection": "reset"}, {}, "proxy_hangs_up", "the proxy ends the connection without an answer"),
        ({}, {}, "proxy_unknown_host", "the name of the proxy cannot be resolved"),
        ({"connection": "refused"}, {}, "proxy_unreachable", "the proxy cannot be connected to"),
        ({"connection": "timed_out"}, {}, "proxy_unreachable", "the proxy cannot be connected to"),
        ({"refuses": True}, {}, "proxy_refuses", "the proxy answers, and does not connect to the endpoint (HTTP 403)"),
        ({"refuses": True}, {"proxy_port": None}, "proxy_unreachable", "the proxy cannot be connected to"),
    ],
)
def test_a_proxy_that_is_of_no_use(
    role: Site, prepare: dict[str, Any], options: dict[str, Any], problem: str, words: str
) -> None:
    if "refuses" in prepare:
        role.control.console("add_proxy", name=PROXY["proxy_server"], port=8080, **prepare)
    elif prepare:
        role.control.console("set_endpoint", host=PROXY["proxy_server"], **prepare)
    given = {name: value for name, value in {**PROXY, **options}.items() if value is not None}
    result = ask(role, **given)
    assert set(problems(result).values()) == {problem}
    assert "0 of 17 endpoints can be connected to" in result.message and f"all for one reason: {words}" in result.message


def test_sixty_endpoints_of_which_twenty_do_not_answer(role: Site) -> None:
    slow = [f"slow{number}.microsoft.com" for number in range(20)]
    role.control.console("set_endpoint", host=slow, connection="timed_out")
    fast = [f"fast{number}.microsoft.com" for number in range(40)]
    began = monotonic()
    result = ask(role, features=[], endpoints=slow + fast, timeout=2)
    took = monotonic() - began
    assert [host for host, problem in problems(result).items() if problem] == slow
    assert role.actions("ask").count("Command") == 1
    # One after the other they would take forty
    assert took < sum(endpoint["seconds"] for endpoint in result["endpoints"]) / 2


@pytest.mark.parametrize(
    ("version", "words"),
    [
        (None, "The server has no curl.exe"),
        ("7.55.1", "curl 7.75 or later"),
    ],
)
def test_a_server_without_curl_or_with_one_that_is_too_old(role: Site, version: str | None, words: str) -> None:
    if version is None:
        role.control.console("remove_curl", server="srv1")
    else:
        role.control.console("set_curl", server="srv1", version=version)
    refused(ask(role), words, "Windows Server 2019")


def test_a_curl_that_does_not_show_certificates_does_for_the_rest(role: Site) -> None:
    role.control.console("set_curl", server="srv1", version="7.83.1")
    result = ask(role)
    assert result["verdict"] == "passed" and found(result)["aka.ms"]["tls"]["issuer"] is None


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"features": ["update"]}, ["no feature 'update'", "there are updates, links, console_notifications"]),
        ({"features": []}, ["features: name one at least"]),
        ({"endpoints": ["http://go.microsoft.com"]}, ["endpoints: 'http://go.microsoft.com' is no endpoint", "by https only"]),
        ({"endpoints": ["go microsoft com"]}, ["is no endpoint: it must be a host such as"]),
        ({"proxy_server": "http://proxy.corp.example:8080"}, ["proxy_server: ", "without http:// and port"]),
        ({"proxy_port": 8080}, ["proxy_port: it has no use without proxy_server"]),
        ({**PROXY, "proxy_port": 70000}, ["proxy_port: it must be between 1 and 65535"]),
        ({**PROXY, "proxy_user": ACCOUNT}, ["proxy_user: give it with proxy_password"]),
        ({**PROXY, "proxy_user": "a:b", "proxy_password": "x"}, ["proxy_user: ", "without a colon"]),
        ({**PROXY, "proxy_user": "a", "proxy_password": "x\ny"}, ["proxy_password: it has characters that cannot be typed"]),
        ({"timeout": 0}, ["timeout: it must be between 1 and 120"]),
        ({"query": "endpoints[?"}, ["query is no valid JMESPath"]),
    ],
)
def test_bad_input_sends_nothing(role: Site, options: dict[str, Any], words: list[str]) -> None:
    refused(ask(role, **options), *words)
    assert role.requests() == []


def test_query(role: Site) -> None:
    role.control.console("set_endpoint", host="aka.ms", connection="refused")
    assert ask(role, query="endpoints[?!connected].host")["result"] == ["aka.ms"]
