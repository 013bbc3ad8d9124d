# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Action of the module ``service_connection_point_info``; its documentation is in ``plugins/modules``."""

from __future__ import annotations

from ..plugin_utils._action import QUERY_OPTION, SITE_CODE_OPTION, Options, Result, SiteAction
from ..plugin_utils._configmgr.reports import read_role_report
from ..plugin_utils._configmgr.views import view_components, view_point
from ..plugin_utils._wsman.client import WsmanClient


class ActionModule(SiteAction):
    """Read the service connection point and its components."""

    MODULE = "service_connection_point_info"
    ARGUMENT_SPEC = {**SITE_CODE_OPTION, **QUERY_OPTION}

    def perform(self, client: WsmanClient, options: Options) -> Result:
        report = read_role_report(client, options["site_code"])
        points = [
            {
                **view_point(entry.point),
                "working": entry.works,
                "components_run_on": entry.components_run_on,
                "components": view_components(entry.components),
            }
            for entry in report
        ]
        return {"changed": False, "service_connection_points": points}
