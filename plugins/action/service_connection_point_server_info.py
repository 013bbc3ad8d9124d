# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Action of the module ``service_connection_point_server_info``; its documentation is in ``plugins/modules``."""

from __future__ import annotations

from ..plugin_utils._action import QUERY_OPTION, Options, Result, SiteAction
from ..plugin_utils._configmgr.role_server import read_role_server
from ..plugin_utils._configmgr.role_views import view_role_server
from ..plugin_utils._configmgr.service_connection_point import Mode
from ..plugin_utils._wsman.client import WsmanClient


class ActionModule(SiteAction):
    """Read what only the server with the role tells: threads, restarts, checks for updates."""

    MODULE = "service_connection_point_server_info"
    ARGUMENT_SPEC = {"mode": {"type": "str", "choices": [mode.value for mode in Mode]}, **QUERY_OPTION}

    def perform(self, client: WsmanClient, options: Options) -> Result:
        mode = Mode(options["mode"]) if options["mode"] else None
        return {"changed": False, **view_role_server(read_role_server(client), mode)}
