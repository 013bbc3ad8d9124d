# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The commands of a simulated server."""

from __future__ import annotations

from typing import Any

import pytest
from lab.wmi.model import Caller

ADMINISTRATOR = Caller("CORP\\administrator")


@pytest.mark.parametrize(
    ("line", "stdout"),
    [
        ("hostname", b"srv1\r\n"),
        ("HOSTNAME.EXE", b"srv1\r\n"),
        (r"C:\Windows\System32\whoami.exe", b"corp\\administrator\r\n"),
        ("cmd /c ver", b"\r\nMicrosoft Windows [Version 10.0.20348]\r\n"),
        ('cmd.exe /d /c "echo a  b"', b"a  b\r\n"),
    ],
)
def test_output(site: Any, line: str, stdout: bytes) -> None:
    result = site.hierarchy.servers["srv1.corp.example"].commands.run(ADMINISTRATOR, line, b"")
    assert (result.stdout, result.stderr, result.exit_code) == (stdout, b"", 0)


def test_files(site: Any) -> None:
    def run(line: str) -> tuple[bytes, int]:
        result = site.hierarchy.servers["srv1.corp.example"].commands.run(ADMINISTRATOR, line, b"")
        return result.stdout, result.exit_code

    assert run(r'echo one> "C:\Temp\a file.txt"') == (b"", 0)
    assert run(r'echo two>> "c:\temp\A FILE.txt"') == (b"", 0)
    assert run(r'type "C:\Temp\a file.txt"') == (b"one\r\ntwo\r\n", 0)
    assert run(r"dir /b C:\Temp") == (b"a file.txt\r\n", 0)
    assert b"1 File(s)" in run(r"dir C:\Temp")[0]
    assert run(r'del "C:\Temp\a file.txt"') == (b"", 0)
    assert run(r'type "C:\Temp\a file.txt"') == (b"", 1)
    assert run("exit 3") == (b"", 3)


@pytest.mark.parametrize("line", ["powershell -NoProfile -Command ls", "pwsh.exe", r"cmd /c C:\x\PowerShell.exe -enc A"])
def test_powershell_is_counted_and_not_there(site: Any, line: str) -> None:
    server = site.hierarchy.servers["srv1.corp.example"]
    result = server.commands.run(ADMINISTRATOR, line, b"")
    assert result.exit_code == 1
    assert b"is not recognized as an internal or external command" in result.stderr
    assert len(server.powershell_starts) == 1


def test_anything_else_is_not_recognized(site: Any) -> None:
    server = site.hierarchy.servers["srv1.corp.example"]
    result = server.commands.run(ADMINISTRATOR, "rm -rf /", b"")
    assert (result.stdout, result.exit_code) == (b"", 1)
    assert result.stderr.startswith(b"'rm' is not recognized")
    assert server.powershell_starts == []
