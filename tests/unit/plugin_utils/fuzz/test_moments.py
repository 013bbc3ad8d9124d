# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Moments that people give: every one that is taken can stand in a query, and be compared with others."""

from __future__ import annotations

import contextlib
from datetime import datetime, timedelta, timezone

from ansible_collections.configmgr.site.plugins.plugin_utils._moments import parse_moment, parse_period
from ansible_collections.configmgr.site.plugins.plugin_utils._wsman.times import (
    format_timestamp,
    parse_dmtf,
    parse_duration,
    parse_timestamp,
)
from ansible_collections.configmgr.site.plugins.plugin_utils._wsman.wql import quote_time
from hypothesis import example, given
from hypothesis import strategies as st

NOW = datetime(2026, 1, 5, 8, 0, tzinfo=timezone.utc)
ZONES = st.integers(-24 * 60 + 1, 24 * 60 - 1).map(lambda minutes: timezone(timedelta(minutes=minutes)))
TEXTS = (
    st.text()
    | st.datetimes(timezones=st.none() | ZONES).map(datetime.isoformat)
    | st.from_regex(r"[0-9]{1,7} ?[smhdwy]", fullmatch=True)
    | st.dates().map(str)
)


@example("0001-01-01T00:00:00+14:00")
@example("9999-12-31T23:59:59-12:00")
@given(TEXTS)
def test_a_moment_that_is_taken_can_stand_in_a_query(text: str) -> None:
    try:
        moment = parse_moment(text, NOW)
    except ValueError:
        return
    assert parse_dmtf(quote_time(moment)[1:-1]) == moment
    assert parse_timestamp(format_timestamp(moment)) == moment


@given(st.none() | TEXTS, st.none() | TEXTS)
def test_a_period_has_an_order(since: str | None, until: str | None) -> None:
    with contextlib.suppress(ValueError):
        first, last = parse_period(since, until, NOW)
        assert first is None or last is None or first < last


@example("-P999999999DT23H59M59.999999S")
@given(st.from_regex(r"-?P([0-9]{1,10}D)?(T([0-9]{1,10}H)?([0-9]{1,10}M)?([0-9]{1,10}(\.[0-9]{1,9})?S)?)?", fullmatch=True))
def test_a_duration_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(ValueError):
        assert isinstance(parse_duration(text), timedelta)
