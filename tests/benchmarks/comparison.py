# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Our tasks side by side with the best case of a module in PowerShell, and with pywinrm's ``run_ps``.

The best case: PowerShell itself takes no time, and answers in one piece. What is left is what Ansible and pywinrm send to have
it run, to the same server in the same way.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from typing import NamedTuple

from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.classes import SCHEMA
from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.deployment import Deployment
from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.service_connection_point import Mode
from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.steps import Desired
from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.waiting import Waiting
from ansible_collections.configmgr.site.plugins.plugin_utils._wsman.client import WsmanClient
from ansible_collections.configmgr.site.plugins.plugin_utils._wsman.transports import PywinrmTransport
from lab.lab import Lab
from lab.wire.host import CommandResult
from winrm import Session

from . import windows_collection
from .page import Table
from .running import MODULE, ROLE, Task, play, requests_of, standard_lab

ROUNDS = 4
CHECK, CHECK_OF_SITE = "no-change check", "no-change check, site_code given"
MODES, WHOLE_ROLE = "set offline, and online again", "role, nothing to change"
WINDOWS_MODULE = "win_service_info, PowerShell takes no time"
CALL, RUN_PS = "no-change check, called from Python", "run_ps, PowerShell takes no time"
ROWS = (CHECK, CHECK_OF_SITE, MODES, WHOLE_ROLE, WINDOWS_MODULE, CALL, RUN_PS)
_HEAD = ("work", "log-on", "requests", "sent", "received", "wall", "CPU")

_PROVIDER = "ps1.corp.example"
_GIVEN = {**ROLE, "site_code": "PS1"}
_SCRIPT = (
    "Get-CimInstance -Namespace root/sms/site_PS1 -ClassName SMS_SCI_SysResUse "
    "-Filter \"RoleName='SMS Dmp Connector'\" | ConvertTo-Json"
)
_ANSWER = b'{"changed":false,"exists":true,"services":[]}\r\n'
"""A result that is valid for the module, and short."""


@dataclass(frozen=True)
class Cost:
    """What one piece of work costs."""

    round_trips: float
    """HTTP requests of log-ons."""
    requests: float
    sent: float
    """Bytes of envelopes, before any encryption."""
    received: float
    wall: float
    """Seconds."""
    cpu: float

    def cells(self) -> tuple[str, ...]:
        round_trips, requests, sent, received = map(ceil, (self.round_trips, self.requests, self.sent, self.received))
        counts = (f"{round_trips}", f"{requests}", f"{sent} B", f"{received} B")
        return (*counts, f"{self.wall * 1000:.0f} ms", f"{self.cpu * 1000:.0f} ms")


@dataclass(frozen=True)
class Counted:
    """What is counted of a piece of work, as the table has it."""

    requests: int
    sent: int
    received: int

    @classmethod
    def of(cls, cells: Sequence[str]) -> Counted:
        """From the cells of its row, without the first."""
        return cls(*(int(cell.removesuffix(" B")) for cell in cells[1:4]))

    @property
    def bytes(self) -> int:
        return self.sent + self.received


def misses(counted: dict[str, Counted]) -> list[str]:
    """What the no-change check does not reach, in sentences; peers that were not run are not compared with."""
    check = counted[CHECK]
    missed = []
    if check.requests > 3 or counted[CHECK_OF_SITE].requests > 2:
        missed.append("The no-change check sends more than 3 requests, or more than 2 where site_code is given.")
    if counted[MODES].requests > 2 * 5:
        missed.append("Two mode changes send more than 10 requests.")
    if counted[WHOLE_ROLE].requests > 30:
        missed.append("The role sends more than 30 requests.")
    if WINDOWS_MODULE in counted and 30 * check.bytes > counted[WINDOWS_MODULE].bytes:
        missed.append("The no-change check has more than a thirtieth of the bytes of a module in PowerShell.")
    if check.bytes >= counted[RUN_PS].bytes or check.sent >= counted[RUN_PS].sent:
        missed.append("The no-change check has no fewer bytes than run_ps.")
    return missed


def run() -> bool:
    """Print and write the table; False if a counted target was missed."""
    print("Comparing with a module in PowerShell and with run_ps ...\n", flush=True)
    missing, costs = "", {}
    with standard_lab() as lab:
        play(lab, [{MODULE: ROLE}])
        costs[CHECK] = by_ansible(lab, [{MODULE: ROLE}], 10)
        costs[CHECK_OF_SITE] = by_ansible(lab, [{MODULE: _GIVEN}], 10)
        modes: list[Task] = [{MODULE: {**_GIVEN, "mode": mode}} for mode in ("offline", "online")]
        costs[MODES] = by_ansible(lab, modes, 5)
        costs[WHOLE_ROLE] = by_ansible(lab, [role()], 2)
        lab.hierarchy.servers[_PROVIDER].powershell_answer = CommandResult(stdout=_ANSWER)
        try:
            costs[WINDOWS_MODULE] = _of_windows_module(lab)
        except RuntimeError as error:
            missing = f"{WINDOWS_MODULE}: not run, {error}."
        account = Account.of(lab)
        costs[CALL] = _in_process(lab, lambda: check(WsmanClient(account.transport, SCHEMA)))
        costs[RUN_PS] = _in_process(lab, lambda: account.session.run_ps(_SCRIPT))
    counted = {name: Counted.of(cost.cells()) for name, cost in costs.items()}
    missed = misses(counted)
    notes = [missing] if missing else [_against_windows(counted, costs)]
    notes += [_against_run_ps(counted), *missed]
    Table("comparison", _HEAD, [(name, *cost.cells()) for name, cost in costs.items()], notes).publish()
    return not missed


def _against_windows(counted: dict[str, Counted], costs: dict[str, Cost]) -> str:
    ours, theirs = counted[CHECK], counted[WINDOWS_MODULE]
    processor = costs[CHECK].cpu / costs[WINDOWS_MODULE].cpu
    return (
        f"The no-change check needs {ours.requests} requests where a module in PowerShell needs {theirs.requests}, one part in "
        f"{theirs.bytes // ours.bytes} of its bytes, and {processor:.0%} of its CPU on the controller."
    )


def _against_run_ps(counted: dict[str, Counted]) -> str:
    ours, theirs = counted[CHECK], counted[RUN_PS]
    return (
        f"It sends {ours.sent} bytes where run_ps sends {theirs.sent} to have one short script run; with what comes back, "
        f"{ours.bytes} and {theirs.bytes}."
    )


def role() -> Task:
    """The role on a finished site, as a task."""
    variables = {f"service_connection_point_{name}": value for name, value in ROLE.items()}
    return {"ansible.builtin.include_role": {"name": MODULE}, "vars": variables}


def _of_windows_module(lab: Lab) -> Cost:
    collections = windows_collection.find()
    return by_ansible(lab, [{"ansible.windows.win_service_info": {"name": "SMS_EXECUTIVE"}}], 5, collections=[collections])


def by_ansible(lab: Lab, tasks: list[Task], times: int, collections: Sequence[Path] = ()) -> Cost:
    """From plays with so many repetitions of tasks more than others; what else the computer does can only add to a time."""
    rounds = [[_played(lab, tasks * count, collections) for count in (times + 1, 1)] for _round in range(ROUNDS)]
    more, less = ([min(values) for values in zip(*plays, strict=True)] for plays in zip(*rounds, strict=True))
    return Cost(*((much - little) / times for much, little in zip(more, less, strict=True)))


def _played(lab: Lab, tasks: list[Task], collections: Sequence[Path]) -> tuple[float, ...]:
    lab.requests.clear()
    spent = play(lab, tasks, collections=collections)
    return (*_counts(lab), spent.wall, spent.cpu)


def _in_process(lab: Lab, work: Callable[[], object]) -> Cost:
    """From many repetitions in this process, each with a log-on of its own; CPU is that of this thread, without the lab's."""
    times = 20
    work()
    lab.requests.clear()
    wall, cpu = time.monotonic(), time.thread_time()
    for _repetition in range(times):
        work()
    spent = (time.monotonic() - wall, time.thread_time() - cpu)
    return Cost(*(value / times for value in (*_counts(lab), *spent)))


def _counts(lab: Lab) -> tuple[float, ...]:
    records = requests_of(lab)
    log_on = sum(record.round_trips - 1 for record in records)
    return log_on, len(records), sum(record.bytes_in for record in records), sum(record.bytes_out for record in records)


class Account(NamedTuple):
    """How to log on to the SMS Provider of a lab."""

    url: str
    name: str
    password: str
    authority: str

    @classmethod
    def of(cls, lab: Lab) -> Account:
        account, url = lab.accounts[0], f"https://127.0.0.1:{lab.https_ports[_PROVIDER]}/wsman"
        return cls(url, account.name, account.password, str(lab.authority_file))

    @property
    def session(self) -> Session:
        """pywinrm's, as Ansible would make it."""
        return Session(self.url, (self.name, self.password), transport="ntlm", ca_trust_path=self.authority)

    @property
    def transport(self) -> PywinrmTransport:
        return PywinrmTransport(self.session.protocol)


def check(client: WsmanClient) -> None:
    """What the module does where nothing is to be changed."""
    desired = Desired("present", ROLE["site_system"], Mode.ONLINE)
    Deployment(client, "PS1", Waiting(timeout=60, progress=print)).run(desired, check_mode=False)
