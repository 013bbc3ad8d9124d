# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a fact about the real thing is weak, the modules work under each plausible behaviour."""

from __future__ import annotations

from dataclasses import fields
from typing import Any, get_args, get_type_hints

import pytest
from lab.quirks import Quirks
from plays import Site

SERVER = "srv1.corp.example"
MODULE = "configmgr.site.service_connection_point"
HINTS = get_type_hints(Quirks)
OTHER_BEHAVIOURS = [
    (field.name, value) for field in fields(Quirks) for value in get_args(HINTS[field.name]) if value != field.default
]


@pytest.mark.parametrize(("name", "value"), OTHER_BEHAVIOURS)
def test_the_life_of_a_role(make_site: Any, name: str, value: str) -> None:
    site: Site = make_site(**{name: value})
    play = site.play(
        {MODULE: {"site_system": SERVER, "mode": "online"}},
        {MODULE: {"site_system": SERVER, "mode": "offline"}},
        {MODULE: {"site_system": SERVER, "mode": "offline"}},
        {"configmgr.site.service_connection_point_info": {}},
        {MODULE: {"state": "absent"}},
        {MODULE: {"state": "absent"}},
    )
    assert play.exit_code == 0, play.stdout + play.stderr
    assert [result["changed"] for result in play.results] == [True, True, False, False, True, False]
    assert play.results[3]["service_connection_points"][0]["mode"] == "offline"
    assert site.control.state()["violations"] == []


def test_a_provider_that_refuses_is_quoted(make_site: Any) -> None:
    site: Site = make_site(fault_status="200")
    account = "CORP\\analyst"
    variables = {"ansible_user": account, "ansible_password": site.password(account)}
    failed = site.play({MODULE: {"site_system": SERVER, "mode": "online"}}, variables=variables).only
    assert "access is denied" in failed.message
