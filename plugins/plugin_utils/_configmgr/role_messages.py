# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""What the components of the service connection point have reported: problems, and whether they reach their endpoints.

The numbers of the messages about endpoints are those of Microsoft's page about the role. What their insertion strings say is
not documented.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from .provider import SiteProvider
from .service_connection_point import COMPONENTS
from .status_messages import Question, StatusMessage, matching, read_strings

PASSED = 11410
VALIDATIONS = {PASSED: "passed", 11411: "warning", 11412: "failed"}
"""The results of the role's own validation of endpoints: all reached; some not, none of them critical; critical ones not."""
UNREACHABLE = 11488
"""An endpoint that the site needs cannot be reached."""

_PROBLEMS = ("warning", "error")
"""Severities, from the lesser to the worse."""


@dataclass(frozen=True)
class RoleMessages:
    """What stands out among the messages of a period."""

    validation: StatusMessage | None
    """The newest out of `VALIDATIONS`."""
    unreachable: StatusMessage | None
    """The newest `UNREACHABLE`, unless all endpoints were reached after it."""
    problems: tuple[StatusMessage, ...]
    """Errors, then warnings, newest first."""


def judge(messages: Iterable[StatusMessage], limit: int) -> RoleMessages:
    """Pick what stands out, with ``limit`` problems at the most, while the messages go by."""
    newest: dict[int, StatusMessage] = {}

    def problems() -> Iterator[StatusMessage]:
        for message in messages:
            known = newest.get(message.message_id)
            if known is None or message.recency > known.recency:
                newest[message.message_id] = message
            if message.severity in _PROBLEMS:
                yield message

    worst = heapq.nlargest(limit, problems(), key=lambda message: (_PROBLEMS.index(message.severity), message.recency))
    validations = [newest[number] for number in VALIDATIONS if number in newest]
    unreachable, passed = newest.get(UNREACHABLE), newest.get(PASSED)
    if unreachable and passed and passed.recency > unreachable.recency:
        unreachable = None
    return RoleMessages(max(validations, key=lambda message: message.recency, default=None), unreachable, tuple(worst))


def read_role_messages(provider: SiteProvider, servers: Sequence[str], since: datetime | None, limit: int) -> RoleMessages:
    """Read what stands out, of the role's components on these servers."""
    question = Question(
        components=COMPONENTS, severities=_PROBLEMS, also=(*VALIDATIONS, UNREACHABLE), servers=tuple(servers), since=since
    )
    found = judge(matching(provider, question), limit)
    picked = {message for message in (found.validation, found.unreachable, *found.problems) if message}
    complete = {message.record_id: message for message in read_strings(provider, picked)}
    return RoleMessages(
        found.validation and complete[found.validation.record_id],
        found.unreachable and complete[found.unreachable.record_id],
        tuple(complete[message.record_id] for message in found.problems),
    )
