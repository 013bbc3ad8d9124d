# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A part of a file of a server, which curl.exe gets by its URL."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

from ...wire.host import CommandResult
from .config import Config, ConfigError, Setting
from .real import run_real_curl

if TYPE_CHECKING:
    from ..windows_server import WindowsServer

_PREFIX = "file:///"
_UNDERSTOOD = {"silent", "show-error", "url", "range"}
_TIMEOUT = 60


def get_file(server: WindowsServer, config: Config) -> CommandResult:
    """Run the real curl with the same options; the URL becomes that of a copy of the server's file."""
    url, *others = config.values("url")
    if others or not url.startswith(_PREFIX) or not {setting.name for setting in config.settings} <= _UNDERSTOOD:
        raise ConfigError("the lab gets one file: URL, quietly")
    path = unquote(url.removeprefix(_PREFIX)).replace("/", "\\")
    with tempfile.TemporaryDirectory() as directory:
        copy = Path(directory) / "file"
        with server.simulation.moment():
            if path in server.files and path.lower() not in server.files.locked:
                copy.write_bytes(server.files.read_bytes(path))
        finished = run_real_curl([*config.without({"url"}), Setting("url", f"file://{copy}")], _TIMEOUT)
    return CommandResult(finished.stdout, finished.stderr.replace(str(copy).encode(), path.encode()), finished.returncode)
