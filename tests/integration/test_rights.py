# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the guide on rights says of the modules that ask an SMS Provider: an account that may read does for all but writing."""

from __future__ import annotations

from typing import Any

import pytest
from guides import what_modules_ask
from plays import Site, examples

ANALYST = r"CORP\analyst"
"""Read-only Analyst, and no administrator of any server."""
ON_PROVIDERS = [module for module, asks in what_modules_ask().items() if asks == {r"root\sms"}]
CHANGE = {
    "service_connection_point": {"mode": "offline"},
    "site_system": {"site_system": "srv9.corp.example"},
    "site_account": {"account": r"CORP\cm-install", "password": "a password"},
}


def analyst(site: Site) -> dict[str, Any]:
    return {"ansible_user": ANALYST, "ansible_password": site.password(ANALYST)}


@pytest.mark.parametrize("module", ON_PROVIDERS)
def test_who_may_read_may_run_the_examples_in_check_mode(role: Site, module: str) -> None:
    if module == "service_connection_point":
        role.control.console("add_site_system", server="srv2")
    tasks = [task for task in examples(module) if f"configmgr.site.{module}" in task]
    play = role.play(*tasks, variables=analyst(role), arguments=("--check",))
    assert [result.outcome for result in play.results] == ["ok"] * len(tasks), play.stdout + play.stderr
    assert role.writes() == []


@pytest.mark.parametrize("module", CHANGE)
def test_who_may_only_read_changes_nothing(role: Site, module: str) -> None:
    before = role.control.state()
    result = role.play({f"configmgr.site.{module}": CHANGE[module]}, variables=analyst(role)).only
    assert result.outcome == "failed" and "Infrastructure Administrator" in result.message, result
    assert role.control.state()["service_connection_points"] == before["service_connection_points"]
