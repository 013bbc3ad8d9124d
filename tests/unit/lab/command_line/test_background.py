# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A lab in the background: it outlives what has started it, and ends when it is told to or when nobody uses it."""

from __future__ import annotations

import json
import os
import shlex
import signal
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep

import pytest
from lab import background
from lab.__main__ import main
from lab.client import LabControl
from lab.hierarchy import topology as topologies
from lab.lab import Lab
from lab.stopping import Idleness
from lab.wire.host import RequestRecord
from unit.lab.command_line.processes import COMMAND, END_SECONDS, ENVIRONMENT, TESTS, Started, as_from_a_terminal

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def directory(tmp_path: Path) -> Iterator[Path]:
    """The directory of a lab; one that a failed test has left there is ended."""
    directory = tmp_path / "my lab"
    yield directory
    with suppress(OSError, KeyError, TypeError, ValueError):
        os.kill(_process_of(directory), signal.SIGKILL)


@pytest.fixture
def lab(directory: Path) -> Run:
    """Runs a command of the lab, with this directory, until nobody holds its output any more."""
    return lambda command, *options: _run([*COMMAND, command, "--directory", str(directory), *options])


def test_a_lab_is_started_used_and_stopped(lab: Run, directory: Path) -> None:
    started = lab("start", "--service-connection-point", "srv1:offline", "--quirk", "second_role=refused", "--speed", "600")
    assert (started.returncode, started.stderr) == (0, "")
    process = _process_of(directory)
    assert os.getsid(process) == process
    assert "srv1.corp.example (PS1): offline on record" in lab("state").stdout
    stopped = lab("stop")
    assert (stopped.returncode, stopped.stdout) == (0, f"Lab in {directory} stopped.\n")
    assert not directory.exists()
    _await_end(directory)


def test_the_welcome_says_how_to_stop_it(lab: Run, directory: Path) -> None:
    welcome = lab("start", "--idle-minutes", "2.5").stdout
    assert "Next:\n" in welcome
    assert "no request for 2.5 min" in welcome
    (line,) = [line for line in welcome.splitlines() if " -m lab stop " in line]
    assert _run(["sh", "-c", line.strip()]).stdout == f"Lab in {directory} stopped.\n"
    assert not directory.exists()


def test_it_outlives_the_shell_that_has_started_it(lab: Run, directory: Path) -> None:
    start = shlex.join([*COMMAND, "start", "--directory", str(directory)])
    # In a session of its own, as that of a step of a CI job, whose end is told to all that belongs to it
    script = f"{start} > /dev/null; kill -HUP 0"
    assert _run(["sh", "-c", script], start_new_session=True).returncode == -signal.SIGHUP
    assert LabControl.of_directory(directory).state()["topology"] == "standalone"
    assert lab("stop").returncode == 0


def test_when_stop_returns_everything_has_ended(lab: Run, directory: Path) -> None:
    lab("start", "--topology", "hierarchy")
    servers = json.loads((directory / "control.json").read_text())["servers"]
    addresses = [("127.0.0.1", port) for ports in servers.values() for port in ports.values() if port]
    with ExitStack() as undo:
        connections = [undo.enter_context(socket.create_connection(address)) for address in addresses]
        assert lab("stop").returncode == 0
        for connection in connections:
            connection.setblocking(False)
            with suppress(ConnectionResetError):
                assert connection.recv(1) == b""
    assert not directory.exists()


def test_stop_ends_a_lab_in_the_foreground_too(start: Callable[..., Started], lab: Run, directory: Path) -> None:
    serve = start(*COMMAND, "serve", "--directory", str(directory))
    assert lab("stop").returncode == 0
    assert serve.rest() == "\nLab stopped.\n"
    assert serve.exit_code == 0


def test_stop_ends_run_with_its_command(start: Callable[..., Started], lab: Run, directory: Path) -> None:
    command = ["sh", "-c", "echo started; cat"]
    run = start(*COMMAND, "run", "--directory", str(directory), "--", *command, ready="started\n")
    assert lab("stop").returncode == 0
    assert not directory.exists()
    run.rest()
    assert run.exit_code == 128 + signal.SIGTERM


def test_there_may_be_nothing_to_stop(lab: Run, directory: Path) -> None:
    nothing = (0, f"No lab runs with the directory {directory}.\n", "")
    assert _outcome(lab("stop")) == nothing
    lab("start")
    os.kill(_process_of(directory), signal.SIGKILL)
    _await_end(directory)
    assert (directory / "control.json").exists()
    assert _outcome(lab("stop")) == nothing


def test_stop_leaves_alone_what_is_no_lab(lab: Run, directory: Path) -> None:
    directory.mkdir()
    control_file = directory / "control.json"
    with socket.create_server(("127.0.0.1", 0)) as server, subprocess.Popen(["cat"], stdin=subprocess.PIPE) as process:
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
        control_file.write_text(json.dumps({"url": url, "pid": process.pid}))
        stop = subprocess.Popen([*COMMAND, "stop", "--directory", str(directory)], env=ENVIRONMENT, stdout=subprocess.PIPE)
        server.settimeout(END_SECONDS)
        connection, _address = server.accept()
        connection.recv(1000)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
        output, _unused = stop.communicate(timeout=END_SECONDS)
        connection.close()
        assert output.decode() == f"No lab runs with the directory {directory}.\n"
        process.communicate(timeout=END_SECONDS)
        assert process.returncode == 0
    for text in ("[]", "{}", "not JSON"):
        control_file.write_text(text)
        assert _outcome(lab("stop")) == (2, "", f"lab: {control_file} is not a lab's\n")


def test_stop_does_not_wait_for_ever(
    directory: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(background, "END_SECONDS", 0.2)
    directory.mkdir()
    with socket.create_server(("127.0.0.1", 0)) as server, subprocess.Popen(["cat"], stdin=subprocess.PIPE) as process:
        content = {"url": f"http://127.0.0.1:{server.getsockname()[1]}", "pid": process.pid}
        (directory / "control.json").write_text(json.dumps(content))
        assert main(["stop", "--directory", str(directory)]) == 2
        assert capsys.readouterr().err == f"lab: the lab, process {process.pid}, neither answers nor ends within 0.2 s\n"


def test_a_directory_has_one_lab(lab: Run, directory: Path) -> None:
    lab("start")
    process = _process_of(directory)
    error = f"lab: a lab runs with the directory {directory} already; start another with: make lab LAB=.lab2\n"
    assert _outcome(lab("start")) == (2, "", error)
    assert _process_of(directory) == process
    assert lab("stop").returncode == 0


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--topology", "moon"], "there is no topology 'moon'; there are expanded, hierarchy, "),
        (["--idle-minutes", "0"], "--idle-minutes must be a number greater than 0"),
        (["--idle-minutes", "nan"], "--idle-minutes must be a number greater than 0"),
        (["--idle-minutes", "inf"], "--idle-minutes must be a number greater than 0"),
        (["--directory", "/proc/x"], "cannot write to /proc/x: "),
    ],
)
def test_what_cannot_start_says_why(lab: Run, directory: Path, options: list[str], message: str) -> None:
    code, output, error = _outcome(lab("start", *options))
    assert (code, output) == (2, "")
    assert error.startswith("lab: ") and message in error and error.count("\n") == 1
    assert not directory.exists()


def test_a_lab_that_nobody_uses_ends(lab: Run, directory: Path) -> None:
    assert lab("start", "--idle-minutes", "0.02").returncode == 0
    _await_end(directory)
    assert not directory.exists()


def test_every_request_is_a_use(tmp_path: Path) -> None:
    now = 100.0
    with Lab(topologies.load("standalone"), tmp_path) as lab:
        control = LabControl.of_directory(tmp_path)
        is_idle = Idleness(lab, 10, lambda: now)
        uses: list[Callable[[], object]] = [
            lambda: lab.requests.before(RequestRecord("ps1.corp.example", "", "Get", "", bytes_in=1)),
            control.state,
            control.requests,
            lambda: control.task("Read the site"),
            control.reset,
        ]
        for use in uses:
            now += 9
            assert not is_idle()
            use()
            now += 0.9
            assert not is_idle()
        now += 9.9
        assert not is_idle()
        now += 0.1
        assert is_idle()


def test_it_does_not_begin_without_the_process_that_starts_it(slow_start: SlowStart, directory: Path) -> None:
    slow_start.process.kill()
    slow_start.process.wait()
    slow_start.let_it_go_on()
    # The lab has inherited standard error, which so reaches its end when the lab does
    assert slow_start.process.stderr and slow_start.process.stderr.read() == ""
    assert list(directory.iterdir()) == []


def test_ctrl_c_ends_what_is_being_started(slow_start: SlowStart, directory: Path) -> None:
    slow_start.process.send_signal(signal.SIGINT)
    slow_start.let_it_go_on()
    assert slow_start.process.communicate(timeout=END_SECONDS) == ("", "")
    assert slow_start.process.returncode == 128 + signal.SIGINT
    assert list(directory.iterdir()) == []


@dataclass
class SlowStart:
    """A lab on its way, which waits for the one that it believes to run with its directory to say so."""

    process: subprocess.Popen[str]
    let_it_go_on: Callable[[], None]


@pytest.fixture
def slow_start(directory: Path) -> Iterator[SlowStart]:
    directory.mkdir()
    command = [*COMMAND, "start", "--directory", str(directory)]
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(END_SECONDS)
        (directory / "control.json").write_text(json.dumps({"url": f"http://127.0.0.1:{server.getsockname()[1]}"}))
        with subprocess.Popen(
            command, env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, preexec_fn=as_from_a_terminal
        ) as process:
            connection, _address = server.accept()
            with connection:
                yield SlowStart(process, connection.close)
            process.kill()


def _run(command: list[str], start_new_session: bool = False) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        cwd=TESTS.parent,
        env=ENVIRONMENT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=END_SECONDS,
        start_new_session=start_new_session,
    )


def _outcome(process: subprocess.CompletedProcess[str]) -> tuple[int, str, str]:
    return process.returncode, process.stdout, process.stderr


def _process_of(directory: Path) -> int:
    number: int = json.loads((directory / "control.json").read_text())["pid"]
    return number


def _await_end(directory: Path) -> None:
    """Wait until no process runs that was started with this directory."""
    deadline = monotonic() + END_SECONDS
    while str(directory) in (processes := _run(["ps", "-A", "-ww", "-o", "args="]).stdout):
        assert monotonic() < deadline, processes
        sleep(0.05)  # No event that all systems know tells of the end of a process that is no child
