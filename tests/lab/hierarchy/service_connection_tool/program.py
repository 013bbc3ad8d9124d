# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""ServiceConnectionTool.exe as a server runs it."""

from __future__ import annotations

import hashlib
import ntpath
from collections.abc import Sequence
from typing import TYPE_CHECKING
from uuid import uuid4

from ...wire.host import CommandResult
from ...wmi.model import Caller
from ..installed_programs import Output
from ..site import VERSION
from .arguments import USAGE, UsageError, read_arguments
from .connect import connect
from .database import SiteDatabases
from .folder import FOLDER, PROGRAM, UnhandledError, install, loaded_version
from .import_packs import import_packs
from .log import Logs
from .prepare import export, prepare
from .run import Run, ToolError

if TYPE_CHECKING:
    from ..hierarchy import Hierarchy
    from ..processes import Process
    from ..windows_server import WindowsServer

_UNHANDLED = 0xE0434352
"""The exit code of a program of .NET that an exception ends."""
_FAILED = 1
_NO_PROGRAM = b"The system cannot execute the specified program.\r\n"


class ServiceConnectionTool:
    """The tool, wherever it is run in a hierarchy."""

    def __init__(self, hierarchy: Hierarchy) -> None:
        """Comes with every site server but those of secondary sites, and runs wherever its files are."""
        self._hierarchy = hierarchy
        self._logs = Logs()
        self.databases = SiteDatabases(hierarchy.servers, hierarchy.network)
        self.support_id = hashlib.sha256(uuid4().bytes).hexdigest().upper()
        """What usage data names the hierarchy by."""
        for server in hierarchy.servers.values():
            server.programs[PROGRAM.lower()] = self
        for site in hierarchy.sites.values():
            if site.type != "secondary":
                server = hierarchy.servers[site.server]
                install(server, rf"{server.installation_directory}\{FOLDER}", VERSION)

    def __call__(
        self, server: WindowsServer, caller: Caller, arguments: Sequence[str], process: Process, output: Output
    ) -> CommandResult:
        """Run it to its end."""
        folder = ntpath.dirname(process.path)
        try:
            version = loaded_version(server, folder)
            if not version:
                return CommandResult(stderr=_NO_PROGRAM, exit_code=_FAILED)
            try:
                wanted = read_arguments(arguments)
            except UsageError:
                exit_code = self._failed(server) if arguments else 0
                return CommandResult(USAGE.replace("\n", "\r\n").encode(), exit_code=exit_code)
            with self._logs.open(server, process, folder) as log:
                run = Run(self._hierarchy, server, process, wanted, version, log, output)
                log.info(f"ServiceConnectionTool.exe {version} {wanted.phase}")
                try:
                    self._carry_out(run)
                except ToolError as error:
                    log.error(str(error))
                    output.write(f"ERROR: {error.console}\r\n".encode())
                    return CommandResult(exit_code=self._failed(server))
        except UnhandledError as error:
            return CommandResult(stderr=f"\r\n{error}\r\n".encode(), exit_code=_UNHANDLED)
        return CommandResult()

    def _carry_out(self, run: Run) -> None:
        match run.arguments.phase:
            case "-prepare":
                prepare(run, self.support_id)
            case "-export":
                export(run, self.support_id)
            case "-connect":
                connect(run)
            case "-import":
                import_packs(run, self.support_id)

    def _failed(self, server: WindowsServer) -> int:
        return _FAILED if server.quirks.tool_exit_code == "nonzero" else 0
