# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""curl.exe with its options on standard input: which it understands, and what it writes out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lab.hierarchy.curl.config import ConfigError, Setting, read_config
from lab.hierarchy.curl.write_out import Transfer, read_transfer, write_out
from unit.lab.internet.browsing import DIRECT, NEEDS_CURL, Browser

NEW, OLD = (8, 13, 0), (7, 55, 1)
URL = ("https://go.microsoft.com/",)
TRANSFER = Transfer({"urlnum": "3", "exitcode": "0", "errormsg": "", "http_code": "200", "certs": "Subject:CN=x\n"})


@pytest.mark.parametrize(
    ("line", "setting"),
    [
        ("head", Setting("head")),
        ("  --head  ", Setting("head")),
        ("max-time = 10", Setting("max-time", "10")),
        ("max-time: 10", Setting("max-time", "10")),
        ("max-time 10", Setting("max-time", "10")),
        ('tls-max="1.2"', Setting("tls-max", "1.2")),
        ('noproxy = ""', Setting("noproxy", "")),
        (r'proxy-user = "CORP\\a b:\"#\t\x"', Setting("proxy-user", 'CORP\\a b:"#\tx')),
    ],
)
def test_lines(line: str, setting: Setting) -> None:
    assert read_config([], f"# a comment\n\n{line}\n", NEW).settings == [setting]


@given(st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"])))
def test_every_text_comes_through(text: str) -> None:
    setting = Setting("write-out", text)
    assert read_config([], str(setting), NEW).settings == [setting]


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("telepathy", "option telepathy: is unknown"),
        ("head = yes", "option head: had unsupported trailing garbage"),
        ("max-time", "option max-time: requires parameter"),
        ('url = "https://x', "<stdin>:1: the lab does not understand this line"),
        ("url = a b", "<stdin>:1: the lab does not understand this line"),
    ],
)
def test_lines_that_it_does_not_understand(browser: Browser, line: str, complaint: str) -> None:
    with pytest.raises(ConfigError, match=complaint):
        read_config([], line, NEW)
    result = browser.run(line, urls=URL, command="curl.exe --silent --config -")
    assert result.exit_code == 2 and result.stderr.decode().startswith(f"curl: {complaint}\r\n")


@pytest.mark.parametrize(
    ("lines", "urls"),
    [
        (["max-time = soon"], URL),
        (['range = "-5"'], URL),
        (['noproxy = "localhost"'], URL),
        (['proxy = "socks5://proxy.corp.example:1080"'], URL),
        (['url = "https://aka.ms/"'], URL),
        (["head"], ("http://aka.ms/",)),
        (["head"], ("https://aka.ms/", "file:///C:/a.txt")),
        (["head"], ("file:///C:/a.txt",)),
    ],
)
def test_what_the_lab_does_not_do(browser: Browser, lines: list[str], urls: tuple[str, ...]) -> None:
    result = browser.run(*lines, urls=urls, command="curl.exe --silent --show-error --config -")
    assert result.exit_code == 2 and result.stderr.startswith(b"curl: ")
    assert browser.run(urls=URL, command="curl.exe --telepathy --config -").exit_code == 2


def test_an_old_curl_goes_on_without_what_it_does_not_know() -> None:
    config = read_config(["--silent"], "parallel\nparallel-max = 100\nhead\n", OLD)
    assert config.settings == [Setting("silent"), Setting("head")]
    assert config.warnings == [
        "Warning: <stdin>:1: warning: 'parallel' is unknown",
        "Warning: <stdin>:2: warning: 'parallel-max' is unknown",
    ]


def test_variables() -> None:
    assert write_out(r"%{urlnum}\t%{http_code}%%\n%{certs}\x%{", TRANSFER, NEW) == ("3\t200%\nSubject:CN=x\n\\x%{", "")
    assert write_out("%{nothing}", TRANSFER, NEW) == ("", "curl: unknown --write-out variable: 'nothing'\r\n")


@pytest.mark.parametrize(
    ("version", "known"),
    [
        ((7, 74, 0), []),
        ((7, 75), ["urlnum", "exitcode", "errormsg"]),
        ((7, 88, 0), ["urlnum", "exitcode", "errormsg", "certs"]),
    ],
)
def test_variables_by_version(version: tuple[int, ...], known: list[str]) -> None:
    names = ["urlnum", "exitcode", "errormsg", "certs"]
    complaints = write_out("".join(f"%{{{name}}}" for name in names), TRANSFER, version)[1]
    assert [name for name in names if f"'{name}'" not in complaints] == known


def test_a_real_curl_that_is_too_old() -> None:
    with pytest.raises(ValueError, match=r"older than 7\.88"):
        read_transfer('{"urlnum": 0, "http_code": 200}')


@NEEDS_CURL
def test_an_old_curl_of_a_server(browser: Browser) -> None:
    browser.perform("set_curl", server="srv1", version="7.55.1")
    lines = ("parallel", DIRECT, "head", r'write-out = "%{http_code} %{urlnum}\n"')
    noisy = browser.run(*lines, urls=URL, command="curl.exe --config -")
    assert (noisy.stdout, noisy.exit_code) == (b"200 \n", 0)
    assert noisy.stderr.decode().splitlines() == [
        "Warning: <stdin>:1: warning: 'parallel' is unknown",
        "curl: unknown --write-out variable: 'urlnum'",
    ]
    silent = browser.run(*lines, urls=URL, command="curl.exe --silent --config -")
    assert silent.stderr == b"curl: unknown --write-out variable: 'urlnum'\r\n"


@NEEDS_CURL
def test_errors_and_silence(browser: Browser) -> None:
    browser.perform("set_endpoint", host="go.microsoft.com", connection="unknown_host")
    error = b"curl: (6) Could not resolve host: go.microsoft.com\r\n"
    for options, stderr in (("", error), ("--silent", b""), ("--silent --show-error", error)):
        result = browser.run(DIRECT, urls=URL, command=f"curl.exe {options} --config -")
        assert (result.stdout, result.stderr, result.exit_code) == (b"", stderr, 6)


def test_a_server_that_gets_a_curl(browser: Browser) -> None:
    browser.perform("remove_curl", server="srv1")
    assert b"not recognized" in browser.run(urls=URL, command="curl.exe --config -").stderr
    browser.perform("set_curl", server="srv1", version="8.0")
    assert browser.server.curl_version == (8, 0)
    for wrong in ("8", "new", "8.x", ""):
        with pytest.raises(ValueError, match=r"must be one like 7\.55\.1"):
            browser.perform("set_curl", server="srv1", version=wrong)
