# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""The checks of the network: whether the site server reaches the server, and the server the site database."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..._windows.connections import Connection
from .expected import Expected, is_same_computer
from .facts import Facts
from .findings import Finding, NotProven, known


def site_server_reach(facts: Facts, expected: Expected, numbers: Mapping[str, Any]) -> Finding:
    if is_same_computer(known(facts.computer), expected.site_server):
        return Finding("passed", "the server is the site server itself")
    attempts = {attempt.target.port: attempt for attempt in expected.from_site_server}
    if not any(port in attempts for port in numbers["ports"]) and expected.site_server_error:
        raise NotProven(f"the attempt from the site server {expected.site_server} failed: {expected.site_server_error}")
    if not any(port in attempts for port in numbers["ports"]):
        return Finding("skipped", f"nobody has tried it on {expected.site_server}: option connections_from_site_server")
    lines = [_attempt_shown(port, service, attempts.get(port)) for port, service in numbers["ports"].items()]
    if any(attempts[port].seconds is None for port in numbers["ports"] if port in attempts):
        return Finding("failed", f"from {expected.site_server}: {', '.join(lines)}")
    if any(port not in attempts for port in numbers["ports"]):
        raise NotProven(f"from {expected.site_server}: {', '.join(lines)}")
    return Finding("passed", f"from {expected.site_server}: {', '.join(lines)}")


def _attempt_shown(port: int, service: str, attempt: Connection | None) -> str:
    if attempt is None:
        return f"{service} (TCP {port}) was not tried"
    return f"{service} (TCP {port}) " + ("answers" if attempt.seconds is not None else f"cannot be reached: {attempt.error}")


def sql_server_reach(facts: Facts, expected: Expected, _numbers: Mapping[str, Any]) -> Finding:
    if expected.sql_server is None:
        return Finding("skipped", "it is not known where the site database is: option sql_server")
    attempt = known(facts.sql_server)
    if attempt is None:
        raise NotProven("the server has no curl.exe to try it with")
    if attempt.seconds is None:
        evidence = f"{attempt.target} cannot be reached: {attempt.error}"
        if expected.is_sql_port_assumed:
            raise NotProven(f"{evidence}; {_assumed(attempt.target.port)}")
        return Finding("failed", evidence)
    if expected.is_sql_port_assumed and expected.sql_instance:
        raise NotProven(f"{attempt.target} answers, which need not be {expected.sql_instance}; {_assumed(attempt.target.port)}")
    return Finding("passed", f"{attempt.target} answers")


def _assumed(port: int) -> str:
    return f"port {port} was assumed, as none was given: set sql_server_port"
