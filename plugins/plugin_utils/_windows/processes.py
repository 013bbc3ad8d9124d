# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""Programs that run on a server (``Win32_Process``)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from .._wsman.client import WsmanClient
from .._wsman.values import CimClass
from .._wsman.wql import quote

_NAMESPACE = "root/cimv2"
_PROCESS = CimClass.declare("Win32_Process", CommandLine="string", CreationDate="datetime", ProcessId="uint32")


@dataclass(frozen=True)
class Process:
    """One program that runs."""

    number: int
    command_line: str
    """Empty where the account may not see it."""
    started: datetime | None


def read_processes(client: WsmanClient, name: str) -> list[Process]:
    """Those of a program by its file name, the one that was started first in front. Raises `WsmanError`."""
    columns = ", ".join(sorted(_PROCESS.properties))
    rows = client.query(_NAMESPACE, f"SELECT {columns} FROM {_PROCESS.name} WHERE Name = {quote(name)}", _PROCESS)
    found = [Process(row.number("ProcessId") or 0, row.text("CommandLine"), row.moment("CreationDate")) for row in rows]
    return sorted(found, key=lambda process: (str(process.started), process.number))
