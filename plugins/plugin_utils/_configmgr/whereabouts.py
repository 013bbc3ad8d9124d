# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""On which server a component's thread is: what is said where the asked server does not have it."""

from __future__ import annotations

from difflib import get_close_matches

from .._windows.registry import Registry
from .._wsman.client import WsmanClient
from .._wsman.errors import WsmanError
from .components import read_servers
from .errors import SiteError
from .provider import SiteProvider
from .threads import SERVICE, read_thread_names


class NoThread(SiteError):
    """The asked server does not have the thread."""


def explain_missing_thread(client: WsmanClient, registry: Registry, name: str) -> NoThread:
    """Say what the server has instead and, as far as it can know that, which server has the thread."""
    names = read_thread_names(registry)
    if not names:
        found = f"This server has no thread {name}: it has no threads of {SERVICE} at all."
    else:
        found = f"This server has no thread {name}, but {len(names)} others of {SERVICE}."
    return NoThread(f"{found} {_where(client, name, names or [])}")


def _where(client: WsmanClient, name: str, names: list[str]) -> str:
    alike = get_close_matches(name.upper(), names, cutoff=0.8)
    guess = f"Did you mean {' or '.join(alike)}? " if alike else ""
    try:
        provider = SiteProvider.connect(client, None)
        servers = read_servers(provider, name)
    except (SiteError, WsmanError):
        return (
            f"{guess}Run the task on the server that runs it: for a component of the service connection point, that is the "
            "components_run_on that configmgr.site.service_connection_point_info returns; for any, the console shows it under "
            "Monitoring > System Status > Component Status."
        )
    if servers:
        return (
            f"Site {provider.site_code} has that component on {' and '.join(servers)}: run the task there. If that is this "
            f"server, the component is no thread of {SERVICE}, but a service of its own."
        )
    return f"{guess}Site {provider.site_code} has no component of that name on any server: correct the name."
