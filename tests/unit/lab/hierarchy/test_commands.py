# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The commands of a simulated server."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from lab.hierarchy.powershell import PowerShell
from lab.wire.host import CommandResult
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
        ("echo %Temp% on %COMPUTERNAME%", b"C:\\Users\\administrator\\AppData\\Local\\Temp on SRV1\r\n"),
        ("echo 5% of %NoSuchVariable%", b"5% of %NoSuchVariable%\r\n"),
    ],
)
def test_output(site: Any, line: str, stdout: bytes) -> None:
    result = site.hierarchy.servers["srv1.corp.example"].commands.run(ADMINISTRATOR, line, b"")
    assert (result.stdout, result.stderr, result.exit_code) == (stdout, b"", 0)


def test_files(site: Any) -> None:
    def run(line: str) -> tuple[bytes, int]:
        result = site.hierarchy.servers["srv1.corp.example"].commands.run(ADMINISTRATOR, line, b"")
        return result.stdout, result.exit_code

    assert run(r"mkdir C:\Temp") == (b"", 0)
    assert run(r'echo one> "C:\Temp\a file.txt"') == (b"", 0)
    assert run(r'echo two>> "c:\temp\A FILE.txt"') == (b"", 0)
    assert run(r'type "C:\Temp\a file.txt"') == (b"one\r\ntwo\r\n", 0)
    assert run(r"dir /b C:\Temp") == (b"a file.txt\r\n", 0)
    assert b"1 File(s)" in run(r"dir C:\Temp")[0]
    assert run(r'del "C:\Temp\a file.txt"') == (b"", 0)
    assert run(r'type "C:\Temp\a file.txt"') == (b"", 1)
    assert run("exit 3") == (b"", 3)


def test_redirection_follows_variables(site: Any) -> None:
    server = site.hierarchy.servers["srv1.corp.example"]
    for text in ("one", "two"):
        server.commands.run(ADMINISTRATOR, f'echo {text} >> "%TEMP%\\a.tmp"', b"")
    assert server.files.read(r"C:\Users\Administrator\AppData\Local\Temp\a.tmp").split() == ["one", "two"]


def test_powershell_decodes_lines_of_base64_into_a_file_and_removes_them(site: Any) -> None:
    files = site.hierarchy.servers["srv1.corp.example"].files
    powershell = PowerShell(files, {"TEMP": r"C:\Temp", "USERPROFILE": r"C:\Users\me"})
    files.write(r"C:\Temp\x.tmp", "AP8= \r\nDQo=\r\n")
    files.write(r"C:\Data\x.bin", "what was there before")
    assert powershell.decode_file(r"$env:TEMP\x.tmp", "'C:/Data/x.bin'").exit_code == 0
    assert files.read_bytes(r"C:\Data\x.bin") == b"\x00\xff\r\n"
    assert powershell.decode_file(r"$env:TEMP\x.tmp", r"C:\Data").exit_code == 1, "a folder"
    assert powershell.remove_file(r"$Env:Temp\x.tmp").exit_code == 0
    assert files.below(r"C:\Temp") == []
    assert powershell.decode_file(r"$env:TEMP\x.tmp", "empty.bin").exit_code == 0
    assert files.read_bytes(r"C:\Users\me\empty.bin") == b""


@pytest.mark.parametrize(
    "line",
    [
        "powershell -NoProfile -Command ls",
        "pwsh.exe",
        r"cmd /c C:\x\PowerShell.exe -enc A",
        "powershell -EncodedCommand A",
        f"powershell -EncodedCommand {base64.b64encode('Remove-Item C:/a.txt'.encode('utf-16-le')).decode()}",
    ],
)
def test_powershell_is_counted_and_not_there(site: Any, line: str) -> None:
    server = site.hierarchy.servers["srv1.corp.example"]
    result = server.commands.run(ADMINISTRATOR, line, b"")
    assert result.exit_code == 1
    assert b"is not recognized as an internal or external command" in result.stderr
    assert len(server.powershell_starts) == 1


def test_powershell_answers_where_it_is_told_to(site: Any) -> None:
    server = site.hierarchy.servers["srv1.corp.example"]
    server.powershell_answer = CommandResult(stdout=b"{}")
    assert server.commands.run(ADMINISTRATOR, "powershell -EncodedCommand A", b"a script").stdout == b"{}"
    assert len(server.powershell_starts) == 1


def test_anything_else_is_not_recognized(site: Any) -> None:
    server = site.hierarchy.servers["srv1.corp.example"]
    result = server.commands.run(ADMINISTRATOR, "rm -rf /", b"")
    assert (result.stdout, result.exit_code) == (b"", 1)
    assert result.stderr.startswith(b"'rm' is not recognized")
    assert server.powershell_starts == []
