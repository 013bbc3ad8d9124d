# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A move that was cut off: its note, who goes on with it, and what ends it."""

from __future__ import annotations

import signal
from typing import Any

import pytest
from dying import Death
from moving import MODULE, MOVE, NOTE, PREFIX, SOURCE, TARGET, leave_note, move, properties, shown, to
from plays import Site, refused

pytestmark = pytest.mark.exhaustive


def cut_off(site: Site) -> None:
    """Begin a move to srv2, and die when the old server has lost the role."""
    site.play({MODULE: {"state": "absent"}})
    leave_note(site, TARGET, SOURCE)
    assert site.points() == []


@pytest.mark.parametrize("k", [45, 75, 100])
def test_a_controller_that_dies(ready: Site, monkeypatch: pytest.MonkeyPatch, k: int) -> None:
    death = Death(ready, k)
    variables = {PREFIX + "site_system": TARGET}
    with monkeypatch.context() as patch:
        patch.setattr(ready.lab.requests, "before", death.before)
        death.process = ready.start_playbook(MOVE, variables=variables)
        death.process.output(timeout=120)
    assert death.has_come and death.process.exit_code == -signal.SIGKILL
    again = move(ready)
    assert again.exit_code == 0, again.stdout
    state = ready.control.state()
    assert ready.points() == [(TARGET, "offline")] and state["violations"] == []
    assert state["service_connection_points"][0]["effective_mode"] == "offline"
    assert NOTE not in properties(ready, TARGET)


def test_a_move_that_was_cut_off_and_then_fails_is_taken_back_as_well(ready: Site) -> None:
    ready.play({"configmgr.site.component": {"name": "SMS_DMP_DOWNLOADER", "state": "restart_due"}}, host=SOURCE)
    cut_off(ready)
    rights = {"action": "remove_local_group_member", "server": "srv2", "member": "CORP\\PS1$"}
    ready.control.trigger("Create", server="ps1", nth=2, console=rights)
    failed = move(ready, wait_timeout=10)
    assert "It was taken back: it is on srv1.corp.example again, offline, and works." in failed.results[-1].message
    assert ready.run_playbook("configmgr.site.check").exit_code == 0


def test_a_cut_off_move_to_a_server_that_is_not_fit_any_more_goes_back_by_hand(ready: Site) -> None:
    cut_off(ready)
    ready.control.console("set_clock", server="srv2", seconds=4000)
    failed = move(ready)
    advice = failed.results[-1]["msg"][-1]
    assert failed.exit_code == 2 and "has no service connection point now" in advice
    assert "It was on srv1.corp.example, offline" in advice and PREFIX + "site_system set to srv1.corp.example" in advice
    shown(move(ready, site_system=SOURCE))
    assert ready.points() == [(SOURCE, "offline")] and NOTE not in properties(ready, TARGET)


def test_somebody_who_installs_it_there_in_another_mode_has_its_thread_restarted(ready: Site) -> None:
    act = {"action": "add_role", "server": "srv2", "mode": "online"}
    # The first one is of a shell, in which the site server is asked whether it reaches the new one.
    ready.control.trigger("Create", server="ps1", nth=2, console=act)
    lines = shown(move(ready))
    assert "  the mode is in effect: started with or restarted for offline" in lines
    (point,) = ready.control.state()["service_connection_points"]
    assert (point["mode"], point["effective_mode"]) == ("offline", "offline")
    assert ready.run_playbook("configmgr.site.check").exit_code == 0
    assert not [result for result in move(ready).results if result.values.get("changed")]


def test_a_note_does_not_outlive_what_it_is_about(ready: Site) -> None:
    cut_off(ready)
    deploy = ready.run_playbook("configmgr.site.deploy", variables={PREFIX + "site_system": TARGET, PREFIX + "mode": "online"})
    assert deploy.exit_code == 0 and NOTE not in properties(ready, TARGET)
    for action in ("hold_thread", "restart_thread"):
        ready.control.console(action, server="srv2", component="SMS_DMP_DOWNLOADER")
    ready.control.console(
        "set_property", name=NOTE, role="SMS Site System", server="srv2", value=1, value1=SOURCE, value2="PS1"
    )
    move(ready, wait_timeout=10, restart_timeout=10)
    assert ready.points() == [(TARGET, "online")], "a thread that does not run is no reason to go back"

    leave_note(ready, "ps1", TARGET)
    ready.control.console("hold_thread", server="srv2", component="SMS_DMP_DOWNLOADER", value=False)
    assert ready.run_playbook("configmgr.site.remove").exit_code == 0
    assert NOTE not in properties(ready, "ps1.corp.example")
    leave_note(ready, TARGET, SOURCE)
    assert ready.run_playbook("configmgr.site.remove").exit_code == 0
    refused(ready.play(to()).only, "no service connection point to move")


def test_a_new_move_is_the_only_one_that_is_remembered(ready: Site) -> None:
    leave_note(ready, "ps1", TARGET)
    noted = ready.play({MODULE: {"state": "move_due", "site_system": TARGET}}).only
    assert noted["changed"] and NOTE in properties(ready, TARGET) and NOTE not in properties(ready, "ps1.corp.example")


def test_an_installation_waits_for_the_server_that_a_move_has_left(make_site: Any) -> None:
    site: Site = make_site(role="srv1:offline", speed=60)
    site.control.console("add_site_system", server="srv2")
    site.play({MODULE: {"state": "absent", "wait": False}})
    leave_note(site, TARGET, SOURCE)
    assert site.play({MODULE: {"site_system": TARGET, "mode": "online"}}).only.outcome == "ok"
    assert [entry["what"] for entry in site.control.state()["history"]] == ["off the record", "gone", "on record", "works"]


def test_the_note_of_a_move_that_is_over_is_taken_away(ready: Site) -> None:
    ready.play({"configmgr.site.site_system": {"site_system": SOURCE}})
    ready.control.console(
        "set_property", name=NOTE, role="SMS Site System", server="srv1", value=0, value1=TARGET, value2="PS1"
    )
    task = to(SOURCE)
    planned, done, again = ready.play({**task, "check_mode": True}, task, task).results
    assert planned["changed"] and done["changed"] and not again["changed"]
    assert done["operation"] == "none" and "note of a move that is over" in done["msg"]
    assert ready.points() == [(SOURCE, "offline")]
