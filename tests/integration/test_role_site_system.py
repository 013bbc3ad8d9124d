# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The roles and the site system of the role: its account, its fitness, and its end."""

from __future__ import annotations

from typing import Any

from moving import PREFIX, SOURCE, properties
from plays import Site, refused


def test_an_account_can_be_left_out_again(ready: Site) -> None:
    ready.control.console("add_known_account", account="CORP\\installer")
    ready.control.console("add_local_group_member", server="srv1", member="CORP\\installer")
    for account, expected in (("CORP\\installer", 0), ("", 1)):
        variables = {PREFIX + "site_system": SOURCE, PREFIX + "installation_account": account}
        assert ready.run_playbook("configmgr.site.deploy", variables=variables).exit_code == 0
        assert properties(ready, SOURCE)["UseMachineAccount"][0] == expected


def test_a_role_on_record_that_was_never_installed_has_its_server_checked(make_site: Any) -> None:
    site: Site = make_site()
    console = site.control.console
    console("remove_local_group_member", server="srv1", member="CORP\\PS1$")
    console("add_role", server="srv1")
    play = site.run_playbook("configmgr.site.deploy", variables={PREFIX + "site_system": SOURCE})
    assert play.exit_code == 2 and "local_administrator" in play.results[-1]["msg"][2], play.stdout
    console("add_local_group_member", server="srv1", member="CORP\\PS1$")
    assert site.run_playbook("configmgr.site.deploy", variables={PREFIX + "site_system": SOURCE}).exit_code == 0


def test_the_site_system_goes_with_the_role(role: Site) -> None:
    gone = {PREFIX + "remove_site_system": True}
    refused(role.run_playbook("configmgr.site.remove", variables=gone).results[-1], "Say which site system shall be removed")
    given = {**gone, PREFIX + "site_system": SOURCE}
    planned = role.run_playbook("configmgr.site.remove", "--check", variables=given)
    assert planned.exit_code == 0 and role.writes() == [], planned.stdout
    role.control.console("add_role", server="srv1", role="SMS Distribution Point")
    refused(
        role.run_playbook("configmgr.site.remove", variables=given).results[-1], "still has the roles SMS Distribution Point"
    )
    assert role.points() == [(SOURCE, "online")], "refused before the first write"
    role.control.console("remove_role", server="srv1", role="SMS Distribution Point")
    for changed in (True, False):
        play = role.run_playbook("configmgr.site.remove", variables=given)
        assert play.exit_code == 0 and any(result.values.get("changed") for result in play.results) is changed, play.stdout
    assert role.control.state()["servers"][SOURCE]["roles"] == []
