# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A stand-in for PowerShell that knows the two scripts of winrmcp, a WinRM client in Go, and nothing else.

winrmcp puts a file as lines of Base64 into a temporary file by ``echo``. Then it has PowerShell make the file of them at
its destination, and remove the temporary file.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import ntpath
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from ..wire.host import CommandResult

if TYPE_CHECKING:
    from .windows_server import Files

_ENCODED_COMMAND = re.compile(r"-EncodedCommand (?P<script>\S+)", re.IGNORECASE)
_REMOVE_ITEM = re.compile(r"Remove-Item (?P<path>\S+) -ErrorAction SilentlyContinue")
_FULL_PATH = re.compile(r'(?<=GetFullPath\(")[^"]*(?=")')
_NO_PROGRESS = "$ProgressPreference = 'SilentlyContinue';"
"""Newer releases of winrmcp's library begin every script with this."""
_RESTORE = "d4afe2227058fd141c520dd3db87bdde9d10d027e37060d27ed973bea4ec484e"
"""SHA-256 of the script that restores a file, without its two paths and with single spaces."""


class PowerShell:
    """PowerShell of one user on one server."""

    def __init__(self, files: Files, environment: Mapping[str, str]) -> None:
        self._files = files
        self._environment = {name.lower(): value for name, value in environment.items()}

    def run(self, arguments: str) -> CommandResult | None:
        """Carry out what the arguments say; None if that is no script that is known here."""
        if match := _REMOVE_ITEM.fullmatch(arguments):
            return self._remove_item(match["path"])
        if match := _ENCODED_COMMAND.fullmatch(arguments):
            return self._script(_decoded(match["script"]))
        return None

    def _script(self, script: str) -> CommandResult | None:
        script = script.removeprefix(_NO_PROGRESS)
        paths = _FULL_PATH.findall(script)
        form = " ".join(_FULL_PATH.sub("", script).split())
        if len(paths) != 2 or hashlib.sha256(form.encode()).hexdigest() != _RESTORE:
            return None
        temporary, destination = paths
        return self.restore(temporary, destination.strip("'"))

    def restore(self, temporary: str, destination: str) -> CommandResult:
        """Decode each line of Base64 of a file into another, which is made anew; into an empty one if there is none."""
        source, target = self._full_path(temporary), self._full_path(destination)
        is_folder = target not in self._files and self._files.below(target)
        if is_folder:
            return CommandResult(exit_code=1)
        lines = self._files.read(source).splitlines() if source in self._files else []
        self._files.write(target, b"".join(base64.b64decode(line.strip(), validate=True) for line in lines))
        return CommandResult()

    def _remove_item(self, path: str) -> CommandResult:
        full_path = self._full_path(path)
        if full_path in self._files:
            self._files.remove(full_path)
        return CommandResult()

    def _full_path(self, path: str) -> str:
        expanded = re.sub(r"\$env:(\w+)", lambda name: self._environment.get(name[1].lower(), ""), path, flags=re.IGNORECASE)
        return ntpath.normpath(ntpath.join(self._environment["userprofile"], expanded))


def _decoded(script: str) -> str:
    try:
        return base64.b64decode(script, validate=True).decode("utf-16-le")
    except (binascii.Error, UnicodeDecodeError):
        return ""
