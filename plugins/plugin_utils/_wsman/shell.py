# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""Commands on a server: the cmd shell of Windows Remote Shell (MS-WSMV 3.1.4.5 and 3.1.4.11 to 3.1.4.14)."""

from __future__ import annotations

import base64
import contextlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from xml.etree.ElementTree import Element

from . import codes, names
from .client import WsmanClient
from .encoding import escape
from .envelopes import Request
from .errors import UndecodableAnswer, WsmanError, WsmanFault

_UTF_8 = "65001"
_STREAMS = "stdout stderr"
_DONE = f"{names.SHELL}/CommandState/Done"
_SECONDS_BETWEEN_LOOKS = 5


@dataclass(frozen=True)
class CommandResult:
    """What a command has left."""

    exit_code: int
    stdout: bytes
    stderr: bytes

    @property
    def output(self) -> str:
        """Its standard output; what is no UTF-8 reads as a replacement character."""
        return self.stdout.decode("utf-8", errors="replace")

    @property
    def errors(self) -> str:
        """Its standard error, likewise."""
        return self.stderr.decode("utf-8", errors="replace")


class CommandTimedOut(WsmanError):
    """A command ran longer than it was given; the server was told to end it."""


class CommandShell:
    """A shell for the time of a ``with``, whose end ends what still runs in it.

    Programs are told to put out UTF-8, which the shell is made with. Every use raises `WsmanError`.
    """

    def __init__(self, client: WsmanClient) -> None:
        self._client = client
        self._shell_id = ""
        self._is_left_open = False

    def __enter__(self) -> CommandShell:
        body = (
            f'<rsp:Shell xmlns:rsp="{names.SHELL}"><rsp:InputStreams>stdin</rsp:InputStreams>'
            f"<rsp:OutputStreams>{_STREAMS}</rsp:OutputStreams></rsp:Shell>"
        )
        options = {"WINRS_NOPROFILE": "TRUE", "WINRS_CODEPAGE": _UTF_8}
        # A shell that nobody knows of any more is closed by the server in the end.
        answer = self._client.repeat_if_lost(Request(names.CREATE, names.CMD_SHELL, body, options=options))
        self._shell_id = _text_of(answer, "ShellId", "which shell it has opened")
        return self

    def leave_open(self) -> None:
        """Have the end of the ``with`` not end what still runs; the server closes the shell in the end."""
        self._is_left_open = True

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        if self._is_left_open:
            return
        # A shell that is not closed is closed by the server in the end; what the command has answered is worth more.
        with contextlib.suppress(WsmanError):
            self._client.exchange(self._request(names.DELETE, ""))

    def run(
        self, command_line: str, *, timeout: float, stdin: bytes = b"", meanwhile: Callable[[], None] | None = None
    ) -> CommandResult:
        """Run a command line of cmd.exe; raises `CommandTimedOut` if it takes more than ``timeout`` seconds.

        ``stdin`` is what the program reads, and nobody else sees, unlike its command line. ``meanwhile`` is called every few
        seconds until the command has ended.
        """
        body = f'<rsp:CommandLine xmlns:rsp="{names.SHELL}"><rsp:Command>{escape(command_line)}</rsp:Command></rsp:CommandLine>'
        # Input that is no console's has an end.
        options = {"WINRS_CONSOLEMODE_STDIN": "FALSE" if stdin else "TRUE", "WINRS_SKIP_CMD_SHELL": "FALSE"}
        answer = self._client.exchange(self._request(names.COMMAND, body, options))
        command_id = _text_of(answer, "CommandId", "which command it has started")
        if stdin:
            self._send(command_id, stdin)
        deadline = time.monotonic() + timeout
        streams = {name: bytearray() for name in _STREAMS.split()}
        while True:
            received = self._receive(command_id, _SECONDS_BETWEEN_LOOKS if meanwhile else None)
            exit_code = _take(received, streams) if received is not None else None
            if exit_code is not None:
                return CommandResult(exit_code, bytes(streams["stdout"]), bytes(streams["stderr"]))
            if time.monotonic() > deadline:
                raise CommandTimedOut(f"a command on the server did not end within {timeout:.0f} seconds")
            if meanwhile:
                meanwhile()

    def _send(self, command_id: str, data: bytes) -> None:
        """Give a command its input, whole."""
        body = (
            f'<rsp:Send xmlns:rsp="{names.SHELL}"><rsp:Stream Name="stdin" CommandId="{escape(command_id)}" End="true">'
            f"{base64.b64encode(data).decode()}</rsp:Stream></rsp:Send>"
        )
        self._client.exchange(self._request(names.SEND, body))

    def _receive(self, command_id: str, timeout: int | None) -> Element | None:
        """The next piece of output; None where the command has put out nothing within the time limit."""
        body = (
            f'<rsp:Receive xmlns:rsp="{names.SHELL}">'
            f'<rsp:DesiredStream CommandId="{escape(command_id)}">{_STREAMS}</rsp:DesiredStream></rsp:Receive>'
        )
        try:
            return self._client.exchange(self._request(names.RECEIVE, body, timeout=timeout))
        except WsmanFault as fault:
            if fault.code == codes.TIMED_OUT:
                return None
            raise

    def _request(self, action: str, body: str, options: dict[str, str] | None = None, timeout: int | None = None) -> Request:
        return Request(action, names.CMD_SHELL, body, {"ShellId": self._shell_id}, options or {}, timeout=timeout)


def _take(received: Element, streams: dict[str, bytearray]) -> int | None:
    """Append the output that came; the exit code once the command is done."""
    for element in received.iter(f"{{{names.SHELL}}}Stream"):
        try:
            streams[element.get("Name", "")] += base64.b64decode("".join((element.text or "").split()), validate=True)
        except (KeyError, ValueError) as error:
            raise UndecodableAnswer("the output of a command cannot be read") from error
    for element in received.iter(f"{{{names.SHELL}}}CommandState"):
        if element.get("State") == _DONE:
            code = element.findtext(f"{{{names.SHELL}}}ExitCode") or "0"
            try:
                return int(code)
            except ValueError as error:
                raise UndecodableAnswer(f"the exit code of a command is given as {code!r}") from error
    return None


def _text_of(answer: Element, name: str, what: str) -> str:
    for element in answer.iter():
        is_named = names.local_name(element.tag) == name or element.get("Name") == name
        if is_named and element.text and element.text.strip():
            return element.text.strip()
    raise UndecodableAnswer(f"the server does not say {what}")
