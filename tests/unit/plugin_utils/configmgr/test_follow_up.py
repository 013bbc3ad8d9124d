# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What to look after when the role has moved."""

from __future__ import annotations

from dataclasses import replace

import pytest
from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.cloud_services import (
    Application,
    AzureService,
    CloudServices,
    Tenant,
)
from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.follow_up import Situation, advices, follow_up
from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.roles import Role
from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.service_connection_point import ServiceConnectionPoint
from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.site_systems import Proxy
from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.updates import UpdateInstallation
from ansible_collections.configmgr.site.plugins.plugin_utils._wsman.values import CimInstance

SERVER = "srv2.corp.example"


def point(offline: int) -> ServiceConnectionPoint:
    mode = CimInstance("SMS_EmbeddedProperty", {"PropertyName": "OfflineMode", "Value": offline})
    return ServiceConnectionPoint(Role("SMS Dmp Connector", SERVER, "PS1", "", {}, (mode,)))


NOTHING = Situation(point(0), CloudServices((), (), ()))
APPLICATION = Application("Server app", "1-2-3", "Contoso", "2027-03-01T00:00:00+00:00")


@pytest.mark.parametrize(
    ("situation", "expected"),
    [
        (NOTHING, {"firewall": (SERVER,), "internet_directly": (SERVER,)}),
        (replace(NOTHING, point=point(1)), {"offline": (SERVER,)}),
        (
            replace(NOTHING, proxy=Proxy("proxy.corp.example", 8080, "")),
            {"firewall": (SERVER,), "proxy": (f"proxy.corp.example port 8080, as the computer account of {SERVER}",)},
        ),
        (
            replace(
                NOTHING,
                point=point(1),
                cloud=CloudServices(
                    (Tenant("Contoso", "9"),),
                    (APPLICATION, Application("", "4-5-6", "", "")),
                    (AzureService("Contoso", 5), AzureService("", 7)),
                ),
                updates=(UpdateInstallation("Update 2509", 262145),),
                former="srv1.corp.example",
            ),
            {
                "entra_secrets": ("Server app of Contoso, expires 2027-03-01T00:00:00+00:00", "4-5-6"),
                "azure_services": ("Contoso - co-management and tenant attach", "service of type 7"),
                "updates_in_progress": ("Update 2509 (state 262145)",),
                "offline": (SERVER,),
                "old_server": ("srv1.corp.example",),
            },
        ),
        (replace(NOTHING, point=point(1), cloud=CloudServices(None, None, None)), {"cloud_unknown": (), "offline": (SERVER,)}),
    ],
)
def test_the_list_is_built_from_what_the_site_has(situation: Situation, expected: dict[str, tuple[str, ...]]) -> None:
    items = follow_up(situation)
    assert {item.id: item.found for item in items} == expected
    assert [item.advice for item in items] == [advices()[item.id] for item in items]


def test_every_advice_is_complete() -> None:
    assert all(advice.title and advice.action and advice.source for advice in advices().values())
