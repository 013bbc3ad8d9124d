# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whom a server trusts is decided by the roots in its stores."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from lab.hierarchy.certificate_stores import ROOTS
from unit.lab.internet.browsing import DIRECT, NEEDS_CURL, Browser

pytestmark = NEEDS_CURL
HOST = "go.microsoft.com"
GATEWAY = "Contoso Web Gateway CA"
UNTRUSTED, EXPIRED = "SEC_E_UNTRUSTED_ROOT", "SEC_E_CERT_EXPIRED"


@pytest.mark.parametrize(
    ("state", "exit_code", "error"),
    [
        ("valid", 0, ""),
        ("missing", 60, UNTRUSTED),
        ("expired", 35, EXPIRED),
        ("not_yet_valid", 35, EXPIRED),
        ("disallowed", 60, UNTRUSTED),
        ("unreadable", 60, UNTRUSTED),
    ],
)
@pytest.mark.parametrize("root", ["DigiCert Global Root G2", "Microsoft RSA Root Certificate Authority 2017"])
def test_every_state_of_a_root(browser: Browser, root: str, state: str, exit_code: int, error: str) -> None:
    browser.perform("set_endpoint", host=HOST, root=root)
    browser.perform("set_endpoint", host="aka.ms", root="Baltimore CyberTrust Root")
    browser.perform("set_certificate", server="srv1", name=root, state=state)
    attempt, other = browser.try_all(DIRECT, urls=(f"https://{HOST}/", "https://aka.ms/"))
    assert attempt.exit_code == exit_code and error in attempt.error
    assert other.exit_code == 0


def test_a_server_without_any_root(browser: Browser) -> None:
    for name in ROOTS:
        browser.perform("set_certificate", server="srv1", name=name, state="missing")
    assert UNTRUSTED in browser.try_one().error


def test_a_root_that_no_server_has(browser: Browser) -> None:
    browser.perform("set_endpoint", host=HOST, root="Fabrikam Root")
    assert UNTRUSTED in browser.try_one().error
    browser.perform("set_certificate", server="srv1", name="Fabrikam Root", state="valid")
    assert browser.try_one().issuers[-1] == "CN=Fabrikam Root"


def test_interception(browser: Browser) -> None:
    browser.perform("set_endpoint", host=HOST, intercepted_by=GATEWAY)
    assert UNTRUSTED in browser.try_one().error
    seen = browser.try_one(DIRECT, "insecure")
    assert (seen.subjects, seen.issuers) == ((f"CN={HOST}",), (f"O=Contoso, CN={GATEWAY}",))
    browser.perform("set_certificate", server="srv1", name=GATEWAY, state="valid")
    trusted = browser.try_one()
    assert (trusted.status, trusted.issuers) == (200, (f"O=Contoso, CN={GATEWAY}",))


@pytest.mark.parametrize(
    ("certificate", "error"),
    [("expired", "certificate has expired"), ("wrong_name", "subject name"), ("self_signed", "self-signed certificate")],
)
def test_a_curl_with_openssl_says_it_in_other_words(make_browser: Callable[..., Browser], certificate: str, error: str) -> None:
    browser = make_browser("openssl")
    browser.perform("set_endpoint", host=HOST, certificate=certificate)
    attempt = browser.try_one()
    assert attempt.exit_code == 60 and error in attempt.error
    browser.perform("set_endpoint", host=HOST)
    assert browser.try_one().subjects[0] == f"C = US, ST = WA, L = Redmond, O = Microsoft Corporation, CN = {HOST}"


@pytest.mark.parametrize(
    ("server", "sentence"),
    [("srv1", "Das empfangene Zertifikat ist abgelaufen."), ("srv2", "Het ontvangen certificaat is verlopen.")],
)
def test_windows_says_it_in_its_language(make_browser: Callable[..., Browser], server: str, sentence: str) -> None:
    browser = make_browser(topology="international", server=f"{server}.corp.example")
    browser.perform("set_endpoint", host=HOST, certificate="expired")
    assert browser.try_one().error.endswith(f"SEC_E_CERT_EXPIRED (0x80090328) - {sentence}")
