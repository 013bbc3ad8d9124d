# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""curl.exe: what its command line asks for, and who does it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...wire.host import CommandResult
from ..command_line import split_arguments
from .config import ConfigError, read_config
from .connections import connect
from .files import get_file
from .https import get_answers

if TYPE_CHECKING:
    from ..windows_server import WindowsServer


def curl(server: WindowsServer, arguments: str, stdin: bytes) -> CommandResult:
    """Gets a part of a file of the server, or answers over HTTPS, or connects to what speaks no HTTP.

    It holds the hierarchy still while it looks at it, and not while it waits for others.
    """
    words = split_arguments(arguments)
    if words[:1] == ["--disable"]:
        # Accounts of the lab have no settings of their own that it could read otherwise
        words = words[1:]
    try:
        if words[-2:] != ["--config", "-"]:
            return connect(server, words)
        config = read_config(words[:-2], stdin.decode(), server.curl_version or ())
        schemes = {url.partition(":")[0].lower() for url in config.values("url")}
        if schemes == {"file"}:
            return get_file(server, config)
        if schemes == {"https"}:
            return get_answers(server, config)
        raise ConfigError("the lab gets either a file: URL or https: URLs")
    except ConfigError as error:
        text = f"curl: {error}\r\ncurl: try 'curl --help' for more information\r\n"
        return CommandResult(stderr=text.encode(), exit_code=2)
