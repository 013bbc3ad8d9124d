# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""An administrator of what the tool needs: who can read the site database, and which version of the tool there is."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ...cloud.releases import numbers
from .folder import FOLDER, install

if TYPE_CHECKING:
    from ..hierarchy import Hierarchy


class ToolConsole:
    """Acts that do not come over the wire of the lab. Anything wrong in the request is a ValueError."""

    def __init__(self, hierarchy: Hierarchy) -> None:
        self._hierarchy = hierarchy
        self.actions: dict[str, Callable[..., None]] = {
            "set_database_access": self.set_database_access,
            "set_tool_version": self.set_tool_version,
        }

    def set_database_access(self, account: str, value: bool) -> None:
        """Have an account be able to read the site databases, or not."""
        if self._hierarchy.directory.find(account) is None:
            raise ValueError(f"the domain has no account {account}")
        self._hierarchy.service_connection_tool.databases.access[account.lower()] = bool(value)

    def set_tool_version(self, server: str, version: str, folder: str = "") -> None:
        """Have the tool be there in another version, by default where Setup of Configuration Manager puts it."""
        numbers(version)
        machine = self._hierarchy.servers[self._hierarchy.topology.fqdn(server)]
        try:
            install(machine, folder or rf"{machine.installation_directory}\{FOLDER}", version)
        except OSError as error:
            raise ValueError(f"{server} has no room for the tool in {folder}: {error.strerror}") from error
