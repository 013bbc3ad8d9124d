# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs that have passwords in them, and what came of all of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from plays import Task

from canaries.canary import Canary
from canaries.traces import Leak, Traces


@dataclass
class Run:
    """Tasks on a host, the last of which has to end as said."""

    name: str
    host: str
    tasks: list[Task]
    outcome: str = "ok"
    variables: dict[str, Any] = field(default_factory=dict)

    def play(self) -> dict[str, Any]:
        """Whatever it ends with is looked at and kept, and the next play begins."""
        *before, last = self.tasks
        keep = {"name": "keep it", "ansible.builtin.set_fact": {"kept": "{{ result }}", "cacheable": True}}
        tasks = [*before, {**last, "name": self.name, "register": "result"}, keep]
        goes_on = {"ignore_errors": True, "ignore_unreachable": True}
        return {"hosts": self.host, "gather_facts": False, "vars": self.variables, **goes_on, "tasks": tasks}


class RoleRun(Run):
    """A role on a host, with variables, that has to end as said."""

    def play(self) -> dict[str, Any]:
        """Ends with a task of its name."""
        done = {"name": self.name, "ansible.builtin.debug": {}}
        failed = {"name": self.name, "ansible.builtin.fail": {}, "ignore_errors": True}
        block = {"block": [*self.tasks, done], "rescue": [failed]}
        return {"hosts": self.host, "gather_facts": False, "vars": self.variables, "tasks": [block]}


@dataclass(frozen=True)
class Survey:
    """What came of it."""

    canaries: list[Canary]
    outcomes: dict[str, set[str]]
    """Of the runs, on all of their hosts, by their names."""
    expected: dict[str, str]
    traces: Traces

    @property
    def unexpected(self) -> dict[str, set[str]]:
        """What the runs ended with that ended otherwise than they had to."""
        return {name: self.outcomes[name] for name, outcome in self.expected.items() if self.outcomes[name] != {outcome}}

    @property
    def leaks(self) -> list[Leak]:
        return self.traces.leaks(self.canaries)
