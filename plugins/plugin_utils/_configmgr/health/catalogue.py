# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""What can be said of a service connection point (``findings.yml``), and one such finding with its evidence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache

from ..data_files import read_data_file

FAULTS = ("critical", "warning")
SEVERITIES = (*FAULTS, "information")
"""Information is worth saying, and no fault."""
_MOST_SHOWN = 5
"""Pieces of evidence for one finding; what is more is counted."""


@dataclass(frozen=True)
class Advice:
    """An entry of the catalogue."""

    severity: str
    title: str
    remedy: str


@dataclass(frozen=True)
class HealthFinding:
    """Something that is wrong, or worth saying."""

    id: str
    where: str
    """The server that it is wrong on, or the site."""
    evidence: tuple[str, ...]
    own_remedy: str = ""
    """Where the catalogue has none."""
    words: Mapping[str, str] = field(default_factory=dict)
    """What stands for the places in the catalogue's remedy."""

    @property
    def severity(self) -> str:
        return catalogue()[self.id].severity

    @property
    def title(self) -> str:
        return catalogue()[self.id].title

    @property
    def remedy(self) -> str:
        """What to do."""
        return self.own_remedy or catalogue()[self.id].remedy.format_map(self.words)


@cache
def catalogue() -> Mapping[str, Advice]:
    """Every finding that there can be, in the order in which to put them right."""
    loaded = read_data_file(__file__, "findings.yml")
    return {name: Advice(entry["severity"], entry["title"], entry["remedy"]) for name, entry in loaded.items()}


def some(evidence: Iterable[str]) -> tuple[str, ...]:
    """The first pieces of evidence, each once, and how many more there are."""
    counted = Counter(evidence)
    lines = [text if number == 1 else f"{number} times, the last: {text}" for text, number in counted.items()]
    rest = len(lines) - _MOST_SHOWN
    return tuple(lines) if rest < 2 else (*lines[:_MOST_SHOWN], f"and {rest} more")


def moment(text: str | None) -> str:
    """A time in ISO 8601 as people read it, in UTC."""
    return text[:19].replace("T", " ") if text else "at an unknown time"
