# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""What a probe has found, and all of them as a report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from .._configmgr.data_files import read_data_file
from .._configmgr.verdicts import Status


@dataclass(frozen=True)
class Entry:
    """What the catalogue says of a probe."""

    title: str
    remedy: str


@dataclass(frozen=True)
class Finding:
    """What one probe has found."""

    probe: str
    status: Status
    evidence: str
    remedy: str = ""
    """What to do; that of the catalogue where nothing more precise is known. Empty for what is in order."""


@cache
def catalogue() -> Mapping[str, Entry]:
    """Every probe by its name, in their order."""
    return {name: Entry(**entry) for name, entry in read_data_file(__file__, "probes.yml").items()}


def passed(probe: str, evidence: str) -> Finding:
    return Finding(probe, "passed", evidence)


def skipped(probe: str, reason: str) -> Finding:
    return Finding(probe, "skipped", reason)


def failed(probe: str, evidence: str, remedy: str = "") -> Finding:
    return Finding(probe, "failed", evidence, remedy or catalogue()[probe].remedy)


def warned(probe: str, evidence: str, remedy: str = "") -> Finding:
    return Finding(probe, "warning", evidence, remedy or catalogue()[probe].remedy)


def table_of(findings: Sequence[Finding]) -> list[str]:
    """The probes as lines for people, in their order, with the remedy below each that has something to say."""
    width = max(map(len, catalogue()))
    lines = [f"{'status':<7}  {'probe':<{width}}  evidence"]
    for finding in findings:
        lines.append(f"{finding.status:<7}  {finding.probe:<{width}}  {finding.evidence}")
        if finding.remedy:
            lines.append(f"{'':<7}  {'':<{width}}  -> {finding.remedy}")
    return lines
