# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The guides of the documentation, and what tests find in them."""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

GUIDES = Path(__file__).parents[1] / "docs/docsite/rst"
_BLOCK = re.compile(r"^( *)\.\. code-block:: yaml\n\n((?:\1   .*\n|\n)+)", re.MULTILINE)
_RIGHTS = re.compile(r"^   \* - :ansplugin:`configmgr\.site\.(\w+)#module`\n     - (.*)\n     - (.*)\n", re.MULTILINE)


@dataclass(frozen=True)
class Example:
    """A block of YAML in a guide."""

    guide: str
    number: int
    content: Any

    def __str__(self) -> str:
        return f"{self.guide}-{self.number}"

    @property
    def is_playbook(self) -> bool:
        return isinstance(self.content, list) and all("hosts" in play for play in self.content)


def examples_of_guides() -> list[Example]:
    """All of them, in the order of the guides."""
    return [
        Example(path.stem, number, yaml.safe_load(textwrap.dedent(match[2])))
        for path in sorted(GUIDES.glob("*.rst"))
        for number, match in enumerate(_BLOCK.finditer(path.read_text(encoding="utf-8")), 1)
    ]


def what_modules_ask() -> dict[str, set[str]]:
    """By module, the gates that the guide on rights says it has to pass."""
    text = (GUIDES / "rights.rst").read_text(encoding="utf-8")
    return {module: set(asks.replace("`", "").split(", ")) - {"nothing"} for module, _place, asks in _RIGHTS.findall(text)}
