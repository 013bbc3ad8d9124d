# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a simulated server must offer for the wire to serve it, and what the wire tells of each request."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from ..quirks import Quirks
from ..wmi.model import Caller, WmiService


@dataclass
class RequestRecord:
    """One WS-Management request after the log-on, as the lab counts it."""

    server: str
    account: str
    action: str
    """The last part of the action: Get, Enumerate, Pull, Release, Put, Create, Delete, Command, or a method's name."""
    resource_uri: str
    detail: str = ""
    """The query, the selectors or the command line, whichever there is."""
    connection: int = 0
    """Number of the TCP connection that it came on."""
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


class CommandHost(Protocol):
    """Runs command lines for the cmd shell of a simulated server."""

    def run(self, caller: Caller, command_line: str, stdin: bytes) -> CommandResult:
        """Run a command line to its end. One that nobody knows fails as in cmd.exe, with an exit code and a message."""


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

    def may_manage_remotely(self, account: str) -> bool:
        """Whether WinRM lets this account in at all (administrators and Remote Management Users)."""
