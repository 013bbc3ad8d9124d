# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The checks of many servers in one play."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

from lab.client import LabControl
from lab.hierarchy.topology import load
from lab.lab import Lab

from .tasks import play

SERVERS = 50
REQUESTS = 25
"""Budget of the whole list of checks on one server."""
SECONDS = 60.0
"""Budget of the play, on two processors that the lab has its share of."""


def run() -> bool:
    """Print what the checks of many servers cost; False if one of them sent more requests than its budget."""
    usual = load("standalone")
    names = tuple(f"member{number}.{usual.domain}" for number in range(1, SERVERS + 1))
    task = {
        "name": "check it",
        "configmgr.site.site_system_prerequisites": {
            "site_server": "ps1.corp.example",
            "site_system": "{{ inventory_hostname }}",
            "sql_server": "ps1.corp.example",
        },
    }
    print(f"Checking {SERVERS} servers in one play ...\n")
    with (
        tempfile.TemporaryDirectory() as directory,
        Lab(replace(usual, member_servers=names), Path(directory), speed=1000) as lab,
    ):
        _cpu, wall = play(lab, [task], hosts="member*")
        counted = [task["requests"] for task in LabControl(lab.control.url).requests() if task["task"] == "check it"]
    requests = [request for found in counted for request in found]
    of_server = {name: [request for request in requests if request["server"] == name] for name in names}
    worst = max(map(len, of_server.values()))
    connections = max(len({request["connection"] for request in found}) for found in of_server.values())
    print(f"{'site_system_prerequisites':<38}{'requests':>9}{'connections':>13}{'wall':>9}")
    print(f"{f'a server, the most; all {SERVERS}':<38}{worst:>9}{connections:>13}{wall:>7.1f} s")
    print(f"{'budget':<38}{REQUESTS:>9}{1:>13}{SECONDS:>7.1f} s")
    return worst <= REQUESTS and connections == 1
