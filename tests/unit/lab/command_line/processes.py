# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Processes that the tests of the command line start, and how they wait for them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

TESTS = Path(__file__).parents[3]
COMMAND = [sys.executable, "-m", "lab"]
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(TESTS)}
END_SECONDS = 20
"""How long a process may take to end, with everything that it has started."""


class Started:
    """A process in a session of its own, which has said that it is ready. Its standard input stays open until `end`."""

    def __init__(self, command: list[str], ready: str) -> None:
        # A pipe of its own, since `communicate` closes the one that it knows of
        reader, self._stdin = os.pipe()
        self._process = subprocess.Popen(
            command,
            cwd=TESTS.parent,
            env=ENVIRONMENT,
            stdin=reader,
            stdout=subprocess.PIPE,
            bufsize=0,  # so that nothing which comes after the greeting is kept back from `rest`
            start_new_session=True,
            preexec_fn=as_from_a_terminal,
        )
        os.close(reader)
        assert self._process.stdout
        self.greeting = ""
        while ready not in self.greeting:
            line = self._process.stdout.readline().decode()
            assert line, f"it ended before it said {ready!r}: {self.greeting}"
            self.greeting += line

    def send(self, number: signal.Signals) -> None:
        """Send a signal to this process alone."""
        self._process.send_signal(number)

    def send_to_group(self, number: signal.Signals) -> None:
        """Send a signal as the terminal does it for Ctrl-C: to the process and to those that are in its group."""
        os.killpg(self._process.pid, number)

    def rest(self) -> str:
        """What it says until it has ended and nothing that it has started is there any more.

        The output reaches its end only when the last process that has inherited it is gone.
        """
        output, _unused = self._process.communicate(timeout=END_SECONDS)
        return output.decode()

    @property
    def exit_code(self) -> int:
        return self._process.wait(END_SECONDS)

    def end(self) -> None:
        """Kill it and its group, if they still run. What waits for its standard input ends with that."""
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        os.close(self._stdin)
        assert self._process.stdout
        self._process.stdout.close()
        self._process.wait()


def as_from_a_terminal() -> None:
    """Undo what nohup, or a background job of a shell, may have done to these tests."""
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
