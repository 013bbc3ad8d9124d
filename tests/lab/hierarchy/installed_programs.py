# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Programs that are files of a server: what such a program has to be for cmd.exe to run it.

A program is registered as ``server.programs["tool.exe"] = tool``, and runs where a command line names a file of that name that
is there: by its full path, or by one relative to the current folder. Without such a file, there is no program.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from ..wire.host import CommandResult
from ..wmi.model import Caller
from .processes import Process

if TYPE_CHECKING:
    from .windows_server import WindowsServer


class Output(Protocol):
    """Where a program writes while it runs."""

    def write(self, stdout: bytes = b"", stderr: bytes = b"") -> None:
        """Put something out, which who waits for the output sees at once, unless it goes into a pipe or a file."""


class Program(Protocol):
    """What a registered program is: a function, or an object that can be called."""

    def __call__(
        self, server: WindowsServer, caller: Caller, arguments: Sequence[str], process: Process, output: Output
    ) -> CommandResult:
        """Run to the end, in a thread of its own and outside of ``server.simulation.moment()``.

        ``arguments`` are those after the program's name, without their quotes. ``process`` is seen by others until this
        returns; it has the file (``path``) and the folder that it was started from (``folder``), and the program waits with
        ``process.pause(seconds)``. `ProcessEnded` may go through: then the exit code is what ended it says. Whatever is
        read or changed of the hierarchy is so within ``simulation.moment()``, in which nobody waits; files may be written
        outside, at their `Files.location`. What has been written to ``output`` is not in the result.
        """
