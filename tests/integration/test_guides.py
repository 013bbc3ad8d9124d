# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The plays that the guides in docs/docsite show run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from guides import blocks
from plays import Site

WITH_FILES = "disconnected_sites"
"""What it shows takes files on two computers; tests of its modules and of its playbook run that."""


YAML = [(guide, yaml.safe_load(text)) for guide, text in blocks("yaml")]
PLAYS = [(guide, content) for guide, content in YAML if isinstance(content, list) and guide != WITH_FILES]


@pytest.mark.parametrize(("guide", "plays"), PLAYS, ids=[f"{guide} {number}" for number, (guide, _plays) in enumerate(PLAYS)])
def test_a_play_runs(role: Site, tmp_path: Path, guide: str, plays: list[dict[str, Any]]) -> None:
    playbook = tmp_path / "guide.yml"
    playbook.write_text(yaml.safe_dump(plays))
    play = role.run_playbook(str(playbook))
    assert play.exit_code == 0, play.stdout + play.stderr
    # Those of roles come on top
    assert len(play.results) >= sum(len(each.get("tasks", ())) for each in plays)
