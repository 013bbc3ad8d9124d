# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the log tells of a check for updates, and what is said of it."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.log_records import LogRecord
from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.log_tail import Entry
from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.service_connection_point import Mode
from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.update_check_log import Account, judge
from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.update_check_run import CheckOutcome
from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.update_check_views import describe_check, view_check

NOW = datetime(2026, 11, 24, 12, tzinfo=timezone.utc)
BEGUN, DONE = "Hasn't synced recently.", "Manifest.cab was successfully moved to the connector outbox~~"
PAYLOAD = "WARNING: Failed to download easy setup payload with exception: {}~~"
RETRY = "WARNING: Retry in the next polling cycle~~"
CONTENT = "ERROR: Failed to download Admin UI content payload with exception: {}~~"
AFTERMATH = "Failed to call AdminUIContentDownload. error = Error -2146233079~"
LINK = "Easysetup fwlink to download the manifest: https://go.microsoft.com/fwlink/?LinkId=2309745~~"


def entries(*lines: str) -> list[Entry]:
    return [Entry(LogRecord(line), NOW + timedelta(seconds=number)) for number, line in enumerate(lines)]


def account(*lines: str) -> Account:
    return judge(entries(*lines))


def messages(mode: Mode | None, *lines: str, log_problem: str = "") -> str:
    outcome = CheckOutcome(mode, False, False, asked=NOW, account=account(*lines), log_problem=log_problem)
    return " ".join(view_check(outcome)["messages"])


@pytest.mark.parametrize(
    ("lines", "verdict", "problems"),
    [
        ((), None, 0),
        ((BEGUN, LINK), None, 0),
        ((BEGUN, LINK, DONE), "manifest_updated", 0),
        ((BEGUN, PAYLOAD.format("x"), RETRY), "failed", 1),
        ((BEGUN, RETRY), "failed", 1),
        ((BEGUN, DONE, CONTENT.format("x"), AFTERMATH), "failed", 1),
        ((BEGUN, PAYLOAD.format("x"), RETRY, BEGUN, DONE), "manifest_updated", 0),
        ((PAYLOAD.format("x"), PAYLOAD.format("x"), PAYLOAD.format("y")), "failed", 2),
        ((BEGUN, DONE.upper()), "manifest_updated", 0),
    ],
)
def test_the_last_line_that_decides(lines: tuple[str, ...], verdict: str | None, problems: int) -> None:
    found = account(*lines)
    assert (found.verdict, len(found.problems)) == (verdict, problems)


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("The underlying connection was closed: Could not establish trust relationship for the SSL/TLS secure channel.", "G2"),
        ("The underlying connection was closed: An unexpected error occurred on a send.", "SchUseStrongCrypto"),
        ("The remote name could not be resolved: 'configmgrbits.azureedge.net'", "DNS"),
        ("Unable to connect to the remote server", "TCP 443"),
        ("The operation has timed out", "in time"),
        ("The remote server returned an error: (407) Proxy Authentication Required.", "proxy_account"),
        ("The remote server returned an error: (403) Forbidden.", "refuses"),
        ("The remote server returned an error: (400) Bad Request.", "install it again"),
        ("The remote server returned an error: (503) Server Unavailable.", "answered with an error"),
        ("Something new", "Nobody has explained"),
    ],
)
def test_reasons_and_remedies(reason: str, words: str) -> None:
    (problem,) = account(PAYLOAD.format(reason), RETRY).problems
    assert problem.line == PAYLOAD.format(reason).rstrip("~")
    assert words in problem.meaning + problem.remedy and str(problem).startswith(problem.line)


def test_a_certificate_that_cannot_be_verified() -> None:
    line = "Failed to check and load service signing certificate. System.ArgumentException: Fail to build chain"
    (problem,) = account(line).problems
    assert "DigiCert Global Root G2" in problem.meaning


def test_times_and_records_that_matter() -> None:
    records = entries("Ordinary work.", BEGUN, "more of it", LINK, DONE)
    stray = Entry(LogRecord(PAYLOAD.format("x")), None)
    found = judge([stray, *records])
    assert (found.begun, found.ended) == (NOW + timedelta(seconds=1), NOW + timedelta(seconds=4))
    assert found.entries == (records[1], records[3], records[4])
    assert found.has_contacted and not account(BEGUN, DONE).has_contacted
    error = Entry(LogRecord("What nobody knows.", severity="error"), NOW)
    assert judge([error]).entries == (error,) and judge([error]).verdict is None


def test_what_is_said_of_a_check() -> None:
    assert "site server, which finds out what applies" in messages(Mode.ONLINE, LINK, DONE)
    assert "nothing that was imported" in messages(Mode.OFFLINE)
    assert "its thread was not restarted" in messages(Mode.ONLINE)
    assert messages(None) == "dmpdownloader.log does not tell what has come of it."
    assert "that mode is not in effect" in messages(Mode.OFFLINE, LINK, DONE)
    assert messages(Mode.OFFLINE, log_problem="no curl.").endswith("could not be read: no curl.")


def test_plans_in_a_sentence() -> None:
    assert describe_check(CheckOutcome(Mode.OFFLINE, True, False)).startswith("would ask for a check, and wait for it: ")
    assert describe_check(CheckOutcome(None, True, True)) == (
        "would wait for the check that is under way: SMS_DMP_DOWNLOADER looks for updates"
    )
    assert view_check(CheckOutcome(None, True, False))["result"] is None
