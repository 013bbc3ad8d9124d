# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""The components of the service connection point, on whichever server the site has them."""

from __future__ import annotations

from .components import STOPPED, ComponentState, read_components
from .hierarchy import read_hierarchy
from .provider import SiteProvider
from .servers import same_server
from .service_connection_point import COMPONENTS


class RoleComponents:
    """Reads the components of the role on one server.

    They are expected there. But Microsoft's pages contradict each other, and some send people to the site server to restart
    them, so what the site server has stands in where the server with the role has none.
    """

    def __init__(
        self, provider: SiteProvider, server: str, site_server: str | None = None, site_code: str | None = None
    ) -> None:
        """``site_server`` saves the request for its name. ``site_code`` is that of a site below the provider's own."""
        self._provider = provider
        self._site_code = site_code or provider.site_code
        self.server = server
        """The server with the role."""
        self._site_server = site_server
        self.run_on = server
        """The server on which they were found the last time; the one with the role, if they were not."""

    def read(self, *, healthy_one: str | None = None) -> list[ComponentState]:
        """The components as they are now, sorted by name; see `read_components`."""
        rows = self._read_on(self.server, healthy_one)
        if rows or same_server(self.server, self._name_of_site_server()):
            self.run_on = self.server
            return rows
        rows = self._read_on(self._name_of_site_server(), healthy_one)
        self.run_on = self._name_of_site_server() if rows else self.server
        return rows

    def expect_installation(self) -> None:
        """Called before the role is installed: what the site server has by then belongs to a role that is being removed."""
        site_server = self._name_of_site_server()
        if not same_server(self.server, site_server) and any(row.state != STOPPED for row in self._read_on(site_server)):
            self._site_server = self.server

    def remain(self) -> bool:
        """Whether any is at work on the server itself: before an installation, of a role that was removed a moment ago."""
        return any(row.state != STOPPED for row in self._read_on(self.server))

    def _read_on(self, server: str, healthy_one: str | None = None) -> list[ComponentState]:
        return read_components(self._provider, COMPONENTS, server, healthy_one=healthy_one, site_code=self._site_code)

    def _name_of_site_server(self) -> str:
        if self._site_server is None:
            site = read_hierarchy(self._provider).find(self._site_code)
            self._site_server = (site.server if site else "") or self.server
        return self._site_server
