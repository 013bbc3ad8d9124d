# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Playbooks run as chatty as Ansible can be, and everything that they leave behind."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from ansible_processes import ROOT, SETTINGS

from canaries.canary import Canary
from canaries.watching import Watch

_LIMIT = 300
PLACES = (
    "standard output",
    "standard error",
    "log file",
    "results of a callback",
    "fact cache",
    "temporary files",
    "process list",
    "environments",
)
"""Where a password is looked for."""


class Leak(NamedTuple):
    """A password that was found."""

    canary: str
    place: str
    form: str


@dataclass(frozen=True)
class Traces:
    """What a playbook has left, by the place."""

    by_place: Mapping[str, list[bytes]]

    def leaks(self, canaries: Iterable[Canary]) -> list[Leak]:
        return sorted(
            {
                Leak(canary.place, place, form)
                for place, contents in self.by_place.items()
                for canary in canaries
                for form in canary.found_in(b"\0".join(contents))
            }
        )

    def __getitem__(self, place: str) -> str:
        return b"\n".join(self.by_place[place]).decode(errors="replace")


def run(plays: list[dict[str, Any]], inventory: Path, directory: Path, environment: Mapping[str, str] | None = None) -> Traces:
    """Run plays with all that Ansible can say. The playbook and the inventory themselves are no traces."""
    playbook = directory / "playbook.yml"
    playbook.write_text(yaml.safe_dump(plays, sort_keys=False, allow_unicode=True))
    left = {name: directory / name for name in ("home", "temporary", "facts")}
    for path in left.values():
        path.mkdir()
    log, results = directory / "ansible.log", directory / "results.jsonl"
    settings = {
        **os.environ,
        **SETTINGS,
        "ANSIBLE_CALLBACKS_ENABLED": "results",
        "ANSIBLE_HOME": str(left["home"]),
        "ANSIBLE_LOG_PATH": str(log),
        "ANSIBLE_KEEP_REMOTE_FILES": "1",
        "ANSIBLE_CACHE_PLUGIN": "jsonfile",
        "ANSIBLE_CACHE_PLUGIN_CONNECTION": str(left["facts"]),
        "RESULTS_FILE": str(results),
        "TMPDIR": str(left["temporary"]),
        **(environment or {}),
    }
    command = ["ansible-playbook", "-vvvvv", "--diff", "--forks", "4", "--inventory", str(inventory), str(playbook)]
    outputs = directory / "stdout", directory / "stderr"
    with open(outputs[0], "wb") as stdout, open(outputs[1], "wb") as stderr:
        process = subprocess.Popen(command, cwd=ROOT, env=settings, stdin=subprocess.DEVNULL, stdout=stdout, stderr=stderr)
        try:
            with Watch(process.pid, left["temporary"]) as watch:
                process.wait(_LIMIT)
        finally:
            process.kill()
    contents = [
        [outputs[0].read_bytes()],
        [outputs[1].read_bytes()],
        [log.read_bytes()],
        [results.read_bytes()],
        files_in(left["facts"]),
        [*watch.files, *files_in(left["temporary"]), *files_in(left["home"])],
        list(watch.command_lines),
        list(watch.environments),
    ]
    return Traces(dict(zip(PLACES, contents, strict=True)))


def files_in(directory: Path) -> list[bytes]:
    """The contents of all files below a directory."""
    return [path.read_bytes() for path in directory.rglob("*") if path.is_file()]
