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
from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.health.catalogue import SEVERITIES, catalogue
from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.health.collected import Collected, Wanted
from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.health.diagnosis import diagnose, verdict_of
from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.health.drawing import SiteNode, timeline, tree
from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.health.lines import seen, summary_of, table
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


def endpoint(host: str, verdict: str = "passed", intercepted_by: str | None = None, problem: str = "timeout") -> View:
    return {
        "url": f"https://{host}/",
        "host": host,
        "features": ["updates"],
        "stands_for": [],
        "verdict": verdict,
        "connected": verdict == "passed",
        "problem": None if verdict == "passed" else problem,
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
    "components_run_on": SERVER,
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
    internet={
        "endpoints": [endpoint("go.microsoft.com")],
        "interceptors": [],
        "verdict": "passed",
        "message_id": 11410,
        "proxy": None,
        "msg": "1 of 1 endpoints can be connected to",
    },
    logs=[{"item": "dmpdownloader.log", "records": []}],
)


def with_point(**changes: Any) -> Collected:
    return replace(HEALTHY, role={"service_connection_points": [{**POINT, **changes}]})


def with_server(**changes: Any) -> Collected:
    return replace(HEALTHY, server={**HEALTHY.server, **changes})


def with_internet(*endpoints: View, proxy: View | None = None) -> Collected:
    verdict = "critical" if any(one["verdict"] == "critical" for one in endpoints) else "passed"
    internet = {**HEALTHY.internet, "endpoints": list(endpoints), "verdict": verdict, "proxy": proxy}
    return replace(HEALTHY, internet=internet)


PROXY = {"server": "proxy.corp.example", "port": 8080, "user": None}


def check(status: str) -> View:
    return {
        "checks": [{"status": status, "title": "TLS 1.2 is not switched off", "evidence": "it is", "remedy": "Switch it on."}]
    }


FAILED: View = {"failed": True, "msg": "It could not be done.\nMore of it."}
RECORD: View = {
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
    (replace(with_point(mode="offline"), internet={}), "offline", ""),
    (with_point(working=False, components=[component("A", "stopped")]), "not_working", "A is stopped"),
    (with_point(working=False, components=[]), "not_working", "the site knows no components of it"),
    (with_point(working=None, components=[]), "not_inspected", "ask that of site CAS"),
    (with_server(threads=[{"name": "SMS_DMP_DOWNLOADER", "state": "stopped"}]), "thread_not_running", "is stopped"),
    (with_server(restart_due=True, mode_in_effect="offline"), "restart_due", "was last restarted for offline"),
    (with_server(restart_due=True, mode_in_effect=None), "restart_due", "noted as due"),
    (with_server(restart_due=None, mode_in_effect=None, last_update_check=None), "never_checked", "not known either"),
    (with_server(update_check_overdue=True), "update_check_overdue", "2026-11-25 04:00:00"),
    (replace(HEALTHY, server=FAILED), "server_not_inspected", "its state: It could not be done."),
    (replace(HEALTHY, internet={"unreachable": True, "msg": "Task failed: gone"}), "server_not_inspected", "access: gone"),
    (replace(HEALTHY, logs=[{**FAILED, "item": "x.log"}]), "not_inspected", "x.log: It could not be done."),
    (replace(HEALTHY, messages={"failed": True}), "not_inspected", "status messages: it has failed without a word"),
    (replace(HEALTHY, connected=FAILED), "not_inspected", "which features are in use: It could not be done."),
    (replace(HEALTHY, prerequisites=check("failed")), "unfit_server", "TLS 1.2 is not switched off: it is"),
    (replace(HEALTHY, prerequisites=check("warning")), "doubtful_server", "TLS 1.2 is not switched off: it is"),
    (with_internet(endpoint("a.example", "critical")), "internet_critical", "a.example: no answer"),
    (with_internet(endpoint("a.example", "warning")), "internet_warning", "a.example: no answer"),
    (
        with_internet(endpoint("a.example", "critical", None, "proxy_authentication"), proxy=PROXY),
        "proxy_log_on",
        "1 endpoints",
    ),
    (with_internet(endpoint("a.example", intercepted_by="CN = Gate")), "inspected", "issued by CN = Gate"),
    (with_point(unreachable=message(11488, "error")), "unreachable_endpoint", "11488  said"),
    (with_point(validation={**message(11412, "error"), "result": "failed"}), "validation_failed", "11412"),
    (with_point(validation={**message(11411, "warning"), "result": "warning"}), "validation_warning", "11411"),
    (with_point(components=[component("A", status="critical")]), "component_critical", "A"),
    (with_point(components=[component("A", status="warning")]), "component_warning", "A"),
    (with_point(problems=[message(1016, "error")]), "status_errors", "1016"),
    (replace(HEALTHY, logs=[{"item": "x.log", "records": [RECORD]}]), "log_errors", "2026-11-25 05:00:00 UTC  ERROR: no"),
]


@pytest.mark.parametrize(("collected", "expected", "words"), CASES)
def test_what_can_be_wrong(collected: Collected, expected: str, words: str) -> None:
    wanted = Wanted(mode="online") if expected == "other_mode" and collected.wanted.mode is None else collected.wanted
    (finding,) = diagnose(replace(collected, wanted=wanted))
    assert finding.id == expected
    assert words in " | ".join(finding.evidence) and finding.remedy and "{" not in finding.remedy
    assert finding.title in "\n".join(table([finding]))


def test_two_roles() -> None:
    two = [POINT, {**POINT, "site_system": "srv2.corp.example"}]
    for wanted in (Wanted(), Wanted(site_system="SRV2.corp.example")):
        (finding,) = diagnose(replace(HEALTHY, role={"service_connection_points": two}, wanted=wanted))
        assert finding.id == "several_roles" and "srv1.corp.example (site CAS) and srv2.corp.example" in finding.evidence[0]


def test_every_finding_of_the_catalogue_is_made_by_some_test() -> None:
    assert {expected for _collected, expected, _words in CASES} | {"several_roles"} == set(catalogue())


def test_every_severity_is_one() -> None:
    assert {advice.severity for advice in catalogue().values()} <= set(SEVERITIES)


def test_critical_findings_come_first_and_causes_before_what_they_cause() -> None:
    worst = replace(
        with_point(unreachable=message(11488, "error"), components=[component("A", status="critical")]),
        server={**HEALTHY.server, "restart_due": True, "update_check_overdue": True},
        internet=with_internet(endpoint("a.example", "critical")).internet,
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
    critical = [component("SMS_SERVICE_CONNECTOR", status="critical")]
    found = diagnose(with_point(unreachable=unreachable, problems=[unreachable], components=critical))
    assert [finding.id for finding in found] == ["unreachable_endpoint"]
    assert found[0].remedy.startswith("All endpoints that were tried can be connected to now")


def test_an_offline_role_is_not_blamed_for_what_it_has_reported_before() -> None:
    critical = [component("SMS_SERVICE_CONNECTOR", status="critical")]
    collected = replace(with_point(mode="offline", unreachable=message(11488, "error"), components=critical), internet={})
    found = diagnose(collected)
    assert [finding.id for finding in found] == ["offline"] and verdict_of(found) == "healthy"
    assert "internet: not tried, because it is offline" in seen(collected)


def test_each_kind_of_problem_is_a_finding_with_its_own_hosts_and_remedy() -> None:
    endpoints = [endpoint(f"{number}.example", "critical") for number in range(9)]
    found = diagnose(with_internet(*endpoints, endpoint("b.example", "warning", None, "expired"), endpoint("c.example")))
    assert [(finding.id, len(finding.evidence)) for finding in found] == [("internet_critical", 6), ("internet_warning", 1)]
    assert found[0].evidence[-1] == "and 4 more" and found[1].evidence == ("b.example: no answer",)


def test_a_problem_of_all_endpoints_is_said_once_with_the_proxy() -> None:
    endpoints = [endpoint(f"{number}.example", "critical", None, "proxy_unreachable") for number in range(3)]
    (finding,) = diagnose(with_internet(*endpoints, proxy=PROXY))
    assert finding.evidence == ("through the proxy proxy.corp.example:8080", "all 3 endpoints: no answer")


@pytest.mark.parametrize(("account", "words"), [("CORP\\proxy", "proxy_password=..."), (None, "cannot be tried from here")])
def test_what_to_do_about_a_proxy_that_wants_a_log_on(account: str | None, words: str) -> None:
    point = {**POINT, "proxy": {"server": "proxy.corp.example", "port": 8080, "account": account}}
    collected = with_internet(endpoint("a.example", "critical", None, "proxy_authentication"), proxy=PROXY)
    (finding,) = diagnose(replace(collected, role={"service_connection_points": [point]}))
    assert finding.severity == "warning" and words in finding.remedy
    given = {**collected.internet, "proxy": {**PROXY, "user": "CORP\\proxy"}}
    assert [finding.id for finding in diagnose(replace(collected, internet=given))] == ["internet_critical"]


def test_one_reason_for_several_parts_is_said_once() -> None:
    logs = [{**FAILED, "item": "x.log"}]
    (finding,) = diagnose(replace(HEALTHY, server=FAILED, internet=FAILED, prerequisites=FAILED, logs=logs))
    assert finding.evidence == ("its state, its internet access: It could not be done.",)


def test_a_module_that_has_failed_for_what_it_found_has_been_asked() -> None:
    failed = {**with_internet(endpoint("a.example", "critical")).internet, "failed": True, "msg": "cannot reach"}
    assert [finding.id for finding in diagnose(replace(HEALTHY, internet=failed))] == ["internet_critical"]


def test_what_is_the_same_is_counted() -> None:
    records = [RECORD] * 12
    (finding,) = diagnose(replace(HEALTHY, logs=[{"item": "x.log", "records": records}]))
    assert finding.evidence == ("x.log: 2026-11-25 05:00:00 UTC  ERROR: no  (12 times)",)


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
