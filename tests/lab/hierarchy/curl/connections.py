# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Connections that curl.exe tries by its command line, to SMB, RPC or SQL Server: those of the hierarchy's network."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from ...wire.host import CommandResult
from .config import ConfigError

if TYPE_CHECKING:
    from ..windows_server import WindowsServer

_FLAGS = ("--silent", "--show-error")
_OPTIONS = ("--output", "--noproxy", "--connect-timeout", "--max-time", "--write-out", "--stderr")
_SECONDS = "0.001234"


def connect(server: WindowsServer, arguments: list[str]) -> CommandResult:
    """Connects to a URL, and gets an answer that is no HTTP."""
    options: dict[str, str] = {}
    url = ""
    words = iter(arguments)
    for word in words:
        if word in _FLAGS:
            options[word] = ""
        elif word in _OPTIONS:
            options[word] = next(words, "")
        elif word.startswith("-"):
            raise ConfigError(f"option {word}: is unknown")
        else:
            url = word
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or 80
    with server.simulation.moment():
        attempt = server.network.connect(server.name, host, port)
    timeout = float(options.get("--connect-timeout", "300")) * 1000
    exit_code, complaint = {
        "unknown_host": (6, f"Could not resolve host: {host}"),
        "refused": (7, f"Failed to connect to {host} port {port} after 2 ms: Could not connect to server"),
        "timed_out": (28, f"Connection timed out after {timeout:.0f} milliseconds"),
        "connected": (52, "Empty reply from server"),
    }[attempt]
    shown = f"curl: ({exit_code}) {complaint}\r\n" if "--silent" not in options or "--show-error" in options else ""
    seconds = _SECONDS if attempt == "connected" else "0.000000"
    written = options.get("--write-out", "").replace("%{time_connect}", seconds).replace("%{http_code}", "000")
    written = re.sub(r"%\{[^}]*\}", "", written).replace("\\n", "\n")
    if options.get("--stderr") == "-":
        return CommandResult(f"{shown}{written}".encode(), exit_code=exit_code)
    return CommandResult(written.encode(), shown.encode(), exit_code)
