# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the info modules return."""

from __future__ import annotations

from typing import Any

import pytest
from plays import Site

SITE_INFO = "configmgr.site.site_info"
POINT_INFO = "configmgr.site.service_connection_point_info"


def test_the_sites_of_a_hierarchy(hierarchy: Site) -> None:
    hierarchy.control.console("add_role", server="srv1", mode="offline")
    result = hierarchy.play({SITE_INFO: {}}).only
    sites = {site["site_code"]: (site["type"], site["parent"], site["top_tier"]) for site in result["sites"]}
    assert sites == {
        "CAS": ("central_administration_site", None, True),
        "PR1": ("primary", "CAS", False),
        "PR2": ("primary", "CAS", False),
        "S01": ("secondary", "PR1", False),
    }
    assert result["site_code"] == result["top_tier_site_code"] == "CAS"
    assert result["service_connection_points"] == [{"site_system": "srv1.corp.example", "site_code": "CAS", "mode": "offline"}]
    machines = {provider["site_code"]: provider["machine"] for provider in result["providers"]}
    assert machines["CAS"] == "cas.corp.example"
    assert not result["changed"]


def test_a_child_knows_what_is_above_it(hierarchy: Site) -> None:
    result = hierarchy.play({SITE_INFO: {}}, host="pr1.corp.example").only
    assert (result["site_code"], result["top_tier_site_code"]) == ("PR1", "CAS")


def test_a_child_does_not_judge_the_role_of_its_parent(hierarchy: Site) -> None:
    hierarchy.control.console("add_role", server="srv1", mode="online")
    (point,) = hierarchy.play({POINT_INFO: {}}, host="pr1.corp.example").only["service_connection_points"]
    assert (point["site_code"], point["working"], point["components"]) == ("CAS", None, [])
    assert (point["status"], point["validation"], point["problems"]) == ("unknown", None, None)


@pytest.mark.parametrize("query", ["@", "[@]", "{all: @}"])
def test_a_query_may_ask_for_everything(site: Site, query: str) -> None:
    result = site.play({SITE_INFO: {"query": query}}).only
    whole = result["result"]
    whole = whole[0] if isinstance(whole, list) else whole.get("all", whole)
    assert whole["site_code"] == "PS1" and "result" not in whole


@pytest.mark.every_ansible
def test_a_query_that_fails_is_an_error_of_ours(site: Site) -> None:
    failed = site.play({SITE_INFO: {"query": "sites[::0]"}}).only
    assert failed.outcome == "failed" and failed.message.startswith("query could not be applied")


@pytest.mark.every_ansible
def test_a_query_picks_values(hierarchy: Site) -> None:
    result = hierarchy.play({SITE_INFO: {"query": "sites[?type == 'primary'].server"}}).only
    assert result["result"] == ["pr1.corp.example", "pr2.corp.example"]


def test_the_role_and_its_components(site: Site) -> None:
    empty = site.play({POINT_INFO: {}}).only
    assert empty["service_connection_points"] == []
    site.play({"configmgr.site.service_connection_point": {"site_system": "srv1.corp.example", "mode": "offline"}})
    (point,) = site.play({POINT_INFO: {"site_code": "PS1"}}).only["service_connection_points"]
    assert (point["site_system"], point["mode"], point["working"]) == ("srv1.corp.example", "offline", True)
    downloader = next(entry for entry in point["components"] if entry["name"] == "SMS_DMP_DOWNLOADER")
    assert (downloader["state"], downloader["status"]) == ("started", "ok")


def test_a_role_that_does_not_work_is_called_so(site: Site) -> None:
    site.control.console("set_server_switch", server="srv1", name="site_server_is_administrator", value=False)
    site.control.console("add_role", server="srv1", mode="online")
    (point,) = site.play({POINT_INFO: {}}).only["service_connection_points"]
    assert point["working"] is False


def test_check_mode_reads_too(site: Site) -> None:
    assert site.play({SITE_INFO: {}}, arguments=("--check",)).only["site_code"] == "PS1"


def test_values_are_plain(site: Site) -> None:
    result: dict[str, Any] = site.play({SITE_INFO: {}}).only.values
    assert "invocation" not in result
