# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The folder of the tool, its command line, and its log."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event, Thread

import pytest
from lab.hierarchy.processes import ProcessEnded
from lab.hierarchy.program_file import file_version
from lab.hierarchy.service_connection_tool.folder import FOLDER, PROGRAM, contents
from lab.hierarchy.site import VERSION
from lab.wmi.model import Caller
from unit.lab.service_connection_tool.conftest import ADMINISTRATOR, CAB, PACKS, TOOL, Desk, Written

LIBRARY = r"Microsoft.ConfigurationManagement.Setup.Download.dll"


def test_it_comes_with_every_site_server(make_desk: Callable[..., Desk]) -> None:
    for server in make_desk("hierarchy", role="srv1:offline").hierarchy.servers.values():
        path = rf"{server.installation_directory}\{FOLDER}\{PROGRAM}"
        has_it = server.name.partition(".")[0] in ("cas", "pr1", "pr2")
        assert (path in server.files) == has_it
        if has_it:
            assert file_version(server.files.location(path)) == VERSION


def test_its_version_is_seen_through_wmi(desk: Desk) -> None:
    server = desk.server("srv1")
    path = rf"{TOOL}\{PROGRAM}".replace("\\", "\\\\")
    wql = f"SELECT Version FROM CIM_DataFile WHERE Name = '{path}'"
    (row,) = server.wmi.query(Caller(ADMINISTRATOR), "root/cimv2", wql).instances
    assert row["Version"] == VERSION


@pytest.mark.parametrize("name", [name for name in contents(VERSION) if name != PROGRAM])
def test_a_file_that_is_missing(desk: Desk, name: str) -> None:
    desk.server("srv1").files.remove(rf"{TOOL}\{name}")
    result = desk.prepare()
    assembly = name.rpartition("\\")[2].removesuffix(".dll")
    assert result.exit_code == 0xE0434352
    assert "\r\nUnhandled Exception: System.IO.FileNotFoundException: Could not load file or assembly" in result.stderr
    assert f"'{assembly}, Version={VERSION}, " in result.stderr
    assert result.log == []


def test_a_file_that_is_cut_off(desk: Desk) -> None:
    files = desk.server("srv1").files
    files.write(rf"{TOOL}\{LIBRARY}", files.read_bytes(rf"{TOOL}\{LIBRARY}")[:-1])
    assert "System.BadImageFormatException: Could not load file or assembly" in desk.prepare().stderr


def test_a_file_of_another_version(desk: Desk) -> None:
    desk.server("srv1").files.write(rf"{TOOL}\{LIBRARY}", contents("5.00.9141.1000")[LIBRARY])
    result = desk.prepare()
    assert "System.IO.FileLoadException" in result.stderr and "of version 5.00.9141.1000" in result.stderr


@pytest.mark.parametrize("content", [b"", b"MZ", b"no program"])
def test_a_program_that_is_none(desk: Desk, content: bytes) -> None:
    desk.server("srv1").files.write(rf"{TOOL}\{PROGRAM}", content)
    result = desk.prepare()
    assert (result.exit_code, result.stderr) == (1, "The system cannot execute the specified program.\r\n")


@pytest.mark.parametrize(
    "arguments",
    [
        ("-prepare",),
        ("-prepare", "-usagedatadest"),
        ("-prepare", "-usagedatadest", CAB, "-downloadall"),
        ("-prepare", "-usagedatadest", CAB, "-export", "-dest", CAB),
        ("-usagedatadest", CAB),
        ("-import", "-updatepacksrc", PACKS, "-verbose"),
        ("-import", "-updatepacksrc", PACKS, "-proxyserveruri", "proxy"),
        ("-connect", "-usagedatasrc", CAB),
        ("-connect", "-usagedatasrc", CAB, "-updatepackdest", PACKS, "-downloadall", "-downloadhotfix"),
        ("-connect", "-usagedatasrc", CAB, "-usagedatasrc", CAB, "-updatepackdest", PACKS),
    ],
)
def test_what_it_does_not_understand(desk: Desk, arguments: tuple[str, ...]) -> None:
    result = desk.run("srv1", *arguments)
    assert (result.exit_code, result.log) == (1, [])
    assert "ServiceConnectionTool.exe -connect -usagedatasrc" in result.stdout


def test_help(desk: Desk) -> None:
    result = desk.run("srv1")
    assert (result.exit_code, result.log) == (0, [])
    assert "ServiceConnectionTool.exe -import -updatepacksrc" in result.stdout


def test_options_ignore_the_letter_case(desk: Desk) -> None:
    assert desk.run("srv1", "-Prepare", "-UsageDataDest", CAB).exit_code == 0


def test_the_log_is_that_of_the_last_run(desk: Desk) -> None:
    desk.run("srv1", "-export", "-dest", CAB)
    assert [line for line in desk.prepare().log if "-export" in line] == []


def test_a_log_with_times(make_desk: Callable[..., Desk]) -> None:
    log = make_desk(tool_log_format="cmtrace").prepare().log
    assert log[0].startswith(f"<![LOG[INFO:ServiceConnectionTool.exe {VERSION} -prepare]LOG]!><time=")


def test_somebody_reads_along_and_nobody_else_can_run_it(make_desk: Callable[..., Desk]) -> None:
    desk = make_desk(speed=1)
    server, output, is_over = desk.server("srv1"), Written(), Event()
    process = desk.start(server)

    def run() -> None:
        arguments = ("-prepare", "-usagedatadest", CAB)
        with pytest.raises(ProcessEnded):
            server.programs[PROGRAM.lower()](server, Caller(ADMINISTRATOR), arguments, process, output)
        is_over.set()

    thread = Thread(target=run)
    thread.start()
    while len(desk.log("srv1")) < 2:
        assert not is_over.wait(0.01)
    second = desk.prepare()
    assert second.stderr.endswith("ServiceConnectionTool.log' because it is being used by another process.\r\n")
    assert second.exit_code == 0xE0434352
    assert second.log[-1] == "INFO:Connecting to the database of the site PS1"
    server.processes.end(process)
    assert is_over.wait(10)
    thread.join()
    assert CAB not in server.files
    # Its log is not open any more
    desk.perform("remove_role", server="srv1")
    assert desk.prepare().exit_code == 1


def test_a_log_that_somebody_else_keeps_open(desk: Desk) -> None:
    assert desk.prepare().exit_code == 0
    desk.perform("lock_file", server="srv1", path=rf"{TOOL}\ServiceConnectionTool.log")
    assert "being used by another process" in desk.prepare().stderr


def test_a_tool_of_another_version(desk: Desk) -> None:
    desk.perform("set_tool_version", server="ps1", version="5.00.9141.1000")
    desk.perform("set_tool_version", server="srv1", version="5.00.9141.1000", folder=r"D:\Newer")
    result = desk.run("srv1", "-prepare", "-usagedatadest", CAB, folder=r"D:\Newer")
    assert result.log == [
        "INFO:ServiceConnectionTool.exe 5.00.9141.1000 -prepare",
        f"ERROR:The tool is of version 5.00.9141.1000, and the site of version {VERSION}.",
    ]
    with pytest.raises(ValueError, match="is one like"):
        desk.perform("set_tool_version", server="ps1", version="2509")
    with pytest.raises(ValueError, match="no room"):
        desk.perform("set_tool_version", server="ps1", version=VERSION, folder=r"X:\Tool")
