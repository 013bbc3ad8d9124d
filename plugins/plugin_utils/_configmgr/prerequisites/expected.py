# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""What a server is checked for, as the module is told."""

from __future__ import annotations

from dataclasses import dataclass

from ..._windows.connections import Connection, Target
from ..._windows.directory_accounts import DirectoryAccess
from ..._windows.system import Computer
from ..servers import netbios_name
from .catalogue import catalogue
from .facts import Asked


@dataclass(frozen=True)
class Expected:
    """What the server is checked for."""

    site_server: str
    """FQDN of the site server."""
    passive_site_server: str = ""
    """FQDN of the site server in passive mode, where the site has one."""
    site_system: str = ""
    """FQDN that the site knows the server by, or shall."""
    installation_account: str = ""
    """``domain\\user``, where the site system is set up with one."""
    sql_server: Target | None = None
    """Where the site database is."""
    sql_instance: str = ""
    """The named instance of SQL Server there, if it is one."""
    is_sql_port_assumed: bool = False
    """Whether nobody has given the port."""
    from_site_server: tuple[Connection, ...] = ()
    """What was tried on the site server, if somebody has."""
    site_server_error: str = ""
    """Why it could not be tried there, if somebody has wanted to."""
    directory: DirectoryAccess | None = None
    """A domain controller to ask for the groups of accounts."""

    @property
    def computer_accounts(self) -> tuple[str, ...]:
        """The computer accounts of the site servers, each with the DNS name of its domain."""
        return tuple(f"{server.partition('.')[2]}\\{short_name(server)}$" for server in self.site_servers)

    @property
    def site_servers(self) -> tuple[str, ...]:
        """The FQDN of the site server, and of the one in passive mode."""
        return tuple(server for server in (self.site_server, self.passive_site_server) if server)

    @property
    def asked(self) -> Asked:
        """What has to be read for it."""
        accounts = self.computer_accounts + ((self.installation_account,) if self.installation_account else ())
        roots = [*catalogue()["root_certificates"].numbers["roots"], *catalogue()["baltimore_root"].numbers["roots"]]
        return Asked(accounts, tuple(roots), self.sql_server, self.directory)


def short_name(server: str) -> str:
    """The name of a computer in its domain: its NetBIOS name, in capitals."""
    return netbios_name(server).upper()


def is_same_computer(computer: Computer, server: str) -> bool | None:
    """Whether a computer is the server with this FQDN. None where it has its name in another domain.

    A computer's DNS name may have another domain than the one that it is a member of (a disjoint namespace).
    """
    if computer.name.upper() != short_name(server):
        return False
    return True if computer.domain.casefold() == server.partition(".")[2].casefold() else None
