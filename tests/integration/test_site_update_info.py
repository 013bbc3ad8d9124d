# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Updates of the site, as its SMS Provider shows them."""

from __future__ import annotations

from typing import Any

import pytest
from plays import Result, Site, refused

MODULE = "configmgr.site.site_update_info"
INSTALLED, NEXT = "Configuration Manager 2503", "Configuration Manager 2509"
GUID = "420E3E18-73C5-4BE9-88B0-6F1E30A012CA"


def ask(site: Site, **options: Any) -> Result:
    return site.play({"name": "ask", MODULE: options}).only


def update(site: Site, name: str = NEXT, **options: Any) -> dict[str, Any]:
    (found,) = [found for found in ask(site, **options)["updates"] if found["name"] == name]
    return dict(found)


def set_state(site: Site, state: str, **more: Any) -> None:
    site.control.console("set_update_state", name=NEXT, state=state, **more)


def test_everything_about_an_update(site: Site) -> None:
    result = ask(site)
    assert not result["changed"]
    assert [found["name"] for found in result["updates"]] == [NEXT, INSTALLED], "the newest first"
    assert (result["ready_to_install"], result["in_progress"]) == ([], [])
    newest, installed = result["updates"]
    times = {name: newest.pop(name) for name in ("added", "last_update_time")}
    assert all(time.endswith("+00:00") for time in times.values())
    assert newest == {
        "name": NEXT,
        "guid": GUID,
        "version": "5.00.9141.1000",
        "type": "update",
        "state": "applicability_success",
        "state_number": 327682,
        "state_text": "It applies to the site, and is not downloaded.",
        "stage": "applicability",
        "ready_to_install": False,
        "in_progress": False,
        "failed": False,
        "installed": False,
        "description": "Version 2509 of the current branch.",
        "released": "2025-12-02T00:00:00+00:00",
        "min_version": "5.00.9128.1000",
        "max_version": "5.00.9140.9999",
        "more_info_link": "https://go.microsoft.com/fwlink/?LinkId=2309003",
        "impact": ["site_server", "console", "client", "new_features", "bug_fixes"],
        "client_version": "5.00.9141.1000",
        "updates_boot_images": True,
        "locale_id": 1033,
        "prerequisite_package": None,
        "prerequisite_flags": [],
        "bypasses_warnings": False,
        "sites": [],
        "steps": None,
    }
    assert (installed["installed"], installed["stage"], installed["steps"]) == (True, "installation", None)
    (at_site,) = installed["sites"]
    assert at_site.pop("last_update_time").endswith("+00:00")
    assert at_site == {
        "site_code": "PS1",
        "name": at_site["name"],
        "server": "ps1.corp.example",
        "state": "install_success",
        "state_number": 196612,
        "state_text": "It is installed.",
    }


@pytest.mark.parametrize(("options", "budget"), [({"site_code": "PS1"}, 3), ({}, 4), ({"installed": False}, 3)])
def test_the_budget_of_requests(site: Site, options: dict[str, Any], budget: int) -> None:
    assert ask(site, **options).outcome == "ok"
    assert len(site.requests("ask")) == budget, site.actions("ask")
    assert site.writes() == []
    assert "Get" not in site.actions("ask"), "license terms would be read with it"


def test_what_is_selected(site: Site) -> None:
    assert [found["name"] for found in ask(site, installed=False)["updates"]] == [NEXT]
    by_guid = ask(site, guids=[f"{{{GUID.lower()}}}", "00000000-0000-0000-0000-000000000000"], query="updates[].name")
    assert by_guid["result"] == [NEXT]
    nothing = ask(site, guids=["00000000-0000-0000-0000-000000000000"])
    assert (nothing["updates"], nothing["ready_to_install"], nothing["in_progress"]) == ([], [], [])


def test_a_wrong_guid_costs_no_request(site: Site) -> None:
    refused(ask(site, guids=["2509"]), "guids: '2509' is no GUID")
    assert site.requests() == []


@pytest.mark.parametrize(
    ("state", "flags", "stage", "means"),
    [
        ("DOWNLOAD_SUCCESS", 0, "download", "ready_to_install"),
        ("DOWNLOAD_FAILED", 0, "download", "failed"),
        ("CONTENT_REPLICATING", 0, "replication", "in_progress"),
        ("PREREQ_SUCCESS", 1, "prerequisite_check", "ready_to_install"),
        ("PREREQ_WARNING", 0, "prerequisite_check", "failed"),
        ("INSTALL_WAITING_SERVICE_WINDOW", 0, "installation", "in_progress"),
        ("INSTALL_SUCCESS", 0, "installation", "installed"),
        ("APPLICABILITY_NA", 0, "applicability", ""),
    ],
)
def test_what_states_mean(site: Site, state: str, flags: int, stage: str, means: str) -> None:
    set_state(site, state, prerequisite_flags=flags)
    result = ask(site, guids=[GUID])
    (found,) = result["updates"]
    meanings = ("ready_to_install", "in_progress", "failed", "installed")
    assert {name for name in meanings if found[name]} == ({means} if means else set())
    assert (found["state"], found["stage"]) == (state.lower(), stage)
    assert found["prerequisite_flags"] == (["prerequisites_only"] if flags else [])
    for name in ("ready_to_install", "in_progress"):
        assert result[name] == ([NEXT] if means == name else [])


@pytest.mark.parametrize(
    ("state", "progress"),
    [("DOWNLOAD_IN_PROGRESS", [100, 50, 0]), ("PREREQ_IN_PROGRESS", [100, 0]), ("INSTALL_IN_PROGRESS", [100, 100, 50, 0, 0])],
)
def test_progress_is_that_of_the_steps_of_its_stage(site: Site, state: str, progress: list[int]) -> None:
    set_state(site, state, progress=50)
    steps = update(site, installed=False, site_code="PS1")["steps"]
    assert [step["progress"] for step in steps] == progress
    assert steps[0]["site_code"] == "PS1" and NEXT in steps[0]["description"] and steps[0]["is_complete"] == 1
    assert len(site.requests("ask")) == 4, site.actions("ask")


def test_each_site_of_a_hierarchy_has_its_state(hierarchy: Site) -> None:
    set_state(hierarchy, "INSTALL_INSTALLFILES")
    states = {found["site_code"]: found["state"] for found in update(hierarchy)["sites"]}
    assert states == {
        "CAS": "install_installfiles",
        "PR1": "install_waiting_parent",
        "PR2": "install_waiting_parent",
    }, "a secondary site has no state of its own"


def test_a_provider_that_tells_no_more_than_the_updates(make_site: Any) -> None:
    site: Site = make_site(update_details="missing")
    set_state(site, "DOWNLOAD_IN_PROGRESS")
    found = update(site)
    assert (found["state"], found["sites"], found["steps"]) == ("download_in_progress", None, None)


def test_an_account_without_rights_is_told_so_and_an_analyst_reads(site: Site) -> None:
    def ask_as(account: str) -> Result:
        variables = {"ansible_user": account, "ansible_password": site.password(account)}
        return site.play({MODULE: {}}, variables=variables).only

    assert len(ask_as("CORP\\analyst")["updates"]) == 2
    refused(ask_as("CORP\\stranger"), "shows no sites to this account")


def test_on_another_server_it_says_where_to_go(site: Site) -> None:
    refused(site.play({MODULE: {}}, host="srv1.corp.example").only, "This server has no SMS Provider")
    refused(ask(site, site_code="XYZ"), "knows no site XYZ")
