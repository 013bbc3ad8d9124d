# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The few commands of cmd.exe that a simulated server understands."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ..wire.host import CommandResult
from ..wmi.model import Caller
from .powershell import PowerShell

if TYPE_CHECKING:
    from .windows_server import WindowsServer

_POWERSHELL = re.compile(r"(?:^|[\\/])(?:powershell|pwsh)(?:\.exe)?$", re.IGNORECASE)
_REDIRECTION = re.compile(r"^(?P<command>.*?)(?P<operator>>>|>)\s*(?P<path>\"[^\"]+\"|[^\s>]+)\s*$", re.DOTALL)


class CommandInterpreter:
    """cmd.exe of one server.

    It knows ``hostname``, ``whoami``, ``ver``, ``echo`` (also into a file), ``type``, ``del``, ``dir``, ``cmd /c`` and
    ``exit``, and expands environment variables. Every start of PowerShell is written down in
    `WindowsServer.powershell_starts`; the lab has none, but a stand-in for a few scripts.
    """

    def __init__(self, server: WindowsServer) -> None:
        self._server = server
        self._commands = {
            "hostname": self._hostname,
            "whoami": self._whoami,
            "ver": self._ver,
            "echo": self._echo,
            "type": self._type,
            "del": self._del,
            "dir": self._dir,
            "exit": self._exit,
        }

    def run(self, caller: Caller, command_line: str, stdin: bytes) -> CommandResult:
        """Carry out one command line."""
        with self._server.simulation.moment():
            return self._run(caller, self._expanded(caller, command_line).strip())

    def _expanded(self, caller: Caller, line: str) -> str:
        # On a command line, unlike in a batch file, what is no variable stays as it is.
        environment = {name.lower(): value for name, value in self._server.environment(caller.account).items()}
        return re.sub(r"%([^%]+)%", lambda match: environment.get(match[1].lower(), match[0]), line)

    def _run(self, caller: Caller, line: str) -> CommandResult:
        line = line.lstrip("@").strip()
        match = _REDIRECTION.match(line)
        if match:
            return self._redirected(caller, match["command"], match["path"].strip('"'), match["operator"] == ">>")
        name, arguments = _split_program(line)
        if _POWERSHELL.search(name):
            self._server.powershell_starts.append(line)
            powershell = PowerShell(self._server.files, self._server.environment(caller.account))
            return powershell.run(arguments) or _not_recognized(name)
        bare = name.rsplit("\\", 1)[-1].lower().removesuffix(".exe")
        if bare == "cmd":
            inner = re.sub(r"^(?:/[a-bd-z]\s+)*/c\s*", "", arguments, flags=re.IGNORECASE)
            return self._run(caller, inner[1:-1] if len(inner) > 1 and inner[0] == inner[-1] == '"' else inner)
        command = self._commands.get(bare)
        return command(caller, arguments) if command else _not_recognized(name)

    def _redirected(self, caller: Caller, command: str, path: str, append: bool) -> CommandResult:
        result = self._run(caller, command)
        if path.lower() != "nul":
            write = self._server.files.append if append else self._server.files.write
            write(path, result.stdout)
        return CommandResult(b"", result.stderr, result.exit_code)

    def _hostname(self, caller: Caller, arguments: str) -> CommandResult:
        return _output(self._server.name.partition(".")[0])

    def _whoami(self, caller: Caller, arguments: str) -> CommandResult:
        return _output(caller.account.lower())

    def _ver(self, caller: Caller, arguments: str) -> CommandResult:
        return _output(f"\r\nMicrosoft Windows [Version {self._server.os_version}]")

    def _echo(self, caller: Caller, arguments: str) -> CommandResult:
        return _output(arguments)

    def _type(self, caller: Caller, arguments: str) -> CommandResult:
        path = arguments.strip().strip('"')
        if path not in self._server.files:
            return _file_not_found()
        return CommandResult(self._server.files.read_bytes(path))

    def _del(self, caller: Caller, arguments: str) -> CommandResult:
        path = re.sub(r"^(?:/[a-z]\s+)+", "", arguments.strip(), flags=re.IGNORECASE).strip('"')
        if path not in self._server.files:
            # del sets no exit code when there is nothing to delete
            return CommandResult(stderr=f"Could Not Find {path}\r\n".encode())
        self._server.files.remove(path)
        return CommandResult()

    def _dir(self, caller: Caller, arguments: str) -> CommandResult:
        switches = re.findall(r"(?:^|\s)(/\w+)", arguments)
        path = re.sub(r"(?:^|\s)/\w+", "", arguments).strip().strip('"')
        names = self._server.files.below(path)
        if not names:
            return _file_not_found()
        if "/b" in [switch.lower() for switch in switches]:
            return _output("\r\n".join(names))
        folder = path.rstrip("\\")
        paths = [path if path in self._server.files else f"{folder}\\{name}" for name in names]
        sizes = (len(self._server.files.read_bytes(path)) for path in paths)
        listing = "\r\n".join(f"{size:>18,} {name}" for size, name in zip(sizes, names, strict=True))
        return _output(f" Directory of {path}\r\n\r\n{listing}\r\n{len(names):>16} File(s)")

    def _exit(self, caller: Caller, arguments: str) -> CommandResult:
        code = arguments.lower().replace("/b", "").strip()
        return CommandResult(exit_code=int(code) if code.isdigit() else 0)


def _split_program(line: str) -> tuple[str, str]:
    if line.startswith('"') and (end := line.find('"', 1)) > 0:
        return line[1:end], line[end + 1 :].strip()
    name, _separator, arguments = line.partition(" ")
    return name, arguments


def _output(text: str) -> CommandResult:
    return CommandResult(f"{text}\r\n".encode())


def _not_recognized(name: str) -> CommandResult:
    text = f"'{name}' is not recognized as an internal or external command,\r\noperable program or batch file.\r\n"
    return CommandResult(stderr=text.encode(), exit_code=1)


def _file_not_found() -> CommandResult:
    return CommandResult(stderr=b"The system cannot find the file specified.\r\n", exit_code=1)
