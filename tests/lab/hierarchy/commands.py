# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The few commands of cmd.exe that a simulated server understands."""

from __future__ import annotations

import ntpath
import re
from typing import TYPE_CHECKING

from ..wire.host import CommandResult, Execution
from ..wmi.model import Caller
from .command_line import LONGEST, Command, parse
from .curl.program import curl
from .powershell import PowerShell
from .programs import findstr, net
from .reg_program import reg

if TYPE_CHECKING:
    from .windows_server import WindowsServer

_POWERSHELL = re.compile(r"(?:^|[\\/])(?:powershell|pwsh)(?:\.exe)?$", re.IGNORECASE)
_PROGRAMS = {"reg": reg, "findstr": findstr, "net": net}


class CommandInterpreter:
    """cmd.exe of one server.

    It knows ``hostname``, ``whoami``, ``ver``, ``echo``, ``type``, ``del``, ``dir``, ``cmd /c``, ``exit`` and a few programs,
    joins them as cmd.exe does, redirects their output, and expands environment variables. Every start of PowerShell is written
    down in `WindowsServer.powershell_starts`; the lab has none, but a stand-in for a few scripts.
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

    def run(self, caller: Caller, command_line: str, stdin: bytes, execution: Execution | None = None) -> CommandResult:
        """Carry out one command line. Each of its commands meets one moment, except for one that waits for others."""
        return self._run_line(caller, self._expanded(caller, command_line).strip(), stdin)

    def _expanded(self, caller: Caller, line: str) -> str:
        # On a command line, unlike in a batch file, what is no variable stays as it is.
        environment = {name.lower(): value for name, value in self._server.environment(caller.account).items()}
        return re.sub(r"%([^%]+)%", lambda match: environment.get(match[1].lower(), match[0]), line)

    def _run_line(self, caller: Caller, line: str, stdin: bytes) -> CommandResult:
        if len(line) > LONGEST:
            return CommandResult(stderr=b"The command line is too long.\r\n", exit_code=1)
        whole = CommandResult()
        for pipeline in parse(line):
            if (pipeline.condition, whole.exit_code == 0) in (("&&", False), ("||", True)):
                continue
            data, errors, exit_code = stdin, b"", 0
            for command in pipeline.commands:
                result = self._run_command(caller, command, data)
                data, errors, exit_code = result.stdout, errors + result.stderr, result.exit_code
            whole = CommandResult(whole.stdout + data, whole.stderr + errors, exit_code)
        return whole

    def _run_command(self, caller: Caller, command: Command, stdin: bytes) -> CommandResult:
        result = self._run(caller, command.text, stdin)
        with self._server.simulation.moment():
            return self._redirected(result, command, self._server.environment(caller.account)["USERPROFILE"])

    def _redirected(self, result: CommandResult, command: Command, folder: str) -> CommandResult:
        streams = {1: result.stdout, 2: result.stderr}
        for redirection in command.redirections:
            data, streams[redirection.stream] = streams[redirection.stream], b""
            if redirection.target.startswith("&"):
                streams[int(redirection.target[1:])] += data
            elif redirection.target.lower() != "nul":
                write = self._server.files.append if redirection.appends else self._server.files.write
                write(ntpath.join(folder, redirection.target), data)
        return CommandResult(streams[1], streams[2], result.exit_code)

    def _run(self, caller: Caller, line: str, stdin: bytes) -> CommandResult:
        line = line.lstrip().lstrip("@").lstrip()
        if not line:
            return CommandResult()
        name, arguments = _split_program(line)
        bare = name.rsplit("\\", 1)[-1].lower().removesuffix(".exe")
        if bare == "cmd":
            inner = re.sub(r"^(?:/[a-bd-z]\s+)*/c\s*", "", arguments.strip(), flags=re.IGNORECASE)
            is_quoted = len(inner) > 1 and inner[0] == inner[-1] == '"'
            return self._run_line(caller, inner[1:-1] if is_quoted else inner, stdin)
        if bare == "curl" and self._server.curl_version:
            return curl(self._server, arguments, stdin)
        with self._server.simulation.moment():
            if _POWERSHELL.search(name):
                self._server.powershell_starts.append(line)
                powershell = PowerShell(self._server.files, self._server.environment(caller.account))
                return powershell.run(arguments.strip()) or _not_recognized(name)
            if program := _PROGRAMS.get(bare):
                return program(self._server, arguments, stdin)
            command = self._commands.get(bare)
            return command(caller, arguments) if command else _not_recognized(name)

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
        if path.lower() in self._server.files.locked:
            text = b"The process cannot access the file because it is being used by another process.\r\n"
            return CommandResult(stderr=text, exit_code=1)
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
        sizes = [f"{self._server.files.size(path):,}" if path in self._server.files else "<DIR>" for path in paths]
        listing = "\r\n".join(f"{size:>18} {name}" for size, name in zip(sizes, names, strict=True))
        return _output(f" Directory of {path}\r\n\r\n{listing}\r\n{len(sizes) - sizes.count('<DIR>'):>16} File(s)")

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
