# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Action of the module ``service_connection_point_follow_up_info``; its documentation is in ``plugins/modules``."""

from __future__ import annotations

from ..plugin_utils._action import QUERY_OPTION, SITE_CODE_OPTION, Options, Result, SiteAction
from ..plugin_utils._configmgr.cloud_services import CloudServices
from ..plugin_utils._configmgr.follow_up import Item, follow_up, read_situation
from ..plugin_utils._configmgr.internet.features import features_in_use
from ..plugin_utils._configmgr.reports import read_provider_and_points
from ..plugin_utils._configmgr.servers import check_fqdn
from ..plugin_utils._configmgr.views import View
from ..plugin_utils._wsman.client import WsmanClient


class ActionModule(SiteAction):
    """List what a person should look after when the service connection point has moved."""

    MODULE = "service_connection_point_follow_up_info"
    ARGUMENT_SPEC = {**SITE_CODE_OPTION, "moved_from": {"type": "str"}, **QUERY_OPTION}

    def check_options(self, options: Options) -> None:
        if options["moved_from"]:
            self.check_option(options, "moved_from", check_fqdn)

    def perform(self, client: WsmanClient, options: Options) -> Result:
        provider, points = read_provider_and_points(client, options["site_code"])
        if not points:
            return {"changed": False, "site_system": None, "checklist": [], "lines": [], **_view_cloud(None)}
        situation = read_situation(provider, points[0], options["moved_from"] or "")
        items = follow_up(situation)
        return {
            "changed": False,
            "site_system": situation.point.server,
            "checklist": [_view_item(item) for item in items],
            "lines": [_line(item) for item in items],
            **_view_cloud(situation.cloud),
        }


def _view_item(item: Item) -> View:
    advice = item.advice
    return {
        "id": item.id,
        "title": advice.title,
        "found": list(item.found),
        "action": advice.action,
        "source": advice.source,
    }


def _line(item: Item) -> str:
    found = f" ({'; '.join(item.found)})" if item.found else ""
    return f"{item.advice.title}{found}: {item.advice.action}"


def _view_cloud(cloud: CloudServices | None) -> View:
    if cloud is None:
        return {"features_in_use": None, "tenants": None, "applications": None, "azure_services": None}
    tenants, applications, services = cloud.tenants, cloud.applications, cloud.services
    return {
        "features_in_use": features_in_use(cloud),
        "tenants": None if tenants is None else [{"name": tenant.name, "tenant_id": tenant.tenant_id} for tenant in tenants],
        "applications": None
        if applications is None
        else [
            {
                "name": application.name,
                "client_id": application.client_id,
                "tenant": application.tenant or None,
                "secret_expires": application.secret_expires or None,
            }
            for application in applications
        ],
        "azure_services": None if services is None else [{"name": service.name, "type": service.type} for service in services],
    }
