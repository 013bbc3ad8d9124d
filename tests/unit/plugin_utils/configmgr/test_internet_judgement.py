# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an attempt to connect means; that curl says such things is tested on the wire."""

from __future__ import annotations

from dataclasses import replace

import pytest
from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.internet.features import Endpoint
from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.internet.judgement import (
    Tls,
    judge,
    message_id,
    problems,
    statuses,
)
from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.internet.report import InternetReport
from ansible_collections.configmgr.site.plugins.plugin_utils._windows.https_attempts import Attempt, Certificate, HttpProxy

URL = "https://go.microsoft.com/"
ENDPOINT = Endpoint(URL, ("updates",))
MICROSOFT = Certificate("CN = go.microsoft.com", "C = US, O = Microsoft Corporation, CN = Microsoft TLS CA 04")
CONTOSO = Certificate("CN = go.microsoft.com", "O = Contoso, CN = Contoso Web Gateway CA")
FINE = Attempt(URL, 0, 200, 0, True, 0.02, 0.03, "", (MICROSOFT,))
NOTHING = replace(FINE, status=0, is_connected=False, seconds_to_tls=0.0, certificates=())
SLOW = replace(NOTHING, exit_code=28, error="Connection timed out after 10001 milliseconds")
TLS = replace(NOTHING, is_connected=True, exit_code=35, error="schannel: next InitializeSecurityContext failed")
PROXY = HttpProxy("proxy.corp.example", 8080)


@pytest.mark.parametrize("status", [200, 302, 400, 403, 404, 500, 503])
def test_any_answer_that_is_not_listed_shows_a_connection(status: int) -> None:
    finding = judge(ENDPOINT, replace(FINE, status=status), False)
    assert finding.is_connected and finding.verdict == "passed" and finding.tls.is_verified and finding.tls.version == "1.2"


def test_one_that_hangs_up_after_tls_has_not_answered() -> None:
    finding = judge(ENDPOINT, replace(FINE, status=0, exit_code=56, error="Recv failure: Connection was reset"), False)
    assert finding.problem == "no_answer" and finding.tls.is_verified


@pytest.mark.parametrize("status", [407, 408, 426, 451, 502, 511, 598, 599])
def test_the_documented_statuses_fail_with_their_reasons(status: int) -> None:
    assert status in statuses()
    finding = judge(ENDPOINT, replace(FINE, status=status), False)
    assert not finding.is_connected and finding.reason.startswith(f"HTTP {status}, ") and finding.remedy


@pytest.mark.parametrize(
    ("attempt", "has_proxy", "problem"),
    [
        (replace(NOTHING, exit_code=6), False, "unknown_host"),
        (replace(NOTHING, exit_code=5), True, "proxy_unknown_host"),
        (replace(NOTHING, exit_code=7), False, "refused"),
        (replace(NOTHING, exit_code=7), True, "proxy_unreachable"),
        (SLOW, False, "timeout"),
        (SLOW, True, "proxy_unreachable"),
        (replace(SLOW, is_connected=True), True, "proxy_timeout"),
        (replace(SLOW, is_connected=True, seconds_to_tls=0.02), False, "timeout"),
        (replace(SLOW, is_connected=True, proxy_status=407), True, "proxy_timeout"),
        (replace(NOTHING, exit_code=56, proxy_status=407), True, "proxy_authentication"),
        (replace(NOTHING, exit_code=56, proxy_status=401), True, "proxy_authentication"),
        (replace(NOTHING, exit_code=56, proxy_status=403), True, "proxy_refuses"),
        (replace(NOTHING, exit_code=56, proxy_status=502), True, "status"),
        (replace(FINE, proxy_status=200), True, ""),
        (TLS, False, "tls"),
        (replace(TLS, error="OpenSSL SSL_connect: Connection reset by peer"), False, "cut_off"),
        (replace(TLS, error="schannel: failed to receive handshake"), False, "cut_off"),
        (replace(SLOW, error="Resolving timed out after 10001 milliseconds"), False, "unknown_host"),
        (replace(SLOW, error="Resolving timed out after 10001 milliseconds"), True, "proxy_unknown_host"),
        (replace(NOTHING, exit_code=56, error="Proxy CONNECT aborted"), True, "proxy_hangs_up"),
        (replace(FINE, status=407), False, "status"),
        (replace(TLS, error="schannel: next ... SEC_E_CERT_EXPIRED (0x80090328)"), False, "expired"),
        (replace(TLS, exit_code=60, error="schannel: SEC_E_UNTRUSTED_ROOT (0x80090325)"), False, "untrusted"),
        (replace(TLS, exit_code=60, error="... SEC_E_WRONG_PRINCIPAL (0x80090322)"), False, "wrong_name"),
        (replace(TLS, exit_code=60, error="SSL certificate problem: certificate has expired"), False, "expired"),
        (replace(TLS, exit_code=60, error="unable to get local issuer certificate"), False, "untrusted"),
        (replace(TLS, exit_code=60, error="no alternative certificate subject name matches"), False, "wrong_name"),
        (replace(NOTHING, exit_code=43), False, "other"),
    ],
)
def test_why_there_is_no_connection(attempt: Attempt, has_proxy: bool, problem: str) -> None:
    finding = judge(ENDPOINT, attempt, has_proxy, Tls("1.2", False, MICROSOFT) if attempt.exit_code == 60 else None)
    assert finding.problem == problem
    assert bool(finding.reason) == bool(finding.remedy) == bool(problem)


def test_every_problem_has_words() -> None:
    for name, entry in problems().items():
        assert entry["reason"] and entry["remedy"], name


def test_another_version_of_tls_is_named() -> None:
    finding = judge(ENDPOINT, TLS, False, Tls("1.0", False, MICROSOFT))
    assert finding.problem == "tls_version" and finding.tls.version == "1.0"


@pytest.mark.parametrize(
    "issuer",
    [
        "C = US, O = Microsoft Corporation, CN = Microsoft Azure RSA TLS Issuing CA 04",
        "C=US, O=DigiCert Inc, CN=DigiCert SHA2 Secure Server CA",
        'C = US, O = "DigiCert, Inc.", CN = x',
        "/C=US/O=Microsoft Corporation/CN=x",
        "O = MICROSOFT CORPORATION",
    ],
)
def test_issuers_of_microsofts_endpoints_are_known(issuer: str) -> None:
    assert judge(ENDPOINT, replace(FINE, certificates=(Certificate("CN = x", issuer),)), False).intercepted_by == ""


@pytest.mark.parametrize(
    "issuer",
    ["O = Contoso, CN = Microsoft Corporation", "CN = O=Microsoft Corporation fan", "O = Not Microsoft Corporation", "CN = x"],
)
def test_others_intercept(issuer: str) -> None:
    found = judge(ENDPOINT, replace(FINE, certificates=(Certificate("CN = y", issuer),)), False)
    assert found.intercepted_by == issuer and found.is_connected


def test_interception_that_is_not_trusted_is_no_connection_and_names_who_does_it() -> None:
    untrusted = replace(TLS, exit_code=60, error="schannel: SEC_E_UNTRUSTED_ROOT (0x80090325)")
    finding = judge(ENDPOINT, untrusted, False, Tls("1.2", False, CONTOSO))
    assert finding.problem == "intercepted" and "Contoso Web Gateway CA" in finding.reason


def test_who_issues_the_certificate_of_a_given_endpoint_is_not_known() -> None:
    assert judge(Endpoint(URL), replace(FINE, certificates=(CONTOSO,)), False).intercepted_by == ""


@pytest.mark.parametrize("backwards", [False, True])
def test_the_servers_own_certificate_is_found_in_whatever_order_they_come(backwards: bool) -> None:
    chain = (MICROSOFT, Certificate(MICROSOFT.issuer, "CN = Root"), Certificate("CN = Root", "CN = Root"))
    for sent in (chain, chain[:2]):
        attempt = replace(FINE, certificates=sent[::-1] if backwards else sent)
        assert (attempt.certificate, attempt.root) == (MICROSOFT, "CN = Root")


def test_a_self_signed_certificate_is_the_servers_own() -> None:
    own = Certificate("CN = me", "CN = me")
    assert replace(FINE, certificates=(own,)).certificate == own


def report(*attempts: Attempt, critical: bool = True, proxy: HttpProxy | None = None) -> InternetReport:
    endpoints = [Endpoint(f"https://host{number}.example/", ("updates",), (), critical) for number in range(len(attempts))]
    pairs = zip(endpoints, attempts, strict=True)
    return InternetReport(tuple(judge(endpoint, attempt, proxy is not None) for endpoint, attempt in pairs), proxy)


@pytest.mark.parametrize(
    ("found", "verdict", "number", "failing"),
    [
        (report(FINE, FINE), "passed", 11410, []),
        (report(FINE, SLOW, critical=False), "warning", 11411, ["warning"]),
        (report(FINE, SLOW), "critical", 11412, ["critical", "warning"]),
    ],
)
def test_the_verdict_is_the_status_message_that_the_role_would_report(
    found: InternetReport, verdict: str, number: int, failing: list[str]
) -> None:
    assert (found.verdict, found.message_id) == (verdict, number) and message_id(verdict) == number
    assert [worst for worst in ("critical", "warning", "never") if found.fails_on(worst)] == failing


def test_one_reason_for_all_is_said_once() -> None:
    refused = replace(NOTHING, exit_code=7, error="Failed to connect")
    summary = report(refused, refused, refused, proxy=PROXY).summary
    assert summary == (
        "0 of 3 endpoints can be connected to, through the proxy proxy.corp.example:8080; all for one reason: the proxy cannot "
        "be connected to"
    )


def test_two_answers_are_two_reasons() -> None:
    assert "one reason" not in report(replace(FINE, status=502), replace(FINE, status=451)).summary


def test_the_table_has_the_worst_first_and_each_remedy_once() -> None:
    lines = report(FINE, SLOW, SLOW).table
    assert lines[0].startswith("verdict") and lines[1].startswith("critical") and lines[-1].startswith("passed")
    assert sum("->" in line for line in lines) == 1
