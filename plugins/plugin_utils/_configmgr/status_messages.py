# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""Status messages of a site (``SMS_StatMsg``), newest first, with their insertion strings.

The newest are picked while the messages go by, page by page, and only those are asked for their strings: what is kept
does not grow with what there is.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timezone

from .._wsman.values import CimInstance
from .._wsman.wql import any_of, quote, quote_time
from . import classes
from .provider import SiteProvider
from .servers import spellings

SEVERITIES = {"information": 0x40000000, "warning": 0x80000000, "error": 0xC0000000}
"""``Severity``, as its reference page has it."""

_STRINGS_AT_ONCE = 100
"""How many messages are asked for their strings with one query."""
_NEVER = datetime(1, 1, 1, tzinfo=timezone.utc)


@dataclass(frozen=True)
class Question:
    """Which messages are wanted; what is empty or None matches everything."""

    components: tuple[str, ...] = ()
    severities: tuple[str, ...] = ()
    """Out of `SEVERITIES`."""
    also: tuple[int, ...] = ()
    """Numbers of messages that are wanted whatever their severity."""
    message_ids: tuple[int, ...] = ()
    servers: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    offset: int = 0
    limit: int = 100


@dataclass(frozen=True)
class StatusMessage:
    """One message. Times are UTC."""

    record_id: int
    message_id: int
    severity: str
    """Out of `SEVERITIES`, or unknown."""
    component: str
    server: str
    site_code: str
    time: datetime | None
    strings: tuple[str, ...] = field(default=())

    @property
    def recency(self) -> tuple[datetime, int]:
        """The greater, the newer: of two messages of one moment, that which was recorded later."""
        return self.time or _NEVER, self.record_id


@dataclass(frozen=True)
class Answer:
    """The messages that were asked for, newest first."""

    messages: tuple[StatusMessage, ...]
    has_more: bool
    """Whether there are older ones."""


def read_status_messages(provider: SiteProvider, question: Question) -> Answer:
    """Read the newest messages that match, less those that ``offset`` leaves out."""
    end = question.offset + question.limit
    newest = pick_newest(provider, replace(question, offset=0, limit=end + 1))
    return Answer(read_strings(provider, newest[question.offset : end]), len(newest) > end)


def pick_newest(provider: SiteProvider, question: Question) -> list[StatusMessage]:
    """The newest messages that match, as many as the question's limit, without their strings."""
    return heapq.nlargest(question.limit, matching(provider, question), key=lambda message: message.recency)


def matching(provider: SiteProvider, question: Question) -> Iterator[StatusMessage]:
    """All messages that match, in no order and without their strings, while they go by."""
    return (_message(row) for row in provider.query(_wql(question), classes.STATUS_MESSAGE))


def read_strings(provider: SiteProvider, messages: Iterable[StatusMessage]) -> tuple[StatusMessage, ...]:
    """The same messages with their strings: no request for none, one or two for up to a hundred."""
    messages = tuple(messages)
    strings = _read_strings(provider, [message.record_id for message in messages])
    return tuple(replace(message, strings=strings.get(message.record_id, ())) for message in messages)


def _wql(question: Question) -> str:
    conditions = []
    if question.components:
        conditions.append(any_of("Component", [quote(name) for name in question.components]))
    if question.severities:
        severity = any_of("Severity", [str(SEVERITIES[name]) for name in question.severities])
        also = any_of("MessageID", [str(number) for number in question.also])
        conditions.append(f"({severity} OR {also})" if question.also else severity)
    if question.message_ids:
        conditions.append(any_of("MessageID", [str(number) for number in question.message_ids]))
    if question.servers:
        names = {spelling for server in question.servers for spelling in spellings(server)}
        conditions.append(any_of("MachineName", [quote(name) for name in sorted(names)]))
    if question.since:
        conditions.append(f"Time >= {quote_time(question.since)}")
    if question.until:
        conditions.append(f"Time < {quote_time(question.until)}")
    wql = f"SELECT RecordID, MessageID, Severity, Component, MachineName, SiteCode, Time FROM {classes.STATUS_MESSAGE.name}"
    return f"{wql} WHERE {' AND '.join(conditions)}" if conditions else wql


def _message(row: CimInstance) -> StatusMessage:
    return StatusMessage(
        row.number("RecordID") or 0,
        row.number("MessageID") or 0,
        _severity(row.number("Severity")),
        row.text("Component"),
        row.text("MachineName"),
        row.text("SiteCode"),
        row.moment("Time"),
    )


def _severity(number: int | None) -> str:
    names = {value: name for name, value in SEVERITIES.items()}
    return names.get((number or 0) & 0xFFFFFFFF, "unknown")


def _read_strings(provider: SiteProvider, record_ids: Sequence[int]) -> dict[int, tuple[str, ...]]:
    found: dict[int, list[tuple[int, str]]] = {}
    for record, index, text in _strings(provider, record_ids):
        found.setdefault(record, []).append((index, text))
    return {record: tuple(text for _index, text in sorted(strings)) for record, strings in found.items()}


def _strings(provider: SiteProvider, record_ids: Sequence[int]) -> Iterator[tuple[int, int, str]]:
    for start in range(0, len(record_ids), _STRINGS_AT_ONCE):
        condition = any_of("RecordID", [str(number) for number in record_ids[start : start + _STRINGS_AT_ONCE]])
        wql = f"SELECT RecordID, InsStrIndex, InsStrValue FROM {classes.INSERTION_STRING.name} WHERE {condition}"
        for row in provider.query(wql, classes.INSERTION_STRING):
            yield row.number("RecordID") or 0, row.number("InsStrIndex") or 0, row.text("InsStrValue")
