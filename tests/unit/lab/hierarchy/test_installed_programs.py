# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Programs that are files of a server, run by cmd.exe and ended by others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, contextmanager
from threading import Event
from typing import Any

import pytest
from lab.hierarchy.installed_programs import Output
from lab.hierarchy.processes import Process
from lab.hierarchy.windows_server import WindowsServer
from lab.wire.host import CommandResult, Execution
from lab.wmi.model import Caller

ADMINISTRATOR = Caller("CORP\\administrator")
FOLDER = r"D:\My Tools"


class Tool:
    """Says how it was started; with ``-wait``, it waits until it is ended."""

    def __init__(self) -> None:
        self.is_waiting = Event()

    def __call__(
        self, server: WindowsServer, caller: Caller, arguments: Sequence[str], process: Process, output: Output
    ) -> CommandResult:
        output.write(f"{caller.account} {process.path} {process.folder} {list(arguments)}\n".encode())
        if "-wait" in arguments:
            self.is_waiting.set()
            process.pause(3600)
        with server.simulation.moment():
            running = [one.name for one in server.processes]
        return CommandResult(f"{running}\n".encode(), b"complaint\n", 7)


@pytest.fixture
def tool() -> Tool:
    return Tool()


@pytest.fixture
def server(server: WindowsServer, tool: Tool) -> WindowsServer:
    server.files.write(rf"{FOLDER}\Tool.exe", "MZ")
    server.programs["tool.exe"] = tool
    return server


def run(server: WindowsServer, line: str, execution: Execution | None = None) -> CommandResult:
    return server.commands.run(ADMINISTRATOR, line, b"", execution)


def test_a_program_runs_where_its_file_is(server: WindowsServer) -> None:
    result = run(server, rf'cd /d "{FOLDER}" && tool.EXE -a "b c"')
    assert result.stdout.decode().splitlines() == [
        rf"CORP\administrator {FOLDER}\tool.EXE {FOLDER} ['-a', 'b c']",
        "['tool.EXE']",
    ]
    assert (result.stderr, result.exit_code) == (b"complaint\n", 7)
    assert list(server.processes) == []
    by_path = run(server, rf'"{FOLDER}\Tool" -x & echo after')
    assert b"C:\\Users\\administrator ['-x']" in by_path.stdout and by_path.stdout.endswith(b"after\r\n")
    assert b"not recognized" in run(server, "Tool.exe -a").stderr
    server.files.remove(rf"{FOLDER}\Tool.exe")
    assert b"not recognized" in run(server, rf'"{FOLDER}\Tool.exe" -a').stderr


def test_its_output_can_be_redirected(server: WindowsServer) -> None:
    result = run(server, rf'"{FOLDER}\Tool.exe" > D:\out.txt 2>&1')
    assert (result.stdout, result.stderr, result.exit_code) == (b"", b"", 7)
    assert len(server.files.read(r"D:\out.txt").splitlines()) == 3
    assert run(server, rf'"{FOLDER}\Tool.exe" | findstr administrator').stdout.count(b"\n") == 1


@contextmanager
def at_work(server: WindowsServer) -> Iterator[ThreadPoolExecutor]:
    """Threads that do not outlast the server."""
    with ThreadPoolExecutor() as pool, closing(server):
        yield pool


def start(server: WindowsServer, tool: Tool, pool: ThreadPoolExecutor, seen: list[bytes]) -> tuple[Execution, Future[Any]]:
    execution = Execution(lambda stdout, stderr: seen.append(stdout))
    line = rf'echo before & cd /d "{FOLDER}" & 9>"D:\x.lock" tool.exe -wait & echo after'
    future = pool.submit(run, server, line, execution)
    assert tool.is_waiting.wait(20)
    return execution, future


def test_its_output_is_seen_while_it_runs_and_its_shell_ends_it(server: WindowsServer, tool: Tool) -> None:
    seen: list[bytes] = []
    with at_work(server) as pool:
        execution, future = start(server, tool, pool, seen)
        assert seen[0].startswith(b"before \r\nCORP\\administrator")
        assert run(server, r'9>"D:\x.lock" echo x').exit_code == 1
        execution.end()
        assert b"after" not in future.result(20).stdout, "nothing more is started"
        assert run(server, r'9>"D:\x.lock" echo x').exit_code == 0


def test_an_administrator_ends_it(server: WindowsServer, tool: Tool) -> None:
    with at_work(server) as pool:
        _unused, future = start(server, tool, pool, [])
        (process,) = server.processes
        assert process.command_line == "tool.exe -wait"
        keys = {"Handle": str(process.id)}
        server.wmi.invoke(ADMINISTRATOR, "root/cimv2", "Win32_Process", keys, "Terminate", {"Reason": 5})
        result = future.result(20)
    assert result.stdout == b"after\r\n", "the line goes on"
    assert process.exit_code == 5


def test_the_end_of_a_server_ends_it(server: WindowsServer, tool: Tool) -> None:
    with at_work(server) as pool:
        _unused, future = start(server, tool, pool, [])
        server.close()
        assert future.result(20) is not None
    assert list(server.files) == []
