# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs plays against a lab, with what they cost the controller and what they sent."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event, Thread
from types import TracebackType
from typing import Any

import yaml
from descendants import with_descendants
from lab.hierarchy.topology import load
from lab.lab import Lab
from lab.wire.host import RequestRecord
from memory import peak_of, size

ROOT = Path(__file__).parents[2]
MODULE = "configmgr.site.service_connection_point"
SERVER = "srv1.corp.example"
ROLE = {"site_system": SERVER, "mode": "online"}
SPEED = 1000

Task = Mapping[str, Any]


@dataclass(frozen=True)
class Spent:
    """What a play cost the controller."""

    cpu: float
    """Seconds, of all processes."""
    wall: float
    """Seconds."""
    memory: float
    """MiB of all processes together at their peak, where what they share counts once; 0 where no kernel tells."""
    memory_of_first: float
    """MiB of the process that all others are forked from, at its peak, with what it shares with them."""


@contextmanager
def standard_lab(topology: str = "standalone", members: int = 0) -> Iterator[Lab]:
    """A lab with a topology that comes with it, and with so many servers ``member1``, ``member2`` ... besides."""
    usual = load(topology)
    names = tuple(f"member{number}.{usual.domain}" for number in range(1, members + 1))
    wanted = replace(usual, member_servers=names) if members else usual
    with tempfile.TemporaryDirectory() as directory, Lab(wanted, Path(directory), speed=SPEED) as lab:
        yield lab


def play(
    lab: Lab,
    tasks: Iterable[Task],
    hosts: str = "top_tier_sms_provider",
    forks: int = 5,
    collections: Iterable[Path] = (),
) -> Spent:
    """Run tasks in a play of their own, with the collections in further directories to choose from."""
    playbook = lab.directory / "playbook.yml"
    playbook.write_text(yaml.safe_dump([{"hosts": hosts, "gather_facts": False, "tasks": [dict(task) for task in tasks]}]))
    environment = {
        **os.environ,
        "ANSIBLE_CONFIG": str(ROOT / "tests/ansible.cfg"),
        "ANSIBLE_COLLECTIONS_PATH": ":".join(map(str, (ROOT / ".build", *collections))),
        "ANSIBLE_CALLBACK_PLUGINS": str(ROOT / "tests/lab/ansible"),
        "ANSIBLE_CALLBACKS_ENABLED": "lab_tasks",
        "LAB_CONTROL": lab.control.url,
    }
    program = str(Path(sys.executable).with_name("ansible-playbook"))
    command = [program, "-i", str(lab.inventory_file), "--forks", str(forks), str(playbook)]
    before, started = os.times(), time.monotonic()
    pipe = subprocess.PIPE
    with (
        subprocess.Popen(command, env=environment, cwd=ROOT, stdout=pipe, stderr=pipe, text=True) as process,
        _Memory(process.pid) as memory,
    ):
        output = process.communicate()
    if process.returncode:
        raise RuntimeError("the play failed:\n{}\n{}".format(*output))
    wall, after = time.monotonic() - started, os.times()
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return Spent(cpu, wall, memory.peak, memory.peak_of_first)


def requests_of(lab: Lab) -> list[RequestRecord]:
    """All that the lab has met since it was last told to forget them."""
    return [record for task in lab.requests.tasks for record in task.requests]


class _Memory:
    """Looks again and again at how much memory a process and all its descendants have.

    That takes one part in twenty of a processor at the most, however many they are.
    """

    def __init__(self, process: int) -> None:
        self.peak = self.peak_of_first = 0.0
        self._process = process
        self._is_over = Event()
        self._thread = Thread(target=self._watch)

    def __enter__(self) -> _Memory:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._is_over.set()
        self._thread.join()

    def _watch(self) -> None:
        pause = 0.0
        while not self._is_over.wait(max(0.1, pause)):
            started = time.thread_time()
            whole = sum(size(process, "smaps_rollup", "Pss") for process in with_descendants(self._process))
            self.peak = max(self.peak, whole / 1024**2)
            self.peak_of_first = max(self.peak_of_first, peak_of(self._process) / 1024**2)
            pause = 20 * (time.thread_time() - started)
