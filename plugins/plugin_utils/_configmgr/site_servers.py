# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""What belongs to a site besides its site server: the SQL Server with its database, and a site server in passive mode."""

from __future__ import annotations

from dataclasses import dataclass

from .._wsman.wql import quote
from . import classes
from .provider import SiteProvider

SITE_SERVER = "SMS Site Server"
_PASSIVE = 0
"""``SiteSystemStatus`` of a site server in passive mode; 1 is active (published scripts, not Microsoft's reference)."""


@dataclass(frozen=True)
class SiteServers:
    """The servers of one site. Empty where the site does not say, or has none."""

    sql_server: str = ""
    """As the site has it: a host, or ``host\\instance``."""
    passive_server: str = ""


def read_site_servers(provider: SiteProvider) -> dict[str, SiteServers]:
    """The servers of every site that the provider knows, by its code."""
    databases = {
        row.text("SiteCode").upper(): row.text("SQLServerName")
        for row in provider.query("SELECT * FROM SMS_SCI_SiteDefinition", classes.SITE_DEFINITION)
    }
    wql = f"SELECT * FROM SMS_SCI_SysResUse WHERE RoleName = {quote(SITE_SERVER)}"
    passive = {
        row.text("SiteCode").upper(): row.text("NetworkOSPath").lstrip("\\")
        for row in provider.query(wql, classes.ROLE)
        if row.number("SiteSystemStatus") == _PASSIVE
    }
    return {code: SiteServers(databases.get(code, ""), passive.get(code, "")) for code in {*databases, *passive}}
