# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What comes of connecting to the endpoints of the lab's internet, each as somebody has set it up."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, wait
from time import monotonic

import pytest
from unit.lab.internet.browsing import DIRECT, NEEDS_CURL, Browser

pytestmark = NEEDS_CURL
HOST = "go.microsoft.com"
ISSUING_AUTHORITY = "C=US, O=Microsoft Corporation, CN=Microsoft Azure RSA TLS Issuing CA 04"


def test_a_healthy_endpoint_shows_certificates_like_those_of_a_public_one(browser: Browser) -> None:
    attempt = browser.try_one()
    assert (attempt.exit_code, attempt.status, attempt.error) == (0, 200, "")
    assert attempt.subjects == (f"C=US, ST=WA, L=Redmond, O=Microsoft Corporation, CN={HOST}", ISSUING_AUTHORITY)
    assert attempt.issuers == (ISSUING_AUTHORITY, "O=DigiCert Inc, CN=DigiCert Global Root G2")


@pytest.mark.parametrize("status", [204, 302, 407, 426, 502, 598])
@pytest.mark.parametrize("method", ["head", "#"])
def test_every_status(browser: Browser, status: int, method: str) -> None:
    browser.perform("set_endpoint", host=HOST, status=status)
    lines = ("max-time = 1", DIRECT, method, 'write-out = "%{http_code} %{size_download}"')
    result = browser.run(*lines, urls=(f"https://{HOST}/fwlink/?LinkID=1",), command="curl.exe --config -")
    size = 0 if method == "head" or status == 204 else len(f"{status}\n")
    assert (result.stdout.decode(), result.stderr, result.exit_code) == (f"{status} {size}", b"", 0)


@pytest.mark.parametrize(
    ("connection", "exit_code", "error"),
    [
        ("accepted", 0, ""),
        ("timed_out", 28, "Connection timed out after "),
        ("stalled", 28, "timed out after "),
        ("refused", 7, f"Failed to connect to {HOST} port 443 "),
        ("reset", 35, "Recv failure: Connection was reset"),
        ("unknown_host", 6, f"Could not resolve host: {HOST}"),
    ],
)
def test_every_connection(browser: Browser, connection: str, exit_code: int, error: str) -> None:
    assert browser.try_one().exit_code == 0
    browser.perform("set_endpoint", host=HOST, connection=connection)
    attempt = browser.try_one()
    assert attempt.exit_code == exit_code and error in attempt.error
    assert attempt.status == (200 if connection == "accepted" else 0)
    browser.perform("set_endpoint", host=HOST)
    assert browser.try_one().exit_code == 0


@pytest.mark.parametrize(
    ("certificate", "exit_code", "error", "subject"),
    [
        ("valid", 0, "", f"CN={HOST}"),
        ("expired", 35, "schannel: next InitializeSecurityContext failed: SEC_E_CERT_EXPIRED (0x80090328) - ", f"CN={HOST}"),
        (
            "wrong_name",
            60,
            "schannel: SNI or certificate check failed: SEC_E_WRONG_PRINCIPAL (0x80090322) - ",
            "O=Akamai Technologies, Inc., CN=a248.e.akamai.net",
        ),
        ("self_signed", 60, "schannel: SEC_E_UNTRUSTED_ROOT (0x80090325) - ", f"CN={HOST}"),
    ],
)
def test_every_certificate(browser: Browser, certificate: str, exit_code: int, error: str, subject: str) -> None:
    browser.perform("set_endpoint", host=HOST, certificate=certificate)
    attempt = browser.try_one()
    assert attempt.exit_code == exit_code and attempt.error.startswith(error)
    assert bool(attempt.subjects) == (exit_code == 0), "Schannel tells of no certificate that it refuses"
    seen = browser.try_one(DIRECT, "insecure")
    assert seen.status == 200 and seen.subjects[0].endswith(subject)
    assert (seen.subjects == seen.issuers) == (certificate == "self_signed")


@pytest.mark.parametrize("version", ["1.0", "1.1", "1.2", "1.3"])
def test_every_version_of_tls(browser: Browser, version: str) -> None:
    browser.perform("set_endpoint", host=HOST, tls=version)
    for other in ("1.0", "1.1", "1.2", "1.3"):
        attempt = browser.try_one(tls=(other, other))
        if other == version:
            assert attempt.status == 200
        else:
            assert attempt.exit_code == 35 and "SEC_E_ILLEGAL_MESSAGE (0x80090326)" in attempt.error


def test_a_range_of_versions_of_tls(browser: Browser) -> None:
    browser.perform("set_endpoint", host=HOST, tls="1.1-1.2")
    codes = {version: browser.try_one(tls=(version, version)).exit_code for version in ("1.0", "1.1", "1.2", "1.3")}
    assert codes == {"1.0": 35, "1.1": 0, "1.2": 0, "1.3": 35}


def test_which_hosts_there_are(browser: Browser) -> None:
    browser.perform("set_endpoint", host=["contoso.example", "Fabrikam.example"])
    hosts = ("aka.ms", "ssu2.manage.microsoft.com", "contoso.example", "fabrikam.example", "notmicrosoft.com", "srv2")
    attempts = browser.try_all(DIRECT, urls=tuple(f"https://{host}/" for host in hosts))
    assert [attempt.exit_code for attempt in attempts] == [0, 0, 0, 0, 6, 7]
    ports = browser.try_all(DIRECT, urls=(f"https://{HOST}:8443/", "https://ps1.corp.example:445/"))
    assert [attempt.exit_code for attempt in ports] == [7, 35]


def test_many_that_time_out_take_no_longer_than_one_and_do_not_hold_up_the_lab(browser: Browser) -> None:
    hosts = [f"host{number}.microsoft.com" for number in range(20)]
    browser.perform("set_endpoint", host=hosts, connection="timed_out")
    browser.perform("set_endpoint", host="stalled.microsoft.com", connection="stalled")
    urls = tuple(f"https://{host}/" for host in [*hosts, "stalled.microsoft.com", HOST])
    started = monotonic()
    with ThreadPoolExecutor(1) as pool:
        attempts = pool.submit(browser.try_all, DIRECT, urls=urls)
        longest_wait = 0.0
        while not wait([attempts], timeout=0.01).done:
            asked = monotonic()
            with browser.hierarchy.simulation.moment():
                longest_wait = max(longest_wait, monotonic() - asked)
    assert [attempt.exit_code for attempt in attempts.result()] == [28] * 21 + [0]
    assert 1 <= monotonic() - started < 2
    assert longest_wait < 0.5
