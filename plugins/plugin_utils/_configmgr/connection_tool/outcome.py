# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""What came of a run of the service connection tool: a pure function of what it has left.

Its exit codes are not documented. So a run has failed if it ended with another code than 0, or if it has written of an error,
but for the one that Microsoft says to ignore.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..data_files import read_data_file
from ..dotnet_errors import parts_of
from .tool_log import ToolRecord

HANDED_IN = "Successfully Dropped the state message 4"
"""In the log of an import that has handed the manifest to the site ("Understand and troubleshoot Updates and Servicing")."""
_MOST_LINES = 3


@dataclass(frozen=True)
class Outcome:
    """What a run has left."""

    exit_code: int | None
    """None for a run that nobody could watch to its end."""
    records: tuple[ToolRecord, ...]
    """Of its log, and of what it has put out."""

    def has(self, text: str) -> bool:
        """Whether a record has this text."""
        return any(text.casefold() in record.message.casefold() for record in self.records)


@dataclass(frozen=True)
class Meaning:
    """What a line of the tool means."""

    parts: tuple[str, ...]
    meaning: str
    remedy: str
    ignored: bool


@dataclass(frozen=True)
class Verdict:
    """Whether a run has failed, and with which words."""

    failure: str = ""
    """Empty for a run that has not."""
    warnings: tuple[str, ...] = ()


def read_meanings() -> Sequence[Meaning]:
    """What lines mean (``failures.yml``)."""
    return [
        Meaning(tuple(parts_of(entry)), entry["meaning"], entry.get("remedy", ""), entry.get("ignored", False))
        for entry in read_data_file(__file__, "failures.yml")
    ]


def judge(outcome: Outcome, log: str, meanings: Sequence[Meaning]) -> Verdict:
    """Take a run for failed or not. ``log`` is the path of its log, for the sentences."""
    errors = list(dict.fromkeys(record.message for record in outcome.records if record.severity == "error"))
    known = {message: _meaning_of(message, meanings) for message in errors}
    real = [message for message in errors if not ((meaning := known[message]) and meaning.ignored)]
    warnings = [f"{message} ({meaning.meaning})" for message in errors if (meaning := known[message]) and meaning.ignored]
    warnings += list(dict.fromkeys(record.message for record in outcome.records if record.severity == "warning"))
    # What ends with the exception that is to be ignored ends with its code
    failed_silently = outcome.exit_code not in (0, None) and not errors
    if not real and not failed_silently:
        return Verdict(warnings=tuple(warnings))
    said = "; ".join(line.rstrip(".") for line in real[:_MOST_LINES]) or "nothing of an error"
    more = f" (and {len(real) - _MOST_LINES} more)" if len(real) > _MOST_LINES else ""
    code = "" if outcome.exit_code is None else f" (exit code {outcome.exit_code})"
    meaning = next((known[message] for message in real if known[message]), None)
    advice = f" That means: {meaning.meaning}. {meaning.remedy}" if meaning else f" Read {log}."
    return Verdict(f"failed{code}. {log} says: {said}{more}.{advice}", tuple(warnings))


def _meaning_of(message: str, meanings: Sequence[Meaning]) -> Meaning | None:
    words = message.casefold()
    return next((meaning for meaning in meanings if any(part.casefold() in words for part in meaning.parts)), None)
