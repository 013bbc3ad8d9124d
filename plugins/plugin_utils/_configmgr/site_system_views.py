# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""What the module ``site_system`` returns, as plain dictionaries and sentences."""

from __future__ import annotations

from .site_system_deployment import SiteSystemOutcome
from .site_systems import Proxy, SiteSystem
from .views import View


def view_site_system(system: SiteSystem | None) -> View:
    """A site system's settings; only its state where it is none."""
    if system is None:
        return {"state": "absent"}
    return {
        "state": "present",
        "site_system": system.server,
        "site_code": system.role.site_code,
        "public_fqdn": system.public_fqdn or None,
        "site_server_initiates": system.is_initiated_by_site_server,
        "installation_account": system.account or None,
        "proxy": view_proxy(system.proxy),
    }


def view_proxy(proxy: Proxy | None) -> View | None:
    """The proxy of a site system; None for none."""
    return {"server": proxy.server, "port": proxy.port, "account": proxy.account or None} if proxy else None


def describe_site_system(outcome: SiteSystemOutcome) -> str:
    """What a run did, or in check mode would do, in a sentence."""
    server, site, settings = outcome.server, outcome.site_code, ", ".join(outcome.step.settings)
    would = "would " if outcome.is_planned else ""
    unknown = " and ".join(outcome.unknown_accounts)
    first = f", once the site knows {unknown}, which it does not yet" if unknown else ""
    match outcome.step.operation:
        case "create":
            return f"{would}{'make' if would else 'made'} {server} a site system of site {site}{first}"
        case "change":
            return f"{would}{'change' if would else 'changed'} {settings} of the site system {server}{first}"
        case "remove":
            return f"{would}{'remove' if would else 'removed'} the site system {server} from site {site}"
    return f"{server} is as wanted" if outcome.before else f"{server} is not a site system of site {site}, as wanted"
