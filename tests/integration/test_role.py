# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The role service_connection_point: from whatever state the site is in to the wanted one, in effect."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import yaml
from plays import Play, Site, Task

SERVER = "srv1.corp.example"
PREFIX = "service_connection_point_"
DOWNLOADER = "SMS_DMP_DOWNLOADER"
RESTART = "Restart the thread if that is due"


def wanted(**variables: Any) -> Task:
    """The role with these variables, without their prefix."""
    name = "configmgr.site.service_connection_point"
    return {"ansible.builtin.include_role": {"name": name}, "vars": {PREFIX + key: value for key, value in variables.items()}}


ONLINE = wanted(site_system=SERVER, mode="online")
OFFLINE = wanted(site_system=SERVER, mode="offline")


def ran(play: Play) -> Play:
    assert play.exit_code == 0, play.stdout + play.stderr
    return play


def changes(play: Play) -> list[str]:
    """What was changed, task by task."""
    return [result.task.partition(" : ")[2] for result in ran(play).results if result.values.get("changed")]


def point(site: Site) -> tuple[str, str, str]:
    """Server, mode on record and mode in effect of the service connection point."""
    (found,) = site.control.state()["service_connection_points"]
    return found["server"], found["mode"], found["effective_mode"]


def starts(site: Site) -> int:
    return site.starts(SERVER, DOWNLOADER)


def shown(play: Play) -> str:
    """The proof at the end."""
    return "\n".join(play.results[-1]["msg"])


def test_it_is_installed_and_needs_no_restart(site: Site) -> None:
    first = site.play(ONLINE)
    assert changes(first) == ["Have it as wanted", RESTART]
    assert point(site) == (SERVER, "online", "online") and starts(site) == 1
    proof = shown(first)
    assert "change: installed" in proof and "needs no restart" in proof and "last restarted for: online" in proof
    assert f"{SERVER} (site PS1), online, works" in proof
    assert f"\n{DOWNLOADER} started since 2" in proof
    assert changes(site.play(ONLINE)) == []
    assert starts(site) == 1


@pytest.mark.parametrize("restart", ["thread", "service"])
def test_a_new_mode_is_put_into_effect(role: Site, restart: str) -> None:
    change = wanted(mode="offline", restart=restart)
    assert "Have it as wanted" in changes(role.play(change))
    assert point(role) == (SERVER, "offline", "offline") and starts(role) == 2
    assert changes(role.play(change)) == []
    other = {"thread": "service", "service": "thread"}[restart]
    assert changes(role.play(wanted(mode="offline", restart=other))) == [], "it was restarted for that mode, whatever way"
    assert starts(role) == 2
    uploader = role.control.state()["servers"][SERVER]["threads"]["SMS_DMP_UPLOADER"]["starts"]
    assert uploader == (1 if restart == "thread" else 2)


def test_what_is_not_known_to_be_in_effect_is_restarted_once(role: Site) -> None:
    assert changes(role.play(ONLINE)) == [RESTART]
    assert changes(role.play(ONLINE)) == []
    assert starts(role) == 2


def test_a_mode_that_a_person_has_changed_is_put_into_effect(role: Site) -> None:
    role.play(ONLINE)
    role.control.console("set_mode", mode="offline")
    assert changes(role.play(OFFLINE)) == [RESTART]
    assert point(role) == (SERVER, "offline", "offline")


def test_a_mode_that_a_person_has_changed_and_put_into_effect_is_changed_back(role: Site) -> None:
    role.play(ONLINE)
    role.control.console("set_mode", mode="offline")
    role.control.console("restart_thread", server="srv1", component=DOWNLOADER)
    assert point(role) == (SERVER, "offline", "offline")
    role.play(ONLINE)
    assert point(role) == (SERVER, "online", "online")


def test_a_restart_by_hand_or_by_a_backup_is_no_reason_for_another(role: Site) -> None:
    role.play(ONLINE)
    role.control.console("restart_thread", server="srv1", component=DOWNLOADER)
    role.control.console("back_up_site")
    before = starts(role)
    assert before == 4
    assert changes(role.play(ONLINE)) == []
    assert starts(role) == before


@pytest.mark.exhaustive
def test_ten_flips_are_ten_restarts(make_site: Callable[..., Site]) -> None:
    role = make_site(role="srv1:online")
    role.play(ONLINE)
    before = starts(role)
    flips = [OFFLINE, ONLINE] * 5
    ran(role.play(*flips))
    assert starts(role) == before + 10
    assert point(role) == (SERVER, "online", "online")


def console(site: Site, mode: str, *, restarts: bool = False) -> None:
    """Another administrator changes the mode, and restarts the thread, or forgets to."""
    site.control.console("set_mode", mode=mode)
    if restarts:
        site.control.console("restart_thread", server="srv1", component=DOWNLOADER)


def test_a_note_does_not_outlive_the_role(role: Site) -> None:
    role.play(ONLINE, wanted(state="absent"))
    role.control.console("add_role", server="srv1", mode="offline")
    role.control.wait_until(lambda state: DOWNLOADER in state["servers"][SERVER]["threads"])
    console(role, "online")
    role.play(ONLINE)
    assert point(role) == (SERVER, "online", "online")


def test_threads_that_remain_of_a_role_that_was_just_removed_get_the_new_mode(make_site: Any) -> None:
    # The site takes a while to remove them, within which this run is ready
    site = make_site(role="srv1:online", speed=20)
    site.control.console("remove_role", server="srv1")
    assert RESTART in changes(site.play(OFFLINE))
    assert point(site) == (SERVER, "offline", "offline")


def test_a_note_is_true_of_the_restart_that_the_console_asks_for(role: Site) -> None:
    role.play(ONLINE)
    console(role, "offline")
    assert role.run_playbook("configmgr.site.restart").exit_code == 0
    before = starts(role)
    assert changes(role.play(OFFLINE)) == [] and starts(role) == before, "it was restarted for that mode already"
    console(role, "online")
    role.play(ONLINE)
    assert point(role) == (SERVER, "online", "online")


def test_a_mode_that_is_changed_while_the_role_runs_is_put_into_effect(role: Site) -> None:
    role.play(ONLINE)
    # Behind the back of a plan that found nothing to do: flipped, put into effect, and so changed back without a note.
    restart = {"action": "restart_thread", "server": "srv1", "component": DOWNLOADER}
    for action in ({"action": "set_mode", "mode": "offline"}, restart):
        role.control.trigger("Enumerate", detail_contains="SMS Dmp Connector", nth=2, console=action)
    play = role.play(ONLINE)
    assert point(role) == (SERVER, "online", "online"), play.stdout


@pytest.mark.every_ansible
def test_a_proof_that_fails_says_so(role: Site) -> None:
    role.play(ONLINE)
    flip = {"action": "set_mode", "mode": "offline"}
    role.control.trigger("Enumerate", detail_contains="SMS Dmp Connector", nth=3, console=flip)
    play = role.play(ONLINE)
    assert play.exit_code != 0 and "Somebody else has changed" in str(play.results[-1]["msg"]), play.stdout


@pytest.mark.parametrize("restart", ["thread", "service"])
def test_what_a_run_has_left_stopped_is_started_by_the_next(role: Site, restart: str) -> None:
    role.play(OFFLINE)
    module = "configmgr.site.component" if restart == "thread" else "configmgr.site.executive"
    options = {"name": DOWNLOADER, "state": "stopped"} if restart == "thread" else {"state": "stopped"}
    role.play({module: options}, host=SERVER)
    ran(role.play(wanted(mode="offline", restart=restart, wait_timeout=20)))
    assert role.control.state()["servers"][SERVER]["threads"][DOWNLOADER]["state"] == "Running"
    assert changes(role.play(wanted(mode="offline", restart=restart))) == []


def test_a_thread_that_is_restarted_for_another_reason_does_not_keep_the_service_restarting(role: Site) -> None:
    uploader = {"configmgr.site.component": {"name": "SMS_DMP_UPLOADER", "state": "restarted", "restarted_for": "v1"}}
    tasks = (wanted(mode="offline", restart="service"), {**uploader, "delegate_to": SERVER})
    ran(role.play(*tasks))
    before = starts(role)
    assert changes(role.play(*tasks)) == [] and starts(role) == before


def test_the_mode_of_a_role_that_is_still_being_installed_is_not_changed_yet(make_site: Any) -> None:
    site: Site = make_site(speed=1)
    site.control.console("add_role", server="srv1", mode="online")
    failed = site.play(OFFLINE).results[-1]
    assert failed.outcome == "failed" and "still being installed on srv1.corp.example" in failed.message
    assert site.points() == [(SERVER, "online")]


def test_check_mode_on_a_fresh_site(site: Site) -> None:
    play = site.play(ONLINE, arguments=("--check", "--diff"))
    assert changes(play) == ["Have it as wanted"]
    assert "change: would install" in shown(play)
    assert site.writes() == [] and site.points() == []


@pytest.mark.every_ansible
def test_check_mode_on_a_finished_site(role: Site) -> None:
    role.play(ONLINE)
    before = starts(role)
    assert changes(role.play(ONLINE, arguments=("--check",))) == []
    play = role.play(OFFLINE, arguments=("--check", "--diff"))
    assert changes(play) == ["Note that a restart will be due", "Have it as wanted", RESTART]
    assert "restart: would restart SMS_DMP_DOWNLOADER for offline" in shown(play)
    assert point(role) == (SERVER, "online", "online") and starts(role) == before


def test_a_second_run_keeps_the_budget(role: Site) -> None:
    role.play(ONLINE)
    earlier, tasks = len(role.requests()), len(role.control.requests())
    play = role.play(ONLINE)
    assert changes(play) == []
    assert len(role.requests()) - earlier <= 30
    assert len(role.control.requests()) - tasks <= 12


def test_it_is_removed(role: Site) -> None:
    play = role.play(wanted(state="absent"))
    assert "change: removed" in shown(play) and "there is no service connection point" in shown(play)
    assert role.points() == []
    assert changes(role.play(wanted(state="absent"))) == []


def test_the_role_of_a_hierarchy(make_site: Any) -> None:
    site: Site = make_site("hierarchy")
    ran(site.play(ONLINE))
    assert point(site) == (SERVER, "online", "online")
    ran(site.play(wanted(mode="offline", site_code="CAS")))
    assert point(site) == (SERVER, "offline", "offline")


@pytest.mark.parametrize("restart", ["thread", "service"])
def test_components_that_run_on_the_site_server(make_site: Any, restart: str) -> None:
    site: Site = make_site(downloader_thread="site_server")
    ran(site.play(ONLINE, wanted(mode="offline", restart=restart), wanted(mode="offline", restart=restart)))
    assert point(site) == (SERVER, "offline", "offline")
    assert site.control.state()["servers"]["ps1.corp.example"]["threads"][DOWNLOADER]["starts"] == 2
    ran(site.run_playbook("configmgr.site.check"))
    ran(site.play(wanted(state="absent")))


def test_the_role_on_the_site_server_itself(site: Site) -> None:
    there = {"site_system": "ps1.corp.example"}
    ran(site.play(wanted(mode="online", **there), wanted(mode="offline", **there)))
    assert point(site) == ("ps1.corp.example", "offline", "offline")


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        ({"mod": "online"}, ["no variable service_connection_point_mod", "service_connection_point_mode"]),
        ({"state": "absent", "mode": "online"}, ["absent has no mode"]),
        ({"mode": "onlin"}, ["service_connection_point_mode", "online, offline"]),
        ({"mode": "offline", "restart_timeout": 9}, ["service_connection_point_restart_timeout", "10 seconds"]),
        ({"mode": "offline", "wait_timeout": "soon"}, ["service_connection_point_wait_timeout"]),
        ({"mode": "offline", "restart": "both"}, ["service_connection_point_restart", "thread, service"]),
    ],
)
def test_wrong_variables_cost_no_request(role: Site, variables: dict[str, Any], words: list[str]) -> None:
    play = role.play(wanted(**variables))
    failed = play.results[-1]
    assert failed.outcome == "failed", play.stdout
    said = str(failed.values)
    assert all(word in said for word in words), said
    assert role.requests() == []


def test_a_server_that_the_inventory_does_not_have_is_said_before_anything_is_changed(role: Site) -> None:
    inventory = role.lab.directory / "one.yml"
    inventory.write_text(role.lab.inventory_file.read_text().replace(SERVER, "other.corp.example"))
    play = role.play(OFFLINE, arguments=("--inventory", str(inventory)))
    failed = play.results[-1]
    assert failed.outcome == "failed" and f"{SERVER} is not in the inventory" in failed.message, play.stdout
    assert "service_connection_point_restart_host" in failed.message
    assert role.writes() == []
    ran(role.play(wanted(mode="offline", restart_host="other.corp.example"), arguments=("--inventory", str(inventory))))
    assert point(role) == (SERVER, "offline", "offline")


@pytest.mark.every_ansible
@pytest.mark.parametrize(("name", "address"), [("SRV1.Corp.Example", "127.0.0.1"), ("dmp01", SERVER)])
def test_the_host_is_found_by_its_name_in_any_letter_case_and_by_its_address(role: Site, name: str, address: str) -> None:
    content = yaml.safe_load(role.lab.inventory_file.read_text().replace(SERVER, name))
    content["all"]["children"]["servers"]["hosts"][name]["ansible_host"] = address
    inventory = role.lab.directory / "other.yml"
    inventory.write_text(yaml.safe_dump(content))
    # No name of the lab's can be resolved here, so what counts is to whom the restart is delegated.
    assert f"-> {name}" in role.play(OFFLINE, arguments=("--inventory", str(inventory))).stdout
