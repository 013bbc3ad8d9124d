# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``lab requests``: a table that can be read, however long the names of tasks are."""

from __future__ import annotations

from pathlib import Path

import pytest
from lab.__main__ import main
from lab.hierarchy import topology as topologies
from lab.lab import Lab
from lab.reports import requests_report
from lab.wire.host import RequestRecord

ROLE = "configmgr.site.service_connection_point"
LONG_NAME = "Validating arguments against arg spec 'main' - Have the service connection point on a server, and in effect"


def test_requests_are_shown_by_task(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with Lab(topologies.load("standalone"), tmp_path) as lab:
        assert main(["requests", "--directory", str(tmp_path)]) == 0
        assert capsys.readouterr().out == "no requests yet\n"
        _send(lab, "Read the site", "Enumerate", "Pull", "Pull")
        assert main(["requests", "--directory", str(tmp_path)]) == 0
    heading, row = capsys.readouterr().out.splitlines()
    assert heading.split("  ")[0] == "task"
    assert _cells(row) == ["Read the site", "ps1.corp.example", "3", "30", "600", "Enumerate, Pull 2"]


def test_tasks_without_requests_are_counted_only(tmp_path: Path) -> None:
    with Lab(topologies.load("standalone"), tmp_path) as lab:
        for name in ("Refuse a wrong mode", "Show it"):
            lab.requests.start_task(name, "ps1.corp.example")
        assert _report(lab) == ["no requests yet", "", "Left out: 2 tasks without requests."]
        _send(lab, "Read the site", "Get")
        _heading, row, *rest = _report(lab)
    assert row.startswith("Read the site")
    assert rest == ["", "Left out: 2 tasks without requests."]


def test_the_role_is_not_part_of_the_name(tmp_path: Path) -> None:
    with Lab(topologies.load("standalone"), tmp_path) as lab:
        _send(lab, f"{ROLE} : Have it: as wanted", "Get")
        _send(lab, "Have it : as wanted", "Get")
        rows = _report(lab)[1:3]
    assert [_cells(row)[0] for row in rows] == ["Have it: as wanted", "Have it : as wanted"]


def test_long_names_are_cut_in_the_middle(tmp_path: Path) -> None:
    with Lab(topologies.load("standalone"), tmp_path) as lab:
        _send(lab, f"{ROLE} : {LONG_NAME}", "Enumerate")
        _send(lab, "Read the site", "Get")
        heading, long, *_others = lines = _report(lab)
    assert max(map(len, lines)) <= 120
    beginning, _dots, end = _cells(long)[0].partition("...")
    assert LONG_NAME.startswith(beginning) and LONG_NAME.endswith(end)
    assert len(beginning) + len(end) > 40
    assert heading.index("host") == long.index("ps1.corp.example")


def test_many_actions_are_wrapped(tmp_path: Path) -> None:
    actions = [f"{verb}{noun}" for verb in ("Create", "Set", "Enumerate") for noun in ("Key", "DWORDValue", "StringValue")]
    with Lab(topologies.load("standalone"), tmp_path) as lab:
        _send(lab, LONG_NAME, *actions)
        heading, *lines = _report(lab)
    assert max(map(len, lines)) <= 120
    start = heading.index("actions")
    assert " ".join(line[start:] for line in lines) == ", ".join(actions)
    assert all(not line[:start].strip() for line in lines[1:])


def test_a_host_with_a_very_long_name_makes_the_table_wider() -> None:
    request = {"action": "Enumerate", "bytes_in": 10, "bytes_out": 200}
    host = f"{'a' * 63}.{'b' * 63}.example"
    _heading, row = requests_report([{"task": LONG_NAME, "host": host, "requests": [request]}])
    assert host in row and row.endswith("  Enumerate")


def _send(lab: Lab, task: str, *actions: str) -> None:
    lab.requests.start_task(task, "ps1.corp.example")
    for action in actions:
        lab.requests.before(RequestRecord("ps1.corp.example", "CORP\\user", action, "", bytes_in=10, bytes_out=200))


def _report(lab: Lab) -> list[str]:
    return "\n".join(requests_report(lab.requests.describe())).split("\n")


def _cells(row: str) -> list[str]:
    return [cell.strip() for cell in row.split("  ") if cell]
