# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a fact about the real thing is weak, the modules work under each plausible behaviour."""

from __future__ import annotations

from typing import Any

import pytest
from plays import Site
from quirk_trials.special import SPECIALS, Special
from quirk_trials.trials import Behaviours, Trials, each, pairs, try_special

pytestmark = pytest.mark.exhaustive

SERVER = "srv1.corp.example"
MODULE = "configmgr.site.service_connection_point"
COMBINATIONS = pairs()
STEP = 4
"""Every so many combinations are tried; `make quirks` tries all."""


@pytest.fixture(scope="module")
def trials() -> Trials:
    return Trials()


@pytest.mark.parametrize("behaviours", list(each()), ids=lambda behaviours: "-".join(next(iter(behaviours.items()))))
def test_the_life_of_a_role(trials: Trials, behaviours: Behaviours) -> None:
    trial = trials.operate(behaviours)
    assert trial.wrong == []
    if "unknown_property" not in behaviours:
        assert {result.verdict for result in trial.results.values()} <= {"works", "the same"}


@pytest.mark.parametrize("number", range(0, len(COMBINATIONS), STEP))
def test_many_behaviours_at_once(trials: Trials, number: int) -> None:
    assert trials.operate(COMBINATIONS[number]).wrong == []


@pytest.mark.parametrize("special", SPECIALS, ids=lambda special: special.about)
def test_the_usual_behaviours_in_the_trials_about_others(special: Special) -> None:
    result = try_special(special, {})
    if result.verdict == "not tried":
        pytest.skip(result.message)
    assert result.verdict != "WRONG", result.message


@pytest.mark.parametrize("number", [0, 7, 14])
def test_many_behaviours_at_once_with_ansible(make_site: Any, number: int) -> None:
    site: Site = make_site(**COMBINATIONS[number])
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


@pytest.mark.parametrize("behaviour", ["invalid_namespace", "not_found", "bad_filter"])
def test_a_namespace_that_is_missing_in_any_way(make_site: Any, behaviour: str) -> None:
    for topology, host, words in (
        ("standalone", "srv1.corp.example", "This server has no SMS Provider"),
        ("remote_provider", "ps1.corp.example", "is not on this server but on prov1.corp.example"),
    ):
        site: Site = make_site(topology, missing_namespace=behaviour)
        for options in ({}, {"site_code": "PS1"}):
            failed = site.play({MODULE: {"site_system": SERVER, "mode": "online", **options}}, host=host).only
            assert failed.outcome == "failed" and words in failed.message, failed.message


@pytest.mark.parametrize("behaviour", ["below", "all"])
def test_a_child_is_refused_whether_it_knows_its_parent_or_not(make_site: Any, behaviour: str) -> None:
    site: Site = make_site("hierarchy", known_sites=behaviour)
    failed = site.play({MODULE: {"site_system": SERVER, "mode": "online"}}, host="pr1.corp.example").only
    assert "top-tier site, CAS" in failed.message and "cas.corp.example" in failed.message


def test_a_provider_that_refuses_a_second_one_in_the_very_moment_of_the_write(make_site: Any) -> None:
    site: Site = make_site(second_role="refused")
    site.control.console("add_site_system", server="srv2")
    site.control.trigger("Create", console={"action": "add_role", "server": "srv2"})
    failed = site.play({MODULE: {"site_system": SERVER, "mode": "online"}}).only
    assert failed.outcome == "failed" and "srv2.corp.example" in failed.message
    assert [server for server, _mode in site.points()] == ["srv2.corp.example"]
    assert site.control.state()["violations"] == []


def test_a_provider_that_refuses_is_quoted(make_site: Any) -> None:
    site: Site = make_site(fault_status="200")
    account = "CORP\\analyst"
    variables = {"ansible_user": account, "ansible_password": site.password(account)}
    failed = site.play({MODULE: {"site_system": SERVER, "mode": "online"}}, variables=variables).only
    assert "access is denied" in failed.message
