# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The cmd shell of Windows Remote Shell (MS-WSMV 3.1.4.5 and 3.1.4.10 to 3.1.4.14)."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass, field
from threading import Condition, Lock, Thread
from xml.etree.ElementTree import Element
from xml.sax.saxutils import escape, quoteattr

from ..wmi.model import Caller
from . import faults
from .envelopes import Answer, Request, command_line, new_id
from .faults import Fault, FaultKind, ProviderFault
from .host import CommandHost, CommandResult, Execution, Host
from .names import ADDRESSING, ANONYMOUS, CMD_SHELL, SHELL, TRANSFER, WSMAN

_MAX_SHELLS = 30
"""MaxShellsPerUser."""
_STREAMS = ("stdout", "stderr")
_CONTROL_C_EXIT = 0xC000013A
"""STATUS_CONTROL_C_EXIT, the exit code of a program that was interrupted."""


class Command:
    """A command in a shell.

    It gets its whole input at once. So it starts when its input ends, or, where no input has come, when somebody wants
    its output. It goes on when nobody asks for its output any more, until somebody ends it.
    """

    def __init__(self, host: CommandHost, caller: Caller, line: str) -> None:
        self._host = host
        self._caller = caller
        self._line = line
        self._input: bytearray | None = None
        self._changed = Condition()
        self._is_started = False
        self._execution = Execution(self._put_out)
        self._output = {stream: bytearray() for stream in _STREAMS}
        """What nobody has received yet."""
        self._exit_code: int | None = None
        self._failure: FaultKind | None = None

    def send(self, data: bytes, is_last: bool) -> None:
        """Take input."""
        with self._changed:
            if self._is_started:
                raise _shell_fault(faults.PIPE_CLOSED)
            self._input = (self._input or bytearray()) + data
            if is_last:
                self._start()

    def receive(self, timeout: float, size: int) -> tuple[dict[str, bytes], int | None]:
        """Wait for output: the next at most ``size`` bytes, and the exit code once nothing is left."""
        with self._changed:
            if self._input is None:
                self._start()
            if not self._changed.wait_for(lambda: self._is_over or any(self._output.values()), timeout):
                raise Fault(faults.TIMED_OUT)
            if self._failure is not None:
                raise _shell_fault(self._failure)
            output: dict[str, bytes] = {}
            for stream, data in self._output.items():
                output[stream] = bytes(data[:size])
                size -= len(output[stream])
                del data[: len(output[stream])]
            return output, None if any(self._output.values()) else self._exit_code

    def interrupt(self) -> None:
        """Ctrl+C: a program that still runs ends."""
        self._finish(CommandResult(exit_code=_CONTROL_C_EXIT))
        self._execution.end()

    def terminate(self) -> None:
        """Nobody wants the command any more, so it ends; who still waits for its output is told so."""
        self._fail(faults.ABORTED)
        self._execution.end()

    def _start(self) -> None:
        if not self._is_started:
            self._is_started = True
            Thread(target=self._run, name=f"command {self._line:.40}", daemon=True).start()

    def _run(self) -> None:
        try:
            result = self._host.run(self._caller, self._line, bytes(self._input or b""), self._execution)
        except BaseException:
            self._fail(faults.INTERNAL_ERROR)
            raise
        self._finish(result)

    def _put_out(self, stdout: bytes, stderr: bytes) -> None:
        with self._changed:
            if not self._is_over:
                self._output["stdout"] += stdout
                self._output["stderr"] += stderr
                self._changed.notify_all()

    @property
    def _is_over(self) -> bool:
        return self._exit_code is not None or self._failure is not None

    def _finish(self, result: CommandResult) -> None:
        with self._changed:
            if not self._is_over:
                self._put_out(result.stdout, result.stderr)
                self._is_started, self._exit_code = True, result.exit_code
                self._changed.notify_all()

    def _fail(self, failure: FaultKind) -> None:
        with self._changed:
            if not self._is_over:
                self._is_started, self._failure = True, failure
                self._changed.notify_all()


@dataclass
class _Shell:
    owner: str
    commands: dict[str, Command] = field(default_factory=dict)


class Shells:
    """The cmd shells open on one server."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._shells: dict[str, _Shell] = {}
        self._lock = Lock()
        self._operations = {
            f"{TRANSFER}/Create": self._create,
            f"{TRANSFER}/Delete": self._delete,
            f"{SHELL}/Command": self._command,
            f"{SHELL}/Send": self._send,
            f"{SHELL}/Receive": self._receive,
            f"{SHELL}/Signal": self._signal,
        }

    def carry_out(self, caller: Caller, request: Request) -> Answer:
        """Do what a request asks for. `Fault` if that fails."""
        operation = self._operations.get(request.action)
        if operation is None:
            raise Fault(faults.ACTION_NOT_SUPPORTED)
        return Answer(f"{request.action}Response", operation(caller, request))

    def _create(self, caller: Caller, request: Request) -> str:
        body = _body(request, "Shell")
        shell_id = body.get("ShellId", new_id()).upper()
        with self._lock:
            if sum(shell.owner == caller.account for shell in self._shells.values()) >= _MAX_SHELLS:
                raise Fault(faults.SHELLS_QUOTA)
            self._shells[shell_id] = _Shell(caller.account)
        streams = [(body.findtext(f"{{{SHELL}}}{name}") or "").strip() for name in ("InputStreams", "OutputStreams")]
        return (
            f'<x:ResourceCreated xmlns:a="{ADDRESSING}" xmlns:w="{WSMAN}"><a:Address>{ANONYMOUS}</a:Address>'
            f"<a:ReferenceParameters><w:ResourceURI>{CMD_SHELL}</w:ResourceURI>"
            f'<w:SelectorSet><w:Selector Name="ShellId">{shell_id}</w:Selector></w:SelectorSet>'
            f'</a:ReferenceParameters></x:ResourceCreated><rsp:Shell xmlns:rsp="{SHELL}">'
            f"<rsp:ShellId>{shell_id}</rsp:ShellId><rsp:ResourceUri>{CMD_SHELL}</rsp:ResourceUri>"
            f"<rsp:Owner>{escape(caller.account)}</rsp:Owner><rsp:ClientIP>127.0.0.1</rsp:ClientIP>"
            f"<rsp:IdleTimeOut>PT7200.000S</rsp:IdleTimeOut><rsp:InputStreams>{escape(streams[0])}</rsp:InputStreams>"
            f"<rsp:OutputStreams>{escape(streams[1])}</rsp:OutputStreams><rsp:ShellRunTime>P0DT0H0M0S</rsp:ShellRunTime>"
            "<rsp:ShellInactivity>P0DT0H0M0S</rsp:ShellInactivity></rsp:Shell>"
        )

    def _delete(self, caller: Caller, request: Request) -> str:
        shell = self._shell(caller, request)
        with self._lock:
            self._shells = {shell_id: other for shell_id, other in self._shells.items() if other is not shell}
        for command in list(shell.commands.values()):
            command.terminate()
        return ""

    def _command(self, caller: Caller, request: Request) -> str:
        shell = self._shell(caller, request)
        body = _body(request, "CommandLine")
        line = command_line(body)
        command_id = body.get("CommandId", new_id()).upper()
        if not line or command_id in shell.commands:
            raise _shell_fault(faults.INVALID_SHELL_PARAMETER)
        shell.commands[command_id] = Command(self._host.commands, caller, line)
        return f'<rsp:CommandResponse xmlns:rsp="{SHELL}"><rsp:CommandId>{command_id}</rsp:CommandId></rsp:CommandResponse>'

    def _send(self, caller: Caller, request: Request) -> str:
        shell = self._shell(caller, request)
        for stream in _body(request, "Send").iterfind(f"{{{SHELL}}}Stream"):
            _unused, command = _find(shell, stream.get("CommandId"))
            try:
                data = base64.b64decode("".join((stream.text or "").split()), validate=True)
            except binascii.Error:
                raise _shell_fault(faults.INVALID_SHELL_PARAMETER) from None
            if stream.get("Name") != "stdin":
                raise _shell_fault(faults.INVALID_SHELL_PARAMETER)
            command.send(data, stream.get("End", "").lower() in ("true", "1"))
        return f'<rsp:SendResponse xmlns:rsp="{SHELL}"/>'

    def _receive(self, caller: Caller, request: Request) -> str:
        shell = self._shell(caller, request)
        desired = _body(request, "Receive").find(f"{{{SHELL}}}DesiredStream")
        if desired is None or not {*(desired.text or "").split()} <= {*_STREAMS}:
            raise _shell_fault(faults.INVALID_SHELL_PARAMETER)
        command_id, command = _find(shell, desired.get("CommandId"))
        # Base64 makes four characters of three bytes; the elements around it take some hundred.
        output, exit_code = command.receive(request.operation_timeout, (request.room - 1500) // 4 * 3)
        identity = f"CommandId={quoteattr(command_id)}"
        streams = [
            f'<rsp:Stream Name="{name}" {identity}>{base64.b64encode(data).decode()}</rsp:Stream>'
            for name, data in output.items()
            if data
        ]
        if exit_code is None:
            state = f'<rsp:CommandState {identity} State="{SHELL}/CommandState/Running"/>'
        else:
            streams += [f'<rsp:Stream Name="{name}" {identity} End="true"/>' for name in _STREAMS]
            state = (
                f'<rsp:CommandState {identity} State="{SHELL}/CommandState/Done">'
                # As a number without a sign, which the schema has
                f"<rsp:ExitCode>{exit_code & 0xFFFFFFFF}</rsp:ExitCode></rsp:CommandState>"
            )
        return f'<rsp:ReceiveResponse xmlns:rsp="{SHELL}">{"".join(streams)}{state}</rsp:ReceiveResponse>'

    def _signal(self, caller: Caller, request: Request) -> str:
        shell = self._shell(caller, request)
        body = _body(request, "Signal")
        command_id, command = _find(shell, body.get("CommandId"))
        code = (body.findtext(f"{{{SHELL}}}Code") or "").strip()
        if code == f"{SHELL}/signal/terminate":
            shell.commands.pop(command_id, None)
            command.terminate()
        elif code in (f"{SHELL}/signal/ctrl_c", f"{SHELL}/signal/ctrl_break"):
            command.interrupt()
        else:
            raise _shell_fault(faults.INVALID_SHELL_PARAMETER)
        return f'<rsp:SignalResponse xmlns:rsp="{SHELL}"/>'

    def _shell(self, caller: Caller, request: Request) -> _Shell:
        shell = self._shells.get((request.selector("ShellId") or "").upper())
        if shell is None or shell.owner != caller.account:
            raise Fault(faults.UNKNOWN_SHELL)
        return shell


def _body(request: Request, name: str) -> Element:
    if request.body is None or request.body.tag != f"{{{SHELL}}}{name}":
        raise Fault(faults.SCHEMA_VALIDATION)
    return request.body


def _find(shell: _Shell, command_id: str | None) -> tuple[str, Command]:
    command_id = (command_id or "").upper()
    try:
        return command_id, shell.commands[command_id]
    except KeyError:
        raise Fault(faults.UNKNOWN_COMMAND) from None


def _shell_fault(kind: FaultKind) -> Fault:
    return Fault(
        kind, provider=ProviderFault("Shell cmd plugin", r"%systemroot%\system32\winrscmd.dll", kind.code, kind.reason)
    )
