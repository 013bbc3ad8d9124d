# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files between the controller and a server, over SMB that Samba serves, with digests over WinRM."""

from __future__ import annotations

import hashlib
import time
from pathlib import Path
from typing import Any

import pytest
import yaml
from dying import kill_with_descendants
from guides import asked, what_modules_ask
from plays import Play, Site, examples, refused
from programs import needs_samba

SERVER, OTHER = "srv1.corp.example", "srv2.corp.example"
MODULE = "configmgr.site.file_transfer"
MEGABYTE = 1024 * 1024
pytestmark = needs_samba


def transfer(site: Site, *arguments: str, host: str = SERVER, **options: Any) -> Play:
    return site.play({MODULE: {"smb_port": "{{ configmgr_smb_port }}", **options}}, host=host, arguments=arguments)


def on_server(site: Site, path: str, server: str = SERVER) -> Path:
    """Where a file of a server is on this computer."""
    return site.lab.hierarchy.servers[server].files.location(path)


@pytest.fixture
def packs(tmp_path: Path) -> Path:
    folder = tmp_path / "packs"
    (folder / "Redist" / "en-us").mkdir(parents=True)
    (folder / "manifest.cab").write_bytes(b"a manifest")
    (folder / "update.cab").write_bytes(bytes(range(256)) * 4096 * 20)
    (folder / "Redist" / "en-us" / "Käse & Co (1).msi").write_bytes(b"x" * 1000)
    (folder / "empty.txt").write_bytes(b"")
    (folder / "tool.log").write_bytes(b"a log")
    return folder


def test_a_folder_there_and_back_and_nothing_the_second_time(site: Site, packs: Path, tmp_path: Path) -> None:
    there = {"mode": "push", "src": str(packs), "dest": r"C:\Offline\Packs", "exclude": ["*.LOG"]}
    pushed = transfer(site, **there).only
    assert pushed["changed"] and pushed["way"].startswith("SMB to 127.0.0.1 port ")
    assert [(file["path"], file["state"]) for file in pushed["files"]] == [
        ("Redist/en-us/Käse & Co (1).msi", "copied"),
        ("empty.txt", "copied"),
        ("manifest.cab", "copied"),
        ("update.cab", "copied"),
    ]
    assert pushed["size"] == pushed["sent"] == 20 * MEGABYTE + 1010
    found = on_server(site, r"C:\offline\packs\REDIST\en-us\Käse & Co (1).msi")
    assert found.read_bytes() == b"x" * 1000

    again = transfer(site, **there).only
    assert not again["changed"] and again["sent"] == 0
    assert {file["state"] for file in again["files"]} == {"unchanged"}

    back = {"mode": "pull", "src": r"C:\Offline\Packs", "dest": str(tmp_path / "back")}
    pulled = transfer(site, **back).only
    assert pulled["changed"]
    for file in pulled["files"]:
        content = (tmp_path / "back" / file["path"]).read_bytes()
        assert content == (packs / file["path"]).read_bytes()
        assert hashlib.sha256(content).hexdigest() == file["sha256"]
    assert not transfer(site, **back).only["changed"]


def test_one_file_under_its_own_or_another_name(site: Site, packs: Path, tmp_path: Path) -> None:
    for dest, path in ((r"D:\In" + "\\", r"D:\In\update.cab"), (r"D:\In\other.cab", r"D:\In\other.cab")):
        result = transfer(site, mode="push", src=str(packs / "update.cab"), dest=dest).only
        assert result["changed"] and on_server(site, path).read_bytes() == (packs / "update.cab").read_bytes()
        assert not transfer(site, mode="push", src=str(packs / "update.cab"), dest=dest).only["changed"]
    transfer(site, mode="pull", src=r"D:\In\other.cab", dest=f"{tmp_path}/in/")
    transfer(site, mode="pull", src=r"D:\In\other.cab", dest=f"{tmp_path}/in/third.cab")
    assert sorted(path.name for path in (tmp_path / "in").iterdir()) == ["other.cab", "third.cab"]


def test_check_mode_says_what_is_missing_and_copies_nothing(site: Site, packs: Path) -> None:
    there = {"mode": "push", "src": str(packs), "dest": r"C:\Offline"}
    result = transfer(site, "--check", "--diff", **there).only
    assert result["changed"] and "update.cab" in result["missing"] and result["files"] == []
    assert result["diff"]["before"] == {} and result["diff"]["after"]["update.cab"] == 20 * MEGABYTE
    assert not on_server(site, r"C:\Offline").exists()
    transfer(site, **there)
    assert not transfer(site, "--check", **there).only["changed"]


def test_a_file_of_the_same_size_with_another_content_is_copied(site: Site, packs: Path) -> None:
    there = {"mode": "push", "src": str(packs), "dest": r"C:\Offline"}
    transfer(site, **there)
    site.control.console("damage_file", server="srv1", path=r"C:\Offline\update.cab")
    result = transfer(site, **there).only
    assert [file["path"] for file in result["files"] if file["state"] != "unchanged"] == ["update.cab"]
    assert on_server(site, r"C:\Offline\update.cab").read_bytes() == (packs / "update.cab").read_bytes()


@pytest.mark.parametrize("mode", ["push", "pull"])
def test_cut_twice_on_the_way_it_goes_on(site: Site, packs: Path, tmp_path: Path, mode: str) -> None:
    if mode == "pull":
        transfer(site, mode="push", src=str(packs), dest=r"C:\Offline")
    # Less than half of it each, so that enough is left for the second, however little was lost by the first
    for after in (9 * MEGABYTE, 9 * MEGABYTE):
        site.control.console("cut_smb", server="srv1", after=after)
    ends = {"push": (str(packs), r"C:\Offline"), "pull": (r"C:\Offline", str(tmp_path / "back"))}
    play = transfer(site, mode=mode, src=ends[mode][0], dest=ends[mode][1])
    result = play.only
    assert result.outcome == "ok" and play.stderr.count("connection lost, trying again") == 2, play.stderr
    # What was whole before has travelled once; at each cut, what was on its way and a little before it is sent again
    assert 20 * MEGABYTE < result["sent"] < 54 * MEGABYTE
    copy = on_server(site, r"C:\Offline\update.cab") if mode == "push" else tmp_path / "back" / "update.cab"
    assert copy.read_bytes() == (packs / "update.cab").read_bytes()


def test_a_rerun_goes_on_where_a_controller_has_died(site: Site, tmp_path: Path) -> None:
    large = tmp_path / "large.cab"
    large.write_bytes(bytes(range(256)) * 4096 * 300)
    there = {"mode": "push", "src": str(large), "dest": r"C:\Offline\large.cab", "smb_port": "{{ configmgr_smb_port }}"}
    playbook = tmp_path / "dies.yml"
    playbook.write_text(yaml.safe_dump([{"hosts": SERVER, "gather_facts": False, "tasks": [{MODULE: there}]}]))
    process = site.start_playbook(str(playbook))
    while not (parts := list(on_server(site, r"C:\Offline").glob("*.part"))) or parts[0].stat().st_size < 20 * MEGABYTE:
        assert process.exit_code is None
        # Nothing tells when the part has grown, and looking without a pause would take a core from what writes it
        time.sleep(0.005)
    kill_with_descendants(process.pid)
    process.output(timeout=60)
    assert not on_server(site, r"C:\Offline\large.cab").exists()

    result = site.play({MODULE: there}, host=SERVER).only
    assert [file["state"] for file in result["files"]] == ["resumed"]
    assert result["sent"] < result["size"]
    assert [path.name for path in on_server(site, r"C:\Offline").iterdir()] == ["large.cab"]
    assert on_server(site, r"C:\Offline\large.cab").read_bytes() == large.read_bytes()


def test_what_cannot_be_done_is_said(site: Site, packs: Path, tmp_path: Path) -> None:
    there = {"mode": "push", "src": str(packs), "dest": r"C:\Offline"}
    site.control.console("set_drive", server="srv1", drive="C:", free=5 * MEGABYTE)
    refused(transfer(site, **there).only, "has room for", "Nothing was copied", "Make room")
    assert not on_server(site, r"C:\Offline").exists()

    refused(transfer(site, **{**there, "dest": r"X:\Offline"}).only, "no administrative share for the drive of X:")
    refused(transfer(site, **{**there, "src": str(tmp_path / "none")}).only, "neither a file nor a folder")
    refused(transfer(site, mode="pull", src=r"C:\none", dest=str(tmp_path / "in")).only, r"C:\none on srv1.corp.example")
    refused(transfer(site, **{**there, "dest": r"Offline\Packs"}).only, "is no full path")
    refused(transfer(site, **{**there, "smb_user": r"CORP\administrator"}).only, "smb_user and smb_password together")


def test_who_may_not_is_told_so(site: Site, packs: Path) -> None:
    there = {"mode": "push", "src": str(packs), "dest": r"C:\Offline"}
    wrong = transfer(site, **there, smb_user=r"CORP\administrator", smb_password="wrong").only
    refused(wrong, "did not log on", "smb_user and smb_password")
    assert "wrong" not in wrong.message.replace("was wrong", "")
    analyst = {"smb_user": r"CORP\analyst", "smb_password": site.password(r"CORP\analyst")}
    refused(transfer(site, **there, **analyst).only, "local group Administrators")


def test_a_server_without_smb_is_an_error_that_names_the_port(site: Site, packs: Path) -> None:
    site.control.console("close_port", server="srv1", port=445)
    refused(transfer(site, mode="push", src=str(packs), dest=r"C:\Offline").only, "TCP port 445", "127.0.0.1")


def test_the_examples_work(site: Site) -> None:
    for name in ("UsageData.cab", r"ServiceConnectionTool\tool.exe", r"ServiceConnectionTool\tool.log"):
        site.control.console("write_file", server="srv1", path=rf"C:\ProgramData\configmgr.site\{name}", content="x")
    tasks = examples("file_transfer")
    play = site.play(*tasks, host=SERVER)
    assert [result.outcome for result in play.results] == ["ok"] * len(tasks), play.stdout
    assert [file["path"] for file in play.results[-1]["files"]] == [
        "ServiceConnectionTool/tool.exe",
        "UsageData-PS1.cab",
        "UsageData.cab",
    ]
    assert asked(site, "file_transfer") == what_modules_ask()["file_transfer"]
