# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""What is wrong with a service connection point, found in what the other modules have returned. Pure functions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from ..role_messages import UNREACHABLE, VALIDATIONS
from ..servers import same_server
from ..service_connection_point import DOWNLOADER
from ..views import View
from .catalogue import FAULTS, SEVERITIES, HealthFinding, catalogue, moment, some
from .collected import Collected, has_failed, log_name
from .internet_findings import internet_findings

_CONNECTOR = "SMS_SERVICE_CONNECTOR"
_ABOUT_ENDPOINTS = frozenset({UNREACHABLE, *VALIDATIONS})
"""Messages that have findings of their own."""
_THEN = "the role checks them again by itself; to have it begin anew, restart SMS_EXECUTIVE there: configmgr.site.restart"
_CHECK_AGAIN = f"All endpoints that were tried can be connected to now, and {_THEN}"
_CONNECT_FIRST = f"Have the server connect to its endpoints first. Then {_THEN}"


def diagnose(collected: Collected) -> tuple[HealthFinding, ...]:
    """Everything that is wrong, what to put right first at the beginning, and what else is worth saying."""
    order = list(catalogue())
    found = [*_of_the_role(collected), *_of_the_server(collected), *internet_findings(collected), *_reported(collected)]
    return tuple(sorted(found, key=lambda finding: (SEVERITIES.index(finding.severity), order.index(finding.id))))


def verdict_of(findings: Sequence[HealthFinding]) -> str:
    """The worst severity; ``healthy`` where nothing is wrong."""
    severities = {finding.severity for finding in findings}
    return next((severity for severity in FAULTS if severity in severities), "healthy")


def _finding(name: str, collected: Collected, *evidence: str, remedy: str = "") -> HealthFinding:
    words = {"server": collected.server_name, "mode": str(collected.point.get("mode") or "online")}
    return HealthFinding(name, collected.where, evidence, remedy, words)


def _on_server(name: str, collected: Collected, *evidence: str, remedy: str = "") -> HealthFinding:
    """A finding about the server that was looked at, which has the components of the role."""
    return replace(_finding(name, collected, *evidence, remedy=remedy), where=collected.server_name)


def _of_the_role(collected: Collected) -> Iterator[HealthFinding]:
    points, point, wanted = collected.points, collected.point, collected.wanted
    if len(points) > 1:
        names = " and ".join(f"{one['site_system']} (site {one['site_code']})" for one in points)
        yield _finding("several_roles", collected, names)
    if wanted.state == "absent":
        if points:
            yield _finding("not_absent", collected, f"it is on {point['site_system']}")
        return
    if not points:
        yield _finding("no_role", collected)
        return
    mode = point.get("mode")
    top = collected.site.get("top_tier_site_code")
    if top and point["site_code"] != top:
        yield _finding("below_top_tier", collected, f"it is at site {point['site_code']}; the top-tier site is {top}")
    if wanted.site_system and not any(same_server(wanted.site_system, one["site_system"]) for one in points):
        yield _finding("other_server", collected, f"it is on {point['site_system']}, not on {wanted.site_system}")
    if wanted.mode and mode != wanted.mode:
        yield _finding("other_mode", collected, f"it is {mode or 'in no known mode'}, not {wanted.mode}")
    elif mode == "offline" and wanted.mode is None:
        yield _finding("offline", collected)
    if point.get("working") is None:
        text = f"its components are not known to this SMS Provider: ask that of site {point['site_code']}"
        yield _finding("not_inspected", collected, text)
    elif not point["working"]:
        states = [f"{one['name']} is {one['state']}" for one in point["components"] if one["state"] != "started"]
        yield _finding("not_working", collected, *some(states or ["the site knows no components of it"]))


def _of_the_server(collected: Collected) -> Iterator[HealthFinding]:
    server, point = collected.server, collected.point
    essential = _failures(collected.essential_parts())
    other = {reason: line for reason, line in _failures(collected.other_parts()).items() if reason not in essential}
    if essential:
        yield _on_server("server_not_inspected", collected, *some(essential.values()))
    if other:
        yield _finding("not_inspected", collected, *some(other.values()))
    for thread in server.get("threads") or ():
        if thread["name"] == DOWNLOADER and thread["state"] != "running" and point.get("working"):
            yield _on_server("thread_not_running", collected, f"{thread['name']} is {thread['state']}")
    yield from _of_the_mode(collected)
    checks = collected.prerequisites.get("checks") or ()
    for status, name in (("failed", "unfit_server"), ("warning", "doubtful_server")):
        for check in checks:
            if check["status"] == status:
                yield _on_server(name, collected, f"{check['title']}: {check['evidence']}", remedy=check["remedy"])


def _of_the_mode(collected: Collected) -> Iterator[HealthFinding]:
    server, mode = collected.server, collected.point.get("mode")
    last = server.get("last_update_check")
    if server.get("restart_due"):
        in_effect = server.get("mode_in_effect")
        noted = f"it is {mode}, but was last restarted for {in_effect}" if in_effect else "a restart is noted as due"
        yield _on_server("restart_due", collected, noted)
    elif server.get("threads") and mode == "online" and not last and not server.get("mode_in_effect"):
        yield _on_server("never_checked", collected, "it is not known either for which mode its thread was last restarted")
    if server.get("update_check_overdue"):
        yield _on_server("update_check_overdue", collected, f"the last time was {moment(last)} UTC")


def _failures(parts: Iterable[tuple[str, View]]) -> dict[str, str]:
    """Why something has failed, and for each reason a line with all that it has kept from being looked at."""
    by_reason: dict[str, list[str]] = {}
    for what, result in parts:
        if has_failed(result):
            by_reason.setdefault(_reason(result.get("msg")), []).append(what)
    return {reason: f"{', '.join(kept)}: {reason}" for reason, kept in by_reason.items()}


def _reason(message: Any) -> str:
    first = str(message or "it has failed without a word").splitlines()[0]
    for prefix in ("Task failed: ", "Action failed: "):
        first = first.removeprefix(prefix)
    return first


def _reported(collected: Collected) -> Iterator[HealthFinding]:
    """What the site itself has to say."""
    point = collected.point
    remedy = _CHECK_AGAIN if collected.is_connected else _CONNECT_FIRST
    # An offline role does not check any more; what it has reported is of before
    is_online = point.get("mode") != "offline"
    unreachable = point.get("unreachable") if is_online else None
    validation = (point.get("validation") or {}) if is_online else {}
    if unreachable:
        yield _finding("unreachable_endpoint", collected, _told(unreachable), remedy=remedy)
    has_failures = validation.get("result") in ("failed", "warning")
    if has_failures:
        yield _finding(f"validation_{validation['result']}", collected, _told(validation), remedy=remedy)
    # What SMS_SERVICE_CONNECTOR is critical for then is known
    explained = {_CONNECTOR} if not is_online or unreachable or has_failures else set()
    for status in ("critical", "warning"):
        components = point.get("components") or ()
        names = [one["name"] for one in components if one["status"] == status and one["name"] not in explained]
        if names:
            yield _finding(f"component_{status}", collected, *some(names))
    problems = [one for one in point.get("problems") or () if one["id"] not in _ABOUT_ENDPOINTS]
    errors = [one for one in problems if one["severity"] == "error"]
    if errors:
        yield _finding("status_errors", collected, *some(_once(errors, ("component", "id", "text"), _told)))
    for log in collected.logs:
        records = (log.get("records") or ())[::-1]
        if records:
            lines = _once(records, ("message",), lambda record: f"{moment(record['time'])} UTC  {record['message']}")
            yield _on_server("log_errors", collected, *some(f"{log_name(log)}: {line}" for line in lines))


def _once(entries: Sequence[View], keys: Sequence[str], words: Any) -> list[str]:
    """Each entry that says the same once, by its newest, which come first, and how often there were such."""
    groups: dict[tuple[Any, ...], list[View]] = {}
    for entry in entries:
        groups.setdefault(tuple(entry.get(key) for key in keys), []).append(entry)
    return [words(same[0]) + (f"  ({len(same)} times)" if len(same) > 1 else "") for same in groups.values()]


def _told(message: View) -> str:
    words = (f"{moment(message['time'])} UTC", message.get("component"), str(message["id"]), message.get("text"))
    return "  ".join(filter(None, words))
