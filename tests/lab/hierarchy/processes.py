# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Processes of one server, and Win32_Process, which shows and ends them: some of Windows, services, and running programs.

Documented by Microsoft: names and types of the properties, the parameter of Terminate and its return values. Seen often:
who is no administrator sees of other accounts' processes neither command line nor path. Inferred: that Terminate
returns 2 for a process of Windows and for a service, which the lab does not have end this way.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from threading import Event, Lock
from typing import TYPE_CHECKING

from ..simulation import Simulation
from ..wmi.codes import Wbem, failure
from ..wmi.model import Caller, Instance, Value
from ..wmi.read_only import ReadOnlyClass

if TYPE_CHECKING:
    from .windows_server import WindowsServer

SUCCESS, ACCESS_DENIED = 0, 2
"""Return values of Terminate."""
SYSTEM = "NT AUTHORITY\\SYSTEM"

_OF_WINDOWS = {"System Idle Process": 0, "System": 4, "wininit.exe": 520, "services.exe": 612, "lsass.exe": 640}
_SERVICES_EXE = _OF_WINDOWS["services.exe"]

_ids = itertools.count(1000, 52)


def new_process_id() -> int:
    """One that no process of the lab has had: a multiple of four, as Windows has them."""
    return next(_ids)


class ProcessEnded(Exception):
    """Somebody has ended the process."""


@dataclass(eq=False)
class Process:
    """A program that runs."""

    name: str
    path: str
    command_line: str
    account: str
    created: datetime
    simulation: Simulation = field(repr=False)
    folder: str = ""
    """The current folder when it was started."""
    delegates: bool = False
    """Whether it can log on to other servers as its account."""
    id: int = field(default_factory=new_process_id)
    ended: Event = field(default_factory=Event, repr=False)
    """Set when somebody has ended it."""
    exit_code: int = 0
    """Which who has ended it has given it."""
    stdin: bytes = field(default=b"", repr=False)
    """Its whole standard input."""

    def pause(self, seconds: float) -> None:
        """Wait for so many nominal seconds of the site. `ProcessEnded` as soon as somebody ends it, or if that has happened."""
        if self.ended.wait(seconds / self.simulation.speed):
            raise ProcessEnded


class Processes:
    """The programs that run on one server, beside Windows and its services."""

    def __init__(self, simulation: Simulation) -> None:
        self._simulation = simulation
        self._running: dict[int, Process] = {}
        self._lock = Lock()

    def __iter__(self) -> Iterator[Process]:
        with self._lock:
            return iter(list(self._running.values()))

    def start(
        self, name: str, path: str, command_line: str, account: str, folder: str = "", *, delegates: bool = False
    ) -> Process:
        """A process that others see from now on, until `forget` or `end`."""
        process = Process(name, path, command_line, account, self._simulation.now, self._simulation, folder, delegates)
        with self._lock:
            self._running[process.id] = process
        return process

    def forget(self, process: Process) -> None:
        """It has come to its end by itself."""
        with self._lock:
            self._running.pop(process.id, None)

    def end(self, process: Process, exit_code: int = 1) -> None:
        """Have it end as soon as it notices, which it does where it pauses; nobody sees it any more."""
        self.forget(process)
        process.exit_code = exit_code
        process.ended.set()

    def close(self) -> None:
        """End all of them."""
        for process in self:
            self.end(process)


class ProcessClass(ReadOnlyClass):
    """Win32_Process of one server."""

    def __init__(self, server: WindowsServer) -> None:
        self._server = server
        self._started = server.simulation.now

    def instances(self, caller: Caller, class_name: str) -> Iterable[Instance]:
        return list(self._all(caller))

    def invoke(self, caller: Caller, target: Instance | None, method: str, arguments: Mapping[str, Value]) -> dict[str, Value]:
        if target is None or method != "Terminate":
            raise failure(Wbem.INVALID_METHOD)
        found = next((process for process in self._server.processes if process.id == target["ProcessId"]), None)
        if found is None or not self._may_see(caller, found.account):
            return {"ReturnValue": ACCESS_DENIED}
        self._server.processes.end(found, _number(arguments.get("Reason")))
        return {"ReturnValue": SUCCESS}

    def _all(self, caller: Caller) -> Iterator[Instance]:
        for name, number in _OF_WINDOWS.items():
            yield self._shown(name, number, self._started)
        for service in self._server.services.values():
            if service.process_id:
                path = service.path.partition(".exe")[0] + ".exe"
                yield self._shown(
                    path.rpartition("\\")[2],
                    service.process_id,
                    self._started,
                    (path, service.path) if self._may_see(caller, SYSTEM) else None,
                    _SERVICES_EXE,
                )
        for process in self._server.processes:
            seen = (process.path, process.command_line) if self._may_see(caller, process.account) else None
            yield self._shown(process.name, process.id, process.created, seen)

    def _shown(
        self, name: str, number: int, created: datetime, seen: tuple[str, str] | None = None, parent: int = 0
    ) -> Instance:
        """``seen`` are the path and the command line, for who may see them."""
        path, command_line = seen or (None, None)
        return self._server.repository.new_instance(
            "root/cimv2",
            "Win32_Process",
            Caption=name,
            CommandLine=command_line,
            CreationClassName="Win32_Process",
            CreationDate=created,
            CSCreationClassName="Win32_ComputerSystem",
            CSName=self._server.netbios_name,
            Description=name,
            ExecutablePath=path,
            Handle=str(number),
            Name=name,
            OSCreationClassName="Win32_OperatingSystem",
            OSName=self._server.options.system.caption,
            ParentProcessId=parent,
            ProcessId=number,
            SessionId=0,
            WindowsVersion=self._server.os_version,
        )

    def _may_see(self, caller: Caller, account: str) -> bool:
        return self._server.is_administrator(caller.account) or caller.account.lower() == account.lower()


def _number(value: Value) -> int:
    return value if isinstance(value, int) else 0
