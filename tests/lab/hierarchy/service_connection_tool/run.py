# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One run of the tool: what its phases share."""

from __future__ import annotations

import errno
import hashlib
import ntpath
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .arguments import Arguments
from .log import ToolLog

if TYPE_CHECKING:
    from ..hierarchy import Hierarchy
    from ..installed_programs import Output
    from ..processes import Process
    from ..windows_server import WindowsServer

_CHUNK = 2**20
_NO_SPACE = "There is not enough space on the disk."


class ToolError(Exception):
    """The tool gives up; the message is that of its log."""

    def __init__(self, message: str, console: str = "") -> None:
        """``console`` is what it says to who looks on, if that is something else."""
        super().__init__(message)
        self.console = console or message


@dataclass(frozen=True)
class Run:
    """Who runs the tool where, and what for."""

    hierarchy: Hierarchy
    server: WindowsServer
    process: Process
    arguments: Arguments
    version: str
    """Of the tool."""
    log: ToolLog
    output: Output

    def path(self, option: str) -> str:
        """The path that an option names."""
        value = self.arguments.values[option]
        if set('"<>|*?') & set(value):
            raise ToolError("Illegal characters in path.")
        return ntpath.normpath(ntpath.join(self.process.folder, value))

    def expect_folder(self, folder: str, path: str) -> None:
        """`ToolError` if it is not there, on the way to a path."""
        if not self.server.files.is_folder(folder):
            raise ToolError(f"Could not find a part of the path '{path}'.")

    def sha256(self, path: str) -> str:
        """Of a file that is there, as a manifest writes it; it is read bit by bit."""
        whole = hashlib.sha256()
        with self.server.files.location(path).open("rb") as file:
            while chunk := file.read(_CHUNK):
                self.process.pause(0)
                whole.update(chunk)
        return whole.hexdigest().upper()

    @contextmanager
    def writing(self, path: str) -> Iterator[None]:
        """What is not to be written is a `ToolError`."""
        try:
            yield
        except OSError as error:
            if error.errno == errno.ENOSPC:
                raise ToolError(_NO_SPACE) from error
            raise ToolError(f"Could not find a part of the path '{path}'.") from error
