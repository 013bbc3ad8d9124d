# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""cmd.exe and the programs that a simulated server has."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lab.hierarchy.command_line import LONGEST, Redirection, parse, split_arguments
from lab.hierarchy.windows_server import WindowsServer
from lab.wire.host import CommandResult
from lab.wmi.model import Caller

ADMINISTRATOR = Caller("CORP\\administrator")
KEY = r"HKLM\SOFTWARE\Lab"


@given(st.text())
def test_no_line_stops_the_parser(line: str) -> None:
    assert parse(line)
    split_arguments(line)


@pytest.mark.parametrize(
    ("line", "parts"),
    [
        ("a& b", [("&", ["a"]), ("&", [" b"])]),
        ("a && b || c", [("&", ["a "]), ("&&", [" b "]), ("||", [" c"])]),
        ('a "x & y | z > w"', [("&", ['a "x & y | z > w"'])]),
        ("a ^& b", [("&", ["a & b"])]),
        ("a | b | c", [("&", ["a ", " b ", " c"])]),
    ],
)
def test_operators(line: str, parts: list[tuple[str, list[str]]]) -> None:
    assert [(pipeline.condition, [command.text for command in pipeline.commands]) for pipeline in parse(line)] == parts


@pytest.mark.parametrize(
    ("line", "redirections"),
    [
        ("a 2>NUL", [Redirection(2, "NUL")]),
        ("a >x 2>&1", [Redirection(1, "x"), Redirection(2, "&1")]),
        ('a >> "C:\\a b"', [Redirection(1, "C:\\a b", appends=True)]),
        ("echo 12>x", [Redirection(1, "x")]),
    ],
)
def test_redirections(line: str, redirections: list[Redirection]) -> None:
    assert parse(line)[0].commands[0].redirections == redirections


@pytest.mark.parametrize(
    ("text", "arguments"),
    [
        ('a "b c" d', ["a", "b c", "d"]),
        (r'"C:\x\\" y', ["C:\\x\\", "y"]),
        (r"a\b", [r"a\b"]),
        (r'"a\"b"', ['a"b']),
        ('""', [""]),
    ],
)
def test_arguments(text: str, arguments: list[str]) -> None:
    assert split_arguments(text) == arguments


Run = Callable[[str], CommandResult]


@pytest.fixture
def run(server: WindowsServer) -> Run:
    return lambda line: server.commands.run(ADMINISTRATOR, line, b"")


def test_lines_are_joined_as_cmd_does(run: Run) -> None:
    assert run("echo a& echo b").stdout == b"a\r\nb\r\n"
    assert run("exit 1 && echo a || echo b").stdout == b"b\r\n"
    assert run("nothing 2>NUL & echo a").stderr == b""
    assert b"not recognized" in run("nothing 2>&1").stdout
    assert run("echo a | findstr a").stdout.strip() == b"a" and run("echo a | findstr b").exit_code == 1
    assert run("echo " + "x" * LONGEST).exit_code == 1


def test_a_registry_key_is_listed(run: Run, server: WindowsServer) -> None:
    server.registry.set(KEY, "Number", 16)
    server.registry.set(rf"{KEY}\Below", "Blob", b"\x0a\xff")
    listed = run(f'reg query "{KEY}" /s').stdout.decode()
    assert "HKEY_LOCAL_MACHINE\\SOFTWARE\\Lab\r\n    Number    REG_DWORD    0x10\r\n" in listed
    assert "\\Below\r\n    Blob    REG_BINARY    0AFF\r\n" in listed
    assert "Number" not in run(f'reg query "{KEY}" /s /v blob').stdout.decode()
    missing = run(f'reg.exe query "{KEY}" /v Other')
    assert missing.exit_code == 1 and missing.stdout == b"" and missing.stderr.startswith(b"ERROR")


def test_lines_that_are_too_long_for_findstr(run: Run, server: WindowsServer) -> None:
    server.files.write(r"C:\long.txt", f"{'x' * (LONGEST + 1)}\r\nabc\r\n")
    result = run(r'type C:\long.txt | findstr /i /l "ABC zzz"')
    assert result.stdout == b"abc\r\n" and result.stderr == b"FINDSTR: Line 1 is too long.\r\n"


def test_findstr_at_the_beginning_of_a_line(run: Run, server: WindowsServer) -> None:
    server.files.write(r"C:\names.txt", "Subject:a\r\n Subject:b\r\n[ 1\r\nsubject:c\r\n")
    assert run(r'type C:\names.txt | findstr /b /c:"[ " /c:"Subject:"').stdout == b"Subject:a\r\n[ 1\r\n"
    assert run(r"type C:\names.txt | findstr /b /i SUBJECT:").stdout == b"Subject:a\r\nsubject:c\r\n"


def test_the_members_of_a_group(run: Run) -> None:
    lines = run('net localgroup "Administrators"').stdout.decode().splitlines()
    assert "Administrator" in lines and any(line.endswith("\\Domain Admins") for line in lines)
    assert run("net localgroup Nobody").exit_code == 2
    assert run("net user").exit_code == 1


def test_what_curl_reaches(run: Run, server: WindowsServer) -> None:
    line = f'curl.exe --silent --show-error --write-out "%{{time_connect}}" http://{server.name}:445/'
    assert run(line).stdout == b"0.001234" and run(line).exit_code == 52
    server.network.close(server.name, 445)
    assert run(line).exit_code == 7 and run(line).stdout == b"0.000000"
    assert run("curl.exe --silent http://nowhere.example:1/").exit_code == 6
    assert run("curl.exe --telepathy http://x/").exit_code == 2
    server.curl_version = None
    assert b"not recognized" in run(line).stderr
