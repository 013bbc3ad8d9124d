# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever ends a lab: it leaves no file and no process behind."""

from __future__ import annotations

import shlex
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from lab.client import LabControl
from unit.lab.command_line.processes import COMMAND, TESTS, Started

PARENT = [sys.executable, "-c", "import subprocess, sys; subprocess.run(sys.argv[1:])"]
"""Runs a command and waits for it, as make does."""

WITH_GRANDCHILD = ["sh", "-c", "exec 3<&0; cat <&3 & echo started; wait"]
"""A command that has started another process, which runs until its standard input ends."""

VENV = Path(".venv", f"py{sys.version_info[0]}.{sys.version_info[1]}")
needs_make = pytest.mark.skipif(
    not shutil.which("make") or not (TESTS.parent / VENV / "bin" / "python").exists(),
    reason="needs make and the virtual environment that it makes",
)


@pytest.fixture
def make_lab(start: Callable[..., Started], tmp_path: Path) -> Callable[[], Started]:
    """Starts a lab with make, which takes the environment as it is and installs nothing."""
    command = ["make", f"--old-file={VENV}/.run", f"PYTHON={sys.executable}", "lab", f"LAB={tmp_path}"]
    # A make around these tests would have this one take its options
    unset = ["env", "-u", "MAKEFLAGS", "-u", "MFLAGS", "-u", "MAKELEVEL"]
    return lambda: start(*unset, *command)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_serve_stops_on_a_signal(serve: Callable[..., Started], tmp_path: Path, number: signal.Signals) -> None:
    lab = serve("--topology", "hierarchy")
    control = LabControl.of_directory(tmp_path)
    assert [site["code"] for site in control.state()["sites"]] == ["CAS", "PR1", "PR2", "S01"]
    assert "cas.corp.example" in lab.greeting
    lab.send(number)
    assert lab.rest() == "\nLab stopped.\n"
    assert lab.exit_code == 0
    assert list(tmp_path.iterdir()) == []


def test_serve_ends_with_its_parent(start: Callable[..., Started], tmp_path: Path) -> None:
    parent = start(*PARENT, *COMMAND, "serve", "--directory", str(tmp_path))
    assert LabControl.of_directory(tmp_path).state()["topology"] == "standalone"
    parent.send(signal.SIGKILL)
    assert parent.rest() == "\nLab stopped.\n"
    assert list(tmp_path.iterdir()) == []


@needs_make
def test_a_lab_ends_with_make(make_lab: Callable[[], Started], tmp_path: Path) -> None:
    make = make_lab()
    make.send(signal.SIGKILL)
    assert make.rest() == "\nLab stopped.\n"
    assert list(tmp_path.iterdir()) == []


@needs_make
def test_ctrl_c_stops_a_lab_that_make_has_started(make_lab: Callable[[], Started], tmp_path: Path) -> None:
    make = make_lab()
    make.send_to_group(signal.SIGINT)
    assert "\nLab stopped.\n" in make.rest()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT])
def test_run_ends_what_its_command_has_started(start: Callable[..., Started], tmp_path: Path, number: signal.Signals) -> None:
    run = start(*COMMAND, "run", "--directory", str(tmp_path), "--", *WITH_GRANDCHILD, ready="started\n")
    assert (tmp_path / "control.json").exists()
    run.send(number)
    run.rest()
    assert run.exit_code == 128 + signal.SIGTERM
    assert list(tmp_path.iterdir()) == []


def test_ctrl_c_reaches_the_command_without_a_terminal(start: Callable[..., Started], tmp_path: Path) -> None:
    reader = shlex.join([sys.executable, "-c", "print('started', flush=True); input()"])
    command = ["sh", "-c", f"{reader}; echo not reached"]
    run = start(*COMMAND, "run", "--directory", str(tmp_path), "--", *command, ready="started\n")
    run.send_to_group(signal.SIGINT)
    assert run.rest() == ""
    assert run.exit_code == 128 + signal.SIGINT
    assert list(tmp_path.iterdir()) == []


def test_run_ends_with_its_parent(start: Callable[..., Started], tmp_path: Path) -> None:
    command = [*COMMAND, "run", "--directory", str(tmp_path), "--", *WITH_GRANDCHILD]
    parent = start(*PARENT, *command, ready="started\n")
    assert (tmp_path / "control.json").exists()
    parent.send(signal.SIGKILL)
    parent.rest()
    assert list(tmp_path.iterdir()) == []


def test_what_ignores_sigterm_is_killed(start: Callable[..., Started], tmp_path: Path) -> None:
    script = "import sys; from lab import __main__, child; child.GRACE_SECONDS = 0.2; sys.exit(__main__.main(sys.argv[1:]))"
    shell, option, command = WITH_GRANDCHILD
    stubborn = [shell, option, f"trap '' TERM; {command}"]
    options = ["run", "--directory", str(tmp_path), "--", *stubborn]
    run = start(sys.executable, "-c", script, *options, ready="started\n")
    run.send(signal.SIGTERM)
    run.rest()
    assert run.exit_code == 128 + signal.SIGKILL
    assert list(tmp_path.iterdir()) == []
