# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""Whether a server can connect to others over TCP, tried from that server with curl.exe.

curl.exe is a part of Windows Server 2019 and later. It speaks HTTP, which SMB, RPC and SQL Server do not understand: they hang
up, or say nothing until its time is over. What counts is the time at which the connection was established, which it
tells in any case.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from .._wsman.client import WsmanClient
from .commands import quoted, run_together

_ESTABLISHED = re.compile(r"established after ([0-9]+[.,][0-9]+)")
_COMPLAINT = re.compile(r"curl: \([0-9]+\) *(.+)")


@dataclass(frozen=True)
class Target:
    """A TCP port of a host."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"{self.host} port {self.port}"


@dataclass(frozen=True)
class Connection:
    """How an attempt to connect has ended."""

    target: Target
    seconds: float | None
    """How long it took to establish the connection; None if there was none."""
    error: str = ""
    """Why there was none, as curl.exe says it."""


def command_to_connect(target: Target, timeout: int) -> str:
    """The command line that tries to connect, for at most ``timeout`` seconds. ValueError for a host that is no name."""
    url = quoted(f"http://{target.host}:{target.port}/")
    return (
        f"curl.exe --silent --show-error --stderr - --output NUL --noproxy * --connect-timeout {timeout} "
        f'--max-time {timeout} --write-out "established after %{{time_connect}}\\n" {url}'
    )


def read_connection(target: Target, output: str) -> Connection | None:
    """What the command's output says; None if it says nothing, as on a server without curl.exe."""
    established = _ESTABLISHED.search(output)
    if not established:
        return None
    seconds = float(established[1].replace(",", "."))
    if seconds > 0:
        return Connection(target, seconds)
    complaint = _COMPLAINT.search(output)
    return Connection(target, None, complaint[1].partition("established after")[0].strip() if complaint else "no connection")


def try_to_connect(client: WsmanClient, targets: Sequence[Target], timeout: int) -> list[Connection | None]:
    """Try every target, one after the other. Raises `WsmanError`, and ValueError for a host that is no name."""
    outputs = run_together(
        client,
        [command_to_connect(target, timeout) for target in targets],
        timeout=(timeout + 5) * len(targets) + 30,
    )
    return [read_connection(target, output) for target, output in zip(targets, outputs, strict=True)]
