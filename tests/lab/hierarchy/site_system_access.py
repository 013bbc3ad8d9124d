# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a site can install anything on a site system, and if not, why.

Documented: the site server's computer account must be a local administrator there, or the site system must have an
installation account that is one; an account must be known to the site; the drive must be NTFS and unmarked. That the
console offers the two accounts as alternatives makes it likely that a configured account is the only one that is tried; the
quirk ``installation_account`` has the computer account tried, too. What a failure is called is invented.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import site_control
from .drives import MARKER, drive_for_configuration_manager
from .executive import SERVICE
from .site_control import Role
from .windows_server import WindowsServer

if TYPE_CHECKING:
    from .hierarchy import Hierarchy


def obstacle(hierarchy: Hierarchy, role: Role) -> str:
    """Why the site cannot install a role on its server; empty if it can."""
    server = hierarchy.servers.get(role.server.lower())
    if server is None or not server.is_running:
        return f"The network path \\\\{role.server} was not found."
    site_systems = [
        entry
        for entry in hierarchy.site_control.roles(site_control.SITE_SYSTEM, role.server)
        if entry.site_code == role.site_code
    ]
    if not site_systems:
        return f"{role.server} is not a site system of site {role.site_code}."
    return _denial(hierarchy, site_systems[0], server) or _lack_of_space(server)


def installation_account(site_system: Role) -> str:
    """The account that a site system is installed with; empty if it is the site server's computer account."""
    uses_computer_account, user = site_system.value("UseMachineAccount"), site_system.value("UserName")
    if uses_computer_account is None or uses_computer_account.value or user is None:
        return ""
    return user.value2


def password_of(hierarchy: Hierarchy, site_code: str, account: str) -> str | None:
    """The password that a site has of an account; None if it does not know the account, or cannot read the password."""
    for item in hierarchy.known_accounts.values():
        if str(item["UserName"]).lower() == account.lower() and str(item["SiteCode"]).lower() == site_code.lower():
            return hierarchy.encryption.decrypt(site_code, str(item["Reserved2"] or ""))
    return None


def _denial(hierarchy: Hierarchy, site_system: Role, server: WindowsServer) -> str:
    site_server = hierarchy.sites[site_system.site_code].server
    account = installation_account(site_system)
    may_fall_back = not account or hierarchy.quirks.installation_account == "first"
    if may_fall_back and server.is_administrator(hierarchy.servers[site_server].computer_account):
        return ""
    share = f"\\\\{site_system.server}\\ADMIN$"
    if not account:
        return f"The site server {site_server} cannot connect to {share}: access is denied."
    password = password_of(hierarchy, site_system.site_code, account)
    if password is None:
        return f"Site {site_system.site_code} does not know the site system installation account {account}."
    known = hierarchy.directory.find(account)
    if known is None or not known.password or known.password != password:
        return f"{account} cannot connect to {share}: the user name or password is incorrect."
    return "" if server.is_administrator(account) else f"{account} cannot connect to {share}: access is denied."


def _lack_of_space(server: WindowsServer) -> str:
    if SERVICE in server.services or drive_for_configuration_manager(server) is not None:
        return ""
    return f"{server.name} has no NTFS drive without {MARKER}."
