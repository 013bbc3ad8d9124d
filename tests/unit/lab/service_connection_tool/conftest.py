# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""An offline site and a computer with internet, each with a copy of the tool, and somebody who carries files between them."""

from __future__ import annotations

import ntpath
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass, field, replace

import pytest
from lab.hierarchy.accounts import make_accounts
from lab.hierarchy.console import Console
from lab.hierarchy.hierarchy import Hierarchy
from lab.hierarchy.processes import Process
from lab.hierarchy.service_connection_tool.folder import FOLDER, PROGRAM
from lab.hierarchy.topology import load
from lab.hierarchy.windows_server import WindowsServer
from lab.quirks import Quirks
from lab.simulation import ManualClock, Simulation
from lab.wmi.model import Caller
from unit.lab.internet.browsing import NEEDS_CURL

TOOL = r"D:\Tool"
USB = r"D:\USB"
CAB, PACKS = rf"{USB}\UsageData.cab", rf"{USB}\Packs"
ADMINISTRATOR = "CORP\\administrator"
NEEDS_TINYPROXY = pytest.mark.skipif(shutil.which("tinyproxy") is None, reason="tinyproxy is not installed")

needs_curl = NEEDS_CURL


@dataclass
class Written:
    """What a program has written while it ran."""

    stdout: bytes = b""
    stderr: bytes = b""

    def write(self, stdout: bytes = b"", stderr: bytes = b"") -> None:
        self.stdout += stdout
        self.stderr += stderr


@dataclass
class Result:
    """What came of a run."""

    exit_code: int
    stdout: str
    stderr: str
    log: list[str] = field(default_factory=list)

    @property
    def errors(self) -> list[str]:
        return [line for line in self.log if line.startswith("ERROR:")]


class Desk:
    """The hierarchy, which it makes and closes, and the computers srv1, with the role, and internet1."""

    def __init__(self, topology: str = "offline", speed: float = 6000, role: str = "", **quirks: str) -> None:
        description = load(topology)
        # Databases on the site servers, where the tool is not
        sites = tuple(replace(site, sql_server=site.server) for site in description.sites)
        description = replace(description, sites=sites)
        if role:
            description = description.with_service_connection_point(role)
        settings = Quirks(**quirks)  # type: ignore[arg-type]  # checked by whoever adds one
        self._clock = ManualClock()
        self.hierarchy = Hierarchy(description, make_accounts("CORP"), Simulation(speed, self._clock), settings)
        for name in ("srv1", "internet1"):
            if f"{name}.corp.example" in self.hierarchy.servers:
                server = self.server(name)
                server.files.make_folder(PACKS)
                self.copy_tool(server)

    def close(self) -> None:
        self.hierarchy.close()

    def pass_time(self, seconds: float) -> None:
        """Let so many nominal seconds go by; programs wait for themselves."""
        self._clock.move(seconds / self.hierarchy.simulation.speed)
        self.hierarchy.simulation.advance()

    def server(self, name: str) -> WindowsServer:
        return self.hierarchy.servers[self.hierarchy.topology.fqdn(name)]

    def perform(self, action: str, **arguments: object) -> None:
        """An act of another administrator."""
        Console(self.hierarchy).perform({"action": action, **arguments})

    def copy_tool(self, server: WindowsServer, folder: str = TOOL) -> None:
        """Copy the whole folder from the site server."""
        site_server = self.hierarchy.servers[self.hierarchy.top_tier_site.server]
        source = rf"{site_server.installation_directory}\{FOLDER}"
        for path in site_server.files.walk(source):
            server.files.copy_in(site_server.files.location(path), f"{folder}{path[len(source) :]}")

    def carry(self, source: str, destination: str, folder: str = USB) -> None:
        """Copy a folder from one computer to the other."""
        files = self.server(source).files
        for path in files.walk(folder):
            self.server(destination).files.copy_in(files.location(path), path)

    def start(
        self, server: WindowsServer, account: str = ADMINISTRATOR, folder: str = TOOL, *, delegates: bool = True
    ) -> Process:
        return server.processes.start(PROGRAM, rf"{folder}\{PROGRAM}", "", account, USB, delegates=delegates)

    def run(
        self,
        name: str,
        *arguments: str,
        account: str = ADMINISTRATOR,
        folder: str = TOOL,
        stdin: str = "",
        delegates: bool = True,
    ) -> Result:
        """Run the tool on a server to its end."""
        server, output = self.server(name), Written()
        process = self.start(server, account, folder, delegates=delegates)
        process.stdin = stdin.encode()
        result = server.programs[PROGRAM.lower()](server, Caller(account), arguments, process, output)
        server.processes.forget(process)
        stdout, stderr = (output.stdout + result.stdout).decode(), (output.stderr + result.stderr).decode()
        return Result(result.exit_code, stdout, stderr, self.log(name, folder))

    def log(self, name: str, folder: str = TOOL) -> list[str]:
        path, files = ntpath.join(folder, "ServiceConnectionTool.log"), self.server(name).files
        return files.read(path).splitlines() if path in files else []

    def prepare(self, **options: str) -> Result:
        return self.run("srv1", "-prepare", "-usagedatadest", CAB, **options)

    def connect(self, *options: str, stdin: str = "") -> Result:
        return self.run("internet1", "-connect", "-usagedatasrc", CAB, "-updatepackdest", PACKS, *options, stdin=stdin)

    def import_packs(self) -> Result:
        return self.run("srv1", "-import", "-updatepacksrc", PACKS)

    def carry_usage_data(self) -> None:
        """Prepare, and take what came of it to the computer with internet."""
        assert self.prepare().exit_code == 0
        self.carry("srv1", "internet1")

    def carry_packs(self, *options: str) -> None:
        """Do all that comes before an import."""
        self.carry_usage_data()
        result = self.connect(*options)
        assert result.exit_code == 0, result
        self.carry("internet1", "srv1")


@pytest.fixture
def make_desk() -> Iterator[Callable[..., Desk]]:
    with ExitStack() as stack:
        yield lambda *arguments, **options: stack.enter_context(closing(Desk(*arguments, **options)))


@pytest.fixture
def desk(make_desk: Callable[..., Desk]) -> Desk:
    return make_desk()
