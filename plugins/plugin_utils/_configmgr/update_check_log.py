# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""What dmpdownloader.log says of a check for updates, judged by ``update_check_texts.yml``: pure functions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Literal

from .data_files import read_data_file
from .dotnet_errors import parts_of
from .log_tail import Entry

Verdict = Literal["manifest_updated", "failed"]


@dataclass(frozen=True)
class Problem:
    """A line by which a check has failed, and what it means."""

    line: str
    meaning: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.line} - {self.meaning} {self.remedy}"


@dataclass(frozen=True)
class Account:
    """What a log tells of a check."""

    verdict: Verdict | None
    """By the last line that decides; None where there is none."""
    problems: tuple[Problem, ...]
    """Each line once, in their order, as long as they are not settled by a success that came later."""
    entries: tuple[Entry, ...]
    """The records that matter."""
    begun: datetime | None
    ended: datetime | None
    """When the line came that decides."""
    has_contacted: bool
    """Whether the role has tried to reach the internet."""


def judge(entries: Sequence[Entry]) -> Account:
    """Make out of records what they tell, in the order of the log. A record whose time is not known is none of the check."""
    verdict: Verdict | None = None
    begun = ended = None
    failures: list[str] = []
    known = [entry for entry in entries if entry.time is not None]
    for entry in known:
        line = entry.record.message
        if begun is None and _has(line, "begun"):
            begun = entry.time
        if _has(line, "done"):
            verdict, ended, failures = "manifest_updated", entry.time, []
        elif _has(line, "failed") or _has(line, "aftermath"):
            verdict, ended = "failed", entry.time
            failures.append(line)
    explained = [line for line in failures if _has(line, "failed")] or failures
    return Account(
        verdict,
        tuple(_explain(line) for line in dict.fromkeys(explained)),
        tuple(entry for entry in known if _matters(entry)),
        begun,
        ended,
        any(_has(entry.record.message, "contact") for entry in known),
    )


def _explain(line: str) -> Problem:
    reason = next(reason for reason in _texts()["reasons"] if _contains(line, parts_of(reason)))
    return Problem(line.rstrip("~ "), reason["meaning"], reason["remedy"])


def _matters(entry: Entry) -> bool:
    line = entry.record.message
    return entry.record.severity != "information" or any(
        _has(line, kind) for kind in ("begun", "done", "failed", "aftermath", "contact", "notable")
    )


def _has(line: str, kind: str) -> bool:
    return _contains(line, _texts()[kind])


def _contains(line: str, parts: Iterable[str]) -> bool:
    return any(part.casefold() in line.casefold() for part in parts)


@cache
def _texts() -> Any:
    return read_data_file(__file__, "update_check_texts.yml")
