# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""ansible-playbook in processes that are forked from one which has loaded Ansible already.

Half of what a short play costs is Python loading Ansible. Here, that is done once for each process that runs tests; every
playbook still has a process of its own, with the command line, the environment and the exit code of ``ansible-playbook``.
"""

from __future__ import annotations

import os
from atexit import register
from collections.abc import Mapping, Sequence
from functools import cache
from multiprocessing import get_context
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp

ROOT = Path(__file__).parents[1]

SETTINGS = {
    "ANSIBLE_CONFIG": str(ROOT / "tests/ansible.cfg"),
    "ANSIBLE_COLLECTIONS_PATH": str(ROOT / ".build"),
    "ANSIBLE_CALLBACK_PLUGINS": f"{ROOT / 'tests/integration/callbacks'}:{ROOT / 'tests/lab/ansible'}",
    "ANSIBLE_CALLBACKS_ENABLED": "results,lab_tasks",
    "ANSIBLE_NOCOLOR": "1",
}
"""What every playbook of the tests runs with. Ansible reads it when it is loaded."""


class PlaybookProcess:
    """A run of ansible-playbook, in a session of its own."""

    def __init__(self, arguments: Sequence[str], environment: Mapping[str, str], directory: Path) -> None:
        """Start it; ``directory`` gets the files with its output."""
        self._outputs = (directory / "stdout", directory / "stderr")
        process = _context().Process(target=_run, args=(list(arguments), dict(environment), self._outputs))
        process.start()
        self._process: ForkServerProcess = process

    @property
    def pid(self) -> int:
        assert self._process.pid is not None
        return self._process.pid

    @property
    def exit_code(self) -> int | None:
        """None while it runs; less than zero if a signal ended it."""
        return self._process.exitcode

    def output(self, timeout: float) -> tuple[str, str]:
        """Wait for its end; what it has written to standard output and to standard error."""
        self._process.join(timeout)
        assert self.exit_code is not None, f"the playbook still runs after {timeout:.0f} s"
        stdout, stderr = (path.read_text() for path in self._outputs)
        return stdout, stderr


@cache
def _context() -> ForkServerContext:
    home = mkdtemp(prefix="ansible-")
    register(rmtree, home, ignore_errors=True)
    os.environ.update(SETTINGS, ANSIBLE_HOME=home)
    context = get_context("forkserver")
    context.set_forkserver_preload(["ansible_preload"])
    return context


def _run(arguments: list[str], environment: dict[str, str], outputs: tuple[Path, Path]) -> None:
    os.setsid()
    os.chdir(ROOT)
    os.environ.update(environment)
    for number, path in enumerate(outputs, start=1):
        with open(path, "wb") as file:
            os.dup2(file.fileno(), number)
    from ansible.cli.playbook import PlaybookCLI

    PlaybookCLI.cli_executor(["ansible-playbook", *arguments])
