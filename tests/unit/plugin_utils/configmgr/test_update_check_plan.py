# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""When a check for updates is asked for, waited for, or refused."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.errors import SiteError
from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.threads import Thread
from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.update_check_plan import (
    may_be_under_way,
    refuse_idle_thread,
    refuse_to_ask,
)

NOW = datetime(2026, 11, 24, 12, tzinfo=timezone.utc)
TEXT, BINARY, NUMBER = 1, 3, 4
SYNCED, REQUESTED = "lastsyncedtime", "lastsyncrequesttime"
NO_CURL = "The server has no curl.exe."


def ago(minutes: float) -> datetime:
    return NOW - timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("requested", "last", "under_way"),
    [
        (None, None, False),
        (None, ago(5), False),
        (ago(5), None, True),
        (ago(5), ago(6), True),
        (ago(5), ago(5), False),
        (ago(5), ago(4), False),
        (ago(60), None, True),
        (ago(61), None, False),
    ],
)
def test_under_way_by_the_times(requested: datetime | None, last: datetime | None, under_way: bool) -> None:
    assert may_be_under_way(requested, last, NOW) is under_way


@pytest.mark.parametrize("state", ["Stopped", "STOPPING"])
def test_a_thread_that_looks_for_nothing(state: str) -> None:
    with pytest.raises(SiteError, match=f"is {state.lower()}.*state started"):
        refuse_idle_thread(Thread("SMS_DMP_DOWNLOADER", state))


@pytest.mark.parametrize("state", ["Running", ""])
def test_a_thread_that_may_look(state: str) -> None:
    refuse_idle_thread(Thread("SMS_DMP_DOWNLOADER", state))


@pytest.mark.parametrize(
    ("types", "log_problem"),
    [
        ({SYNCED: NUMBER, REQUESTED: NUMBER}, ""),
        ({SYNCED: TEXT, REQUESTED: NUMBER}, ""),
        ({REQUESTED: NUMBER}, NO_CURL),
        ({}, ""),
    ],
)
def test_a_server_that_can_be_asked(types: dict[str, int], log_problem: str) -> None:
    refuse_to_ask(types, log_problem)


@pytest.mark.parametrize(
    ("types", "log_problem", "words"),
    [
        ({SYNCED: BINARY}, "", "neither numbers nor text"),
        ({SYNCED: NUMBER, REQUESTED: BINARY}, NO_CURL, "neither numbers nor text"),
        ({}, NO_CURL, f"does not keep the time.*{NO_CURL}.*none is asked for"),
    ],
)
def test_a_server_that_is_not_asked(types: dict[str, int], log_problem: str, words: str) -> None:
    with pytest.raises(SiteError, match=words):
        refuse_to_ask(types, log_problem)
