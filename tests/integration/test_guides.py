# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The guides in docs/docsite: the plays that they show run, and what else they show is there."""

from __future__ import annotations

import json
import re
import subprocess
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from plays import Site

ROOT = Path(__file__).parents[2]
GUIDES = sorted((ROOT / "docs/docsite/rst").glob("*.rst"))
_BLOCK = re.compile(r"^\.\. code-block:: (\w+)\n\n((?:(?:   .*)?\n)+)", re.MULTILINE)
WITH_FILES = "disconnected_sites"
"""What it shows takes files on two computers; tests of its modules and of its playbook run that."""


def blocks(language: str) -> Iterator[tuple[str, str]]:
    """Every block of code in a language, and the guide that it is in."""
    for guide in GUIDES:
        for match in _BLOCK.finditer(guide.read_text(encoding="utf-8")):
            if match[1] == language:
                yield guide.stem, textwrap.dedent(match[2])


YAML = [(guide, yaml.safe_load(text)) for guide, text in blocks("yaml")]
PLAYS = [(guide, content) for guide, content in YAML if isinstance(content, list) and guide != WITH_FILES]
VARIABLES = [(guide, content) for guide, content in YAML if isinstance(content, dict)]


@pytest.mark.parametrize(("guide", "plays"), PLAYS, ids=[f"{guide} {number}" for number, (guide, _plays) in enumerate(PLAYS)])
def test_a_play_runs(role: Site, tmp_path: Path, guide: str, plays: list[dict[str, Any]]) -> None:
    playbook = tmp_path / "guide.yml"
    playbook.write_text(yaml.safe_dump(plays))
    play = role.run_playbook(str(playbook))
    assert play.exit_code == 0, play.stdout + play.stderr
    # Those of roles come on top
    assert len(play.results) >= sum(len(each.get("tasks", ())) for each in plays)


def test_the_variables_of_connections_are_known_to_them() -> None:
    shown = {name for _guide, content in VARIABLES for name in re.findall(r"\bansible_\w+(?=:)", yaml.safe_dump(content))}
    assert len(shown) > 10
    known = {"ansible_connection"}
    for plugin in ("winrm", "psrp"):
        command = ("ansible-doc", "--json", "--type", "connection", f"ansible.builtin.{plugin}")
        documented = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
        options = documented[f"ansible.builtin.{plugin}"]["doc"]["options"]
        known |= {variable["name"] for option in options.values() for variable in option.get("vars", ())}
    # winrm takes what pywinrm's Protocol does, by its name, and documents only what it looks at itself
    assert shown - known <= {
        "ansible_winrm_ca_trust_path",
        "ansible_winrm_kerberos_delegation",
        "ansible_winrm_cert_pem",
        "ansible_winrm_cert_key_pem",
        "ansible_winrm_proxy",
    }


def test_the_commands_name_playbooks_and_variables_that_are_there() -> None:
    playbooks = {path.stem for path in (ROOT / "playbooks").glob("*.yml")}
    variables = " ".join(path.read_text() for path in (ROOT / "roles").glob("*/meta/argument_specs.yml"))
    commands = [text for _guide, text in blocks("shell")]
    assert {name for text in commands for name in re.findall(r"configmgr\.site\.(\w+)", text)} <= playbooks | {
        "connection_info"
    }
    for name in {name for text in commands for name in re.findall(r"-e (\w+)=", text)}:
        assert f"{name}:" in variables, name


def test_every_module_has_its_rights_and_its_check_mode() -> None:
    modules = {path.stem for path in (ROOT / "plugins/modules").glob("*.py")}
    for guide in ("rights", "check_mode"):
        table = (ROOT / f"docs/docsite/rst/{guide}.rst").read_text(encoding="utf-8").partition("Module by module")[2]
        named = [
            name
            for cell in re.findall(r"^   \* - ((?:.|\n       )+)", table, re.MULTILINE)
            for name in re.findall(r"``(\w+)``", cell)
        ]
        assert sorted(named) == sorted(modules), guide
