# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every way to log on, in one playbook with a host for each: the same work, and no request more than its library needs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import logons
import pytest
import yaml
from logons import WAYS, Way
from plays import Site
from tickets import needs_kerberos


@pytest.fixture
def site(make_site: Callable[..., Site], tmp_path: Path) -> Site:
    site = make_site(kerberos=True)
    site.environment = logons.tickets(site.lab, tmp_path).environment
    logons.allow_all(site.control)
    return site


def inventory(site: Site, hosts: dict[str, dict[str, object]]) -> tuple[str, ...]:
    file = site.lab.directory / "ways.yml"
    file.write_text(yaml.safe_dump({"all": {"hosts": hosts}}))
    return ("--inventory", str(file))


@needs_kerberos
def test_every_way_to_log_on(site: Site) -> None:
    hosts = {way.name: way.host_variables(site.lab) for way in WAYS}
    # One after the other, so that the lab knows whose requests it counts
    play = site.play(logons.TASK, host="all", arguments=inventory(site, hosts), serial=1)
    failed = {result.host: result.message for result in play.results if result.outcome != "ok"}
    assert failed == {}
    requests = {task["host"]: task["requests"] for task in site.control.requests()}
    assert [describe(way, requests[way.name]) for way in WAYS] == [expected(way) for way in WAYS]
    # No shell and no PowerShell, and the same work whatever the way
    assert {(request["action"], request["resource_uri"]) for found in requests.values() for request in found} == {
        (request["action"], request["resource_uri"]) for request in requests[WAYS[0].name]
    }
    assert len({len(found) for found in requests.values()}) == 1
    assert site.control.state()["powershell_starts"] == 0


def describe(way: Way, requests: list[dict[str, object]]) -> dict[str, object]:
    names = ("account", "method", "is_https", "is_encrypted", "delegates", "round_trips")
    return {"way": way.name} | {name: requests[0][name] for name in names}


def expected(way: Way) -> dict[str, object]:
    account = "PS1\\Administrator" if way.seen == "Certificate" else "CORP\\administrator"
    is_https = way.scheme == "https"
    return {
        "way": way.name,
        "account": account,
        "method": way.seen,
        "is_https": is_https,
        "is_encrypted": not is_https,
        "delegates": way.delegates,
        "round_trips": way.round_trips,
    }
