# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the time of one task goes: in Ansible, in the log-on, in HTTP, in XML and in what else the collection does.

Measured from outside: plays with many tasks more than others, and a transport that keeps the time of each request.
"""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce
from operator import add

from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.classes import SCHEMA
from ansible_collections.configmgr.site.plugins.plugin_utils._wsman.client import Reply, WsmanClient
from ansible_collections.configmgr.site.plugins.plugin_utils._wsman.transports import PywinrmTransport
from ansible_collections.configmgr.site.plugins.plugin_utils._wsman.values import CimClass, CimInstance
from lab.lab import Lab

from .comparison import Account, Cost, by_ansible, check
from .page import Table
from .running import MODULE, ROLE, Task, play, standard_lab

REPETITIONS = 20
TASKS = 20
BUDGET, BUDGET_OF_DEBUG = 15, 10
"""Milliseconds of CPU for a task without the wire, and for `ansible.builtin.debug` on the computer that the budget is for."""
PARTS = (
    "Ansible, for any task (debug)",
    "Ansible, for a connection and an action",
    "TLS and log-on (NTLM)",
    "HTTP, two requests",
    "XML, written and read",
    "the collection's other code",
    "the task",
)
_HEAD = ("part of a no-change check", "wall", "CPU")
_DEBUG: Task = {"ansible.builtin.debug": {"msg": "hello"}}
_CHECK: Task = {MODULE: {**ROLE, "site_code": "PS1"}}


@dataclass(frozen=True)
class Time:
    """Seconds."""

    wall: float
    cpu: float

    @classmethod
    def of(cls, cost: Cost) -> Time:
        return cls(cost.wall, cost.cpu)

    def __sub__(self, other: Time) -> Time:
        return Time(self.wall - other.wall, self.cpu - other.cpu)

    def __add__(self, other: Time) -> Time:
        return Time(self.wall + other.wall, self.cpu + other.cpu)


class _Wire:
    """A transport that keeps the time of each request."""

    def __init__(self, transport: PywinrmTransport) -> None:
        self._transport = transport
        self.endpoint = transport.endpoint
        self.operation_timeout = transport.operation_timeout
        self.times: list[Time] = []

    def send(self, envelope: bytes) -> Reply:
        started = _now()
        try:
            return self._transport.send(envelope)
        finally:
            self.times.append(_now() - started)


class _Client(WsmanClient):
    """A client that keeps the time of each query, which is all that a check asks."""

    def __init__(self, wire: _Wire) -> None:
        super().__init__(wire, SCHEMA)
        self.times: list[Time] = []

    def query(self, namespace: str, wql: str, expected: CimClass | None = None) -> Iterator[CimInstance]:
        started = _now()
        rows = list(super().query(namespace, wql, expected))
        self.times.append(_now() - started)
        return iter(rows)


def run() -> None:
    """Print and write the table."""
    print("Taking one task apart ...\n", flush=True)
    with standard_lab() as lab:
        play(lab, [{MODULE: ROLE}])
        debug, whole = (Time.of(by_ansible(lab, [task], TASKS)) for task in (_DEBUG, _CHECK))
        log_on, http, xml, other = _call(lab)
    inside = whole - debug - log_on - http - xml - other
    parts = dict(zip(PARTS, (debug, inside, log_on, http, xml, other, whole), strict=True))
    without_wire, alone = (whole - log_on - http).cpu * 1000, debug.cpu * 1000
    notes = [
        f"Without the wire, the task takes {without_wire:.0f} ms of CPU, {without_wire / alone:.1f} times as many as debug. "
        f"The budget is {BUDGET} ms where debug takes {BUDGET_OF_DEBUG}: {BUDGET / BUDGET_OF_DEBUG:.1f} times as many.",
        "HTTP has the time of the lab in it, which answers on the same processors.",
    ]
    rows = [(name, f"{spent.wall * 1000:.2f} ms", f"{spent.cpu * 1000:.2f} ms") for name, spent in parts.items()]
    Table("call", _HEAD, rows, notes).publish()


def _now() -> Time:
    return Time(time.perf_counter(), time.thread_time())


def _call(lab: Lab) -> tuple[Time, ...]:
    """The parts of one call: log-on, HTTP, XML, and what else the collection does.

    As in Ansible, each call is the first one of a process forked for it.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    with context.Pool(1, maxtasksperchild=1) as processes:
        samples = processes.map(_parts, [Account.of(lab)] * REPETITIONS, chunksize=1)
    return tuple(_least(list(part)) for part in zip(*samples, strict=True))


def _parts(account: Account) -> tuple[Time, ...]:
    started = _now()
    wire = _Wire(account.transport)
    client = _Client(wire)
    check(client)
    whole = _now() - started
    first, second = wire.times
    queries = reduce(add, client.times)
    return first - second, second + second, queries - first - second, whole - queries


def _least(samples: list[Time]) -> Time:
    """What else the computer does can only add to a time."""
    return Time(min(sample.wall for sample in samples), min(sample.cpu for sample in samples))
