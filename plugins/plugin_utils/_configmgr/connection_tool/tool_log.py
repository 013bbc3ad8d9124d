# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""The log of the service connection tool, and what of it is shown while it runs.

Microsoft shows lines such as ``INFO:Downloaded Payload ... size = 967280807``, and neither whether they come with a time nor
in which format. So a line may be plain, or a record in one of the formats of Configuration Manager's logs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..._windows.transfer.progress import in_words
from ..data_files import read_data_file
from ..log_records import parse_log

_LEVEL = re.compile(r"\b(INFO|WARN(?:ING)?|ERROR)\s*:\s*")
_SEVERITIES = {"INFO": "information", "WARN": "warning", "WARNING": "warning", "ERROR": "error"}
_UNHANDLED = "Unhandled Exception:"
_IN_CMTRACE, _IN_LEGACY = "<![LOG[", "$$<"


@dataclass(frozen=True)
class ToolRecord:
    """One line of the log, or of what the tool has put out."""

    message: str
    severity: str = "information"


def parse_tool_log(text: str) -> Iterator[ToolRecord]:
    """The records of the log, in its order; a line without a level belongs to none and is information."""
    if _IN_CMTRACE in text or _IN_LEGACY in text:
        for record in parse_log(text):
            told = _of_line(record.message)
            yield ToolRecord(told.message, record.severity if told.severity == "information" else told.severity)
        return
    for line in text.splitlines():
        if line.strip():
            yield _of_line(line.strip())


def _of_line(line: str) -> ToolRecord:
    if _UNHANDLED in line:
        return ToolRecord(line[line.index(_UNHANDLED) :], "error")
    match = _LEVEL.search(line)
    if match is None:
        return ToolRecord(line.removesuffix("~~"))
    return ToolRecord(line[match.end() :].removesuffix("~~").strip(), _SEVERITIES[match[1]])


@dataclass(frozen=True)
class Step:
    """How a line of the log is told."""

    pattern: re.Pattern[str]
    text: str


def read_steps() -> Sequence[Step]:
    """The lines that begin or end something worth a line while the tool runs (``steps.yml``)."""
    entries = read_data_file(__file__, "steps.yml")
    return [Step(re.compile(entry["line"], re.IGNORECASE), entry["text"]) for entry in entries]


def told(record: ToolRecord, steps: Sequence[Step]) -> str | None:
    """What is shown of a record; None for one that is not."""
    if record.severity != "information":
        return f"{record.severity}: {record.message}"
    for step in steps:
        if match := step.pattern.search(record.message):
            values = match.groupdict()
            if "size" in values:
                values["size"] = in_words(int(values["size"]))
            return step.text.format_map(values)
    return None
