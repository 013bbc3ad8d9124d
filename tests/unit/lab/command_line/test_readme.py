# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lab's page has every command, option and topology, and everything that another administrator can do."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from lab.__main__ import main
from lab.hierarchy import topology as topologies
from lab.lab import Lab
from unit.lab.command_line.processes import TESTS

README = (TESTS / "lab" / "README.md").read_text(encoding="utf-8")


def test_it_has_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    commands = re.findall(r"^  python -m lab (\w+) ", _help(capsys), re.MULTILINE)
    assert {"serve", "run", "start", "stop"} <= set(commands)
    assert [name for name in commands if f"lab {name}" not in README and f"`{name}`" not in README] == []


@pytest.mark.parametrize("command", ["serve", "run", "start"])
def test_it_has_every_option(capsys: pytest.CaptureFixture[str], command: str) -> None:
    options = set(re.findall(r"--[a-z-]+", _help(capsys, command).partition("quirks, each")[0])) - {"--help"}
    assert "--directory" in options
    assert [name for name in options if not re.search(f"`{name}[ `]", README)] == []


def test_it_has_every_action_of_another_administrator(tmp_path: Path) -> None:
    with Lab(topologies.load("standalone"), tmp_path) as lab, pytest.raises(ValueError, match="no action 'dance'") as caught:
        lab.console.perform({"action": "dance"})
    actions = str(caught.value).partition("there are ")[2].split(", ")
    assert "add_role" in actions
    assert [name for name in actions if f"`{name}`" not in README] == []


def test_it_has_every_topology() -> None:
    assert [name for name in topologies.available() if f"`{name}`" not in README] == []


def _help(capsys: pytest.CaptureFixture[str], *command: str) -> str:
    with pytest.raises(SystemExit):
        main([*command, "--help"])
    return capsys.readouterr().out
