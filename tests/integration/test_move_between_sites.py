# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Moving the role from a primary site to the central administration site above it."""

from __future__ import annotations

from typing import Any

import pytest
from moving import MODULE, NOTE, PREFIX, SOURCE, TARGET, move, properties, shown, to
from plays import Site, refused


@pytest.fixture
def expanded(make_site: Any) -> Site:
    """A primary site with the role that was put under a central administration site."""
    site: Site = make_site("expanded", speed=300)
    return site


@pytest.mark.parametrize("replication", ["immediate", "delayed"])
def test_from_a_primary_site_to_the_one_above_it(make_site: Any, replication: str) -> None:
    site: Site = make_site("expanded", speed=300, site_replication=replication)
    shown(move(site))
    assert site.points() == [(TARGET, "offline")]
    state = site.control.state()
    assert state["violations"] == [] and state["service_connection_points"][0]["site_code"] == "CAS"
    assert NOTE not in properties(site, TARGET)


def test_a_move_between_sites_that_was_cut_off_knows_its_mode(expanded: Site) -> None:
    noted, again = expanded.play(*2 * [{MODULE: {"state": "move_due", "site_system": TARGET}}]).results
    assert noted["changed"] and noted["operation"] == "note_move" and not again["changed"]
    assert noted["moved_from"]["site_system"] == SOURCE and noted["moved_from"]["stage"] == "not_left"
    expanded.play({MODULE: {"state": "absent"}}, host="pr1.corp.example")
    shown(move(expanded))
    assert expanded.points() == [(TARGET, "offline")]


def test_an_account_that_only_the_other_site_knows_is_refused_before_anything_is_removed(expanded: Site) -> None:
    console = expanded.control.console
    console("add_known_account", account="CORP\\installer", site_code="PR1")
    console("add_local_group_member", server="srv2", member="CORP\\installer")
    for name, value, text in (("UseMachineAccount", 0, ""), ("UserName", 0, "CORP\\installer")):
        console("set_property", name=name, role="SMS Site System", server="srv1", value=value, value2=text)
    refused(move(expanded).results[-1], "does not know CORP\\installer yet", PREFIX + "installation_account_password")
    assert expanded.writes() == []


def test_what_fails_between_sites_does_not_go_back(expanded: Site) -> None:
    action = {"action": "remove_local_group_member", "server": "srv2", "member": "CORP\\CAS$"}
    expanded.control.trigger("Delete", detail_contains="SMS Dmp Connector", console=action)
    failed = move(expanded, wait_timeout=10).results[-1]
    refused(failed, "does not go back to srv1.corp.example", "site PR1 may not have it any more", "run the task again to go on")
    assert "site_system=srv1" not in failed.message


def test_the_wrong_order_between_sites_is_explained(expanded: Site) -> None:
    refused(
        expanded.play(to()).only, "srv1.corp.example (site PR1), which is below site CAS", "three steps", "pr1.corp.example"
    )
    below = expanded.play(to("pr1.corp.example"), host="pr1.corp.example").only
    refused(below, "Site PR1 is a child primary site that reports to CAS", "cas.corp.example")
    assert expanded.writes() == []


def test_a_site_whose_provider_is_not_in_the_inventory(expanded: Site) -> None:
    inventory = expanded.lab.inventory_file
    text = inventory.read_text()
    try:
        inventory.write_text(text.replace("pr1.corp.example:", "elsewhere.corp.example:"))
        failed = move(expanded)
    finally:
        inventory.write_text(text)
    refused(
        failed.results[-1], "only an SMS Provider of that site removes it: pr1.corp.example", "Add that server to the inventory"
    )
    assert expanded.writes() == []
