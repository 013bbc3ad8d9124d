# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""Findings about what the server with the role can connect to: one for each kind of problem, with its hosts and its remedy."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..internet.judgement import PROXY_LOG_ON, problems
from ..views import View
from .catalogue import HealthFinding, some
from .collected import Collected

_PASSWORD = "service_connection_point_health_proxy_password"


def internet_findings(collected: Collected) -> Iterator[HealthFinding]:
    """What is wrong with the connections that were tried."""
    endpoints = collected.internet.get("endpoints") or ()
    failed = [endpoint for endpoint in endpoints if not endpoint["connected"]]
    for problem in problems():
        having = [endpoint for endpoint in failed if endpoint["problem"] == problem]
        if having and problem == PROXY_LOG_ON and not (collected.internet.get("proxy") or {}).get("user"):
            yield _log_on_not_tried(collected, having)
        elif having:
            yield _of_one_problem(collected, having, len(endpoints))
    inspected = [endpoint for endpoint in endpoints if endpoint["connected"] and endpoint["intercepted_by"]]
    if inspected:
        shown = some(f"{_name(endpoint)}: certificate issued by {endpoint['intercepted_by']}" for endpoint in inspected)
        yield HealthFinding("inspected", collected.server_name, shown)


def _of_one_problem(collected: Collected, endpoints: Sequence[View], total: int) -> HealthFinding:
    """All endpoints with one problem; critical if one of them is."""
    worst = "critical" if any(endpoint["verdict"] == "critical" for endpoint in endpoints) else "warning"
    reasons = {endpoint["reason"] for endpoint in endpoints}
    proxy = collected.internet.get("proxy")
    way = [f"through the proxy {proxy['server']}:{proxy['port']}"] if proxy else []
    if len(endpoints) == total and len(reasons) == 1 and total > 1:
        evidence: tuple[str, ...] = (*way, f"all {total} endpoints: {reasons.pop()}")
    else:
        evidence = (*way, *some(f"{_name(endpoint)}: {endpoint['reason']}" for endpoint in endpoints))
    return HealthFinding(f"internet_{worst}", collected.server_name, evidence, str(endpoints[0]["remedy"]))


def _log_on_not_tried(collected: Collected, endpoints: Sequence[View]) -> HealthFinding:
    """A proxy that wants a log-on, and nobody has given one: that says nothing about the role, which has one."""
    proxy = collected.point.get("proxy") or {}
    if proxy.get("account"):
        remedy = f"The site has the role use {proxy['account']}. Give its password: -e {_PASSWORD}=..."
    else:
        remedy = (
            "The site has no account for the proxy, so the role logs on as the computer account of its server, which cannot be "
            "tried from here. See in the log of the proxy whether it lets that account through."
        )
    evidence = (f"{len(endpoints)} endpoints: {endpoints[0]['reason']}",)
    return HealthFinding("proxy_log_on", collected.server_name, evidence, remedy)


def _name(endpoint: View) -> str:
    """A host, and the names with wildcards that it was tried for, which a firewall needs."""
    stands_for = f" (for {', '.join(endpoint['stands_for'])})" if endpoint["stands_for"] else ""
    return f"{endpoint['host']}{stands_for}"
