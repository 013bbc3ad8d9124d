# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Timestamps and intervals of CIM."""

from __future__ import annotations

import contextlib
from datetime import datetime, timedelta, timezone

import pytest
from ansible_collections.configmgr.site.plugins.plugin_utils._wsman.times import (
    format_duration,
    format_timestamp,
    parse_dmtf,
    parse_duration,
    parse_timestamp,
)
from hypothesis import given
from hypothesis import strategies as st

zones = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
moments = st.datetimes(datetime(1601, 1, 2), datetime(9999, 1, 1), timezones=zones)
intervals = st.timedeltas(timedelta(days=-99_999_999), timedelta(days=99_999_999))


@given(moments)
def test_a_timestamp_comes_back_as_it_was(moment: datetime) -> None:
    assert parse_timestamp(format_timestamp(moment)) == moment


@given(intervals)
def test_an_interval_comes_back_as_it_was(interval: timedelta) -> None:
    assert parse_duration(format_duration(interval)) == interval


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2013-04-15T18:12:37.58749Z", datetime(2013, 4, 15, 18, 12, 37, 587490, timezone.utc)),
        ("2013-04-15T18:12:37+08:00", datetime(2013, 4, 15, 10, 12, 37, 0, timezone.utc)),
        ("1601-01-01T00:00:00Z", datetime(1601, 1, 1, tzinfo=timezone.utc)),
        ("2026-11-23T01:02:03", datetime(2026, 11, 23, 1, 2, 3, tzinfo=timezone.utc)),
        ("2026-11-23T01:02:03.123456789Z", datetime(2026, 11, 23, 1, 2, 3, 123456, timezone.utc)),
    ],
)
def test_timestamps_that_windows_sends(text: str, expected: datetime) -> None:
    assert parse_timestamp(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("P0DT0H0M1.00417S", timedelta(seconds=1, microseconds=4170)),
        ("P0DT0H30M0S", timedelta(minutes=30)),
        ("PT20S", timedelta(seconds=20)),
        ("-P1D", timedelta(days=-1)),
    ],
)
def test_intervals_that_windows_sends(text: str, expected: timedelta) -> None:
    assert parse_duration(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("20130415181237.587490+060", datetime(2013, 4, 15, 17, 12, 37, 587490, timezone.utc)),
        ("00000001000230.000000:000", timedelta(days=1, minutes=2, seconds=30)),
        ("20130415181237.587490+***", datetime(2013, 4, 15, 18, 12, 37, 587490, timezone.utc)),
        ("2013****181237.******+000", "2013****181237.******+000"),
        ("2013****181237.000000+***", "2013****181237.000000+***"),
    ],
)
def test_the_string_form(text: str, expected: object) -> None:
    assert parse_dmtf(text) == expected


@pytest.mark.parametrize("parse", [parse_timestamp, parse_duration, parse_dmtf])
@given(text=st.text())
def test_whatever_comes_is_read_or_refused(parse: object, text: str) -> None:
    assert callable(parse)
    with contextlib.suppress(ValueError):
        parse(text)


@pytest.mark.parametrize("text", ["P1Y", "P2M", "P", "PT", "2013-13-01T00:00:00Z", "P99999999999D"])
def test_what_has_no_fixed_meaning_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        parse_duration(text)
    with pytest.raises(ValueError):
        parse_timestamp(text)
