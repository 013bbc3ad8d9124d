# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Action of the module ``site_info``; its documentation is in ``plugins/modules``."""

from __future__ import annotations

from ..plugin_utils._action import QUERY_OPTION, SITE_CODE_OPTION, Options, Result, SiteAction
from ..plugin_utils._configmgr.reports import read_site_report
from ..plugin_utils._configmgr.views import view_hierarchy, view_location, view_point
from ..plugin_utils._wsman.client import WsmanClient


class ActionModule(SiteAction):
    """Read the sites of a hierarchy, their SMS Providers, and where the service connection point is."""

    MODULE = "site_info"
    ARGUMENT_SPEC = {**SITE_CODE_OPTION, **QUERY_OPTION}

    def perform(self, client: WsmanClient, options: Options) -> Result:
        report = read_site_report(client, options["site_code"])
        return {
            "changed": False,
            **view_hierarchy(report.hierarchy, report.servers),
            "providers": [view_location(location) for location in report.locations],
            "service_connection_points": [view_point(point) for point in report.points],
        }
