# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A part of a file of a server, which curl.exe gets by its URL."""

from __future__ import annotations

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
    """Run the real curl with the same options; the URL becomes that of the server's file on this computer."""
    url, *others = config.values("url")
    if others or not url.startswith(_PREFIX) or not {setting.name for setting in config.settings} <= _UNDERSTOOD:
        raise ConfigError("the lab gets one file: URL, quietly")
    path = unquote(url.removeprefix(_PREFIX)).replace("/", "\\")
    with server.simulation.moment():
        is_readable = path in server.files and path.lower() not in server.files.locked
        location = server.files.location(path) if is_readable else Path("/dev/null", path)
    finished = run_real_curl([*config.without({"url"}), Setting("url", location.as_uri())], _TIMEOUT)
    errors = finished.stderr.replace(str(location).encode(), path.encode())
    return CommandResult(finished.stdout, errors, finished.returncode)
