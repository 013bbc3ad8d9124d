# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""curl.exe of a simulated server.

The files that it gets come from the real curl, on a copy of the server's file; the connections that it tries are those of
the lab's network.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from ..wire.host import CommandResult
from .command_line import split_arguments

if TYPE_CHECKING:
    from .windows_server import WindowsServer

_FLAGS = ("--silent", "--show-error")
_OPTIONS = ("--output", "--noproxy", "--connect-timeout", "--max-time", "--write-out", "--stderr")
_SECONDS = "0.001234"
_URL = re.compile(r'^url = "file:///([^"]*)"$', re.MULTILINE)
_PROGRAM = shutil.which("curl")


def curl(server: WindowsServer, arguments: str, stdin: bytes) -> CommandResult:
    """Gets a part of a file of the server, or connects to a URL and gets an answer that is no HTTP."""
    words = split_arguments(arguments)
    if words[-2:] == ["--config", "-"]:
        return _get_file(server, words[:-2], stdin)
    return _connect(server, words)


def _connect(server: WindowsServer, arguments: list[str]) -> CommandResult:
    """What is tried is SMB, RPC or SQL Server."""
    options: dict[str, str] = {}
    url = ""
    words = iter(arguments)
    for word in words:
        if word in _FLAGS:
            options[word] = ""
        elif word in _OPTIONS:
            options[word] = next(words, "")
        elif word.startswith("-"):
            text = f"curl: option {word}: is unknown\r\ncurl: try 'curl --help' for more information\r\n"
            return CommandResult(stderr=text.encode(), exit_code=2)
        else:
            url = word
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or 80
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


def _get_file(server: WindowsServer, arguments: list[str], stdin: bytes) -> CommandResult:
    """Run the real curl with the same options; the URL becomes that of a copy of the server's file."""
    config = stdin.decode()
    url = _URL.search(config)
    if url is None or not set(arguments) <= set(_FLAGS):
        return CommandResult(stderr=b"curl: the lab gets one file: URL, quietly\r\n", exit_code=2)
    if _PROGRAM is None:
        raise RuntimeError("curl is not installed on this computer; the lab's servers read their files with it")
    with tempfile.TemporaryDirectory() as directory:
        copy = Path(directory) / "file"
        path = unquote(url[1]).replace("/", "\\")
        if path in server.files:
            copy.write_bytes(server.files.read_bytes(path))
        own = _URL.sub(lambda _match: f'url = "file://{copy}"', config)
        finished = subprocess.run(
            [_PROGRAM, *arguments, "--config", "-"], input=own.encode(), capture_output=True, check=False, timeout=60
        )
        return CommandResult(finished.stdout, finished.stderr.replace(str(copy).encode(), path.encode()), finished.returncode)
