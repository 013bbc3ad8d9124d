# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``lab run`` in a terminal: the command has it as if it had been started by the shell itself."""

from __future__ import annotations

import json
import os
import pty
import select
import shlex
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from unit.lab.command_line.processes import COMMAND, END_SECONDS, ENVIRONMENT, TESTS

CTRL_C, CTRL_D, CTRL_Z = "\x03", "\x04", "\x1a"

_WITH_TERMINAL = """
import fcntl, os, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.execvp(sys.argv[1], sys.argv[1:])
"""
"""Runs a command that belongs to the terminal which is its standard input."""

READER = shlex.quote('echo ready; while read -r line; do echo "got $line"; done')
"""A shell command that reads lines until Ctrl-D."""

# It sleeps between its looks, since no event tells a process that it has been given the terminal.
AWAITS_THE_TERMINAL = "import os, time\nwhile os.tcgetpgrp(0) != os.getpgrp(): time.sleep(0.01)\nprint('in the foreground')"
"""Waits for the terminal, and does not ask for it."""


class Terminal:
    """A terminal in which bash runs a script with job control, as it does for somebody who types the commands."""

    def __init__(self, script: str) -> None:
        self._keyboard, terminal = pty.openpty()
        command = [sys.executable, "-c", _WITH_TERMINAL, "bash", "-c", f"set -m; {script}"]
        self._process = subprocess.Popen(
            command,
            cwd=TESTS.parent,
            env=ENVIRONMENT,
            stdin=terminal,
            stdout=terminal,
            stderr=terminal,
            start_new_session=True,
        )
        os.close(terminal)
        self._shown = ""

    def press(self, keys: str) -> None:
        os.write(self._keyboard, keys.encode())

    def wait_for(self, text: str) -> str:
        """Wait until the terminal shows this, and return what it shows up to there."""
        while text not in self._shown:
            ready, _unused, _unused = select.select([self._keyboard], [], [], END_SECONDS)
            assert ready, f"{text!r} is not shown, but {self._shown!r}"
            shown = os.read(self._keyboard, 10_000).decode()
            assert shown, f"the terminal was closed before it showed {text!r}: {self._shown!r}"
            self._shown += shown
        before, _separator, self._shown = self._shown.partition(text)
        return before

    def close(self) -> None:
        """Close the terminal, which ends what runs in it, as closing its window would."""
        os.close(self._keyboard)
        self._process.kill()
        self._process.wait()


@pytest.fixture
def bash(tmp_path: Path) -> Iterator[Callable[[str], Terminal]]:
    """Runs a script in a terminal; in it, ``in_lab`` runs a shell command in a lab."""
    terminals: list[Terminal] = []
    lab = shlex.join([*COMMAND, "run", "--directory", str(tmp_path), "--", "sh", "-c"])

    def open_terminal(script: str) -> Terminal:
        terminals.append(Terminal(f'in_lab() {{ {lab} "$1"; }}; {script}'))
        return terminals[-1]

    yield open_terminal
    for terminal in terminals:
        terminal.close()
    # What a failed test has left in the background does not notice that its terminal is closed
    with suppress(FileNotFoundError, ProcessLookupError):
        lab_process = json.loads((tmp_path / "control.json").read_text())["pid"]
        for number in (signal.SIGTERM, signal.SIGCONT):
            os.kill(lab_process, number)


def test_the_command_can_read_what_is_typed(bash: Callable[[str], Terminal], tmp_path: Path) -> None:
    terminal = bash(f'in_lab {READER}; echo "code $?"')
    terminal.wait_for("ready")
    terminal.press("some text\n")
    terminal.wait_for("got some text")
    terminal.press(CTRL_D)
    terminal.wait_for("code 0")
    assert list(tmp_path.iterdir()) == []


def test_ctrl_c_ends_the_command_and_the_lab(bash: Callable[[str], Terminal], tmp_path: Path) -> None:
    terminal = bash(f'in_lab {READER}; echo "code $?"')
    terminal.wait_for("ready")
    assert (tmp_path / "control.json").exists()
    terminal.press(CTRL_C)
    terminal.wait_for("code 130")
    assert list(tmp_path.iterdir()) == []


def test_ctrl_z_stops_both_until_the_shell_goes_on(bash: Callable[[str], Terminal]) -> None:
    terminal = bash(f'in_lab {READER}; echo "code $?"; fg; echo "code $?"')
    terminal.wait_for("ready")
    terminal.press("some text\n")
    terminal.wait_for("got some text")
    terminal.press(CTRL_Z)
    terminal.wait_for("code 148")
    terminal.press("more text\n")
    terminal.wait_for("got more text")
    terminal.press(CTRL_C)
    terminal.wait_for("code 130")


def test_the_command_is_in_the_foreground_without_asking(bash: Callable[[str], Terminal]) -> None:
    # Ansible's pause looks for that, and does not wait for an answer otherwise
    command = shlex.quote(shlex.join([sys.executable, "-c", AWAITS_THE_TERMINAL]))
    bash(f"in_lab {command}").wait_for("in the foreground")


def test_the_terminal_goes_back_to_the_script_around(bash: Callable[[str], Terminal]) -> None:
    terminal = bash(f'(in_lab {READER}; read -r line; echo "afterwards $line")')
    terminal.wait_for("ready")
    terminal.press(CTRL_D)
    terminal.press("some text\n")
    terminal.wait_for("afterwards some text")


def test_a_pager_beside_it_has_the_terminal(bash: Callable[[str], Terminal]) -> None:
    pager = '{ read -r line; read -r key < /dev/tty; echo "$line $key"; }'
    terminal = bash(f'in_lab "echo shown; tail -f /dev/null" | {pager}')
    terminal.press("next\n")
    terminal.wait_for("shown next")


def test_beside_a_pager_the_command_gets_the_terminal_when_it_asks(bash: Callable[[str], Terminal]) -> None:
    terminal = bash(f'in_lab {READER} | cat; echo "code $?"')
    terminal.wait_for("ready")
    terminal.press("some text\n")
    terminal.wait_for("got some text")
    terminal.press(CTRL_D)
    terminal.wait_for("code 0")


def test_in_the_background_it_stops_when_it_reads(bash: Callable[[str], Terminal]) -> None:
    terminal = bash(f'in_lab {READER} & wait %1; echo "code $?"; fg; echo "code $?"')
    terminal.wait_for("code 149")
    terminal.press("some text\n")
    terminal.wait_for("got some text")
    terminal.press(CTRL_D)
    terminal.wait_for("code 0")
