# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What stands out among the messages of the role."""

from __future__ import annotations

import random
from datetime import datetime, timedelta, timezone

import pytest
from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.role_messages import RoleMessages, judge
from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.status_messages import StatusMessage

SERVER = "srv1.corp.example"
CONNECTOR = "SMS_SERVICE_CONNECTOR"
INFORMATION, WARNINGS = (500, 11410), (4, 11411)


def message(number: int, minute: int, record: int = 0) -> StatusMessage:
    time = datetime(2026, 11, 24, tzinfo=timezone.utc) + timedelta(minutes=minute)
    severity = "information" if number in INFORMATION else "warning" if number in WARNINGS else "error"
    return StatusMessage(record or minute, number, severity, CONNECTOR, SERVER, "PS1", time)


def judged(*numbers: int, limit: int = 10) -> RoleMessages:
    """What becomes of messages that were reported one a minute, in whatever order they are read."""
    messages = [message(number, minute) for minute, number in enumerate(numbers, 1)]
    random.Random(0).shuffle(messages)
    return judge(messages, limit)


@pytest.mark.parametrize(
    ("numbers", "validation", "unreachable"),
    [
        ((), None, None),
        ((500, 4, 5), None, None),
        ((11410,), 1, None),
        ((11412, 11410, 11411), 3, None),
        ((11410, 11411, 11412), 3, None),
        ((11410, 11488), 1, 2),
        ((11488, 11410), 2, None),
        ((11488,), None, 1),
        ((11488, 11410, 11488, 11488), 2, 4),
        ((11410, 11488, 11411), 3, 2),
        ((11488, 11410, 11412), 3, None),
    ],
)
def test_the_newest_validation_and_what_came_after_the_last_that_passed(
    numbers: tuple[int, ...], validation: int | None, unreachable: int | None
) -> None:
    found = judged(*numbers)
    assert (found.validation and found.validation.record_id) == validation
    assert (found.unreachable and found.unreachable.record_id) == unreachable


def test_errors_come_before_warnings_and_the_newest_first() -> None:
    numbers = (4, 5, 11410, 4, 11412, 500, 5)
    assert [problem.record_id for problem in judged(*numbers).problems] == [7, 5, 2, 4, 1]
    assert [problem.record_id for problem in judged(*numbers, limit=2).problems] == [7, 5]
    assert judged(11410, 500).problems == ()


def test_of_two_messages_of_one_moment_the_later_record_is_the_newer() -> None:
    found = judge([message(11410, 1, record=8), message(11488, 1, record=9), message(11412, 1, record=7)], 10)
    assert found.validation and found.validation.message_id == 11410
    assert found.unreachable and found.unreachable.record_id == 9


def test_messages_without_a_time_are_the_oldest() -> None:
    unknown = StatusMessage(99, 11412, "error", CONNECTOR, SERVER, "PS1", None)
    found = judge([unknown, message(11410, 1)], 10)
    assert found.validation and found.validation.message_id == 11410
    assert found.problems == (unknown,)
