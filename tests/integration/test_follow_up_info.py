# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is to be looked after when the role has moved."""

from __future__ import annotations

from typing import Any

from plays import Result, Site


def follow_up(site: Site, **options: Any) -> Result:
    return site.play({"name": "look", "configmgr.site.service_connection_point_follow_up_info": options}).only


def test_what_to_look_after(make_site: Any) -> None:
    expiring: Site = make_site(role="srv1:online", secret_expiry="present")
    expiring.control.console("add_tenant", name="Contoso", application="App", secret_expires="2027-03-01T00:00:00+00:00")
    expiring.control.console("add_azure_service", name="Contoso")
    found = follow_up(expiring, query="applications[0].secret_expires")
    assert found["result"] == "2027-03-01T00:00:00+00:00" and found["applications"][0]["tenant"] == "Contoso"
    assert "encrypted" not in str(found.values)
    assert [entry["id"] for entry in found["checklist"]] == [
        "entra_secrets",
        "azure_services",
        "firewall",
        "internet_directly",
    ]
    silent: Site = make_site(role="srv1:online", cloud_classes="missing")
    found = follow_up(silent, moved_from="srv2.corp.example")
    assert found["tenants"] is None and found["checklist"][0]["id"] == "cloud_unknown"
    none = follow_up(make_site())
    assert none["site_system"] is None and none["checklist"] == []
