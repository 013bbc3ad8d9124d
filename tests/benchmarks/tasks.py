# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Requests and bytes of each task, counted by the lab after the log-on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lab.client import LabControl

from .comparison import role
from .running import MODULE, ROLE, SERVER, Task, play, requests_of, standard_lab

OTHER = "srv2.corp.example"
THREAD = {"name": "SMS_DMP_DOWNLOADER", "state": "restarted", "restarted_for": "online"}
OFFLINE = {**ROLE, "mode": "offline"}
ROLE_REQUESTS, ROLE_TASKS = 30, 12
"""Budget of the role on a finished hierarchy."""
LOG = "dmpdownloader.log"
LOG_SIZES = 2 * 1024**2, 50 * 1024**2
"""Bytes."""


@dataclass(frozen=True)
class Row:
    """One line of the table: tasks to run, of which the last is counted."""

    name: str
    module: str
    options: dict[str, Any]
    budget: int | None = None
    on: str | None = None
    """The server, if it is another than that with the SMS Provider."""


TOPOLOGIES = {"standalone": "PS1", "hierarchy": "CAS"}
"""Where tasks are counted, with the code of the top-tier site."""


def _rows(site_code: str) -> tuple[Row, ...]:
    given = {"site_code": site_code}
    return (
        Row("install, without waiting", MODULE, {**ROLE, "wait": False}),
        Row("the next run, which waits for it", MODULE, ROLE),
        Row("nothing to change", MODULE, ROLE, 3),
        Row("nothing to change, site_code given", MODULE, {**ROLE, **given}, 2),
        # One of them for a second page: more than one update is not installed yet
        Row("set offline, site_code given", MODULE, {**OFFLINE, **given}, 6),
        Row("set online, site_code given", MODULE, {**ROLE, **given}, 5),
        Row("service_connection_point_info", f"{MODULE}_info", {}),
        Row("service_connection_point_server_info", f"{MODULE}_server_info", {}, on=SERVER),
        Row("site_info", "configmgr.site.site_info", {}),
        Row("updates of the site, site_code given", "configmgr.site.site_update_info", given),
        Row("a thread restarted, not noted before", "configmgr.site.component", THREAD, on=SERVER),
        Row("a thread that needs no restart", "configmgr.site.component", THREAD, on=SERVER),
        Row("a thread that is restarted", "configmgr.site.component", {**THREAD, "restarted_for": "other"}, on=SERVER),
        Row("SMS_EXECUTIVE restarted", "configmgr.site.executive", {"state": "restarted"}, on=SERVER),
        Row("another server made a site system", "configmgr.site.site_system", {"site_system": OTHER}),
        Row("moved there, and waited for", MODULE, {"site_system": OTHER, "move": True}),
        Row("nothing to move", MODULE, {"site_system": OTHER, "move": True}),
        Row("what to look after", f"{MODULE}_follow_up_info", {}),
        Row("status messages of the role", "configmgr.site.status_message_info", {}),
        Row("the end of a log", "configmgr.site.log_info", {"name": LOG}, on=OTHER),
        Row("remove, without waiting", MODULE, {"state": "absent", "wait": False}),
    )


def run() -> bool:
    """Print the tables; False if a task sent more requests than its budget."""
    print("Requests of one task after the log-on, as the lab counts them; budgets are for what is done often.\n")
    within = [_print_requests(topology, site_code) for topology, site_code in TOPOLOGIES.items()]
    return all([*within, _print_role(), _print_log()])


def _task(row: Row) -> Task:
    delegation = {"delegate_to": row.on} if row.on else {}
    return {"name": row.name, row.module: row.options, **delegation}


def _print_requests(topology: str, site_code: str) -> bool:
    """One table; False if a task of it sent more requests than its budget."""
    print(f"{topology + ' (' + site_code + ')':<38}{'requests':>9}{'budget':>8}{'sent':>9}{'received':>10}")
    within = True
    with standard_lab(topology) as lab:
        rows = _rows(site_code)
        play(lab, [_task(row) for row in rows])
        counted = {task["task"]: task["requests"] for task in LabControl(lab.control.url).requests()}
    for row in rows:
        requests = counted[row.name]
        verdict = "" if row.budget is None else str(row.budget)
        if row.budget is not None and len(requests) > row.budget:
            within, verdict = False, f"{row.budget} !"
        sent, received = (sum(request[way] for request in requests) for way in ("bytes_in", "bytes_out"))
        print(f"{row.name:<38}{len(requests):>9}{verdict:>8}{sent:>7} B{received:>8} B")
    print()
    return within


def _print_role() -> bool:
    """The role on a finished hierarchy; False if it went beyond its budget of requests or tasks."""
    with standard_lab("hierarchy") as lab:
        control = LabControl(lab.control.url)
        play(lab, [role()])
        before = control.requests()
        spent = play(lab, [role()])
        tasks = control.requests()[len(before) :]
    requests = sum(len(task["requests"]) for task in tasks)
    print(f"{'the role, nothing to change':<38}{'requests':>9}{'tasks':>8}{'wall':>9}")
    print(f"{'counted':<38}{requests:>9}{len(tasks):>8}{spent.wall:>7.1f} s")
    print(f"{'budget':<38}{ROLE_REQUESTS:>9}{ROLE_TASKS:>8}{4.0:>7.1f} s\n")
    return requests <= ROLE_REQUESTS and len(tasks) <= ROLE_TASKS


def _print_log() -> bool:
    """The end of a log, which costs the same when the log has become long; False if it does not."""
    costs = {}
    print(f"{'the end of a log':<38}{'requests':>9}{'sent':>9}{'received':>11}")
    with standard_lab() as lab:
        play(lab, [{MODULE: ROLE}])
        server = lab.hierarchy.servers[SERVER]
        path = rf"{server.log_directory}\{LOG}"
        content = server.files.read(path)
        for size in LOG_SIZES:
            server.files.write(path, content * (size // len(content)))
            lab.requests.clear()
            play(lab, [{"configmgr.site.log_info": {"name": LOG}}], hosts=SERVER)
            records = requests_of(lab)
            costs[size] = len(records)
            sent, received = sum(record.bytes_in for record in records), sum(record.bytes_out for record in records)
            print(f"{f'{size >> 20} MiB':<38}{len(records):>9}{sent:>7} B{received:>9} B")
    return len(set(costs.values())) == 1
