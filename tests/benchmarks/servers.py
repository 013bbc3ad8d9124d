# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The checks of 1 to 400 servers in one play: what each is asked, and what the controller has to do for it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from lab.wire.host import RequestRecord

from .page import Table
from .running import Spent, Task, play, requests_of, standard_lab

SERVERS, FORKS = (1, 10, 100, 400), (5, 50)
REQUESTS = 25
"""Budget of the whole list of checks on one server."""
_CONTINUED = ("Create", "Send", "Receive", "Signal", "Delete", "Pull")
"""Actions of a read that ask nothing new: what belongs to a shell besides its command line, and further pages."""
_HEAD = (
    *("servers, forks", "requests a server", "connections a server", "asked twice"),
    *("wall", "a server", "CPU", "memory", "of the first process"),
)
_TASK: Task = {
    "configmgr.site.site_system_prerequisites": {
        "site_server": "ps1.corp.example",
        "site_system": "{{ inventory_hostname }}",
        "sql_server": "ps1.corp.example",
    }
}


_DEBUG: Task = {"ansible.builtin.debug": {"msg": "hello"}}


def run() -> bool:
    """Print and write the table; False if a server was asked more than its budget, or twice for the same thing."""
    print("Checking 1 to 400 servers in one play (a minute or two) ...\n", flush=True)
    rows, within = [], True
    for forks in FORKS:
        for servers in SERVERS:
            with standard_lab(members=servers) as lab:
                spent = play(lab, [_TASK], hosts="member*", forks=forks)
                records = requests_of(lab)
            counts = (_most(records), _most_connections(records), _asked_twice(records))
            within = within and len({record.server for record in records}) == servers and is_within(counts)
            rows.append((name(servers, forks), *map(str, counts), *_spent(servers, spent)))
        with standard_lab(members=servers) as lab:
            spent = play(lab, [_DEBUG], hosts="member*", forks=forks)
        rows.append((f"{name(servers, forks)}, debug", "0", "0", "0", *_spent(servers, spent)))
    notes = [
        "The rows with debug are what Ansible itself takes, without a server being asked; its start is in all of them.",
        "The first process grows by the results of the servers, which Ansible keeps until the task is over.",
    ]
    Table("servers", _HEAD, rows, notes).publish()
    return within


def is_within(counts: Sequence[int]) -> bool:
    """Whether nothing was asked too often: the most requests and connections of a server, and what it was asked twice."""
    requests, connections, twice = counts
    return requests <= REQUESTS and connections == 1 and twice == 0


def name(servers: int, forks: int) -> str:
    """Of the row of so many servers."""
    return f"{servers}, {forks}"


def _spent(servers: int, spent: Spent) -> tuple[str, ...]:
    times = (f"{spent.wall:.1f} s", f"{spent.wall / servers * 1000:.0f} ms", f"{spent.cpu:.1f} s")
    return (*times, f"{spent.memory:.0f} MiB", f"{spent.memory_of_first:.0f} MiB")


def _most(records: Sequence[RequestRecord]) -> int:
    return max(Counter(record.server for record in records).values())


def _most_connections(records: Sequence[RequestRecord]) -> int:
    pairs = {(record.server, record.connection) for record in records}
    return max(Counter(server for server, _connection in pairs).values())


def _asked_twice(records: Sequence[RequestRecord]) -> int:
    questions = Counter(
        (record.server, record.action, record.resource_uri, record.detail)
        for record in records
        if record.action not in _CONTINUED
    )
    return sum(count - 1 for count in questions.values())
