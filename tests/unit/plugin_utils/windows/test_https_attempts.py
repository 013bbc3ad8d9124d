# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What curl.exe has written about attempts to connect."""

from __future__ import annotations

from ansible_collections.configmgr.site.plugins.plugin_utils._windows.https_attempts import _read
from hypothesis import given
from hypothesis import strategies as st

URLS = ["https://one.example/", "https://two.example/"]
LINE = "[ 1\t60\t000\t000\t49152\t0.012\t0.1\tschannel: SEC_E_UNTRUSTED_ROOT (0x80090325)\r\n"


def test_a_line_with_its_certificates() -> None:
    output = f"Subject:lost\r\n{LINE}Subject:CN = a\r\nIssuer:CN = b\r\nSubject:CN = b\r\nIssuer:CN = c\r\n"
    ((number, attempt),) = _read(output, URLS)
    assert (number, attempt.url, attempt.exit_code, attempt.status) == (1, URLS[1], 60, 0)
    assert [certificate.issuer for certificate in attempt.certificates] == ["CN = b", "CN = c"]
    assert attempt.certificate == attempt.certificates[0]


def test_seconds_with_the_comma_of_another_language() -> None:
    ((_number, attempt),) = _read(LINE.replace("0.012", "0,012"), URLS)
    assert attempt.seconds_to_tls == 0.012


def test_lines_of_an_older_curl_and_of_no_url_of_ours_are_left_out() -> None:
    assert list(_read("[ \t\t000\t000\t0.1\t0.1\t0.1\t\n" + LINE.replace("[ 1", "[ 7"), URLS)) == []


@given(st.text() | st.text().map(lambda text: f"[ 0\t{text}\n") | st.text().map(lambda text: LINE + text))
def test_nothing_that_comes_back_is_a_crash(output: str) -> None:
    for number, attempt in _read(output, URLS):
        assert attempt.url == URLS[number]
