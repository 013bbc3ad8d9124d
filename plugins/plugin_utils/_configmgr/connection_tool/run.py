# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""The phases of the service connection tool, what each needs, and the command line that it is started with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum

from ..._windows.commands import quoted

PROGRAM = "ServiceConnectionTool.exe"
LOG = "ServiceConnectionTool.log"
LOCK = "configmgr.site.lock"
"""Held open while the tool runs, so that a second run in the same folder does not begin."""


class Phase(Enum):
    """What the tool is started for."""

    PREPARE = "prepare"
    EXPORT = "export"
    CONNECT = "connect"
    IMPORT = "import"


class Download(Enum):
    """Which updates ``connect`` downloads."""

    LATEST = "latest"
    SITE_VERSION = "site_version"
    HOTFIXES = "hotfixes"
    ALL = "all"


_DOWNLOAD_OPTIONS = {
    Download.SITE_VERSION: "-downloadsiteversion",
    Download.HOTFIXES: "-downloadhotfix",
    Download.ALL: "-downloadall",
}


@dataclass(frozen=True)
class Proxy:
    """What ``connect`` goes through."""

    server: str
    user: str = ""
    password: str = field(default="", repr=False)


@dataclass(frozen=True)
class Run:
    """One run of the tool. Paths are those of the computer that it runs on."""

    phase: Phase
    usage_data: str = ""
    """The file that prepare and export write, and connect reads."""
    updates: str = ""
    """The folder that connect writes, and import reads."""
    download: Download = Download.LATEST
    proxy: Proxy | None = None

    @property
    def arguments(self) -> str:
        """What follows the program on its command line. ValueError for what cannot stand there."""
        return " ".join([f"-{self.phase.value}", *self._options()])

    def command_line(self, folder: str) -> str:
        """The line for cmd.exe that runs the tool in its folder, as Microsoft asks for, unless it runs there already."""
        program, lock = quoted(f"{folder}\\{PROGRAM}"), quoted(f"{folder}\\{LOCK}")
        return f"cd /d {quoted(folder)} && {program} {self.arguments} 9>{lock}"

    def _options(self) -> Sequence[str]:
        if self.phase is Phase.PREPARE:
            return ["-usagedatadest", quoted(self.usage_data)]
        if self.phase is Phase.EXPORT:
            return ["-dest", quoted(self.usage_data)]
        if self.phase is Phase.IMPORT:
            return ["-updatepacksrc", quoted(self.updates)]
        options = ["-usagedatasrc", quoted(self.usage_data), "-updatepackdest", quoted(self.updates)]
        if self.download in _DOWNLOAD_OPTIONS:
            options.append(_DOWNLOAD_OPTIONS[self.download])
        if self.proxy:
            options += ["-proxyserveruri", quoted(self.proxy.server)]
            options += ["-proxyusername", quoted(self.proxy.user)] if self.proxy.user else []
        return options
