# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""What an account may ask a server: a request each, as small as there is."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timezone

from .._configmgr import classes
from .._configmgr.errors import SiteError
from .._configmgr.provider import NoProvider, SiteProvider, local_site_code, read_locations
from .._windows.registry import Registry
from .._windows.system import read_operating_system
from .._wsman.client import WsmanClient
from .._wsman.errors import WsmanError, WsmanFault
from .._wsman.wql import quote
from .probe import Finding, failed, passed, skipped, warned

_KEY = r"SOFTWARE\Microsoft\Windows NT\CurrentVersion"
_MOST_SECONDS = 300.0
"""By which clocks may differ for Kerberos."""


def probe_rights(client: WsmanClient, site_code: str | None) -> list[Finding]:
    """The probes behind the log-on."""
    found = [_tried("windows", lambda: _windows(client)), _tried("registry", lambda: _registry(client))]
    provider = _tried("provider", lambda: _provider(client))
    found.append(provider)
    if provider.status != "passed":
        return [*found, skipped("site", "without the SMS Provider there is no site to ask")]
    return [*found, _tried("site", lambda: _site(client, site_code))]


def log_on(client: WsmanClient) -> None:
    """Have a request carried out, or refused to somebody who is logged on. Raises `WsmanError` for all else."""
    with suppress(WsmanFault):
        read_operating_system(client)


def _tried(probe: str, action: Callable[[], Finding]) -> Finding:
    try:
        return action()
    except WsmanFault as fault:
        if fault.is_access_denied:
            return failed(probe, f"the server refuses the account: {fault}")
        return failed(probe, f"the server did not carry out the request: {fault}")
    except (WsmanError, SiteError) as error:
        return failed(probe, str(error))


def _windows(client: WsmanClient) -> Finding:
    system = read_operating_system(client)
    if system.time is None:
        return passed("windows", f"it is {system.caption}")
    ahead = (system.time - datetime.now(timezone.utc)).total_seconds()
    evidence = f"it is {system.caption}; its clock is {abs(ahead):.0f} s {'ahead of' if ahead > 0 else 'behind'} this one"
    if abs(ahead) > _MOST_SECONDS:
        return warned(
            "windows", evidence, "Set the clocks of this computer, the server and its domain by the same time server."
        )
    return passed("windows", evidence)


def _registry(client: WsmanClient) -> Finding:
    product = Registry(client).read_text(_KEY, "ProductName")
    return passed("registry", f"its registry says {product}" if product else "its registry can be read")


def _provider(client: WsmanClient) -> Finding:
    try:
        locations = read_locations(client)
    except NoProvider:
        return skipped("provider", "this server has none; modules for sites run on the one that has it")
    places = ", ".join(f"{location.site_code} on {location.machine}" for location in locations)
    return passed("provider", f"it knows {places}") if places else warned("provider", "it knows no SMS Provider of any site")


def _site(client: WsmanClient, site_code: str | None) -> Finding:
    code = site_code or local_site_code(read_locations(client))
    rows = list(SiteProvider(client, code).query(f"SELECT * FROM SMS_Site WHERE SiteCode = {quote(code)}", classes.SITE))
    if not rows:
        return failed("site", f"the account sees no site {code}: it has no security role that may read it")
    return passed("site", f"it sees site {code}, {rows[0].text('SiteName')}")
