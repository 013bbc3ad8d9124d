# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Threads of SMS_EXECUTIVE, started, stopped and restarted by a playbook."""

from __future__ import annotations

from typing import Any

import pytest
from plays import Play, Result, Site, Task, refused

SERVER = "srv1.corp.example"
DOWNLOADER = "SMS_DMP_DOWNLOADER"
MODULE = "configmgr.site.component"


def thread(**options: Any) -> Task:
    return {"name": "the thread", MODULE: {"name": DOWNLOADER, **options}}


def restarted(**options: Any) -> Task:
    return thread(state="restarted", **options)


def on_server(site: Site, *tasks: Task, **more: Any) -> Play:
    return site.play(*tasks, **{"host": SERVER, **more})


def starts(site: Site) -> int:
    return site.starts(SERVER, DOWNLOADER)


def message(play: Play, *words: str) -> str:
    """The message of the one task, which failed and has all the words."""
    refused(play.only, *words)
    return play.only.message


def test_a_look_changes_nothing(role: Site) -> None:
    looked = on_server(role, thread(), arguments=("--diff",)).only
    assert not looked["changed"]
    assert looked["component"] == {"name": DOWNLOADER, "state": "running", "restarted_for": None, "restart_due": False}
    assert role.actions("the thread") == ["GetStringValue"] * 3


def test_it_is_stopped_and_started(role: Site) -> None:
    before = starts(role)
    stopped, started = on_server(role, thread(state="stopped"), thread(state="started")).results
    assert stopped["changed"] and stopped["component"]["state"] == "stopped"
    assert started["component"]["state"] == "running"
    assert starts(role) == before + 1
    assert not on_server(role, thread(state="started")).only["changed"]


def test_it_is_restarted_once_for_every_text(role: Site) -> None:
    before = starts(role)
    play = on_server(role, *(restarted(restarted_for=text) for text in ("one", "one", "two", "two", "one")))
    assert [result["changed"] for result in play.results] == [True, False, True, False, True]
    assert starts(role) == before + 3
    assert play.results[-1]["component"]["restarted_for"] == "one"
    assert "restarted SMS_DMP_DOWNLOADER for one" in play.results[-1].message


def test_it_is_restarted_every_time_without_a_text(role: Site) -> None:
    before = starts(role)
    assert all(result["changed"] for result in on_server(role, restarted(), restarted()).results)
    assert starts(role) == before + 2


def test_a_restart_that_is_noted_as_due_is_made_for_the_same_text(role: Site) -> None:
    before = starts(role)
    play = on_server(role, restarted(restarted_for="one"), thread(state="restart_due"), restarted(restarted_for="one"))
    assert [result["changed"] for result in play.results] == [True, True, True]
    assert starts(role) == before + 2
    assert not on_server(role, restarted(restarted_for="one")).only["changed"]


def test_a_text_is_noted_without_a_restart_where_none_is_needed(role: Site) -> None:
    before = starts(role)
    play = on_server(role, thread(state="started", restarted_for="one"), restarted(restarted_for="one"))
    assert [result["changed"] for result in play.results] == [True, False]
    assert starts(role) == before


def test_a_restart_without_a_text_leaves_unknown_what_it_was_for(role: Site) -> None:
    play = on_server(role, restarted(restarted_for="one"), restarted(), thread(), restarted(restarted_for="one"))
    assert [result["changed"] for result in play.results] == [True, True, False, True]
    assert play.results[2]["component"]["restarted_for"] is None and not play.results[2]["component"]["restart_due"]


def test_a_restart_by_somebody_else_in_the_moment_of_ours_does_not_cost_the_whole_timeout(role: Site) -> None:
    # After the request to stop: the thread runs again, and the request is gone.
    role.control.trigger("GetStringValue", nth=3, console={"action": "back_up_site"})
    result = on_server(role, restarted(restarted_for="one", wait_timeout=20)).only
    assert result["changed"] and result["component"]["state"] == "running"


def test_a_new_mode_takes_effect_with_the_restart(role: Site) -> None:
    role.control.console("set_mode", mode="offline")
    assert role.control.state()["service_connection_points"][0]["effective_mode"] == "online"
    on_server(role, restarted(restarted_for="offline"))
    assert role.control.state()["service_connection_points"][0]["effective_mode"] == "offline"


def test_check_mode_says_what_it_would_do_and_does_nothing(role: Site) -> None:
    before = starts(role)
    told = on_server(role, restarted(restarted_for="one"), arguments=("--check", "--diff")).only
    assert told["changed"] and "would restart" in told.message
    assert told["diff"] == {
        "before": {"name": DOWNLOADER, "state": "running", "restarted_for": None, "restart_due": False},
        "after": {"name": DOWNLOADER, "state": "running", "restarted_for": "one", "restart_due": False},
    }
    assert starts(role) == before
    assert set(role.actions("the thread")) == {"GetStringValue"}


def test_the_restart_is_visible(role: Site) -> None:
    stderr = on_server(role, restarted()).stderr
    assert f"[{SERVER}] {DOWNLOADER}: Running (" in stderr


@pytest.mark.parametrize(
    ("host", "words"),
    [
        (
            "ps1.corp.example",
            ["no thread SMS_DMP_DOWNLOADER", "Site PS1 has that component on srv1.corp.example: run the task there"],
        ),
        ("srv2.corp.example", ["no threads of SMS_EXECUTIVE at all", "service_connection_point_info"]),
    ],
)
def test_on_the_wrong_server_it_names_the_right_one(role: Site, host: str, words: list[str]) -> None:
    message(on_server(role, restarted(), host=host), *words)
    assert role.writes() == []


def test_a_thread_that_never_existed(role: Site) -> None:
    message(on_server(role, thread(name="SMS_DMP_DOWNLOADR")), "Did you mean SMS_DMP_DOWNLOADER?")
    message(on_server(role, thread(name="SMS_SOMETHING"), host="ps1.corp.example"), "no component of that name on any server")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"name": r"X\..\Y"}, ["name", "letters, digits and underscores"]),
        ({"name": ""}, ["name"]),
        ({"name": "SMS_EXECUTIVE"}, ["name", "configmgr.site.executive"]),
        ({"state": "query"}, ["state", "restart_due"]),
        ({"state": "stopped", "restarted_for": "x"}, ["restarted_for", "state restarted or started"]),
        ({"restarted_for": "x"}, ["restarted_for"]),
        ({"state": "restarted", "restarted_for": ""}, ["restarted_for", "1 to 255 characters"]),
        ({"state": "restarted", "wait_timeout": 9}, ["wait_timeout", "between 10", "looked at twice"]),
        ({"states": "started"}, ["unsupported option: states"]),
    ],
)
def test_wrong_options_cost_no_request(site: Site, options: dict[str, Any], words: list[str]) -> None:
    message(on_server(site, thread(**options)), *words)
    assert site.requests() == []


def test_the_service_must_run(role: Site) -> None:
    play = on_server(role, {"configmgr.site.executive": {"state": "stopped"}}, restarted())
    failed: Result = play.results[-1]
    assert failed.outcome == "failed" and "SMS_EXECUTIVE on this server is Stopped" in failed.message
    assert "configmgr.site.executive" in failed.message and not failed.values.get("changed")


def test_an_account_that_may_not_write_the_registry(role: Site) -> None:
    account = "CORP\\analyst"
    variables = {"ansible_user": account, "ansible_password": role.password(account)}
    play = on_server(role, restarted(), variables=variables, host="srv1.corp.example")
    assert play.only.outcome == "failed", play.stdout
    assert "access is denied" in play.only.message and "local administrator" in play.only.message
    assert starts(role) == 1


def test_a_thread_that_is_started_again_at_once_is_told_from_one_that_hangs(role: Site) -> None:
    role.control.console("keep_thread_running", server="srv1", component=DOWNLOADER)
    failed = on_server(role, thread(state="stopped", wait_timeout=10))
    assert "ends what it is doing" not in message(failed, "something starts it")
    assert failed.only["changed"] is True
