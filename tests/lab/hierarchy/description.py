# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The state of a hierarchy in plain data, for the control endpoint and for people."""

from __future__ import annotations

from typing import Any

from ..wmi.model import Instance
from . import site_control
from .component_manager import COMPONENTS
from .hierarchy import Hierarchy
from .site_control import Role
from .site_system_access import password_of
from .windows_server import WindowsServer

MEMBERS_SHOWN = 20
"""How many members of a local group the state names; it counts all of them."""


def describe(hierarchy: Hierarchy) -> dict[str, Any]:
    """Everything that matters of a hierarchy, at this moment."""
    with hierarchy.simulation.moment():
        return {
            "topology": hierarchy.topology.name,
            "speed": hierarchy.simulation.speed,
            "time": hierarchy.simulation.now.isoformat(),
            "sites": [
                {
                    "code": site.code,
                    "name": site.name,
                    "type": site.type,
                    "parent": site.parent,
                    "is_top_tier": not site.parent,
                    "server": site.server,
                    "sms_provider": site.sms_provider,
                }
                for site in hierarchy.sites.values()
            ],
            "servers": {server.name: _server(hierarchy, server) for server in hierarchy.servers.values()},
            "service_connection_points": [
                _service_connection_point(hierarchy, role)
                for role in hierarchy.site_control.roles(site_control.SERVICE_CONNECTION_POINT)
            ],
            "installations": [
                {
                    "role": installation.role.name,
                    "server": installation.role.server,
                    "site_code": installation.role.site_code,
                    "is_wanted": installation.is_wanted,
                    "is_busy": installation.next_step is not None,
                    "obstacle": installation.obstacle,
                }
                for installation in hierarchy.component_manager.installations.values()
            ],
            "known_accounts": [_known_account(hierarchy, item) for item in hierarchy.known_accounts.values()],
            "updates": {package.name: package.state.name for package in hierarchy.updates.packages},
            "support_id": hierarchy.service_connection_tool.support_id,
            "cloud": {
                "releases": [package.release.name for package in hierarchy.cloud.catalogue.packages],
                "uploads": [
                    {"support_id": data.support_id, "site_version": data.site_version} for data in hierarchy.cloud.uploads
                ],
            },
            "violations": [
                {"time": violation.time.isoformat(), "text": violation.text} for violation in hierarchy.history.violations
            ],
            "history": [
                {"time": moment.time.isoformat(), "what": moment.what, "server": moment.server}
                for moment in hierarchy.history.moments
            ],
            "powershell_starts": sum(len(server.powershell_starts) for server in hierarchy.servers.values()),
            "status_messages": len(hierarchy.status.messages),
        }


def _server(hierarchy: Hierarchy, server: WindowsServer) -> dict[str, Any]:
    site_servers = [hierarchy.servers[site.server] for site in hierarchy.sites.values()]
    return {
        "roles": [
            {
                "name": role.name,
                "site_code": role.site_code,
                "properties": {prop.name: [prop.value, prop.value1, prop.value2] for prop in role.properties},
            }
            for role in hierarchy.site_control.on_server(server.name)
        ],
        "threads": {
            thread.component: {
                "state": thread.state,
                "starts": thread.starts,
                "effective_mode": thread.effective_mode,
            }
            for thread in hierarchy.executives[server.name].threads.values()
        },
        "services": {service.name: service.state for service in server.services.values()},
        "start_modes": {service.name: service.start_mode for service in server.services.values()},
        "components": {
            row.component: {"state": row.state.name, "status": row.health.name}
            for row in hierarchy.status.components
            if row.machine.lower() == server.name
        },
        "powershell_starts": list(server.powershell_starts),
        "is_running": server.is_running,
        "installation_directory": server.installation_directory,
        "clock_error": server.clock_error,
        "local_groups": {
            group.sid: {"name": group.name, "members": list(group.members)[:MEMBERS_SHOWN], "count": len(group.members)}
            for group in server.accounts.groups.values()
        },
        "switches": {
            "site_server_is_administrator": all(
                server.is_administrator(site_server.computer_account) for site_server in site_servers
            )
        },
    }


def _known_account(hierarchy: Hierarchy, item: Instance) -> dict[str, Any]:
    site_code, name = str(item["SiteCode"]), str(item["UserName"])
    user = hierarchy.directory.find(name)
    password = password_of(hierarchy, site_code, name)
    return {
        "site_code": site_code,
        "name": name,
        "password_is_right": user is not None and bool(user.password) and password == user.password,
    }


def _service_connection_point(hierarchy: Hierarchy, role: Role) -> dict[str, Any]:
    machine = hierarchy.component_manager.thread_server(role)
    executive = hierarchy.executives.get(machine.lower())
    thread = executive.threads.get("SMS_DMP_DOWNLOADER") if executive else None
    return {
        "server": role.server,
        "site_code": role.site_code,
        "mode": role.mode,
        "effective_mode": thread.effective_mode if thread else None,
        "components": {
            component.name: row.state.name
            for component in COMPONENTS[role.name]
            if (row := hierarchy.status.find(role.site_code, machine, component.name)) is not None
        },
    }
