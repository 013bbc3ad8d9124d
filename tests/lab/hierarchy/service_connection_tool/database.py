# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The site database, as far as the tool needs it: whether an account on a server can read it.

Documented: it has to. That local administrators of the database server can, unless somebody says otherwise, is how site
databases usually are set up.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..topology import SiteTopology

if TYPE_CHECKING:
    from ..network import Network
    from ..processes import Process
    from ..windows_server import WindowsServer


@dataclass
class SiteDatabases:
    """Those of all sites."""

    servers: Mapping[str, WindowsServer]
    network: Network
    access: dict[str, bool] = field(default_factory=dict)
    """By account in lower case: what somebody has set."""

    def can_be_read(self, process: Process, server: WindowsServer, site: SiteTopology) -> bool:
        """Whether a program on a server can read the database of a site.

        On another server, it is nobody, unless the log-on that has started it can be passed on.
        """
        if server.name != site.sql_server and not process.delegates:
            return False
        account = process.account
        if self.network.connect(server.name, site.sql_server, site.sql_port) != "connected":
            return False
        usual = self.servers[site.sql_server].is_administrator(account)
        return self.servers[site.sql_server].is_running and self.access.get(account.lower(), usual)
