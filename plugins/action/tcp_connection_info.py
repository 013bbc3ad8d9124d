# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Action of the module ``tcp_connection_info``; its documentation is in ``plugins/modules``."""

from __future__ import annotations

from ..plugin_utils._action import QUERY_OPTION, Options, Result, SiteAction
from ..plugin_utils._configmgr.servers import check_host
from ..plugin_utils._windows.connections import Target, try_to_connect
from ..plugin_utils._windows.errors import WindowsError
from ..plugin_utils._wsman.client import WsmanClient


class ActionModule(SiteAction):
    """Try whether a Windows server can connect to TCP ports of others; runs on that server."""

    MODULE = "tcp_connection_info"
    ARGUMENT_SPEC = {
        "targets": {
            "type": "list",
            "elements": "dict",
            "required": True,
            "options": {"host": {"type": "str", "required": True}, "port": {"type": "int", "required": True}},
        },
        "timeout": {"type": "int", "default": 5},
        **QUERY_OPTION,
    }

    def check_options(self, options: Options) -> None:
        for target in options["targets"]:
            self.check_option(target, "host", check_host)
            if not 1 <= target["port"] <= 65535:
                raise ValueError(f"port: {target['port']} is none; it must be between 1 and 65535.")
        if not 1 <= options["timeout"] <= 60:
            raise ValueError("timeout: it must be between 1 and 60 seconds.")

    def perform(self, client: WsmanClient, options: Options) -> Result:
        targets = [Target(target["host"], target["port"]) for target in options["targets"]]
        connections = try_to_connect(client, targets, options["timeout"]) if targets else []
        if None in connections:
            raise WindowsError(
                "The server has no curl.exe, which tries the connections. It is a part of Windows Server 2019 and later; "
                "on older ones, install it, or leave out what needs this task."
            )
        return {
            "changed": False,
            "connections": [
                {
                    "host": connection.target.host,
                    "port": connection.target.port,
                    "connected": connection.seconds is not None,
                    "seconds": connection.seconds,
                    "error": connection.error,
                }
                for connection in connections
                if connection
            ],
        }
