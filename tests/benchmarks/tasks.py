# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Requests and bytes of each task, counted by the lab after the log-on."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.classes import SCHEMA
from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.deployment import Deployment
from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.service_connection_point import Mode
from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.steps import Desired
from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.waiting import Waiting
from ansible_collections.configmgr.site.plugins.plugin_utils._wsman.client import Reply, WsmanClient
from ansible_collections.configmgr.site.plugins.plugin_utils._wsman.transports import PywinrmTransport
from lab.client import LabControl
from lab.hierarchy.topology import load
from lab.lab import Lab
from winrm.protocol import Protocol

ROOT = Path(__file__).parents[2]
MODULE = "configmgr.site.service_connection_point"
SERVER, OTHER = "srv1.corp.example", "srv2.corp.example"
ROLE = {"site_system": SERVER, "mode": "online"}
THREAD = {"name": "SMS_DMP_DOWNLOADER", "state": "restarted", "restarted_for": "online"}
OFFLINE = {**ROLE, "mode": "offline"}
REPETITIONS = 20
ROLE_REQUESTS, ROLE_TASKS = 30, 12
"""Budget of the role on a finished hierarchy."""


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
        Row("set offline", MODULE, OFFLINE, 7),
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
        Row("the end of a log", "configmgr.site.log_info", {"name": "dmpdownloader.log"}, on=OTHER),
        Row("remove, without waiting", MODULE, {"state": "absent", "wait": False}),
    )


def run() -> bool:
    """Print the tables; False if a task sent more requests than its budget."""
    print("Requests of one task after the log-on, as the lab counts them; budgets are for what is done often.\n")
    within = [_print_requests(topology, site_code) for topology, site_code in TOPOLOGIES.items()]
    within.append(_print_role())
    with _lab("standalone") as lab:
        _print_cpu(lab)
    return all(within)


@contextmanager
def _lab(topology: str) -> Iterator[Lab]:
    with tempfile.TemporaryDirectory() as directory, Lab(load(topology), Path(directory), speed=1000) as lab:
        yield lab


def _task(row: Row) -> dict[str, Any]:
    delegation = {"delegate_to": row.on} if row.on else {}
    return {"name": row.name, row.module: row.options, **delegation}


def _print_requests(topology: str, site_code: str) -> bool:
    """One table; False if a task of it sent more requests than its budget."""
    print(f"{topology + ' (' + site_code + ')':<38}{'requests':>9}{'budget':>8}{'sent':>9}{'received':>10}")
    within = True
    with _lab(topology) as lab:
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
    role = {"ansible.builtin.include_role": {"name": "configmgr.site.service_connection_point"}}
    variables = {f"service_connection_point_{name}": value for name, value in ROLE.items()}
    with _lab("hierarchy") as lab:
        control = LabControl(lab.control.url)
        play(lab, [{**role, "vars": variables}])
        before = control.requests()
        _cpu, wall = play(lab, [{**role, "vars": variables}])
        tasks = control.requests()[len(before) :]
    requests = sum(len(task["requests"]) for task in tasks)
    print(f"{'the role, nothing to change':<38}{'requests':>9}{'tasks':>8}{'wall':>9}")
    print(f"{'counted':<38}{requests:>9}{len(tasks):>8}{wall:>7.1f} s")
    print(f"{'budget':<38}{ROLE_REQUESTS:>9}{ROLE_TASKS:>8}{4.0:>7.1f} s\n")
    return requests <= ROLE_REQUESTS and len(tasks) <= ROLE_TASKS


def _print_cpu(lab: Lab) -> None:
    """CPU of Ansible and its workers for one task, from many of the same in one play."""
    play(lab, [{MODULE: ROLE}])
    tasks = {
        "ansible.builtin.debug": {"ansible.builtin.debug": {"msg": "hello"}},
        "nothing to change": {MODULE: {**ROLE, "site_code": "PS1"}},
    }
    print("Measuring the cost of a task on the controller ...\n")
    print(f"{'cost of one task on the controller':<38}{'CPU':>9}{'wall':>10}   (median of 3 plays with {REPETITIONS} tasks)")
    for name, task in tasks.items():
        cpu, wall = _difference(lab, task)
        print(f"{name:<38}{cpu * 1000:>6.1f} ms{wall * 1000:>7.1f} ms")
    print(f"{'  of that, code of this collection':<38}{_own_cpu(lab) * 1000:>6.1f} ms")


class _Stopwatch:
    """A transport that keeps the CPU time that the wire takes: HTTP, TLS and the log-on."""

    def __init__(self, transport: PywinrmTransport) -> None:
        self._transport = transport
        self.endpoint = transport.endpoint
        self.operation_timeout = transport.operation_timeout
        self.seconds = 0.0

    def send(self, envelope: bytes) -> Reply:
        started = time.thread_time()
        try:
            return self._transport.send(envelope)
        finally:
            self.seconds += time.thread_time() - started


def _own_cpu(lab: Lab) -> float:
    """CPU of the collection's code for a task with nothing to change, without Ansible and without the wire."""
    url = f"https://127.0.0.1:{lab.https_ports['ps1.corp.example']}/wsman"
    account = lab.accounts[0]
    session = Protocol(
        url, transport="ntlm", username=account.name, password=account.password, ca_trust_path=str(lab.authority_file)
    )
    transport = _Stopwatch(PywinrmTransport(session))
    waiting = Waiting(timeout=60, progress=print)
    desired = Desired("present", ROLE["site_system"], Mode.ONLINE)
    started = time.thread_time()
    for _repetition in range(REPETITIONS):
        Deployment(WsmanClient(transport, SCHEMA), "PS1", waiting).run(desired, check_mode=False)
    return (time.thread_time() - started - transport.seconds) / REPETITIONS


def _difference(lab: Lab, task: dict[str, Any]) -> tuple[float, float]:
    """CPU and wall time of a play with many tasks less those of a play with one, for each task more."""
    samples = []
    for _repetition in range(3):
        many, one = (play(lab, [task] * count) for count in (REPETITIONS + 1, 1))
        samples.append([(more - less) / REPETITIONS for more, less in zip(many, one, strict=True)])
    cpu, wall = (statistics.median(values) for values in zip(*samples, strict=True))
    return cpu, wall


def play(lab: Lab, tasks: list[dict[str, Any]], hosts: str = "top_tier_sms_provider") -> tuple[float, float]:
    """Run tasks in a play of their own; returns the CPU and wall time of ansible-playbook in seconds."""
    playbook = lab.directory / "playbook.yml"
    playbook.write_text(yaml.safe_dump([{"hosts": hosts, "gather_facts": False, "tasks": tasks}]))
    environment = {
        **os.environ,
        "ANSIBLE_CONFIG": str(ROOT / "tests/ansible.cfg"),
        "ANSIBLE_COLLECTIONS_PATH": str(ROOT / ".build"),
        "ANSIBLE_CALLBACK_PLUGINS": str(ROOT / "tests/lab/ansible"),
        "ANSIBLE_CALLBACKS_ENABLED": "lab_tasks",
        "LAB_CONTROL": lab.control.url,
    }
    before, started = os.times(), time.monotonic()
    command = [str(Path(sys.executable).with_name("ansible-playbook")), "-i", str(lab.inventory_file), str(playbook)]
    process = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)
    if process.returncode:
        raise RuntimeError(f"the play failed:\n{process.stdout}\n{process.stderr}")
    after = os.times()
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return cpu, time.monotonic() - started
