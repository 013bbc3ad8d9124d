# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""All checks of one server, and the verdict."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from ..._wsman.client import WsmanClient
from ..errors import Refusal
from ..verdicts import STATUSES, Status, counted, fails, worst_of
from ..views import View
from .catalogue import Check, catalogue
from .checks import run
from .expected import Expected
from .facts import gather
from .findings import Finding


@dataclass(frozen=True)
class Entry:
    """A check and what it found."""

    check: Check
    finding: Finding


@dataclass(frozen=True)
class PrerequisitesReport:
    """The checks of one server, in the order of the catalogue."""

    entries: tuple[Entry, ...]

    @property
    def verdict(self) -> Status:
        """The worst that was found."""
        return worst_of([entry.finding.status for entry in self.entries])

    @property
    def summary(self) -> str:
        """How many checks came out how, in a sentence."""
        return counted([entry.finding.status for entry in self.entries])

    def fails_on(self, worst: str) -> bool:
        """Whether the verdict is this bad, one of `FAIL_ON`, or worse."""
        return fails(self.verdict, worst)

    def failure(self) -> Refusal:
        """What is told then: every check that did not pass, with its evidence and its remedy."""
        return Refusal("The server is not fit for the role: " + self.summary + ".\n" + "\n".join(self.table))

    @property
    def table(self) -> list[str]:
        """The checks as lines for people, the worst first, with the remedy below each that did not pass."""
        width = max(len(entry.check.id) for entry in self.entries)
        lines = [f"{'status':<7}  {'check':<{width}}  evidence"]
        for entry in sorted(self.entries, key=lambda entry: STATUSES.index(entry.finding.status)):
            lines.append(f"{entry.finding.status:<7}  {entry.check.id:<{width}}  {entry.finding.evidence}")
            if entry.finding.status in ("failed", "warning"):
                lines.append(f"{'':<7}  {'':<{width}}  -> {entry.check.remedy}")
        return lines


@dataclass(frozen=True)
class Weights:
    """What somebody makes of the checks, by their names."""

    warn: Collection[str] = ()
    """They do not fail, but warn."""
    require: Collection[str] = ()
    """They do not warn, but fail: what is not proven is not good enough. ``warn`` goes before."""
    skip: Collection[str] = ()
    """They are not run."""

    def weighed(self, name: str, finding: Finding) -> Finding:
        """A finding as it counts."""
        if finding.status == "failed" and name in self.warn:
            return Finding("warning", finding.evidence)
        if finding.status == "warning" and name in self.require and name not in self.warn:
            return Finding("failed", finding.evidence)
        return finding


def judge(client: WsmanClient, expected: Expected, weights: Weights) -> PrerequisitesReport:
    """Read what is needed and run every check."""
    facts = gather(client, expected.asked)
    entries = []
    for name, check in catalogue().items():
        is_left_out = name in weights.skip
        finding = Finding("skipped", "left out, as asked for") if is_left_out else run(name, facts, expected)
        entries.append(Entry(check, weights.weighed(name, finding)))
    return PrerequisitesReport(tuple(entries))


def view_entry(entry: Entry) -> View:
    """A check and what it found, as the module returns it."""
    return {
        "id": entry.check.id,
        "title": entry.check.title,
        "status": entry.finding.status,
        "evidence": entry.finding.evidence,
        "remedy": entry.check.remedy,
        "source": entry.check.source,
    }
