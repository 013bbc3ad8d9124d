# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checking servers that have thousands of what others have a few of: within the budget of requests, and in time."""

from __future__ import annotations

from typing import Any

import pytest
from fitness import SERVER, check, found, ldap, without_groups
from plays import Site, Task

GROUPS = [f"Group {number}" for number in range(5000)]


@pytest.fixture
def servers(make_site: Any) -> Site:
    """A site with servers of every kind."""
    site: Site = make_site("international")
    return site


def crowd(site: Site, members: list[str]) -> None:
    """Put many into the local administrators, after those who are in it, and PS1$ out of it."""
    site.control.console("remove_local_group_member", server="srv1", member="CORP\\PS1$")
    site.control.console("add_local_group_member", server="srv1", member=members)


def check_in_bounds(site: Site, task: Task) -> tuple[str, str]:
    """What the check of the administrators says, within the budget of requests."""
    before = len(site.requests("check it"))
    result = site.play({**task, "timeout": 60}, host=SERVER).only
    assert result.outcome == "ok", result.message
    assert len(site.requests("check it")) - before <= 25, site.actions("check it")
    return found(result)["local_administrator"]


def test_a_server_with_a_lot_of_everything(site: Site) -> None:
    site.control.console("add_domain_group", name=GROUPS[:6])
    site.control.console("add_local_group_member", server="srv1", member=[f"CORP\\{name}" for name in GROUPS[:6]])
    for drive in "DFG":
        site.control.console("set_drive", server="srv1", drive=f"{drive}:", free=2**30)
    for drive in "DF":
        site.control.console("write_file", server="srv1", path=rf"{drive}:\no_sms_on_drive.sms")
    site.control.console("fill_certificate_store", server="srv1", count=400)
    assert check_in_bounds(site, check())[0] == "passed"


def test_five_thousand_members_that_windows_cannot_name(site: Site) -> None:
    without_groups(site)
    crowd(site, [f"S-1-5-21-1-2-3-{number}" for number in range(5000)])
    assert check_in_bounds(site, check(fail_on="never"))[0] == "failed"
    site.control.console("add_local_group_member", server="srv1", member="CORP\\PS1$")
    assert check_in_bounds(site, check())[0] == "passed"


def test_five_thousand_members(site: Site) -> None:
    crowd(site, [f"CORP\\user{number:04}" for number in range(1, 5001)])
    status, evidence = check_in_bounds(site, check())
    assert status == "warning" and "may be in CORP\\Domain Admins" in evidence, evidence
    site.control.console("add_local_group_member", server="srv1", member="CORP\\PS1$")
    assert check_in_bounds(site, check())[0] == "passed"


def test_five_thousand_groups_and_a_domain_controller_to_ask(servers: Site) -> None:
    servers.control.console("add_domain_group", name=GROUPS)
    crowd(servers, [f"CORP\\{name}" for name in GROUPS])
    assert check_in_bounds(servers, check())[0] == "warning"
    directory = servers.lab.ldap
    assert directory is not None

    def ask() -> tuple[str, str]:
        before = len(directory.searches)
        answer = check_in_bounds(servers, ldap(servers))
        # The root of the directory, the account, its groups, and their names in one search for a hundred.
        assert len(directory.searches) - before <= 6, directory.searches[before:]
        return answer

    assert ask()[0] == "failed"
    for name in GROUPS[4800:]:
        servers.control.console("add_domain_group_member", group=name, member="CORP\\PS1$")
    status, evidence = ask()
    assert status == "passed" and "PS1$ is in corp\\group 48" in evidence, evidence
