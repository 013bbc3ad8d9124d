# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Accounts that a site knows, and that their passwords stay secret."""

from __future__ import annotations

from typing import Any

import pytest
from plays import Site, Task, refused

MODULE = "configmgr.site.site_account"
ACCOUNT = "CORP\\cm-install"
SECRET = "Sommer-2026-geheim"


def have(**options: Any) -> Task:
    return {"name": "have it", MODULE: {"account": ACCOUNT, **options}}


def test_an_account_is_made_known_once_and_forgotten_once(site: Site) -> None:
    results = site.play(
        have(password=SECRET, update_password="on_create"),
        have(password="another", update_password="on_create"),
        have(),
        have(state="absent"),
        have(state="absent"),
    ).results
    assert [result["changed"] for result in results] == [True, False, False, True, False]
    assert results[0].message == f"the account {ACCOUNT} was made known at site PS1"


def test_a_password_cannot_be_compared_so_it_is_always_written_unless_told_otherwise(site: Site) -> None:
    results = site.play(have(password=SECRET), have(password=SECRET)).results
    assert [result["changed"] for result in results] == [True, True]
    assert site.writes() == ["Create", "Put"]


def test_the_letter_case_does_not_make_another_account(site: Site) -> None:
    site.play(have(password=SECRET))
    again = site.play({MODULE: {"account": ACCOUNT.upper(), "password": SECRET, "update_password": "on_create"}}).only
    assert not again["changed"] and again["account"] == ACCOUNT


def test_the_password_is_never_shown(site: Site) -> None:
    analyst = {"ansible_user": "CORP\\analyst", "ansible_password": site.password("CORP\\analyst")}
    for variables in ({}, analyst):
        play = site.play(
            have(password="{{ secret }}"), variables=variables, arguments=("-vvvvv", "--diff"), vars={"secret": SECRET}
        )
        assert SECRET not in play.stdout + play.stderr
        assert SECRET not in str([result.values for result in play.results])
    assert SECRET not in str(site.control.state())


def test_check_mode_and_diff(site: Site) -> None:
    told = site.play(have(password=SECRET), arguments=("--check", "--diff")).only
    assert told["changed"] and "would be made known" in told.message
    assert told["diff"] == {"before": {"state": "absent"}, "after": {"state": "present"}}
    assert site.writes() == []


def test_an_account_that_is_in_use_is_not_forgotten(site: Site) -> None:
    system = "configmgr.site.site_system"
    used = {"site_system": "srv2.corp.example", "installation_account": ACCOUNT}
    play = site.play(have(password=SECRET), {system: used}, {**have(state="absent"), "ignore_errors": True})
    refused(play.results[-1], "is in use", "srv2.corp.example", "site_system")
    assert site.play({system: {**used, "installation_account": ""}}, have(state="absent")).results[-1]["changed"]


def test_a_name_that_is_on_record_but_switched_off_is_not_in_use(site: Site) -> None:
    site.play(have(password=SECRET))
    for server in ("srv1", "ps1"):
        site.control.console("set_property", server=server, role="SMS Site System", name="UserName", value2=ACCOUNT)
        site.control.console("set_property", server=server, role="SMS Site System", name="ProxyUserName", value2=ACCOUNT)
    site.control.console("set_property", server="srv1", role="SMS Site System", name="UseMachineAccount", value=1)
    site.control.console("set_property", server="srv1", role="SMS Site System", name="UseProxy", value=0)
    assert site.play(have(state="absent")).only["changed"]


@pytest.mark.parametrize("of", ["PR1", "CAS"])
def test_a_site_has_accounts_of_its_own(hierarchy: Site, of: str) -> None:
    hierarchy.control.console("add_known_account", account="CORP\\installer", site_code=of)
    hierarchy.control.console("set_property", server="pr1", role="SMS Site System", name="UserName", value2="CORP\\installer")
    hierarchy.control.console("set_property", server="pr1", role="SMS Site System", name="UseMachineAccount", value=0)
    (before,) = hierarchy.control.state()["known_accounts"]
    gone = hierarchy.play(have(account="CORP\\installer", state="absent")).only
    assert gone["changed"] == (of == "CAS"), gone.message
    if of == "CAS":
        assert hierarchy.control.state()["known_accounts"] == []
        return
    refused(hierarchy.play(have(account="CORP\\installer")).only, "does not know the account", "Set password")
    written = hierarchy.play(*[have(account="CORP\\installer", password=SECRET, update_password="always")] * 2)
    assert [result["changed"] for result in written.results] == [True, True]
    assert hierarchy.writes() == ["Create", "Put"]
    other, mine = sorted(hierarchy.control.state()["known_accounts"], key=lambda entry: str(entry["site_code"]), reverse=True)
    assert other == before and other["password_is_right"]
    assert mine["site_code"] == "CAS" and not mine["password_is_right"]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"account": "cm-install", "password": "x"}, ["account", "domain\\user"]),
        ({"account": 'CORP\\a"b', "password": "x"}, ["account", "domain\\user"]),
        ({"password": ""}, ["password", "empty"]),
        ({"state": "absent", "password": "x"}, ["password", "absent"]),
        ({"update_password": "sometimes"}, ["update_password", "always, on_create"]),
    ],
)
def test_wrong_options_cost_no_request(site: Site, options: dict[str, Any], words: list[str]) -> None:
    refused(site.play(have(**options)).only, *words)
    assert site.requests() == []


def test_a_new_account_needs_a_password(site: Site) -> None:
    refused(site.play(have()).only, "does not know the account", "Set password")
    assert site.writes() == []


def test_an_account_of_the_connection_without_the_right(site: Site) -> None:
    variables = {"ansible_user": "CORP\\analyst", "ansible_password": site.password("CORP\\analyst")}
    refused(site.play(have(password=SECRET), variables=variables).only, "access is denied", "security role")
