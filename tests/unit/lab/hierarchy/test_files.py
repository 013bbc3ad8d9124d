# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The files of a server, which are on the disk of this computer."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from lab.hierarchy.drives import usual_drives
from lab.hierarchy.files import Files
from lab.hierarchy.topology import load
from lab.lab import Lab
from lab.wmi.model import Caller

ANALYST = Caller("CORP\\analyst")


@pytest.fixture
def files(tmp_path: Path) -> Iterator[Files]:
    with closing(Files(usual_drives(), tmp_path)) as files:
        yield files


def test_nothing_is_made_before_it_is_needed(files: Files, tmp_path: Path) -> None:
    assert r"C:\a.txt" not in files and list(files) == [] and files.taken("C:") == 0
    assert list(tmp_path.iterdir()) == []
    files.write(r"C:\a.txt", "a")
    assert len(list(tmp_path.iterdir())) == 1
    files.close()
    assert list(tmp_path.iterdir()) == []


def test_paths_ignore_the_letter_case(files: Files) -> None:
    files.write(r"C:\Data\First.txt", "1")
    files.append(r"c:\DATA\FIRST.TXT", "2")
    assert files.read("C:/data/x/../first.txt") == "12"
    assert files.below(r"c:\data") == ["First.txt"] == files.below(r"C:\Data\first.TXT")
    assert [path for path in files if "Data" in path] == [r"C:\Data\First.txt"]
    assert files.location(r"c:\dAtA\Other\b.txt") == files.location(r"C:\Data") / "Other" / "b.txt"
    files.remove(r"C:\DATA\first.txt")
    assert r"C:\Data\First.txt" not in files and files.is_folder(r"c:\data")


def test_others_may_write_there(files: Files) -> None:
    files.make_folder(r"D:\In")
    (files.location(r"D:\In") / "Sub").mkdir()
    (files.location(r"D:\In") / "Sub" / "b.BIN").write_bytes(b"four")
    (files.location(r"D:\In") / "a.bin").write_bytes(b"")
    assert files.size(r"d:\in\sub\B.bin") == 4
    assert files.walk(r"d:\in") == [r"d:\in\a.bin", r"d:\in\Sub\b.BIN"]
    assert files.walk(r"D:\none") == [] == files.below(r"D:\none")
    files.remove_folder(r"D:\IN")
    assert list(files) == []


def test_a_path_needs_a_drive_that_is_there(files: Files) -> None:
    for path in ("a.txt", "C:a.txt", r"\a.txt", r"X:\a.txt", r"\\srv\share\a.txt", ""):
        assert path not in files and not files.is_folder(path), path
        with pytest.raises(FileNotFoundError):
            files.write(path, "")
    assert files.is_folder("C:\\") and files.is_folder("D:/") and files.is_folder(r"C:\windows\TEMP")
    files.write(r"C:\..\..\a.txt", "")
    assert r"C:\a.txt" in files


def test_a_file_is_renamed_and_copied(files: Files, tmp_path: Path) -> None:
    files.write(r"C:\a\x.log", "old")
    files.write(r"C:\a\x.lo_", "older")
    files.rename(r"c:\A\X.log", r"C:\a\x.lo_")
    assert files.read(r"C:\a\x.lo_") == "old" and files.below(r"C:\a") == ["x.lo_"]
    files.rename(r"C:\a\x.lo_", r"C:\a\X.LO_")
    assert files.below(r"C:\a") == ["X.LO_"]
    source = tmp_path / "source"
    source.write_bytes(b"new")
    files.copy_in(source, r"D:\a\b\x.lo_")
    assert files.read(r"D:\a\b\x.lo_") == "new" and source.exists()


def test_a_drive_fills_up(site: Any) -> None:
    def free() -> object:
        query = "SELECT FreeSpace FROM Win32_LogicalDisk WHERE DeviceID = 'D:'"
        return [row["FreeSpace"] for row in site.wmi("srv1").query(ANALYST, "root/cimv2", query).instances]

    files = site.hierarchy.servers["srv1.corp.example"].files
    files.write(r"D:\before", "x" * 50)
    site.console.perform({"action": "set_drive", "server": "srv1", "drive": "D:", "free": 100})
    files.write(r"D:\a", "x" * 60)
    files.append(r"D:\a", "x" * 10)
    assert free() == [30]
    for write in (lambda: files.write(r"D:\b", "x" * 31), lambda: files.append(r"D:\a", "x" * 31)):
        with pytest.raises(OSError) as caught:
            write()
        assert caught.value.errno == errno.ENOSPC
    assert files.size(r"D:\a") == 70 and r"D:\b" not in files
    files.write(r"D:\a", "x" * 100)
    assert free() == [0]
    files.remove(r"D:\before")
    files.expect_room(r"D:\c", 50)
    assert free() == [50]


def test_a_program_has_a_version(site: Any) -> None:
    files = site.hierarchy.servers["srv1.corp.example"].files
    files.write(r"C:\Tool\Tool.exe", "")
    files.versions[r"c:\tool\tool.exe"] = "5.2403.1"
    query = r"SELECT * FROM CIM_DataFile WHERE Name = 'C:\\Tool\\Tool.exe'"
    (row,) = site.wmi("srv1").query(ANALYST, "root/cimv2", query).instances
    assert (row["Version"], row["FileSize"]) == ("5.2403.1", 0)


def test_a_reset_and_the_end_of_a_lab_delete_the_files(lab_directory: Path) -> None:
    with Lab(load("standalone"), lab_directory) as lab:

        def folders() -> list[Path]:
            return sorted(lab_directory.rglob("lab-server-*"))

        server = lab.hierarchy.servers["srv1.corp.example"]
        server.files.write(r"C:\a.txt", "a")
        before = folders()
        assert server.files.location(r"C:\a.txt").is_relative_to(lab_directory)
        lab.reset()
        assert not {*before} & {*folders()}
        lab.hierarchy.servers["srv1.corp.example"].files.write(r"C:\a.txt", "a")
        assert folders()
    assert not lab_directory.exists()
