# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The phase -connect: what is uploaded, what is downloaded, and what is in the way."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from lab.cloud.catalogue import REDISTRIBUTABLES
from lab.cloud.usage_data import UsageData, read_usage_data
from unit.lab.service_connection_tool.conftest import CAB, PACKS, TOOL, USB, Desk, needs_curl

pytestmark = needs_curl

UPDATE, UPDATE_GUID = "Configuration Manager 2509", "420E3E18-73C5-4BE9-88B0-6F1E30A012CA"
ROLLUP_GUID = "6B0783D9-B8A2-4848-82F6-8EFE956F4988"
INSTALLED_GUID, HOTFIX_GUID = "AA928926-5C76-4DE0-B51F-0FE4D365DFE2", "D5A4E4F2-0C0B-4A0E-9C5C-36495448D9F1"
COMMON = {"ConfigMgr.Update.Manifest.cab", "ConfigMgr.Update.Manifest.enc", "ConfigMgr.AdminUIContent.auc"}
DEFAULTS = ("-connect", "-usagedatasrc", CAB, "-updatepackdest", PACKS)


@pytest.fixture
def desk(make_desk: Callable[..., Desk]) -> Desk:
    desk = make_desk()
    desk.carry_usage_data()
    return desk


def payloads(desk: Desk) -> set[str]:
    names = set(desk.server("internet1").files.below(PACKS))
    return {name.removesuffix(".cab") for name in names if name.endswith(".cab")} - {"ConfigMgr.Update.Manifest"}


def test_the_update_for_the_site(desk: Desk) -> None:
    result = desk.connect()
    files = desk.server("internet1").files
    assert (result.exit_code, result.stdout, result.stderr, result.errors) == (0, "", "", [])
    assert set(files.below(PACKS)) == COMMON | {f"{UPDATE_GUID}.cab", UPDATE_GUID}
    assert sorted(files.below(rf"{PACKS}\{UPDATE_GUID}\Redist")) == sorted(file.name for file in REDISTRIBUTABLES)
    manifest_size = files.size(rf"{PACKS}\ConfigMgr.Update.Manifest.cab")
    link = "https://go.microsoft.com/fwlink/?LinkId=2309003"
    for line in (
        f"INFO:ConfigMgr.Update.Manifest.cab (size = {manifest_size}) downloaded successfully",
        f"INFO:Downloading Payload {UPDATE_GUID} version 5.0.9141.1000. More information: {link}",
        f"INFO:Downloaded Payload {UPDATE_GUID} size = 4194304",
        f"INFO:Downloading Redists for {UPDATE_GUID}",
        f"INFO:Successfully downloaded Redists for {UPDATE_GUID}",
    ):
        assert line in result.log
    setup_log = files.read(r"C:\ConfigMgrSetup.log")
    assert "INFO: WinHttpQueryHeaders() in Download() returned OK (200)" in setup_log
    assert rf"INFO: Verifying hash for file '{PACKS}\{UPDATE_GUID}\Redist\SQLSysClrTypes.msi'" in setup_log
    (upload,) = desk.hierarchy.cloud.uploads
    assert upload == read_usage_data(files.read_bytes(CAB))


@pytest.mark.parametrize(
    ("option", "expected"),
    [
        ("-downloadall", {INSTALLED_GUID, ROLLUP_GUID, UPDATE_GUID, HOTFIX_GUID}),
        ("-downloadhotfix", {ROLLUP_GUID, HOTFIX_GUID}),
        ("-downloadsiteversion", {ROLLUP_GUID, UPDATE_GUID, HOTFIX_GUID}),
    ],
)
def test_other_selections(desk: Desk, option: str, expected: set[str]) -> None:
    assert desk.connect(option).exit_code == 0
    assert payloads(desk) == expected


def test_the_latest_of_several_updates(desk: Desk) -> None:
    desk.perform("publish_update", name="Newest", full_version="5.00.9150.1000", guid="n", size=10)
    desk.perform(
        "publish_update", name="Too new", full_version="5.00.9160.1000", min_version="5.00.9141.1000", guid="t", size=10
    )
    desk.connect()
    assert payloads(desk) == {"N"}


def test_nothing_for_the_site(desk: Desk) -> None:
    desk.perform("withdraw_update", name=UPDATE)
    result = desk.connect()
    assert result.exit_code == 0 and payloads(desk) == set()
    assert "INFO:There is no update to download" in result.log


def test_usage_data_of_several_hierarchies(desk: Desk) -> None:
    files = desk.server("internet1").files
    files.write(rf"{USB}\Other.CAB", UsageData("BEEF", "5.00.9141.1000", ()).cabinet())
    files.write(rf"{USB}\notes.txt", "no usage data")
    desk.perform("publish_update", name="Next", full_version="5.00.9150.1000", min_version="5.00.9141.1000", guid="n", size=10)
    result = desk.run("internet1", "-connect", "-usagedatasrc", f"{USB}\\", "-updatepackdest", PACKS)
    assert result.exit_code == 0
    assert payloads(desk) == {UPDATE_GUID, "N"}
    assert [upload.site_version for upload in desk.hierarchy.cloud.uploads] == ["5.00.9141.1000", "5.00.9135.1000"]


@pytest.mark.parametrize(
    ("source", "error"),
    [
        (r"D:\Nowhere", r"ERROR:Could not find a part of the path 'D:\Nowhere'."),
        (PACKS, rf"ERROR:There is no usage data in {PACKS}."),
        (rf"{TOOL}\ServiceConnectionTool.exe", "ERROR:CAB does not contain telemetry data."),
    ],
)
def test_where_there_is_no_usage_data(desk: Desk, source: str, error: str) -> None:
    result = desk.run("internet1", "-connect", "-usagedatasrc", source, "-updatepackdest", PACKS)
    assert (result.exit_code, result.errors) == (1, [error])
    assert result.stdout == f"ERROR: {error.removeprefix('ERROR:')}\r\n"
    assert desk.hierarchy.cloud.uploads == []


def test_a_destination_that_is_not_there(desk: Desk) -> None:
    result = desk.run("internet1", "-connect", "-usagedatasrc", CAB, "-updatepackdest", r"D:\Nowhere")
    assert result.errors == [r"ERROR:Could not find a part of the path 'D:\Nowhere'."]


def test_what_is_there_is_kept(desk: Desk) -> None:
    desk.connect()
    files = desk.server("internet1").files
    before = files.location(rf"{PACKS}\{UPDATE_GUID}.cab").stat().st_mtime_ns
    again = desk.connect()
    assert f"INFO:Payload {UPDATE_GUID} exists already" in again.log
    assert files.location(rf"{PACKS}\{UPDATE_GUID}.cab").stat().st_mtime_ns == before
    files.write(rf"{PACKS}\{UPDATE_GUID}.cab", b"half of it")
    assert f"INFO:Downloaded Payload {UPDATE_GUID} size = 4194304" in desk.connect().log


def test_all_of_it_may_be_downloaded_again(make_desk: Callable[..., Desk]) -> None:
    desk = make_desk(tool_downloads="again")
    desk.carry_usage_data()
    desk.connect()
    assert f"INFO:Downloaded Payload {UPDATE_GUID} size = 4194304" in desk.connect().log


def test_an_error_that_one_may_ignore(make_desk: Callable[..., Desk]) -> None:
    desk = make_desk(tool_ignorable_error="present")
    desk.carry_usage_data()
    result = desk.connect()
    assert result.exit_code == 0xE0434352
    path = r"C:\Users\administrator\AppData\Local\Temp\extractmanifestcab\D5A4E4F2.sql"
    assert f"Unhandled Exception: System.UnauthorizedAccessException: Access to the path '{path}' is denied." in result.stderr
    assert result.errors == [] and payloads(desk) == {UPDATE_GUID}


def test_a_payload_that_is_not_the_one_of_the_manifest(desk: Desk) -> None:
    desk.perform("damage_payload", name=UPDATE)
    result = desk.connect()
    assert result.errors == [f"ERROR:The hash of Payload {UPDATE_GUID} does not match the manifest."]
    assert result.exit_code == 1
    desk.perform("repair_payload", name=UPDATE)
    assert desk.connect().exit_code == 0


def test_a_connection_that_breaks_in_the_middle(desk: Desk) -> None:
    desk.perform("break_payload", name=UPDATE, after=2_500_000)
    result = desk.connect()
    assert result.errors == [
        f"ERROR:Failed to download Payload {UPDATE_GUID} with exception: "
        "The underlying connection was closed: The connection was closed unexpectedly."
    ]
    assert desk.server("internet1").files.size(rf"{PACKS}\{UPDATE_GUID}.cab") == 2_500_000


def test_a_payload_that_is_gone(desk: Desk) -> None:
    desk.perform("set_endpoint", host="configmgrbits.azureedge.net", status=404)
    result = desk.connect()
    assert result.errors[-1].endswith("with exception: The remote server returned an error: (404) Not Found.")
    # The content of the console comes from the same host; the tool goes on without
    assert result.errors[0] == (
        "ERROR:AdminUIContentDownloadDownload:DownloadManifestCab exception: The remote server returned an error: (404) "
        "Not Found. There may be an issue with internet connection or the download link."
    )


def test_redistributables_that_are_gone(desk: Desk) -> None:
    desk.perform("withhold_redistributable", name="msodbcsql.msi")
    result = desk.connect()
    text = "The remote server returned an error: (404) Not Found."
    error = f"ERROR:Failed to download Redists for {UPDATE_GUID} with exception: {text}"
    assert (result.exit_code, result.errors) == (0, [error])
    desk.perform("set_tool_version", server="internet1", version="5.00.9141.1000", folder=TOOL)
    newer = desk.connect()
    assert (newer.exit_code, newer.errors) == (1, [error, "ERROR:Not everything was downloaded."])


def test_a_full_disk(desk: Desk) -> None:
    desk.perform("set_drive", server="internet1", drive="F:", free=3_000_000)
    desk.server("internet1").files.make_folder(r"F:\Packs")
    result = desk.run("internet1", "-connect", "-usagedatasrc", CAB, "-updatepackdest", r"F:\Packs")
    assert (result.exit_code, result.errors) == (1, ["ERROR:There is not enough space on the disk."])


def test_an_upload_that_is_refused(desk: Desk) -> None:
    desk.perform("set_endpoint", host="sccm.manage.microsoft.com", status=503)
    result = desk.connect()
    text = "The remote server returned an error: (503) Service Unavailable."
    assert result.errors == [f"ERROR:Failed to upload usage data with exception: {text}", f"ERROR:{text}"]
    assert payloads(desk) == set()
