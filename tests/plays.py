# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plays against the lab: a test gives a list of tasks, and gets their results and the lab's view."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import yaml
from ansible_processes import PlaybookProcess
from lab.client import LabControl
from lab.lab import Lab

_LIMIT = 900 if "coverage" in sys.modules else 180
"""Seconds for a playbook. Each of its processes takes three times as long while code coverage is measured (make coverage)."""

WRITES = frozenset({"Create", "Put", "Delete"})

Task = dict[str, Any]


@dataclass(frozen=True)
class Result:
    """What one task said on one host."""

    outcome: str
    host: str
    task: str
    values: dict[str, Any]

    @property
    def message(self) -> str:
        return str(self.values.get("msg", ""))

    def __getitem__(self, name: str) -> Any:
        return self.values[name]


@dataclass(frozen=True)
class Play:
    """A finished run of ansible-playbook."""

    exit_code: int
    stdout: str
    stderr: str
    results: list[Result]

    @property
    def only(self) -> Result:
        assert len(self.results) == 1, f"{self.results}\n{self.stdout}\n{self.stderr}"
        return self.results[0]


def refused(result: Result, *words: str) -> None:
    """The task failed, and its message has all the words."""
    assert result.outcome == "failed", result
    missing = [word for word in words if word not in result.message]
    assert not missing, f"{missing} not in: {result.message}"


def examples(module: str) -> list[Task]:
    """The tasks that the documentation of a module shows."""
    tasks = yaml.safe_load(import_module(f"ansible_collections.configmgr.site.plugins.modules.{module}").EXAMPLES)
    assert isinstance(tasks, list)
    return tasks


class Site:
    """A lab and Ansible to run against it."""

    def __init__(self, lab: Lab, directory: Path) -> None:
        self.lab = lab
        self.environment: dict[str, str] = {}
        """Of playbooks, besides what all have."""
        self.control = LabControl(lab.control.url)
        self._directory = directory

    def play(
        self,
        *tasks: Task,
        host: str = "top_tier_sms_provider",
        variables: dict[str, Any] | None = None,
        arguments: tuple[str, ...] = (),
        **play: Any,
    ) -> Play:
        """Run tasks on a host. ``variables`` override those of the inventory; other names are keywords of the play."""
        playbook = self._directory / "playbook.yml"
        content = {"hosts": host, "gather_facts": False, "tasks": list(tasks), **play}
        playbook.write_text(yaml.safe_dump([content], sort_keys=False))
        return self.run_playbook(str(playbook), *arguments, variables=variables)

    def run_playbook(self, playbook: str, *arguments: str, variables: dict[str, Any] | None = None) -> Play:
        """Run a playbook."""
        process = self.start_playbook(playbook, *arguments, variables=variables)
        stdout, stderr = process.output(_LIMIT)
        assert process.exit_code is not None
        results = self._results_file
        lines = results.read_text().splitlines() if results.exists() else []
        found = [Result(line["outcome"], line["host"], line["task"], line["result"]) for line in map(json.loads, lines)]
        return Play(process.exit_code, stdout, stderr, found)

    def start_playbook(self, playbook: str, *arguments: str, variables: dict[str, Any] | None = None) -> PlaybookProcess:
        """Start a playbook, by default with the lab's inventory, and leave it to the caller."""
        self._results_file.unlink(missing_ok=True)
        inventory = () if "--inventory" in arguments else ("--inventory", str(self.lab.inventory_file))
        return PlaybookProcess(
            [playbook, *inventory, "--extra-vars", json.dumps(variables or {}), *arguments],
            {"LAB_CONTROL": self.lab.control.url, "RESULTS_FILE": str(self._results_file), **self.environment},
            self._directory,
        )

    @property
    def _results_file(self) -> Path:
        return self._directory / "results.jsonl"

    def requests(self, task: str | None = None) -> list[dict[str, Any]]:
        """The WS-Management requests that the lab has met, of one task or of all."""
        return [
            request
            for entry in self.control.requests()
            if task is None or entry["task"] == task
            for request in entry["requests"]
        ]

    def actions(self, task: str | None = None) -> list[str]:
        return [request["action"] for request in self.requests(task)]

    def writes(self) -> list[str]:
        """Requests that change something; a shell for programs that read is made and removed, too, but is nothing."""
        return [
            request["action"]
            for request in self.requests()
            if request["action"] in WRITES and not request["resource_uri"].endswith("/shell/cmd")
        ]

    def points(self) -> list[tuple[str, str]]:
        """Server and mode of every service connection point on record."""
        return [(point["server"], point["mode"]) for point in self.control.state()["service_connection_points"]]

    def starts(self, server: str, thread: str) -> int:
        """How often a thread of SMS_EXECUTIVE has been started."""
        number: int = self.control.state()["servers"][server]["threads"][thread]["starts"]
        return number

    def password(self, account: str) -> str:
        accounts: dict[str, str] = json.loads((self.lab.directory / "control.json").read_text())["accounts"]
        return accounts[account]
