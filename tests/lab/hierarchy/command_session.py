# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the commands of one command line share: who runs them, where, and where their output goes."""

from __future__ import annotations

import errno
import ntpath
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..wire.host import CommandResult, Execution
from ..wmi.model import Caller
from .cmd_messages import DISK_FULL, IN_USE, PATH_NOT_FOUND, sentence
from .command_line import Redirection
from .files import Files

if TYPE_CHECKING:
    from .windows_server import WindowsServer


@dataclass
class Session:
    """A cmd.exe that runs one command line. A copy of it is another cmd.exe that this one has started."""

    server: WindowsServer
    caller: Caller
    folder: str
    """The current one."""
    execution: Execution

    @property
    def files(self) -> Files:
        return self.server.files

    def path(self, text: str) -> str:
        """The full path of what is written as an argument, with or without quotes."""
        return ntpath.normpath(ntpath.join(self.folder, text.strip().replace('"', "")))

    def says(self, number: int, *values: object) -> bytes:
        """A sentence of cmd.exe in the server's language."""
        return sentence(self.server.accounts.language, number, *values)

    def failure(self, number: int, *values: object, exit_code: int = 1) -> CommandResult:
        return CommandResult(stderr=self.says(number, *values), exit_code=exit_code)


class CommandOutput:
    """The output of commands: kept together until the end, but for what a program wants to be seen at once."""

    def __init__(self, put_out: Callable[[bytes, bytes], None] | None = None) -> None:
        """Without a ``put_out``, nothing is seen before the end."""
        self._put_out = put_out
        self._stdout, self._stderr = bytearray(), bytearray()

    def hold(self, stdout: bytes = b"", stderr: bytes = b"") -> None:
        """Put something out, at the end or when something later is to be seen."""
        self._stdout += stdout
        self._stderr += stderr

    def write(self, stdout: bytes = b"", stderr: bytes = b"") -> None:
        """Put something out at once."""
        self.hold(stdout, stderr)
        if self._put_out:
            self._put_out(*self.take())

    def take(self) -> tuple[bytes, bytes]:
        """What has been kept, which is not kept any longer."""
        taken = bytes(self._stdout), bytes(self._stderr)
        self._stdout.clear()
        self._stderr.clear()
        return taken


_Sink = Callable[[bytes], None]
_REASONS = {errno.ENOSPC: DISK_FULL, errno.EACCES: IN_USE}


class RedirectionError(Exception):
    """A file cannot be opened for output, or has no room for it."""

    def __init__(self, error: OSError) -> None:
        super().__init__(str(error))
        self.sentence = _REASONS.get(error.errno or 0, PATH_NOT_FOUND)


class RedirectedOutput(CommandOutput):
    """The output of a command whose streams go elsewhere; its files are open until it is closed. `RedirectionError`."""

    def __init__(self, session: Session, output: CommandOutput, redirections: list[Redirection]) -> None:
        super().__init__()
        self._output = output
        self._files = session.files
        self._streams: dict[int, _Sink] = {1: self._to_stdout, 2: self._to_stderr}
        with ExitStack() as opened:
            for redirection in redirections:
                self._streams[redirection.stream] = self._sink(session, redirection, opened)
            self._opened = opened.pop_all()

    def hold(self, stdout: bytes = b"", stderr: bytes = b"") -> None:
        self._streams[1](stdout)
        self._streams[2](stderr)

    def write(self, stdout: bytes = b"", stderr: bytes = b"") -> None:
        self.hold(stdout, stderr)
        self._output.write()

    def close(self) -> None:
        """Close the files."""
        self._opened.close()

    def _sink(self, session: Session, redirection: Redirection, opened: ExitStack) -> _Sink:
        if redirection.target.startswith("&"):
            return self._streams.get(int(redirection.target[1:]), _nowhere)
        if redirection.target.lower() == "nul":
            return _nowhere
        path = session.path(redirection.target)
        try:
            opened.enter_context(self._files.held(path))
            if not redirection.appends or path not in self._files:
                self._files.write(path, b"")
        except OSError as error:
            raise RedirectionError(error) from error
        return lambda data: self._append(path, data)

    def _append(self, path: str, data: bytes) -> None:
        if data:
            try:
                self._files.append(path, data)
            except OSError as error:
                raise RedirectionError(error) from error

    def _to_stdout(self, data: bytes) -> None:
        self._output.hold(data)

    def _to_stderr(self, data: bytes) -> None:
        self._output.hold(b"", data)


def _nowhere(data: bytes) -> None:
    """What goes to NUL, or into a handle that nobody reads."""
