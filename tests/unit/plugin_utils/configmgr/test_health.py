# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is said of a service connection point after looking at everything, and the page that shows it."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from html.parser import HTMLParser
from typing import Any

import pytest
from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.health.diagnosis import (
    SEVERITIES,
    Collected,
    Wanted,
    catalogue,
    diagnose,
    summary_of,
    table,
    verdict_of,
)
from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.health.drawing import SiteNode, timeline, tree
from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.health.page import render

NOW = datetime(2026, 11, 25, 6, tzinfo=timezone.utc)
SERVER = "srv1.corp.example"
View = dict[str, Any]


def site(code: str, parent: str | None = None) -> View:
    return {
        "site_code": code,
        "name": f"Site {code}",
        "type": "primary site",
        "parent": parent,
        "server": f"{code}.corp.example",
    }


def component(name: str, state: str = "started", status: str = "ok") -> View:
    return {"name": name, "state": state, "status": status, "last_started": None, "last_contacted": None}


def message(number: int, severity: str, minutes: int = 5, component: str = "SMS_SERVICE_CONNECTOR") -> View:
    time = (NOW - timedelta(minutes=minutes)).isoformat(timespec="seconds")
    return {"id": number, "severity": severity, "time": time, "component": component, "text": "said <b>so</b>", "strings": []}


def endpoint(host: str, verdict: str = "passed", intercepted_by: str | None = None) -> View:
    return {
        "url": f"https://{host}/",
        "host": host,
        "features": ["updates"],
        "stands_for": [],
        "verdict": verdict,
        "connected": verdict == "passed",
        "reason": None if verdict == "passed" else "no answer",
        "remedy": None if verdict == "passed" else "Open the firewall.",
        "status": 200,
        "seconds": 0.1,
        "tls": {"version": "1.2", "verified": True, "subject": None, "issuer": None},
        "intercepted_by": intercepted_by,
    }


POINT: View = {
    "site_system": SERVER,
    "site_code": "CAS",
    "mode": "online",
    "working": True,
    "components": [component("SMS_DMP_DOWNLOADER")],
    "proxy": None,
    "validation": None,
    "unreachable": None,
    "problems": [],
}
HEALTHY = Collected(
    site={"top_tier_site_code": "CAS", "sites": [site("CAS"), site("PR1", "CAS"), site("S01", "PR1")]},
    role={"service_connection_points": [POINT]},
    messages={"messages": [message(11410, "information")]},
    server={
        "threads": [{"name": "SMS_DMP_DOWNLOADER", "state": "running"}],
        "mode_in_effect": "online",
        "restart_due": False,
        "last_update_check": "2026-11-25T04:00:00+00:00",
        "update_check_overdue": False,
    },
    internet={"endpoints": [endpoint("go.microsoft.com")], "interceptors": [], "verdict": "passed", "message_id": 11410},
    logs=[{"item": "dmpdownloader.log", "records": []}],
)


def with_point(**changes: Any) -> Collected:
    return replace(HEALTHY, role={"service_connection_points": [{**POINT, **changes}]})


def with_server(**changes: Any) -> Collected:
    return replace(HEALTHY, server={**HEALTHY.server, **changes})


def with_internet(*endpoints: View, interceptors: list[str] | None = None) -> Collected:
    return replace(HEALTHY, internet={**HEALTHY.internet, "endpoints": list(endpoints), "interceptors": interceptors or []})


FAILED = {"failed": True, "msg": "It could not be done.\nMore of it."}
RECORD = {
    "time": "2026-11-25T05:00:00.000+00:00",
    "component": "SMS_DMP_DOWNLOADER",
    "message": "ERROR: no",
    "severity": "error",
}


def test_where_nothing_is_wrong() -> None:
    findings = diagnose(HEALTHY)
    assert findings == () and verdict_of(findings) == "healthy" and table(findings) == ["Nothing is wrong."]
    assert summary_of(findings, HEALTHY) == f"The service connection point on {SERVER}, online: nothing is wrong."


CASES: list[tuple[Collected, str, str]] = [
    (replace(HEALTHY, role={"service_connection_points": []}, server={}, internet={}), "no_role", ""),
    (with_point(site_code="PR1"), "below_top_tier", "it is at site PR1; the top-tier site is CAS"),
    (replace(HEALTHY, wanted=Wanted("absent")), "not_absent", f"it is on {SERVER}"),
    (replace(HEALTHY, wanted=Wanted(site_system="srv2.corp.example")), "other_server", "not on srv2.corp.example"),
    (replace(HEALTHY, wanted=Wanted(mode="offline")), "other_mode", "it is online, not offline"),
    (with_point(mode=None), "other_mode", "in no known mode"),
    (with_point(working=False, components=[component("A", "stopped")]), "not_working", "A is stopped"),
    (with_point(working=False, components=[]), "not_working", "the site knows no components of it"),
    (with_point(working=None, components=[]), "not_inspected", "ask that of site CAS"),
    (with_server(threads=[{"name": "SMS_DMP_DOWNLOADER", "state": "stopped"}]), "thread_not_running", "is stopped"),
    (with_server(restart_due=True, mode_in_effect="offline"), "restart_due", "was last restarted for offline"),
    (with_server(restart_due=True, mode_in_effect=None), "restart_due", "noted as due"),
    (with_server(update_check_overdue=True), "update_check_overdue", "2026-11-25 04:00:00"),
    (replace(HEALTHY, server=FAILED), "not_inspected", "the server with the role: It could not be done."),
    (replace(HEALTHY, internet={"unreachable": True, "msg": "gone"}), "not_inspected", "the internet access: gone"),
    (replace(HEALTHY, logs=[{**FAILED, "item": "x.log"}]), "not_inspected", "x.log: It could not be done."),
    (replace(HEALTHY, messages={"failed": True}), "not_inspected", "status messages: it has failed without a word"),
    (with_internet(endpoint("a.example", "critical")), "internet_critical", "a.example: no answer"),
    (with_internet(endpoint("a.example", "warning")), "internet_warning", "a.example: no answer"),
    (with_internet(endpoint("a.example"), interceptors=["CN = Gate"]), "intercepted", "issued by CN = Gate"),
    (with_point(unreachable=message(11488, "error")), "unreachable_endpoint", "11488  said"),
    (with_point(validation={**message(11412, "error"), "result": "failed"}), "validation_failed", "11412"),
    (with_point(validation={**message(11411, "warning"), "result": "warning"}), "validation_warning", "11411"),
    (with_point(components=[component("A", status="critical")]), "component_critical", "A"),
    (with_point(components=[component("A", status="warning")]), "component_warning", "A"),
    (with_point(problems=[message(1016, "error")]), "status_errors", "1016"),
    (replace(HEALTHY, logs=[{"item": "x.log", "records": [RECORD]}]), "log_errors", "2026-11-25 05:00:00  ERROR: no"),
]


@pytest.mark.parametrize(("collected", "expected", "words"), CASES)
def test_what_can_be_wrong(collected: Collected, expected: str, words: str) -> None:
    wanted = Wanted(mode="online") if expected == "other_mode" and collected.wanted.mode is None else collected.wanted
    (finding,) = diagnose(replace(collected, wanted=wanted))
    assert finding.id == expected
    assert words in " | ".join(finding.evidence) and finding.remedy
    assert finding.title in "\n".join(table([finding]))


def test_two_roles() -> None:
    two = [POINT, {**POINT, "site_system": "srv2.corp.example"}]
    (finding,) = diagnose(replace(HEALTHY, role={"service_connection_points": two}))
    assert finding.id == "several_roles" and "srv1.corp.example (site CAS) and srv2.corp.example" in finding.evidence[0]


def test_every_finding_of_the_catalogue_is_made_by_some_test() -> None:
    assert {expected for _collected, expected, _words in CASES} | {"several_roles"} == set(catalogue())


def test_every_severity_is_one() -> None:
    assert {advice.severity for advice in catalogue().values()} <= set(SEVERITIES)


def test_critical_findings_come_first_and_causes_before_what_they_cause() -> None:
    worst = replace(
        with_point(unreachable=message(11488, "error"), components=[component("A", status="critical")]),
        server={**HEALTHY.server, "restart_due": True, "update_check_overdue": True},
        internet={**HEALTHY.internet, "endpoints": [endpoint("a.example", "critical")]},
        logs=[{"item": "x.log", "records": [RECORD]}],
    )
    found = diagnose(worst)
    assert [finding.id for finding in found] == [
        "restart_due",
        "internet_critical",
        "unreachable_endpoint",
        "component_critical",
        "update_check_overdue",
        "log_errors",
    ]
    assert verdict_of(found) == "critical" and summary_of(found, worst).endswith("online: 4 critical, 2 warning.")


def test_messages_that_are_findings_themselves_are_no_other_finding() -> None:
    unreachable = message(11488, "error")
    assert [finding.id for finding in diagnose(with_point(unreachable=unreachable, problems=[unreachable]))] == [
        "unreachable_endpoint"
    ]


def test_much_evidence_is_counted() -> None:
    (finding,) = diagnose(with_internet(*(endpoint(f"{number}.example", "critical") for number in range(9))))
    assert len(finding.evidence) == 6 and finding.evidence[-1] == "and 4 more" and finding.remedy == "Open the firewall."


def codes(nodes: tuple[SiteNode, ...]) -> list[Any]:
    return [[node.site["site_code"], *codes(node.below)] for node in nodes]


@pytest.mark.parametrize(
    ("sites", "expected"),
    [
        ([site("CAS"), site("PR1", "CAS"), site("S01", "PR1"), site("PR2", "CAS")], [["CAS", ["PR1", ["S01"]], ["PR2"]]]),
        # The provider of a child site does not list its parent
        ([site("PR1", "CAS"), site("S01", "PR1")], [["PR1", ["S01"]]]),
        ([], []),
    ],
)
def test_the_tree_of_sites(sites: list[View], expected: list[Any]) -> None:
    assert codes(tree(sites)) == expected


def test_the_timeline() -> None:
    drawn = timeline([message(1, "error", 0), message(2, "information", 30, "A"), message(3, "warning", 60, "A")], NOW)
    assert drawn is not None and [name for name, _y in drawn.lanes] == ["A", "SMS_SERVICE_CONNECTOR"]
    assert {(mark.message["id"], mark.x) for mark in drawn.marks} == {(1, 100.0), (2, 50.0), (3, 0.0)}
    assert drawn.marks[-1].message["severity"] == "error"
    assert drawn.ticks[0] == (0.0, "05:00") and drawn.ticks[-1] == (100.0, "06:00")
    assert timeline([], NOW) is None


def test_a_message_of_a_site_whose_clock_is_ahead_stays_in_the_picture() -> None:
    drawn = timeline([message(1, "error", -30), message(2, "error", 0)], NOW)
    assert drawn is not None and all(0 <= mark.x <= 100 for mark in drawn.marks)


class Links(HTMLParser):
    """Collects what a page would load, and checks that its elements are closed in their order."""

    VOID = ("meta", "br", "line", "rect", "path", "circle")

    def __init__(self) -> None:
        super().__init__()
        self.loaded: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.loaded += [str(value) for name, value in attrs if name in ("src", "href", "xlink:href", "action", "data")]
        if tag in ("script", "link", "iframe", "img", "object"):
            self.loaded.append(tag)
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        pass

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.mark.parametrize("collected", [HEALTHY, *(collected for collected, _expected, _words in CASES)])
def test_the_page_needs_nothing_else_and_escapes_what_servers_say(collected: Collected) -> None:
    page = render(collected, diagnose(collected), NOW)
    links = Links()
    links.feed(page)
    assert links.loaded == [] and links.open == []
    assert not re.search(r"url\(|@import|https?://(?!www\.w3\.org)", page.split("<body>")[0])
    assert "<b>so</b>" not in page
    assert all(finding.title in page.replace("&#39;", "'") for finding in diagnose(collected))
