# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sixty endpoints tried from one server, a third of which do not answer."""

from __future__ import annotations

from lab.client import LabControl

from .running import play, standard_lab

ENDPOINTS, SILENT = 60, 20
TIMEOUT = 10
"""Seconds that each endpoint is given, as by default."""
REQUESTS, SECONDS = 5, 15.0
"""Budgets: one command in a shell of its own takes five requests, or more where the server answers that it takes longer."""


def run() -> bool:
    """Print what it costs; False if it sent more requests than its budget."""
    hosts = [f"endpoint{number}.microsoft.com" for number in range(ENDPOINTS)]
    task = {
        "name": "try them",
        "configmgr.site.internet_access": {"features": [], "endpoints": hosts, "timeout": TIMEOUT, "fail_on": "never"},
    }
    print(f"Trying {ENDPOINTS} endpoints, {SILENT} of which do not answer within {TIMEOUT} s ...\n")
    with standard_lab() as lab:
        control = LabControl(lab.control.url)
        control.console("set_endpoint", host=hosts[:SILENT], connection="timed_out")
        spent = play(lab, [task], hosts="srv1.corp.example")
        requests = [request for found in control.requests() if found["task"] == "try them" for request in found["requests"]]
    commands = sum(request["action"] == "Command" for request in requests)
    print(f"{'internet_access':<38}{'requests':>9}{'commands':>10}{'wall':>9}")
    print(f"{f'{ENDPOINTS} endpoints':<38}{len(requests):>9}{commands:>10}{spent.wall:>7.1f} s")
    print(f"{'budget':<38}{REQUESTS:>9}{1:>10}{SECONDS:>7.1f} s")
    return len(requests) <= REQUESTS and commands == 1
