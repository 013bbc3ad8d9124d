# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a simulated server must offer for the wire to serve it, and what the wire tells of each request."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock
from typing import Protocol

from ..quirks import Quirks
from ..wmi.model import Caller, WmiService
from .settings import ServiceSettings


@dataclass
class RequestRecord:
    """One WS-Management request after the log-on, as the lab counts it."""

    server: str
    account: str
    action: str
    """The last part of the action: Get, Enumerate, Pull, Release, Put, Create, Delete, Command, or a method's name."""
    resource_uri: str
    detail: str = ""
    """The query, the selectors, the command line or the parameters of a static method, whichever there is."""
    method: str = ""
    """What the account has logged on with: Basic, Certificate, NTLM, Kerberos or CredSSP."""
    connection: int = 0
    """Number of the TCP connection that it came on."""
    round_trips: int = 1
    """HTTP requests that it took, with those of a log-on before it."""
    is_https: bool = False
    is_encrypted: bool = False
    """Whether the message was, by what the account has logged on with."""
    delegates: bool = False
    """Whether the server was given what it takes to log on to others in the account's name."""
    bytes_in: int = 0
    """Size of the envelope received, before any encryption."""
    bytes_out: int = 0
    fault: str = ""
    """Empty, or the fault's subcode and code."""


class Observer(Protocol):
    """Is told of every request; may act before it is carried out (another administrator's change, for example)."""

    def before(self, record: RequestRecord) -> None:
        """Called right before a request is carried out."""

    def after(self, record: RequestRecord) -> None:
        """Called with the same record when the reply is known, and with it ``bytes_out`` and ``fault``."""


@dataclass(frozen=True)
class CommandResult:
    """What a finished command leaves behind."""

    stdout: bytes = b""
    stderr: bytes = b""
    exit_code: int = 0


class Execution:
    """A command while it runs, between its shell and the programs that it starts.

    Programs put out what is to be seen before they end, and are told when somebody has the command end.
    """

    def __init__(self, on_output: Callable[[bytes, bytes], None]) -> None:
        """``on_output`` takes what is written to standard output and to standard error."""
        self._on_output = on_output
        self._lock = Lock()
        self._is_ended = False
        self._callbacks: list[Callable[[], None]] = []

    @property
    def is_ended(self) -> bool:
        """Whether somebody has it end: then nothing more is started, and nobody wants to know what comes of it."""
        return self._is_ended

    def write(self, stdout: bytes = b"", stderr: bytes = b"") -> None:
        """Put something out at once."""
        if stdout or stderr:
            self._on_output(stdout, stderr)

    def end(self) -> None:
        """Have it end: everything that asked to be told so is."""
        with self._lock:
            self._is_ended = True
            callbacks, self._callbacks = self._callbacks, []
        for callback in callbacks:
            callback()

    @contextmanager
    def telling(self, callback: Callable[[], None]) -> Iterator[None]:
        """Call ``callback`` if somebody has it end meanwhile, or has already."""
        with self._lock:
            is_ended = self._is_ended
            if not is_ended:
                self._callbacks.append(callback)
        if is_ended:
            callback()
        try:
            yield
        finally:
            with self._lock:
                if callback in self._callbacks:
                    self._callbacks.remove(callback)


class CommandHost(Protocol):
    """Runs command lines for the cmd shell of a simulated server."""

    def run(self, caller: Caller, command_line: str, stdin: bytes, execution: Execution | None = None) -> CommandResult:
        """Run a command line to its end. One that nobody knows fails as in cmd.exe, with an exit code and a message.

        The result is without what has gone to an ``execution`` before.
        """


class Host(Protocol):
    """A simulated Windows server as the wire sees it."""

    @property
    def name(self) -> str:
        """The FQDN."""

    @property
    def netbios_name(self) -> str: ...

    @property
    def is_running(self) -> bool:
        """Whether it answers at all."""

    @property
    def wmi(self) -> WmiService: ...

    @property
    def commands(self) -> CommandHost: ...

    @property
    def quirks(self) -> Quirks: ...

    @property
    def winrm(self) -> ServiceSettings:
        """How its WinRM service is set up."""

    @property
    def clock_error(self) -> float:
        """Seconds by which its clock is ahead."""

    def may_manage_remotely(self, account: str) -> bool:
        """Whether WinRM lets this account in at all (administrators and Remote Management Users)."""
