# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A stand-in for PowerShell that knows two scripts, those of the program winrmcp, and nothing else.

winrmcp copies a file to Windows as lines of Base64, which it appends to a temporary file by ``echo``. One script
decodes that file into the destination, the other removes it.
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
    from .files import Files

_ENCODED_COMMAND = re.compile(r"-EncodedCommand\s+(\S+)", re.IGNORECASE)
_FULL_PATH = re.compile(r'(?<=GetFullPath\(")[^"]*(?=")')
_VARIABLE = re.compile(r"\$env:(\w+)", re.IGNORECASE)

# SHA-256 of each script without its paths and with single spaces. So a script is known only if all of it is.
_DECODE_FILE = "d4afe2227058fd141c520dd3db87bdde9d10d027e37060d27ed973bea4ec484e"
_REMOVE_FILE = "06eb33da648dbde57760c6602b02b1cfecdc68114f2ce962226507064971f76b"

_NO_PROGRESS = "$ProgressPreference = 'SilentlyContinue';"
"""What later versions of winrmcp's library put before each script."""


class PowerShell:
    """PowerShell with the files of a server and the environment of a user."""

    def __init__(self, files: Files, environment: Mapping[str, str]) -> None:
        self._files = files
        self._environment = {name.lower(): value for name, value in environment.items()}

    def run(self, arguments: str) -> CommandResult | None:
        """Carry out a script that is known; None for any other."""
        script = _script(arguments).removeprefix(_NO_PROGRESS)
        paths = _FULL_PATH.findall(script)
        form = " ".join(_FULL_PATH.sub("", script).split())
        digest = hashlib.sha256(form.encode()).hexdigest()
        if digest == _DECODE_FILE:
            return self.decode_file(*paths)
        if digest == _REMOVE_FILE:
            return self.remove_file(*paths)
        return None

    def decode_file(self, source: str, destination: str) -> CommandResult:
        """Make a file, new or anew, of the Base64 in the lines of another; an empty file if there is no other."""
        source, destination = self._full_path(source), self._full_path(destination.strip("'"))
        if self._files.is_folder(destination):
            return CommandResult(exit_code=1)
        lines = self._files.read(source).splitlines() if source in self._files else []
        self._files.write(destination, b"".join(base64.b64decode(line.strip(), validate=True) for line in lines))
        return CommandResult()

    def remove_file(self, path: str) -> CommandResult:
        """Delete a file if it is there."""
        path = self._full_path(path)
        if path in self._files:
            self._files.remove(path)
        return CommandResult()

    def _full_path(self, path: str) -> str:
        expanded = _VARIABLE.sub(lambda match: self._environment.get(match[1].lower(), ""), path)
        return ntpath.normpath(ntpath.join(self._environment["userprofile"], expanded))


def _script(arguments: str) -> str:
    match = _ENCODED_COMMAND.fullmatch(arguments)
    try:
        return base64.b64decode(match[1], validate=True).decode("utf-16-le") if match else ""
    except (binascii.Error, UnicodeDecodeError):
        return ""
