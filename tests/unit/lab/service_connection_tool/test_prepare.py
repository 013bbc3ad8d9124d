# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The phases -prepare and -export: what they need, and what they write."""

from __future__ import annotations

import csv
from collections.abc import Callable

import pytest
from lab.cloud.cabinets import unpack
from lab.cloud.usage_data import read_usage_data
from lab.hierarchy.site import VERSION
from unit.lab.service_connection_tool.conftest import CAB, USB, Desk

CSV = rf"{USB}\UsageData.csv"


def test_usage_data_is_written(desk: Desk) -> None:
    result = desk.prepare()
    data = desk.server("srv1").files.read_bytes(CAB)
    assert (result.exit_code, result.stdout, result.stderr, result.errors) == (0, "", "", [])
    assert result.log[0] == f"INFO:ServiceConnectionTool.exe {VERSION} -prepare"
    assert result.log[-1] == f"INFO:Usage data was written to {CAB} (size = {len(data)})"
    assert f"{VERSION}.txt" in unpack(data)
    assert dict(read_usage_data(data).values)["TEL_InstalledUpdates"] == "Configuration Manager 2503"


def test_two_hierarchies_are_not_the_same_one(make_desk: Callable[..., Desk]) -> None:
    names = set()
    for desk in (make_desk(), make_desk()):
        desk.prepare()
        desk.prepare()
        names.add(read_usage_data(desk.server("srv1").files.read_bytes(CAB)).support_id)
    assert len(names) == 2


def test_a_table_for_people(desk: Desk) -> None:
    assert desk.run("srv1", "-export", "-dest", CSV).exit_code == 0
    rows = list(csv.reader(desk.server("srv1").files.read(CSV).splitlines()))
    assert rows[0] == ["Id", "Value"] and ["TEL_Servers", "3"] in rows


def test_relative_paths_are_below_the_current_folder(desk: Desk) -> None:
    assert desk.run("srv1", "-prepare", "-usagedatadest", "here.cab").exit_code == 0
    assert rf"{USB}\here.cab" in desk.server("srv1").files


@pytest.mark.parametrize(
    ("destination", "error"),
    [
        (r"D:\Nowhere\UsageData.cab", r"ERROR:Could not find a part of the path 'D:\Nowhere\UsageData.cab'."),
        (r"X:\UsageData.cab", r"ERROR:Could not find a part of the path 'X:\UsageData.cab'."),
        ('D:\\USB" -x', "ERROR:Illegal characters in path."),
    ],
)
def test_where_nothing_can_be_written(desk: Desk, destination: str, error: str) -> None:
    result = desk.run("srv1", "-prepare", "-usagedatadest", destination)
    assert (result.exit_code, result.errors) == (1, [error])


def test_a_server_without_the_role(desk: Desk) -> None:
    result = desk.run("internet1", "-prepare", "-usagedatadest", CAB)
    assert result.errors == ["ERROR:The service connection point is not installed on this computer."]
    assert result.exit_code == 1


@pytest.mark.parametrize("phase", ["-prepare", "-export", "-import"])
def test_an_online_role(make_desk: Callable[..., Desk], phase: str) -> None:
    options = {"-prepare": ("-usagedatadest", CAB), "-export": ("-dest", CSV), "-import": ("-updatepacksrc", USB)}[phase]
    result = make_desk(role="srv1:online").run("srv1", phase, *options)
    assert result.exit_code == 1 and "is in online mode" in result.errors[0]
    accepting = make_desk(role="srv1:online", tool_with_online_role="accepted").run("srv1", phase, *options)
    assert "online" not in "".join(accepting.log)


def test_somebody_who_is_no_administrator(desk: Desk) -> None:
    result = desk.prepare(account="CORP\\analyst")
    assert result.exit_code == 0xE0434352
    assert result.stderr == (
        "\r\nUnhandled Exception: System.UnauthorizedAccessException: "
        "Access to the path 'D:\\Tool\\ServiceConnectionTool.log' is denied.\r\n"
    )
    assert CAB not in desk.server("srv1").files


def test_somebody_who_cannot_read_the_database(desk: Desk) -> None:
    desk.perform("set_database_access", account="CORP\\administrator", value=False)
    result = desk.prepare()
    assert result.stdout == "ERROR: can not connect to the database. Please refer to the log file for more information.\r\n"
    assert result.errors == ["ERROR:Failed to connect to the database CM_PS1 on ps1.corp.example as CORP\\administrator."]
    assert (result.exit_code, CAB in desk.server("srv1").files) == (1, False)
    desk.perform("set_database_access", account="corp\\Administrator", value=True)
    assert desk.prepare().exit_code == 0


def test_an_account_of_its_own_for_the_database(desk: Desk) -> None:
    desk.perform("add_local_group_member", server="srv1", member="CORP\\installer")
    assert desk.prepare(account="CORP\\installer").exit_code == 1
    desk.perform("set_database_access", account="CORP\\installer", value=True)
    assert desk.prepare(account="CORP\\installer").exit_code == 0


def test_a_database_that_cannot_be_reached(desk: Desk) -> None:
    desk.perform("block_port", server="ps1", port=1433, source="srv1")
    assert "can not connect to the database" in desk.prepare().stdout


def test_a_log_on_that_is_not_passed_on(desk: Desk) -> None:
    assert "can not connect to the database" in desk.run("srv1", "-prepare", "-usagedatadest", CAB, delegates=False).stdout
    assert desk.run("srv1", "-prepare", "-usagedatadest", CAB, delegates=True).exit_code == 0


def test_a_full_disk(desk: Desk) -> None:
    desk.perform("set_drive", server="srv1", drive="F:", free=100)
    result = desk.run("srv1", "-prepare", "-usagedatadest", r"F:\UsageData.cab")
    assert (result.exit_code, result.errors) == (1, ["ERROR:There is not enough space on the disk."])


def test_a_failure_need_not_have_an_exit_code(make_desk: Callable[..., Desk]) -> None:
    desk = make_desk(tool_exit_code="zero")
    result = desk.run("internet1", "-prepare", "-usagedatadest", CAB)
    assert result.exit_code == 0 and result.errors
    assert desk.run("internet1", "-prepare").exit_code == 0


def test_an_account_that_nobody_has(desk: Desk) -> None:
    with pytest.raises(ValueError, match="the domain has no account"):
        desk.perform("set_database_access", account="CORP\\nobody", value=True)
