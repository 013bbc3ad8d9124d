# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""What is wrong with a service connection point, found in what the other modules have returned. Pure functions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from ..data_files import read_data_file
from ..servers import same_server
from ..service_connection_point import DOWNLOADER
from ..views import View

SEVERITIES = ("critical", "warning")
_MOST_SHOWN = 5
"""Pieces of evidence for one finding; what is more is counted."""


@dataclass(frozen=True)
class Advice:
    """An entry of the catalogue."""

    severity: str
    title: str
    remedy: str


@dataclass(frozen=True)
class HealthFinding:
    """Something that is wrong."""

    id: str
    where: str
    """The server that it is wrong on, or the site."""
    evidence: tuple[str, ...]
    remedies: tuple[str, ...] = ()
    """Where the catalogue has none."""

    @property
    def severity(self) -> str:
        return catalogue()[self.id].severity

    @property
    def title(self) -> str:
        return catalogue()[self.id].title

    @property
    def remedy(self) -> str:
        return catalogue()[self.id].remedy or " ".join(self.remedies)


@dataclass(frozen=True)
class Wanted:
    """How the role shall be; None for what nobody has said."""

    state: str = "present"
    site_system: str | None = None
    mode: str | None = None


@dataclass(frozen=True)
class Collected:
    """Results of the modules. One that was not asked is empty; one that has failed says so itself."""

    site: View
    role: View
    messages: View = field(default_factory=dict)
    server: View = field(default_factory=dict)
    internet: View = field(default_factory=dict)
    logs: Sequence[View] = ()
    wanted: Wanted = Wanted()

    @property
    def points(self) -> list[View]:
        """Every instance of the role."""
        return list(self.role.get("service_connection_points") or ())

    @property
    def point(self) -> View:
        """The one that is looked at; empty where there is none."""
        return next(iter(self.points), {})

    @property
    def where(self) -> str:
        """The server with the role, or else the site."""
        return str(self.point.get("site_system") or f"site {self.site.get('top_tier_site_code') or '?'}")

    def parts(self) -> Iterator[tuple[str, View]]:
        """What was asked besides the site itself, by what it is for people."""
        yield "status messages", self.messages
        yield "the server with the role", self.server
        yield "the internet access", self.internet
        for log in self.logs:
            yield str(log.get("item") or "a log"), log


@cache
def catalogue() -> Mapping[str, Advice]:
    """Every finding that there can be, in the order in which to put them right."""
    loaded = read_data_file(__file__, "findings.yml")
    return {name: Advice(entry["severity"], entry["title"], entry["remedy"]) for name, entry in loaded.items()}


def diagnose(collected: Collected) -> tuple[HealthFinding, ...]:
    """Everything that is wrong, what to put right first at the beginning."""
    order = list(catalogue())
    found = [*_of_the_role(collected), *_of_the_server(collected), *_of_the_internet(collected), *_reported(collected)]
    return tuple(sorted(found, key=lambda finding: (SEVERITIES.index(finding.severity), order.index(finding.id))))


def verdict_of(findings: Sequence[HealthFinding]) -> str:
    """The worst severity; ``healthy`` where nothing is wrong."""
    severities = {finding.severity for finding in findings}
    return next((severity for severity in SEVERITIES if severity in severities), "healthy")


def summary_of(findings: Sequence[HealthFinding], collected: Collected) -> str:
    """The verdict in a sentence."""
    numbers = [(severity, sum(finding.severity == severity for finding in findings)) for severity in SEVERITIES]
    found = ", ".join(f"{number} {severity}" for severity, number in numbers if number)
    point = collected.point
    what = f"The service connection point on {point['site_system']}, {point.get('mode') or 'mode unknown'}" if point else ""
    return f"{what or 'The hierarchy has no service connection point'}: {found or 'nothing is wrong'}."


def _of_the_role(collected: Collected) -> Iterator[HealthFinding]:
    points, point, wanted = collected.points, collected.point, collected.wanted
    where = collected.where
    if len(points) > 1:
        names = " and ".join(f"{one['site_system']} (site {one['site_code']})" for one in points)
        yield HealthFinding("several_roles", where, (names,))
    if wanted.state == "absent":
        if points:
            yield HealthFinding("not_absent", where, (f"it is on {point['site_system']}",))
        return
    if not points:
        yield HealthFinding("no_role", where, ())
        return
    top = collected.site.get("top_tier_site_code")
    if top and point["site_code"] != top:
        yield HealthFinding("below_top_tier", where, (f"it is at site {point['site_code']}; the top-tier site is {top}",))
    if wanted.site_system and not same_server(wanted.site_system, point["site_system"]):
        yield HealthFinding("other_server", where, (f"it is on {point['site_system']}, not on {wanted.site_system}",))
    if wanted.mode and point.get("mode") != wanted.mode:
        yield HealthFinding("other_mode", where, (f"it is {point.get('mode') or 'in no known mode'}, not {wanted.mode}",))
    if point.get("working") is None:
        text = f"its components are not known to this SMS Provider: ask that of site {point['site_code']}"
        yield HealthFinding("not_inspected", where, (text,))
    elif not point["working"]:
        states = tuple(f"{one['name']} is {one['state']}" for one in point["components"] if one["state"] != "started")
        yield HealthFinding("not_working", where, _some(states or ("the site knows no components of it",)))


def _of_the_server(collected: Collected) -> Iterator[HealthFinding]:
    where = collected.where
    for what, result in collected.parts():
        if result.get("failed") or result.get("unreachable"):
            yield HealthFinding("not_inspected", where, (f"{what}: {_first_line(result.get('msg'))}",))
    yield from _of_the_thread(collected.server, collected.point.get("mode"), where)
    if collected.server.get("update_check_overdue"):
        yield HealthFinding(
            "update_check_overdue", where, (f"the last time was {moment(collected.server['last_update_check'])} UTC",)
        )


def _of_the_thread(server: View, mode: str | None, where: str) -> Iterator[HealthFinding]:
    for thread in server.get("threads") or ():
        if thread["name"] == DOWNLOADER and thread["state"] != "running":
            yield HealthFinding("thread_not_running", where, (f"{thread['name']} is {thread['state']}",))
    if server.get("restart_due"):
        in_effect = server.get("mode_in_effect")
        noted = f"it is {mode}, but was last restarted for {in_effect}" if in_effect else "a restart is noted as due"
        yield HealthFinding("restart_due", where, (noted,))


def _of_the_internet(collected: Collected) -> Iterator[HealthFinding]:
    failed = [one for one in collected.internet.get("endpoints") or () if not one["connected"]]
    for verdict in SEVERITIES:
        worst = [one for one in failed if one["verdict"] == verdict]
        if worst:
            evidence = tuple(f"{one['host']}: {one['reason']}" for one in worst)
            remedies = tuple(dict.fromkeys(one["remedy"] for one in worst))
            yield HealthFinding(f"internet_{verdict}", collected.where, _some(evidence), remedies)
    interceptors = collected.internet.get("interceptors")
    if interceptors:
        issued = tuple(f"certificates are issued by {name}" for name in interceptors)
        yield HealthFinding("intercepted", collected.where, _some(issued))


def _reported(collected: Collected) -> Iterator[HealthFinding]:
    """What the site itself has to say."""
    point, where = collected.point, collected.where
    if unreachable := point.get("unreachable"):
        yield HealthFinding("unreachable_endpoint", where, (_told(unreachable),))
    validation = point.get("validation") or {}
    if validation.get("result") in ("failed", "warning"):
        yield HealthFinding(f"validation_{validation['result']}", where, (_told(validation),))
    for status in ("critical", "warning"):
        names = tuple(one["name"] for one in point.get("components") or () if one["status"] == status)
        if names:
            yield HealthFinding(f"component_{status}", where, _some(names))
    told = {message.get("id") for message in (point.get("unreachable"), point.get("validation")) if message}
    errors = [one for one in point.get("problems") or () if one["severity"] == "error" and one["id"] not in told]
    if errors:
        yield HealthFinding("status_errors", where, _some(tuple(_told(one) for one in errors)))
    for log in collected.logs:
        lines = tuple(f"{moment(record['time'])}  {record['message']}" for record in log.get("records") or ())
        if lines:
            yield HealthFinding("log_errors", f"{where}, {log.get('item')}", _some(lines[::-1]))


def _told(message: View) -> str:
    words = (moment(message["time"]), message.get("component"), str(message["id"]), message.get("text"))
    return "  ".join(filter(None, words))


def moment(text: str | None) -> str:
    """A time in ISO 8601 as people read it, in UTC."""
    return text[:19].replace("T", " ") if text else "at an unknown time"


def _some(evidence: tuple[str, ...]) -> tuple[str, ...]:
    rest = len(evidence) - _MOST_SHOWN
    return evidence if rest < 2 else (*evidence[:_MOST_SHOWN], f"and {rest} more")


def _first_line(text: Any) -> str:
    return str(text or "it has failed without a word").splitlines()[0]


def table(findings: Sequence[HealthFinding]) -> list[str]:
    """The findings as lines for people, in their order."""
    if not findings:
        return ["Nothing is wrong."]
    width = max(len(finding.where) for finding in findings)
    lines = [f"{'severity':<8}  {'where':<{width}}  what"]
    for finding in findings:
        lines.append(f"{finding.severity:<8}  {finding.where:<{width}}  {finding.title}")
        lines += [f"{'':<8}  {'':<{width}}    {text}" for text in finding.evidence]
        if finding.remedy:
            lines.append(f"{'':<8}  {'':<{width}}    -> {finding.remedy}")
    return lines
