# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""What the module that has updates looked for returns, in words and as plain dictionaries."""

from __future__ import annotations

from .errors import SiteError
from .service_connection_point import DOWNLOADER, Mode
from .update_check_log import Account
from .update_check_run import LOG, CheckOutcome
from .update_checks import RESTART
from .views import View, view_log_entry, view_time


def view_check(outcome: CheckOutcome) -> View:
    """A check, and what has come of it; nulls for what a plan does not know."""
    account = outcome.account
    return {
        "mode": outcome.mode.value if outcome.mode else None,
        "asked": view_time(outcome.asked),
        "started": view_time(outcome.started),
        "finished": view_time(outcome.finished),
        "result": outcome.result,
        "messages": _messages(outcome, account) if account else [],
        "records": [view_log_entry(entry) for entry in account.entries] if account else [],
    }


def describe_check(outcome: CheckOutcome) -> str:
    """What a run did, or in check mode would do, in a sentence."""
    if outcome.is_planned:
        would = "wait for the check that is under way" if outcome.was_under_way else "ask for a check, and wait for it"
        return f"would {would}: {DOWNLOADER} looks for updates{_where(outcome.mode)}"
    return f"{DOWNLOADER} has looked for updates{_where(outcome.mode)}: {_RESULTS[outcome.result or '']}"


def failure_of_check(outcome: CheckOutcome, account: Account) -> SiteError:
    """The error for a check that has failed."""
    return SiteError(
        f"{DOWNLOADER} has looked for updates on this server, and failed. {LOG} says: {' '.join(_messages(outcome, account))}"
    )


_RESULTS = {
    "manifest_updated": "the site gets the list of updates",
    "ended": "the check is over",
}


def _where(mode: Mode | None) -> str:
    if mode is None:
        return ""
    return " at Microsoft" if mode is Mode.ONLINE else " in what was imported, as the role is offline"


def _messages(outcome: CheckOutcome, account: Account) -> list[str]:
    """What has come of a check, a sentence or two for each thing."""
    messages = [str(problem) for problem in account.problems]
    if outcome.was_under_way:
        messages.append("A check was under way already, so none was asked for.")
    if outcome.result == "manifest_updated":
        messages.append(
            "The list of updates was handed to the site server, which finds out what applies: configmgr.site.site_update_info "
            "shows that in a few minutes."
        )
    if outcome.log_problem:
        messages.append(f"What has come of it is not known, as {LOG} could not be read: {outcome.log_problem}")
    elif outcome.result == "ended":
        messages.append(_nothing_told(outcome.mode))
    if outcome.mode is Mode.OFFLINE and account.has_contacted:
        messages.append(f"It has contacted the internet, although the role is offline: that mode is not in effect. {_DO}")
    return messages


def _nothing_told(mode: Mode | None) -> str:
    if mode is Mode.OFFLINE:
        return f"{LOG} tells of nothing that was imported and not taken up before."
    also = f" If the role has become online and its thread was not restarted, do that: {RESTART}." if mode else ""
    return f"{LOG} does not tell what has come of it.{also}"


_DO = f"Restart its thread: {RESTART}."
