# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Programs that run on a server, and who sees and ends them."""

from __future__ import annotations

from threading import Thread
from typing import Any

import pytest
from lab.hierarchy.processes import Process, ProcessEnded
from lab.hierarchy.windows_server import WindowsServer
from lab.wmi.model import Caller, Instance

ADMINISTRATOR, ANALYST = Caller("CORP\\administrator"), Caller("CORP\\analyst")


@pytest.fixture
def process(server: WindowsServer) -> Process:
    return server.processes.start("Tool.exe", r"C:\Tool\Tool.exe", "Tool.exe -x", "CORP\\administrator")


def shown(server: WindowsServer, caller: Caller = ADMINISTRATOR, name: str = "tool.exe") -> list[Instance]:
    wql = f"SELECT * FROM Win32_Process WHERE Name = '{name}'"
    return list(server.wmi.query(caller, "root/cimv2", wql).instances)


def terminate(server: WindowsServer, caller: Caller, number: object) -> object:
    keys = {"Handle": str(number)}
    return server.wmi.invoke(caller, "root/cimv2", "Win32_Process", keys, "Terminate", {"Reason": 1})["ReturnValue"]


def test_a_program_is_seen_while_it_runs(site: Any, server: WindowsServer, process: Process) -> None:
    (row,) = shown(server)
    assert (row["ProcessId"], row["CommandLine"], row["ExecutablePath"]) == (process.id, "Tool.exe -x", r"C:\Tool\Tool.exe")
    assert row["CreationDate"] == site.clock.time and process.id % 4 == 0
    (row,) = shown(server, ANALYST)
    assert row["CommandLine"] is None and row["ExecutablePath"] is None
    server.processes.forget(process)
    assert shown(server) == [] and not process.ended.is_set()


def test_services_are_processes(server: WindowsServer) -> None:
    numbers = {service.process_id for service in server.services.values()}
    assert numbers <= {row["ProcessId"] for row in shown(server, name="svchost.exe")}
    (system,) = shown(server, name="System")
    assert system["ProcessId"] == 4
    assert terminate(server, ADMINISTRATOR, 4) == 2


def test_an_administrator_ends_a_program_that_waits(server: WindowsServer, process: Process) -> None:
    outcomes: list[str] = []

    def work() -> None:
        try:
            process.pause(600)
            outcomes.append("waited")
        except ProcessEnded:
            outcomes.append("ended")

    thread = Thread(target=work)
    thread.start()
    assert terminate(server, ANALYST, process.id) == 2
    assert not process.ended.is_set()
    assert terminate(server, ADMINISTRATOR, process.id) == 0
    thread.join(20)
    assert outcomes == ["ended"] and shown(server) == []


def test_a_pause_is_in_the_time_of_the_site(server: WindowsServer, process: Process) -> None:
    server.simulation.speed = 1e6
    process.pause(60)
    server.close()
    with pytest.raises(ProcessEnded):
        process.pause(60)
