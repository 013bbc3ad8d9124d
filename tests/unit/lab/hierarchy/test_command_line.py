# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line: a lab starts, leads others to it, and never outlives its purpose."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import yaml
from lab.__main__ import main, parse_quirks
from lab.client import LabControl

TESTS = Path(__file__).parents[3]
COMMAND = [sys.executable, "-m", "lab"]
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(TESTS)}


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    processes: list[subprocess.Popen[str]] = []

    def start(*options: str) -> subprocess.Popen[str]:
        command = [*COMMAND, "serve", "--directory", str(tmp_path), *options]
        process = subprocess.Popen(command, env=ENVIRONMENT, stdout=subprocess.PIPE, text=True)
        processes.append(process)
        _wait_for((tmp_path / "control.json").exists)
        return process

    yield start
    for process in processes:
        process.kill()
        process.communicate()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_serve_stops_on_a_signal(serve: Callable[..., subprocess.Popen[str]], tmp_path: Path, number: signal.Signals) -> None:
    process = serve("--topology", "hierarchy")
    control = LabControl.of_directory(tmp_path)
    assert [site["code"] for site in control.state()["sites"]] == ["CAS", "PR1", "PR2", "S01"]
    process.send_signal(number)
    output, _unused = process.communicate(timeout=10)
    assert process.returncode == 0
    assert "cas.corp.example" in output
    assert not (tmp_path / "control.json").exists()


def test_serve_ends_with_its_parent(tmp_path: Path) -> None:
    script = f"""
import subprocess, sys, time
subprocess.Popen([sys.executable, "-m", "lab", "serve", "--directory", {str(tmp_path)!r}])
time.sleep(60)
"""
    parent = subprocess.Popen([sys.executable, "-c", script], env=ENVIRONMENT, stdout=subprocess.DEVNULL)
    try:
        _wait_for((tmp_path / "control.json").exists)
        inventory = yaml.safe_load((tmp_path / "inventory.yml").read_text())
        port = inventory["all"]["children"]["servers"]["hosts"]["ps1.corp.example"]["ansible_port"]
        assert _is_open(port)
    finally:
        parent.kill()
        parent.wait()
    _wait_for(lambda: not (tmp_path / "control.json").exists())
    _wait_for(lambda: not _is_open(port))


def test_the_inventory_has_the_groups_a_playbook_needs(serve: Callable[..., subprocess.Popen[str]], tmp_path: Path) -> None:
    serve("--topology", "remote_provider")
    children = yaml.safe_load((tmp_path / "inventory.yml").read_text())["all"]["children"]
    hosts = {name: list(group["hosts"]) for name, group in children.items()}
    assert hosts["top_tier_sms_provider"] == hosts["sms_providers"] == ["prov1.corp.example"]
    assert hosts["site_servers"] == ["ps1.corp.example"]
    assert "srv2.corp.example" in hosts["servers"]
    assert "srv2.corp.example" not in hosts["site_systems"]


def test_run_hands_over_the_environment_and_the_exit_code() -> None:
    script = (
        "import os, sys; from pathlib import Path; from lab.client import LabControl\n"
        "point = LabControl(os.environ['LAB_CONTROL']).state()['service_connection_points'][0]\n"
        "print(point['server'], point['mode'], Path(os.environ['ANSIBLE_INVENTORY']).exists(), "
        "os.environ['LAB_DIRECTORY']); sys.exit(7)"
    )
    options = ["--service-connection-point", "srv1:offline", "--quirk", "second_role=refused"]
    process = subprocess.run(
        [*COMMAND, "run", *options, "--", sys.executable, "-c", script],
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert process.returncode == 7, process.stderr
    server, mode, has_inventory, directory = process.stdout.split()
    assert (server, mode, has_inventory) == ("srv1.corp.example", "offline", "True")
    assert not Path(directory).exists()


def test_state_can_be_read(
    serve: Callable[..., subprocess.Popen[str]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    serve("--service-connection-point", "srv1")
    assert main(["state", "--directory", str(tmp_path)]) == 0
    output = capsys.readouterr().out
    assert "srv1.corp.example (PS1): online on record, online in effect" in output
    assert "SMS_DMP_DOWNLOADER" in output


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["state", "--directory", "/nonexistent"], "no lab runs with the directory /nonexistent"),
        (["run"], "say what to run"),
        (["run", "--topology", "moon", "--", "true"], "there are hierarchy, remote_provider, standalone"),
        (["run", "--quirk", "mood=bad", "--", "true"], "choose from first_page=one|full"),
        (["run", "--service-connection-point", "srv7", "--", "true"], "there is no server 'srv7'"),
        (["run", "--service-connection-point", "srv1:on", "--", "true"], "online or offline"),
        (["run", "--", "/nonexistent/command"], "cannot run /nonexistent/command"),
    ],
)
def test_mistakes_are_explained(arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 2
    assert message in capsys.readouterr().err


def test_quirks_are_parsed() -> None:
    assert parse_quirks(["fault_status=200", "role_props=many"]).role_props == "many"


def test_a_directory_has_one_lab(
    serve: Callable[..., subprocess.Popen[str]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    serve()
    assert main(["serve", "--directory", str(tmp_path)]) == 2
    assert "already" in capsys.readouterr().err


def test_ansible_s_callback_counts_requests_by_task(tmp_path: Path) -> None:
    playbook = tmp_path / "play.yml"
    playbook.write_text(
        "- hosts: localhost\n  connection: local\n  gather_facts: false\n  tasks:\n"
        "    - name: Say something\n      ansible.builtin.debug:\n"
    )
    script = (
        "import os, subprocess, sys; from lab.client import LabControl\n"
        f"play = ['-m', 'ansible', 'playbook', '-i', 'localhost,', {str(playbook)!r}]\n"
        "subprocess.run([sys.executable, *play], check=True)\n"
        "print('tasks:', [(task['task'], task['host']) for task in LabControl(os.environ['LAB_CONTROL']).requests()])"
    )
    environment = {
        **ENVIRONMENT,
        "ANSIBLE_CALLBACK_PLUGINS": str(TESTS / "lab" / "ansible"),
        "ANSIBLE_CALLBACKS_ENABLED": "lab_tasks",
        "LC_ALL": "C.UTF-8",
    }
    process = subprocess.run(
        [*COMMAND, "run", "--", sys.executable, "-c", script],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "tasks: [('Say something', 'localhost')]" in process.stdout, process.stderr


def _is_open(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _wait_for(condition: Callable[[], bool], seconds: float = 15) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)
