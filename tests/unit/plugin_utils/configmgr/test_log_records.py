# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Records of logs: both formats, samples of real logs, and whatever else may stand in a file."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.log_records import LogRecord, parse_log
from hypothesis import given
from hypothesis import strategies as st
from lab.hierarchy.logs import cmtrace_line, legacy_line

CMTRACE = (
    '<![LOG[A message]LOG]!><time="13:59:35.6721099" date="11-29-2022" component="SMS_SERVICE_CONNECTOR_GenericDownloadWorker" '
    'context="" type="1" thread="153" file="">'
)
AGENT = (
    '<![LOG[Two\r\nlines > here]LOG]!><time="12:38:24.755+300" date="01-02-2023" component="CcmExec" context="" type="3" '
    'thread="7" file="a.cpp:12">'
)
LEGACY = "Waiting for changes for 5 minutes  $$<SMS_COLLECTION_EVALUATOR><11-30-2022 01:03:34.174-60><thread=4844 (0x12EC)>"
TILDE = "Redirected to URL https://sccm.manage.microsoft.com/~~  $$<SMS_DMP_DOWNLOADER><11-30-2022 01:03:34.174+420><thread=1>"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (
            CMTRACE,
            LogRecord(
                "A message",
                "SMS_SERVICE_CONNECTOR_GenericDownloadWorker",
                "information",
                "153",
                datetime(2022, 11, 29, 13, 59, 35, 672109),
                None,
            ),
        ),
        (
            AGENT,
            LogRecord(
                "Two\nlines > here",
                "CcmExec",
                "error",
                "7",
                datetime(2023, 1, 2, 12, 38, 24, 755000),
                timedelta(hours=5),
            ),
        ),
        (
            LEGACY,
            LogRecord(
                "Waiting for changes for 5 minutes",
                "SMS_COLLECTION_EVALUATOR",
                "information",
                "4844",
                datetime(2022, 11, 30, 1, 3, 34, 174000),
                timedelta(hours=-1),
            ),
        ),
    ],
)
def test_samples(line: str, expected: LogRecord) -> None:
    assert list(parse_log(line)) == [expected]
    assert list(parse_log(f"{line}\r\n")) == [expected]


@pytest.mark.parametrize(
    ("message", "severity"),
    [("ERROR: no way", "error"), ("1 warning", "warning"), ("Warning: an error", "error"), ("all is well", "information")],
)
def test_severity_of_the_format_that_has_none(message: str, severity: str) -> None:
    (record,) = parse_log(f"{message}  $$<X><11-30-2022 01:03:34.174-60><thread=1>")
    assert record.severity == severity


def test_what_ends_in_tildes() -> None:
    (record,) = parse_log(TILDE)
    assert record.message == "Redirected to URL https://sccm.manage.microsoft.com/~"


def test_times_in_utc() -> None:
    agent, legacy, cmtrace = (next(parse_log(line)) for line in (AGENT, LEGACY, CMTRACE))
    assert agent.time(None) == datetime(2023, 1, 2, 17, 38, 24, 755000, UTC)
    assert legacy.time(timedelta(hours=9)) == datetime(2022, 11, 30, 0, 3, 34, 174000, UTC)
    assert cmtrace.time(None) is None
    assert cmtrace.time(timedelta(hours=1)) == datetime(2022, 11, 29, 14, 59, 35, 672109, UTC)


def test_mixed_formats_cut_off_at_both_ends() -> None:
    text = (
        f'rest of a message]LOG]!><time="1" date="2">\r\n{LEGACY}\r\n{CMTRACE}{AGENT}\r\nno record\r\n{LEGACY}\r\n'
        "<![LOG[the beginning of"
    )
    assert [record.component for record in parse_log(text)] == [
        "SMS_COLLECTION_EVALUATOR",
        "SMS_SERVICE_CONNECTOR_GenericDownloadWorker",
        "CcmExec",
        "SMS_COLLECTION_EVALUATOR",
    ]


def test_a_record_of_one_format_behind_one_of_the_other() -> None:
    assert len(list(parse_log(f"{LEGACY}{CMTRACE}"))) == 2


@pytest.mark.parametrize(
    "stamp", ["13-45-2022 01:03:34.174", "11-30-0000 01:00:00", "12-31-9999 23:59:59.0-9999", "yesterday", ""]
)
def test_times_that_are_none(stamp: str) -> None:
    (record,) = parse_log(f"message  $$<X><{stamp}><thread=1>")
    assert (record.message == "message" and record.time(timedelta(days=1)) is None) or stamp.startswith("12-31")


PRINTABLE = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), max_size=40)
MESSAGES = PRINTABLE.map(str.strip).filter(lambda text: "$$<" not in text and "LOG" not in text and not text.endswith("~"))
MOMENTS = st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1)).map(lambda moment: moment.replace(tzinfo=UTC))


@given(MESSAGES, MOMENTS, st.integers(1, 65535), st.sampled_from([1, 2, 3]))
def test_what_is_written_is_read(message: str, moment: datetime, thread: int, severity: int) -> None:
    text = cmtrace_line(moment, "SMS_X", message, thread, severity) + legacy_line(moment, "SMS_Y", message, thread)  # type: ignore[arg-type]
    first, second = parse_log(text)
    assert (first.message, second.message) == (message, message)
    assert (first.component, second.component, first.thread, second.thread) == ("SMS_X", "SMS_Y", str(thread), str(thread))
    assert first.time(timedelta()) == moment
    assert second.time(None) == moment.replace(microsecond=moment.microsecond // 1000 * 1000)


@given(st.text(st.sampled_from(list('<![LOG]!>$=\r\n" aA1-:.~')), max_size=200))
def test_nothing_makes_it_fail(text: str) -> None:
    for record in parse_log(text):
        record.time(timedelta(days=-1))
