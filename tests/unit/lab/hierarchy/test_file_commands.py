# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What cmd.exe does with files and folders."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

import pytest
from lab.hierarchy.windows_server import WindowsServer
from lab.wire.host import CommandResult
from lab.wmi.model import Caller

ADMINISTRATOR = Caller("CORP\\administrator")
IN_USE = b"The process cannot access the file because it is being used by another process.\r\n"
NO_FILE, NO_PATH = b"The system cannot find the file specified.\r\n", b"The system cannot find the path specified.\r\n"
Run = Callable[[str], tuple[bytes, bytes, int]]


@pytest.fixture
def run(server: WindowsServer) -> Run:
    return lambda line: parts(server.commands.run(ADMINISTRATOR, line, b""))


def parts(result: CommandResult) -> tuple[bytes, bytes, int]:
    return result.stdout, result.stderr, result.exit_code


def test_folders(server: WindowsServer, run: Run) -> None:
    assert run(r'mkdir "D:\A b\C"') == (b"", b"", 0)
    assert server.files.is_folder(r"D:\a B\c")
    assert run(r'md "D:\A b"') == (b"", b"A subdirectory or file D:\\A b already exists.\r\n", 1)
    assert run(r"mkdir X:\a") == (b"", NO_PATH, 1)
    server.files.write(r"D:\A b\file", "")
    assert run(r'rmdir "D:\A b"') == (b"", b"The directory is not empty.\r\n", 145)
    assert run(r'rmdir /s /q "d:\a b"') == (b"", b"", 0)
    assert run(r'rd /s/q "D:\A b"') == (b"", NO_FILE, 2)


def test_a_file_is_copied_moved_and_renamed(server: WindowsServer, run: Run) -> None:
    server.files.write(r"D:\a.txt", "a")
    server.files.make_folder(r"D:\Folder")
    assert run(r'copy /y /b "D:\a.txt" "D:\b.txt"') == (b"        1 file(s) copied.\r\n", b"", 0)
    assert run(r"copy D:\a.txt D:\b.txt") == (b"        0 file(s) copied.\r\n", b"", 1)
    assert run(r'copy /y "D:\none" "D:\b.txt"') == (b"", NO_FILE, 1)
    assert run(r'copy /y "D:\a.txt" "D:\none\b.txt"') == (b"        0 file(s) copied.\r\n", NO_PATH, 1)
    assert run(r'move /y "D:\b.txt" D:\Folder') == (b"        1 file(s) moved.\r\n", b"", 0)
    assert run(r'move /y "D:\none" "D:\b.txt"') == (b"", NO_FILE, 1)
    assert run(r'ren "D:\Folder\b.txt" c.txt') == (b"", b"", 0)
    assert run(r'ren "D:\Folder\none.txt" d.txt') == (b"", NO_FILE, 1)
    assert run(r"ren D:\a.txt D:\b.txt")[2] == 1
    assert run(r"ren D:\a.txt Folder") == (b"", b"A duplicate file name exists, or the file cannot be found.\r\n", 1)
    assert run(r"ren D:\Folder Other") == (b"", b"", 0)
    assert run(r"move D:\Other C:\Other")[2] == 1, "a folder stays on its drive"
    assert run(r'move "D:\Other" "D:\Last"') == (b"        1 dir(s) moved.\r\n", b"", 0)
    assert server.files.walk("D:\\") == [r"D:\a.txt", r"D:\Last\c.txt"]


def test_a_full_disk(site: Any, server: WindowsServer, run: Run) -> None:
    server.files.write(r"C:\Windows\a.bin", "x" * 100)
    site.console.perform({"action": "set_drive", "server": "srv1", "drive": "D:", "free": 99})
    assert run(r"copy C:\Windows\a.bin D:\a.bin") == (
        b"        0 file(s) copied.\r\n",
        b"There is not enough space on the disk.\r\n",
        1,
    )
    assert run(r"move C:\Windows\a.bin D:\a.bin") == (b"", b"There is not enough space on the disk.\r\n", 1)
    assert run(r"type C:\Windows\a.bin > D:\a.bin")[1:] == (b"There is not enough space on the disk.\r\n", 1)


def test_the_current_folder(server: WindowsServer, run: Run) -> None:
    server.files.write(r"D:\Folder\a.txt", "a")
    assert run(r'cd /d "D:\Folder" && type a.txt & cd') == (b"aD:\\Folder\r\n", b"", 0)
    assert run("cd") == (b"C:\\Users\\administrator\r\n", b"", 0), "another line starts anew"
    assert run(r"cd D:\Folder & cd") == (b"C:\\Users\\administrator\r\n", b"", 0), "not on another drive"
    assert run(r"cd \Windows & cd Temp & cd") == (b"C:\\Windows\\Temp\r\n", b"", 0)
    assert run(r'cd /d "D:\none" && echo x') == (b"", NO_PATH, 1)
    assert run(r'cmd /c "cd /d D:\Folder" & cd')[0] == b"C:\\Users\\administrator\r\n"
    assert run(r"echo x > y.txt & cd ..\.. & echo y > \Windows\y.txt")[2] == 0
    assert r"C:\Users\administrator\y.txt" in server.files and r"C:\Windows\y.txt" in server.files


def test_what_is_there(server: WindowsServer, run: Run) -> None:
    server.files.write(r"D:\a b.txt", "")
    assert run(r'if exist "D:\A B.txt" echo yes & echo too')[0] == b"yes \r\ntoo\r\n"
    assert run(r'if exist "D:\none" echo yes & echo too') == (b"", b"", 0)
    assert run(r"if not exist D:\none\ echo no")[0] == b"no\r\n"
    assert run(r'if exist "C:\Windows\" if exist "D:\*.txt" echo yes')[0] == b"yes\r\n"
    assert run(r'if exist "D:\a b.txt\" echo yes') == (b"", b"", 0), "it is no folder"
    assert run(r"if a==a echo yes")[2] == 1


def test_every_file_below_a_folder(server: WindowsServer, run: Run) -> None:
    for path in (r"D:\Top\b & c.cab", r"D:\Top\a.txt", r"D:\Top\Sub\d.CAB"):
        server.files.write(path, path)
    server.files.make_folder(r"D:\Top\Empty")
    line = 'for /r "{}" %f in ({}) do @echo {}'
    assert run(line.format(r"D:\Top", "*", "%~zf %f"))[0].decode().splitlines() == [
        r"12 D:\Top\a.txt",
        r"16 D:\Top\b & c.cab",
        r"16 D:\Top\Sub\d.CAB",
    ]
    assert run(line.format(r"d:\top", "*.cab", "%~nxf, %~ff, %~dpf"))[0].decode().splitlines() == [
        r"b & c.cab, d:\top\b & c.cab, d:\top" + "\\",
        r"d.CAB, d:\top\Sub\d.CAB, d:\top\Sub" + "\\",
    ]
    assert run(line.format(r"D:\none", "*", "%f")) == (b"", b"", 0)
    assert run(r"cd /d D:\Top\Sub & for /r %x in (*) do echo %~nx")[0] == b"\r\nD:\\Top\\Sub>echo d \r\nd\r\n"
    assert run(r'for /r "D:\Top" %f in (*.txt) do @type "%f" | findstr Top')[0] == b"D:\\Top\\a.txt\r\n"
    assert run(line.format(r"%SystemRoot%\none", "*", "%f %TEMP%")) == (b"", b"", 0)
    assert run(r'for /r "D:\Top" %f in (a.txt) do @echo %f')[2] == 1


def test_what_for_is_given(server: WindowsServer, run: Run) -> None:
    server.files.write(r"D:\Top (x86)\b & c.cab", "12345")
    server.files.write(r"D:\Top (x86)\a.cab", "")
    server.files.write(r"D:\Top (x86)\a.txt", "")
    server.files.make_folder(r"D:\Top (x86)\Sub.cab")
    line = "for %f in ({}) do @echo {}"
    file, folder = r'"D:\Top (x86)\b & c.cab"', r'"D:\Top (x86)\Sub.cab"'
    assert run(line.format(file, "%f")) == (b'"D:\\Top (x86)\\b & c.cab"\r\n', b"", 0), "it keeps its quotes"
    assert run(line.format(file, "%~af,%~zf,%~f"))[0] == b"--a--------,5,D:\\Top (x86)\\b & c.cab\r\n"
    assert run(line.format(folder, "%~af,%~zf,%~nxf"))[0] == b"d----------,0,Sub.cab\r\n"
    assert run(line.format(r'"D:\none"', "%~af,%~zf,%~f"))[0] == b",,D:\\none\r\n", "it runs for what is not there, too"
    assert run(line.format("1 a,b;c=d", "%f"))[0].split() == [b"1", b"a", b"b", b"c", b"d"]
    assert run(line.format(r'"D:\Top (x86)\*.cab"', "%~zf %f"))[0].decode().splitlines() == [
        r"0 D:\Top (x86)\a.cab",
        r"5 D:\Top (x86)\b & c.cab",
    ]
    assert run(line.format(r'"D:\Top (x86)\*.iso" D:\none\*', "%f")) == (b"", b"", 0)
    assert run(r'cd /d "D:\Top (x86)" & for %x in (*.txt) do echo %~fx')[0] == (
        b"\r\nD:\\Top (x86)>echo D:\\Top (x86)\\a.txt \r\nD:\\Top (x86)\\a.txt\r\n"
    )
    assert run("for /l %f in (1,1,3) do @echo %f")[2] == 1, "a form that the lab does not have"


@pytest.mark.parametrize(
    ("server_name", "first", "digest", "last"),
    [
        ("ps1", "SHA256 hash of {}:", "", "CertUtil: -hashfile command completed successfully."),
        ("old1", "SHA256 hash of file {}:", " ", "CertUtil: -hashfile command completed successfully."),
        ("srv1", "SHA256-Hash von {}:", "", "CertUtil: -hashfile-Befehl wurde erfolgreich ausgeführt."),
    ],
)
def test_hashes(make_site: Callable[..., Any], server_name: str, first: str, digest: str, last: str) -> None:
    server = make_site("international").hierarchy.servers[f"{server_name}.corp.example"]
    content = b"x" * 3_000_000
    server.files.write(r"C:\a b.bin", content)
    stdout, stderr, code = parts(server.commands.run(ADMINISTRATOR, r'certutil -hashfile "C:\a b.bin" SHA256', b""))
    expected = hashlib.sha256(content).digest().hex(*digest)
    assert (stdout.decode().splitlines(), stderr, code) == ([first.format(r"C:\a b.bin"), expected, last], b"", 0)


def test_what_cannot_be_hashed(server: WindowsServer, run: Run) -> None:
    stdout, _unused, code = run(r"certutil -hashfile C:\none SHA256")
    assert stdout.startswith(b"CertUtil: -hashfile command FAILED: 0x80070002 (WIN32: 2 ERROR_FILE_NOT_FOUND)\r\n")
    assert code == -2147024894
    server.files.write(r"C:\empty", "")
    assert run(r"certutil.exe -hashfile C:\empty SHA256")[2] == 0x800703EE - 2**32
    server.files.locked.add(r"c:\empty")
    assert run(r"certutil -hashfile C:\empty SHA256")[2] == 0x80070020 - 2**32


def test_a_file_is_open_while_a_command_writes_to_it(server: WindowsServer, run: Run) -> None:
    server.files.write(r"D:\x.lock", "before")
    with server.files.held(r"D:\x.lock"):
        assert run(r'9>"d:\X.lock" echo x') == (b"", IN_USE, 1)
        assert run(r"echo x >> D:\x.lock") == (b"", IN_USE, 1)
        assert run(r"del D:\x.lock") == (b"", b"D:\\x.lock\r\n" + IN_USE, 0)
        assert run(r"move /y D:\x.lock D:\y")[2] == 1
        server.files.write(r"D:\Other\y", "")
        assert run(r"type D:\x.lock")[0] == b"before", "others may read"
    assert run(r'9>"D:\x.lock" echo x') == (b"x\r\n", b"", 0)
    assert server.files.size(r"D:\x.lock") == 0
    with server.files.held(r"D:\Other\y"):
        server.files.write(r"D:\Other\Sub\z", "")
        assert run(r"rmdir /s /q D:\Other") == (b"", b"D:\\Other\\y - " + IN_USE, 32)
    assert server.files.walk(r"D:\Other") == [r"D:\Other\y"]
    assert run(r"9>D:\none\x.lock echo x") == (b"", NO_PATH, 1)


def test_streams_go_where_they_are_sent(server: WindowsServer, run: Run) -> None:
    assert run(r"nothing > D:\out.txt 2>&1")[:2] == (b"", b"")
    assert "not recognized" in server.files.read(r"D:\out.txt")
    stdout, stderr, _code = run(r"nothing 2>&1 > D:\out.txt")
    assert b"not recognized" in stdout and stderr == b"" and server.files.read(r"D:\out.txt") == ""


def test_sentences_are_in_the_language_of_the_server(make_site: Callable[..., Any]) -> None:
    server = make_site("international").hierarchy.servers["srv1.corp.example"]
    result = server.commands.run(ADMINISTRATOR, r"rmdir C:\none", b"")
    assert result.stderr.decode() == "Das System kann die angegebene Datei nicht finden.\r\n"
