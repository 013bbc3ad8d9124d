# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""cmd.exe of a simulated server: command lines, and what they run."""

from __future__ import annotations

import ntpath
import re
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

from ..wire.host import CommandResult, Execution
from ..wmi.model import Caller
from .certutil import certutil
from .cmd_builtins import BUILTINS
from .command_line import LONGEST, Command, Pipeline, parse, split_arguments
from .command_session import CommandOutput, RedirectedOutput, RedirectionError, Session
from .compound_commands import run_compound
from .curl.program import curl
from .installed_programs import Program
from .powershell import PowerShell
from .processes import ProcessEnded
from .programs import findstr, net
from .reg_program import reg

if TYPE_CHECKING:
    from .windows_server import WindowsServer

_POWERSHELL = re.compile(r"(?:^|[\\/])(?:powershell|pwsh)(?:\.exe)?$", re.IGNORECASE)
_PROGRAMS = {"reg": reg, "findstr": findstr, "net": net}


class CommandInterpreter:
    """cmd.exe of one server.

    It knows the commands of `BUILTINS`, ``for``, ``for /r``, ``if exist``, ``cmd /c``, a few programs of Windows, and those
    that are registered as `WindowsServer.programs`; joins them as cmd.exe does, redirects their output, and expands environment
    variables. Every start of PowerShell is written down in `WindowsServer.powershell_starts`; the lab has none, but a
    stand-in for a few scripts, and `WindowsServer.powershell_answer` where somebody compares with modules that need one.
    """

    def __init__(self, server: WindowsServer) -> None:
        self._server = server

    def run(self, caller: Caller, command_line: str, stdin: bytes, execution: Execution | None = None) -> CommandResult:
        """Carry out one command line. Each of its commands meets one moment, except for those that take their time."""
        environment = self._server.environment(caller.account)
        # Who logs on gets a profile
        self._server.files.make_folder(environment["TEMP"])
        session = Session(self._server, caller, environment["USERPROFILE"], execution or Execution(lambda *data: None))
        output = CommandOutput(execution.write if execution else None)
        exit_code = self._run_line(session, self._expanded(caller, command_line).strip(), stdin, output)
        return CommandResult(*output.take(), exit_code)

    def _expanded(self, caller: Caller, line: str) -> str:
        # On a command line, unlike in a batch file, what is no variable stays as it is.
        environment = {name.lower(): value for name, value in self._server.environment(caller.account).items()}
        known = "|".join(map(re.escape, environment))
        return re.sub(rf"%({known})%", lambda match: environment[match[1].lower()], line, flags=re.IGNORECASE)

    def _run_line(self, session: Session, line: str, stdin: bytes, output: CommandOutput) -> int:
        if len(line) > LONGEST:
            output.hold(stderr=b"The command line is too long.\r\n")
            return 1
        return self._run_pipelines(session, parse(line), stdin, output)

    def _run_pipelines(
        self, session: Session, pipelines: list[Pipeline], stdin: bytes, output: CommandOutput, exit_code: int = 0
    ) -> int:
        for pipeline in pipelines:
            if (pipeline.condition, exit_code == 0) in (("&&", False), ("||", True)):
                continue
            if session.execution.is_ended:
                break
            data, *before = stdin, *pipeline.commands[:-1]
            for command in before:
                # Each side of a pipe is a cmd.exe of its own
                piped = CommandOutput()
                self._run_command(replace(session), command, data, piped, exit_code)
                data, errors = piped.take()
                output.hold(stderr=errors)
            last = replace(session) if before else session
            exit_code = self._run_command(last, pipeline.commands[-1], data, output, exit_code)
        return exit_code

    def _run_command(self, session: Session, command: Command, stdin: bytes, output: CommandOutput, exit_code: int) -> int:
        if command.is_compound:
            return run_compound(
                session,
                command.text,
                output,
                lambda pipelines, code: self._run_pipelines(session, pipelines, stdin, output, code),
                exit_code,
            )
        if not command.redirections:
            return self._run(session, command.text, stdin, output)
        try:
            with closing(RedirectedOutput(session, output, command.redirections)) as redirected:
                return self._run(session, command.text, stdin, redirected)
        except RedirectionError as error:
            output.hold(stderr=session.says(error.sentence))
            return 1

    def _run(self, session: Session, line: str, stdin: bytes, output: CommandOutput) -> int:
        line = line.lstrip().lstrip("@").lstrip()
        if not line:
            return 0
        name, arguments = _split_program(line)
        bare = name.rsplit("\\", 1)[-1].lower().removesuffix(".exe")
        if bare == "cmd":
            inner = re.sub(r"^(?:/[a-bd-z]\s+)*/c\s*", "", arguments.strip(), flags=re.IGNORECASE)
            is_quoted = len(inner) > 1 and inner[0] == inner[-1] == '"'
            return self._run_line(replace(session), inner[1:-1] if is_quoted else inner, stdin, output)
        path = session.path(name if name.lower().endswith(".exe") else f"{name}.exe")
        program = self._server.programs.get(ntpath.basename(path).lower())
        if program is not None and path in self._server.files:
            return self._run_program(session, program, path, line, arguments, stdin, output)
        result = self._run_own(session, name, bare, line, arguments, stdin)
        output.hold(result.stdout, result.stderr)
        return result.exit_code

    def _run_program(
        self, session: Session, program: Program, path: str, line: str, arguments: str, stdin: bytes, output: CommandOutput
    ) -> int:
        processes, caller = self._server.processes, session.caller
        process = processes.start(
            ntpath.basename(path), path, line.rstrip(), caller.account, session.folder, delegates=caller.delegates
        )
        process.stdin = stdin
        with session.execution.telling(lambda: processes.end(process)):
            try:
                result = program(self._server, session.caller, split_arguments(arguments), process, output)
            except ProcessEnded:
                result = CommandResult(exit_code=process.exit_code)
            finally:
                processes.forget(process)
        output.hold(result.stdout, result.stderr)
        return result.exit_code

    def _run_own(self, session: Session, name: str, bare: str, line: str, arguments: str, stdin: bytes) -> CommandResult:
        """What a server has without a file of it."""
        if bare == "curl" and self._server.curl_version:
            return curl(self._server, arguments, stdin)
        if bare == "certutil":
            return certutil(session, arguments)
        with self._server.simulation.moment():
            if _POWERSHELL.search(name):
                self._server.powershell_starts.append(line)
                powershell = PowerShell(self._server.files, self._server.environment(session.caller.account))
                return powershell.run(arguments.strip()) or self._server.powershell_answer or _not_recognized(name)
            if program := _PROGRAMS.get(bare):
                return program(self._server, arguments, stdin)
            builtin = BUILTINS.get(bare)
            return builtin(session, arguments) if builtin else _not_recognized(name)


def _split_program(line: str) -> tuple[str, str]:
    if line.startswith('"') and (end := line.find('"', 1)) > 0:
        return line[1:end], line[end + 1 :].strip()
    name, _separator, arguments = line.partition(" ")
    return name, arguments


def _not_recognized(name: str) -> CommandResult:
    text = f"'{name}' is not recognized as an internal or external command,\r\noperable program or batch file.\r\n"
    return CommandResult(stderr=text.encode(), exit_code=1)
