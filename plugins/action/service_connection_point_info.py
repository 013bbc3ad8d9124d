# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Action of the module ``service_connection_point_info``; its documentation is in ``plugins/modules``."""

from __future__ import annotations

from datetime import datetime, timezone

from ..plugin_utils._action import QUERY_OPTION, SITE_CODE_OPTION, Options, Result, SiteAction
from ..plugin_utils._configmgr.reports import read_role_report
from ..plugin_utils._configmgr.role_views import view_role
from ..plugin_utils._moments import parse_period
from ..plugin_utils._wsman.client import WsmanClient

_MOST_PROBLEMS = 10_000


class ActionModule(SiteAction):
    """Read the service connection point, its components, and what they have reported."""

    MODULE = "service_connection_point_info"
    ARGUMENT_SPEC = {
        **SITE_CODE_OPTION,
        "since": {"type": "str", "default": "24h"},
        "limit": {"type": "int", "default": 10},
        **QUERY_OPTION,
    }

    _since: datetime | None = None

    def check_options(self, options: Options) -> None:
        self._since, _until = parse_period(options["since"], None, datetime.now(timezone.utc))
        self.check_between(options, "limit", 1, _MOST_PROBLEMS)

    def perform(self, client: WsmanClient, options: Options) -> Result:
        report = read_role_report(client, options["site_code"], self._since, options["limit"])
        return {"changed": False, "service_connection_points": [view_role(entry) for entry in report]}
