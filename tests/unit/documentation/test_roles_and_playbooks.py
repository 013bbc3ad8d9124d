# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a role says of its variables is what it does, and what there is can be found in the documentation."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[3]
ROLES = sorted(path.name for path in (ROOT / "roles").iterdir())
PLAYBOOKS = sorted(path.stem for path in (ROOT / "playbooks").glob("*.yml"))


MOVE, MAIN = "service_connection_point_move", "service_connection_point"


def load(path: str) -> Any:
    return yaml.safe_load((ROOT / path).read_text())


def specifications(role: str) -> dict[str, Any]:
    found: dict[str, Any] = load(f"roles/{role}/meta/argument_specs.yml")["argument_specs"]
    return found


@pytest.mark.parametrize("role", ROLES)
def test_defaults_and_specification_agree(role: str) -> None:
    defaults = load(f"roles/{role}/defaults/main.yml")
    for entry, specification in specifications(role).items():
        for name, option in specification["options"].items():
            assert option.get("default") == defaults.get(name), f"{entry}: {name}"
    assert set(defaults) <= set(specifications(role)["main"]["options"])


def test_the_move_takes_the_variables_of_the_role_behind_it() -> None:
    taken, behind = (specifications(role)["main"]["options"] for role in (MOVE, MAIN))
    without_defaults = {
        name: {key: value for key, value in option.items() if key != "default"} for name, option in behind.items()
    }
    assert taken == {name: option for name, option in without_defaults.items() if name not in (f"{MAIN}_state", MOVE)}


@pytest.mark.parametrize("role", ROLES)
def test_every_entry_point_is_specified_and_takes_variables_of_the_role(role: str) -> None:
    entries = {path.stem for path in (ROOT / f"roles/{role}/tasks").glob("*.yml")}
    assert entries == set(specifications(role))
    known = specifications(role)["main"]["options"]
    for entry, specification in specifications(role).items():
        assert set(specification["options"]) <= set(known), entry
        used = set(re.findall(rf"(?<![_a-z]){role}_[a-z_]+", (ROOT / f"roles/{role}/tasks/{entry}.yml").read_text()))
        assert used & set(known) <= set(specification["options"]), entry


@pytest.mark.parametrize("role", ROLES)
def test_every_variable_stands_in_the_readme_with_its_default(role: str) -> None:
    # The variables of the move are those of the role behind it.
    text = (ROOT / f"roles/{MAIN if role == MOVE else role}/README.md").read_text()
    for name, option in specifications(role)["main"]["options"].items():
        (row,) = re.findall(rf"^\| `{name}` \| ([^|]*)\|", text, re.MULTILINE)
        if "default" in option:
            default = option["default"]
            shown = str(default).lower() if isinstance(default, bool) else default
            assert row.strip() == f"`{shown}`", name


@pytest.mark.parametrize("playbook", PLAYBOOKS)
def test_every_playbook_stands_in_the_readme(playbook: str) -> None:
    assert f"| `configmgr.site.{playbook}` |" in (ROOT / "README.md").read_text()


def test_the_changelog_names_what_there_is() -> None:
    fragment = load("changelogs/fragments/0.1.0.yml")
    assert [entry["name"] for entry in fragment["add object.role"]] == ROLES
    assert [entry["name"] for entry in fragment["add object.playbook"]] == PLAYBOOKS


def test_every_check_stands_in_the_readme() -> None:
    catalogue = load("plugins/plugin_utils/_configmgr/prerequisites/catalogue.yml")
    rows = [line for line in (ROOT / "README.md").read_text().splitlines() if line.startswith("| `")]
    assert [name for name in catalogue if not any(f"`{name}`" in row for row in rows)] == []


def test_the_features_are_the_same_wherever_they_are_named() -> None:
    features = list(load("plugins/plugin_utils/_configmgr/internet/features.yml"))
    options = specifications("service_connection_point_health")["main"]["options"]
    assert options["service_connection_point_health_features"]["choices"] == features
    documented = (ROOT / "plugins/modules/internet_access.py").read_text()
    assert [name for name in features if f"V({name})" not in documented] == []
