# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The phase -import, and what the site does with what was imported."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from lab.cloud.catalogue import REDISTRIBUTABLES
from lab.cloud.usage_data import receipt
from unit.lab.service_connection_tool.conftest import PACKS, TOOL, Desk, needs_curl

pytestmark = needs_curl

UPDATE, UPDATE_GUID = "Configuration Manager 2509", "420E3E18-73C5-4BE9-88B0-6F1E30A012CA"
ROLLUP, ROLLUP_GUID = "Configuration Manager 2503 Hotfix Rollup (KB32851084)", "6B0783D9-B8A2-4848-82F6-8EFE956F4988"
OFFLINE = r"C:\SMS\EasySetupPayload\offline"
ANSWERS = rf"{PACKS}\ConfigMgr.Update.Manifest.enc"


@pytest.fixture
def desk(make_desk: Callable[..., Desk]) -> Desk:
    return make_desk()


def test_updates_are_handed_to_the_site(desk: Desk) -> None:
    desk.carry_packs()
    result = desk.import_packs()
    files = desk.server("srv1").files
    assert (result.exit_code, result.stdout, result.stderr, result.errors) == (0, "", "", [])
    assert result.log[-1] == "Successfully Dropped the state message 4~~"
    assert files.size(rf"{OFFLINE}\{UPDATE_GUID}.cab") == 4194304
    assert sorted(files.below(rf"{OFFLINE}\{UPDATE_GUID}\Redists")) == sorted(file.name for file in REDISTRIBUTABLES)
    assert {"ConfigMgr.Update.Manifest.cab", "ConfigMgr.AdminUIContent.auc"} <= set(files.below(OFFLINE))


def test_a_site_server_with_the_role(make_desk: Callable[..., Desk]) -> None:
    desk = make_desk(role="ps1:offline")
    desk.copy_tool(desk.server("ps1"))
    desk.server("ps1").files.make_folder(PACKS)
    desk.run("ps1", "-prepare", "-usagedatadest", r"D:\USB\UsageData.cab")
    desk.carry("ps1", "internet1")
    desk.connect()
    desk.carry("internet1", "ps1")
    assert desk.run("ps1", "-import", "-updatepacksrc", PACKS).exit_code == 0
    folder = r"C:\Program Files\Microsoft Configuration Manager\EasySetupPayload\offline"
    assert rf"{folder}\{UPDATE_GUID}.cab" in desk.server("ps1").files


def test_what_is_not_applicable_stays(desk: Desk) -> None:
    desk.carry_packs("-downloadall")
    result = desk.import_packs()
    names = {name.removesuffix(".cab") for name in desk.server("srv1").files.below(OFFLINE)}
    assert {UPDATE_GUID, ROLLUP_GUID} <= names and len([name for name in names if "-" in name]) == 2
    assert (
        "INFO:Payload AA928926-5C76-4DE0-B51F-0FE4D365DFE2 is not applicable to a site of version 5.00.9135.1000" in result.log
    )


@pytest.mark.parametrize("name", ["ConfigMgr.Update.Manifest.cab", "ConfigMgr.Update.Manifest.enc"])
def test_a_file_that_is_missing(desk: Desk, name: str) -> None:
    desk.carry_packs()
    desk.server("srv1").files.remove(rf"{PACKS}\{name}")
    result = desk.import_packs()
    assert (result.exit_code, result.errors) == (1, [rf"ERROR:Could not find file '{PACKS}\{name}'."])


@pytest.mark.parametrize("name", ["ConfigMgr.Update.Manifest.cab", "ConfigMgr.Update.Manifest.enc"])
def test_a_file_that_is_another_one(desk: Desk, name: str) -> None:
    desk.carry_packs()
    desk.server("srv1").files.write(rf"{PACKS}\{name}", b"<html>Please sign in</html>")
    assert desk.import_packs().errors[0].startswith(rf"ERROR:The manifest in {PACKS} cannot be read: ")


def test_a_folder_that_is_not_there(desk: Desk) -> None:
    result = desk.run("srv1", "-import", "-updatepacksrc", r"D:\Nowhere")
    assert result.errors == [r"ERROR:Could not find a part of the path 'D:\Nowhere'."]


def test_a_damaged_payload(desk: Desk) -> None:
    desk.carry_packs()
    desk.server("srv1").files.append(rf"{PACKS}\{UPDATE_GUID}.cab", b"x")
    result = desk.import_packs()
    assert result.errors == [f"ERROR:The hash of Payload {UPDATE_GUID} does not match the manifest."]
    assert not desk.server("srv1").files.is_folder(OFFLINE)


@pytest.mark.parametrize("reason", ["another hierarchy", "no payload"])
def test_nothing_to_import(desk: Desk, reason: str) -> None:
    desk.carry_packs()
    files = desk.server("srv1").files
    if reason == "no payload":
        files.remove(rf"{PACKS}\{UPDATE_GUID}.cab")
    else:
        files.write(ANSWERS, receipt("BEEF"))
    result = desk.import_packs()
    assert (result.exit_code, result.errors, result.stdout) == (0, [], "")
    assert result.log[-1] == f"WARNING:No update in {PACKS} is applicable to this hierarchy. Nothing was imported"
    assert ("INFO:The updates were downloaded for another hierarchy" in result.log) == (reason == "another hierarchy")
    assert not files.is_folder(OFFLINE)


def test_updates_for_several_hierarchies(desk: Desk) -> None:
    desk.carry_packs()
    desk.server("srv1").files.append(ANSWERS, receipt("BEEF"))
    assert desk.import_packs().exit_code == 0
    assert desk.server("srv1").files.is_folder(OFFLINE)


def test_a_full_disk(desk: Desk) -> None:
    desk.carry_packs()
    desk.perform("set_drive", server="srv1", drive="C:", free=3_000_000)
    result = desk.import_packs()
    assert (result.exit_code, result.errors) == (1, ["ERROR:There is not enough space on the disk."])
    assert "Successfully" not in "".join(result.log)


def test_a_server_without_the_role(desk: Desk) -> None:
    result = desk.run("internet1", "-import", "-updatepacksrc", PACKS, folder=TOOL)
    assert result.errors == ["ERROR:The service connection point is not installed on this computer."]
