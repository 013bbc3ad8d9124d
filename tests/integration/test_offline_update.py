# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole circle for a site without internet, by the playbook and by the entry points of its role."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from dying import Death
from plays import Play, Site, refused
from programs import needs_curl, needs_samba

INTERNET, PROVIDER = "internet1.corp.example", "ps1.corp.example"
ROLE = "configmgr.site.service_connection_point_offline"
PREFIX = "service_connection_point_offline_"
UPDATE = "Configuration Manager 2509"
WORKSPACE = r"C:\ProgramData\configmgr.site\offline"
pytestmark = [needs_curl, needs_samba]


@pytest.fixture
def offline(make_site: Callable[..., Site]) -> Site:
    return make_site("offline")


def variables(directory: Path, **others: Any) -> dict[str, Any]:
    named = {"directory": str(directory), "internet_computer": INTERNET, **others}
    return {PREFIX + name: value for name, value in named.items()}


def update(site: Site, directory: Path, *arguments: str, **others: Any) -> Play:
    return site.run_playbook("configmgr.site.offline_update", *arguments, variables=variables(directory, **others))


def step(site: Site, name: str, host: str, directory: Path) -> Play:
    """One of the three plays of a circle whose directory is carried."""
    included = {"name": "do it", "ansible.builtin.include_role": {"name": ROLE, "tasks_from": name}}
    return site.play(included, host=host, variables={PREFIX + "directory": str(directory)})


def shown(play: Play) -> list[str]:
    assert play.exit_code == 0, play.stdout + play.stderr
    lines: list[str] = play.results[-1]["msg"]
    return lines


def changes(play: Play) -> list[str]:
    return [result.task for result in play.results if result.values.get("changed")]


def test_check_mode_shows_the_plan_and_touches_nothing(offline: Site, tmp_path: Path) -> None:
    play = update(offline, tmp_path / "offline", "--check")
    assert play.exit_code == 0, play.stdout
    assert "prepare on srv1.corp.example: usage data is written" in play.stdout
    assert changes(play) == [] and offline.writes() == []
    assert not (tmp_path / "offline").exists()


def test_the_circle_again_and_again(offline: Site, tmp_path: Path) -> None:
    directory = tmp_path / "offline"
    first = shown(update(offline, directory))
    assert first[0].startswith("imported: ") and first[1].startswith("by SMB to ") and first[2] == f"ready to install: {UPDATE}"
    # Usage data tells of the hierarchy
    assert {path.stat().st_mode & 0o077 for path in (directory, *directory.rglob("*"))} == {0}

    again = update(offline, directory)
    assert "nothing new" in shown(again)[0] and changes(again) == []

    offline.control.console("publish_update", name="Configuration Manager 2603", full_version="5.00.9150.1000")
    third = update(offline, directory, max_age=0)
    assert shown(third)[0].startswith("imported: ") and "Configuration Manager 2603" in shown(third)[2]


@pytest.mark.exhaustive
@pytest.mark.parametrize("k", [14, 34, 54])
def test_a_rerun_goes_on_where_a_controller_has_died(
    offline: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, k: int
) -> None:
    death = Death(offline, k)
    with monkeypatch.context() as patch:
        patch.setattr(offline.lab.requests, "before", death.before)
        death.process = offline.start_playbook("configmgr.site.offline_update", variables=variables(tmp_path / "offline"))
        death.process.output(timeout=120)
    assert death.has_come, "the run was over before"
    again = update(offline, tmp_path / "offline")
    assert f"ready to install: {UPDATE}" in shown(again), again.stdout
    assert changes(update(offline, tmp_path / "offline")) == []


def test_in_three_plays_with_a_directory_that_is_carried(offline: Site, tmp_path: Path) -> None:
    inside, outside = tmp_path / "inside", tmp_path / "outside"
    assert step(offline, "prepare", PROVIDER, inside).exit_code == 0
    label = json.loads((inside / "site.json").read_text())
    assert (label["site_code"], label["site_server"]) == ("PS1", PROVIDER)
    shutil.copytree(inside, outside)
    assert step(offline, "connect", INTERNET, outside).exit_code == 0
    shutil.rmtree(inside)
    shutil.copytree(outside, inside)
    assert step(offline, "import", PROVIDER, inside).exit_code == 0
    known = step(offline, "import", PROVIDER, inside).results[-1]["ansible_facts"][f"{PREFIX}result"]
    assert known["ready_to_install"] == [UPDATE] and known["imported"] is False
    # Each of them again
    assert changes(step(offline, "import", PROVIDER, inside)) == []
    assert changes(step(offline, "connect", INTERNET, outside)) == []


def test_what_cannot_be_done_is_refused_before_anything_is(offline: Site, tmp_path: Path) -> None:
    directory = tmp_path / "offline"
    refused(step(offline, "connect", INTERNET, directory).results[-1], "has no site.json", "Prepare first")
    refused(step(offline, "import", PROVIDER, directory).results[-1], "has no site.json")
    refused(update(offline, directory, internet_computer="nobody").results[-1], "The inventory has no host nobody")
    refused(update(offline, directory, internet_computr="x").results[-1], "internet_computr")
    directory.mkdir()
    (directory / "site.json").write_text(json.dumps({"site_code": "XYZ", "site_server": "xyz.other.example"}))
    refused(step(offline, "import", PROVIDER, directory).results[-1], "downloaded for site XYZ", "this is PS1")
    offline.control.console("set_mode", mode="online")
    refused(update(offline, directory).results[-1], "is online, and Microsoft asks for an offline one", "set_mode")
    assert offline.writes() == []


def test_a_relative_directory_is_below_the_one_that_ansible_is_started_in(
    offline: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(offline, "environment", {"PWD": str(tmp_path)})
    assert step(offline, "prepare", PROVIDER, Path("carried")).exit_code == 0
    assert (tmp_path / "carried" / "site.json").is_file() and (tmp_path / "carried" / "UsageData.cab").is_file()


def test_a_package_that_was_damaged_on_the_way_is_brought_again(offline: Site, tmp_path: Path) -> None:
    directory = tmp_path / "offline"
    update(offline, directory)
    (package,) = (directory / "UpdatePacks").glob("*-*.cab")
    name = rf"{WORKSPACE}\UpdatePacks\{package.name}"
    offline.control.console("damage_file", server="srv1", path=name)
    again = update(offline, directory)
    assert changes(again), again.stdout + again.stderr
    assert offline.lab.hierarchy.servers["srv1.corp.example"].files.read_bytes(name) == package.read_bytes()
