# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every way to log on, in one playbook with a host for each: the same work, and no request more than its library needs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import logon_table
import logons
from logons import WAYS
from plays import Site
from tickets import needs_kerberos


@needs_kerberos
def test_every_way_to_log_on(make_site: Callable[..., Site], tmp_path: Path) -> None:
    site = make_site(kerberos=True)
    site.environment = logons.tickets(site.lab, tmp_path).environment
    play, outcomes = logon_table.log_on(site)
    assert {outcome.way.name: outcome.error for outcome in outcomes if outcome.error} == {}, play.stderr
    assert [outcome.way.name for outcome in outcomes if not outcome.is_as_expected] == []
    # No request more than the library needs
    assert {outcome.way.name: outcome.cost for outcome in outcomes} == {way.name: way.round_trips - 1 for way in WAYS}
    accounts = {outcome.way.name: outcome.requests[0]["account"] for outcome in outcomes}
    assert set(accounts.values()) == {"CORP\\administrator", "PS1\\Administrator"}
    # The same work whatever the way, and nothing else: no shell, no PowerShell
    work = {tuple((request["action"], request["resource_uri"]) for request in outcome.requests) for outcome in outcomes}
    assert len(work) == 1 and not any("/shell/" in uri for _action, uri in work.pop())
    assert site.control.state()["powershell_starts"] == 0
    # What the README says came of a run as this one
    assert logon_table.committed_rows() == logon_table.rows(outcomes), "make log-on-table writes it anew"


def test_the_table_has_every_way_to_log_on() -> None:
    expected = dict.fromkeys((f"`{way.connection}`", way.method) for way in WAYS)
    assert [tuple(row.split(" | ")[:2]) for row in logon_table.committed_rows()] == [
        (f"| {connection}", method) for connection, method in expected
    ]
