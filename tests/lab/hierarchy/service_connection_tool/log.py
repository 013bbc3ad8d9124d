# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""ServiceConnectionTool.log. Documented: it is beside the tool, and replaced at every run.

The known lines have no time; whether the log has is up to the quirk ``tool_log_format``. Inferred: that others can read it
while it is written, and that a second run cannot open it meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from threading import Lock
from typing import TYPE_CHECKING

from ..logs import Severity, cmtrace_line
from .folder import UnhandledError

if TYPE_CHECKING:
    from ..processes import Process
    from ..windows_server import WindowsServer

NAME = "ServiceConnectionTool.log"


class ToolLog:
    """The log of one run."""

    def __init__(self, server: WindowsServer, process: Process, path: str) -> None:
        self._server = server
        self._process = process
        self._path = path
        self._write(b"", is_first=True)

    def info(self, text: str) -> None:
        self._line(f"INFO:{text}", 1)

    def warning(self, text: str) -> None:
        self._line(f"WARNING:{text}", 2)

    def error(self, text: str) -> None:
        self._line(f"ERROR:{text}", 3)

    def state_message(self, text: str) -> None:
        """A line of what the tool has in common with SMS_DMP_DOWNLOADER."""
        self._line(f"{text}~~", 1)

    def _line(self, text: str, severity: Severity) -> None:
        server = self._server
        if server.quirks.tool_log_format == "cmtrace":
            now = server.simulation.now + timedelta(seconds=server.clock_error)
            line = cmtrace_line(now, "ServiceConnectionTool", text, self._process.id, severity)
        else:
            line = f"{text}\r\n"
        self._write(line.encode())

    def _write(self, data: bytes, *, is_first: bool = False) -> None:
        files = self._server.files
        try:
            (files.write if is_first else files.append)(self._path, data)
        except OSError as error:
            raise UnhandledError("System.IO.IOException", "There is not enough space on the disk.") from error


class Logs:
    """Those of all runs that there are at the moment."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._open: set[tuple[str, str]] = set()

    @contextmanager
    def open(self, server: WindowsServer, process: Process, folder: str) -> Iterator[ToolLog]:
        """The log of a run. `UnhandledError` if it cannot be opened."""
        path = rf"{folder}\{NAME}"
        if not server.is_administrator(process.account):
            raise UnhandledError("System.UnauthorizedAccessException", f"Access to the path '{path}' is denied.")
        key = (server.name, path.lower())
        with self._lock:
            if key in self._open or path.lower() in server.files.locked:
                text = f"The process cannot access the file '{path}' because it is being used by another process."
                raise UnhandledError("System.IO.IOException", text)
            self._open.add(key)
        try:
            yield ToolLog(server, process, path)
        finally:
            with self._lock:
                self._open.remove(key)
