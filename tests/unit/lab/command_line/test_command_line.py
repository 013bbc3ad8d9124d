# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line: a lab starts and leads others to it, its state can be seen, and mistakes are explained."""

from __future__ import annotations

import errno
import json
import os
import shlex
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from lab.__main__ import main, parse_quirks
from lab.client import LabControl
from lab.hierarchy import topology as topologies
from lab.lab import Lab
from lab.quirks import Quirks, known_quirks
from lab.reports import make_command, welcome
from tickets import needs_kerberos
from unit.lab.command_line.processes import COMMAND, ENVIRONMENT, TESTS, Started


def test_the_inventory_has_the_groups_a_playbook_needs(serve: Callable[..., Started], tmp_path: Path) -> None:
    serve("--topology", "remote_provider")
    children = yaml.safe_load((tmp_path / "inventory.yml").read_text())["all"]["children"]
    hosts = {name: list(group["hosts"]) for name, group in children.items()}
    assert hosts["top_tier_sms_provider"] == hosts["sms_providers"] == ["prov1.corp.example"]
    assert hosts["site_servers"] == ["ps1.corp.example"]
    assert "srv2.corp.example" in hosts["servers"]
    assert "srv2.corp.example" not in hosts["site_systems"]


@needs_kerberos
def test_the_inventory_says_how_to_log_on_with_kerberos(serve: Callable[..., Started], tmp_path: Path) -> None:
    serve("--kerberos")
    inventory = (tmp_path / "inventory.yml").read_text()
    named = json.loads((tmp_path / "control.json").read_text())["kerberos"]
    assert f"KRB5_CONFIG={named['configuration']}" in inventory
    assert f"administrator@{named['realm']}" in inventory
    environment = {**os.environ, "KRB5_CONFIG": named["configuration"], "KRB5CCNAME": f"FILE:{tmp_path / 'tickets'}"}
    password = yaml.safe_load(inventory)["all"]["vars"]["ansible_password"]
    subprocess.run(
        ["kinit", "administrator"], input=f"{password}\n", env=environment, text=True, capture_output=True, check=True
    )


def test_kerberos_that_is_not_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setattr("lab.kerberos.realm.SYSTEM_DIRECTORIES", "/nowhere")
    assert main(["serve", "--kerberos", "--directory", str(tmp_path / "lab")]) == 2
    assert "kdb5_util is not installed on this computer" in capsys.readouterr().err
    assert not (tmp_path / "lab").exists()


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


def test_state_can_be_read(serve: Callable[..., Started], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    serve("--service-connection-point", "srv1")
    assert main(["state", "--directory", str(tmp_path)]) == 0
    output = capsys.readouterr().out
    assert "srv1.corp.example (PS1): online on record, online in effect" in output
    assert "SMS_DMP_DOWNLOADER" in output


def test_state_has_room_for_long_names(
    serve: Callable[..., Started], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    serve("--topology", "hierarchy")
    assert main(["state", "--directory", str(tmp_path)]) == 0
    output = capsys.readouterr().out
    (row,) = [line for line in output.splitlines() if "SMS_REPLICATION_CONFIGURATION_MONITOR" in line]
    assert row.split() == ["SMS_REPLICATION_CONFIGURATION_MONITOR", "STARTED", "OK", "Running"]
    assert "central administration site on cas.corp.example" in output
    assert "none broken" in output


@pytest.mark.parametrize("command", ["state", "requests"])
def test_a_reader_may_go_away(serve: Callable[..., Started], tmp_path: Path, command: str) -> None:
    serve()
    reader, writer = os.pipe()
    os.close(reader)
    arguments = [*COMMAND, command, "--directory", str(tmp_path)]
    process = subprocess.run(arguments, env=ENVIRONMENT, stdout=writer, stderr=subprocess.PIPE, text=True, check=False)
    os.close(writer)
    assert (process.returncode, process.stderr) == (0, "")


def test_the_welcome_leads_on(serve: Callable[..., Started], tmp_path: Path) -> None:
    lab = serve("--topology", "hierarchy", "--service-connection-point", "srv1")
    table, _separator, commands = lab.greeting.partition("\n\n")
    assert max(map(len, table.splitlines())) <= 80
    assert "Site System, Service Connection Point" in table
    lines = [shlex.split(line) for line in commands.replace("\\\n", "").splitlines() if line.startswith("  ")]
    inventory = str(tmp_path / "inventory.yml")
    server, mode = "service_connection_point_site_system=srv1.corp.example", "service_connection_point_mode=online"
    assert ["ansible-playbook", "-i", inventory, "playbooks/deploy.yml", "-e", server, "-e", mode] in lines
    assert ["ansible", "-i", inventory, "top_tier_sms_provider", "-m", "configmgr.site.site_info"] in lines
    assert ["make", "lab-state", f"LAB={tmp_path}"] in lines
    has_venv = sys.prefix != sys.base_prefix
    assert any(line[0] == "." and line[1].endswith("bin/activate") and Path(line[1]).is_file() for line in lines) == has_venv


def test_paths_in_the_clone_are_short_and_quoted() -> None:
    assert make_command("lab-state", TESTS.parent / ".lab") == "make lab-state"
    assert make_command("lab-state", TESTS.parent / ".lab2") == "make lab-state LAB=.lab2"
    assert make_command("lab", Path("/my labs/one")) == "make lab LAB='/my labs/one'"


@pytest.mark.parametrize(
    ("topology", "role", "server"),
    [
        ("standalone", "", "srv1.corp.example"),
        ("remote_provider", "", "srv1.corp.example"),
        ("hierarchy", "pr1", "pr1.corp.example"),
    ],
)
def test_the_welcome_names_a_server_for_the_role(tmp_path: Path, topology: str, role: str, server: str) -> None:
    description = topologies.load(topology)
    with Lab(description.with_service_connection_point(role) if role else description, tmp_path) as lab:
        assert f"service_connection_point_site_system={server}" in "\n".join(welcome(lab))


def test_every_quirk_has_its_line_in_the_help(capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in (["--help"], ["serve", "--help"], ["run", "--help"], ["start", "--help"]):
        with pytest.raises(SystemExit):
            main(arguments)
        lines = capsys.readouterr().out.splitlines()
        for quirk in known_quirks():
            place = lines.index(f"  {quirk.name}={'|'.join(quirk.values)}")
            assert lines[place + 1].strip()


def test_the_default_of_a_quirk_stands_first() -> None:
    assert {quirk.name: quirk.values[0] for quirk in known_quirks()} == vars(Quirks())


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["state", "--directory", "/nonexistent"], "no lab runs with the directory /nonexistent; start one with: make lab"),
        (["requests", "--directory", "/nonexistent"], "start one with: make lab LAB=/nonexistent"),
        (["run", "--directory", "/proc/x", "--", "true"], "cannot write to /proc/x: "),
        (["serve", "--directory", "/proc/x"], "cannot write to /proc/x: "),
        (["serve", "--directory", __file__], f"cannot write to {__file__}: File exists"),
        (["serve", "--directory", f"{__file__}/x"], f"cannot write to {__file__}/x: Not a directory"),
        (["serve", "--topology", str(TESTS.parent / "galaxy.yml")], "galaxy.yml is no topology: domain is missing"),
        (["serve", "--speed", "nan"], "the speed must be greater than 0"),
        (["run", "--quirk", "first_page=two", "--", "true"], "first_page is one or full"),
        (["run"], "say what to run"),
        (["run", "--topology", "moon", "--", "true"], "there is no topology 'moon'; there are expanded, hierarchy, "),
        (["run", "--quirk", "mood=bad", "--", "true"], "there is no quirk 'mood'; there are first_page, "),
        (["run", "--service-connection-point", "srv7", "--", "true"], "there is no server 'srv7'"),
        (["run", "--service-connection-point", "srv1:on", "--", "true"], "online or offline"),
        (["run", "--", "/nonexistent/command"], "cannot run /nonexistent/command"),
    ],
)
def test_mistakes_are_explained(arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 2
    error = capsys.readouterr().err
    assert error.startswith("lab: ")
    assert message in error
    assert error.count("\n") == 1


def test_a_port_that_cannot_be_had(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def refuse(address: object, **options: object) -> socket.socket:
        raise OSError(errno.EADDRNOTAVAIL, "Cannot assign requested address")

    monkeypatch.setattr(socket, "create_server", refuse)
    assert main(["serve", "--directory", str(tmp_path / "lab")]) == 2
    assert capsys.readouterr().err == "lab: cannot listen on 127.0.0.1: Cannot assign requested address\n"
    assert not (tmp_path / "lab").exists()


def test_quirks_are_parsed() -> None:
    assert parse_quirks(["fault_status=200", "role_props=many"]).role_props == "many"


def test_a_directory_has_one_lab(serve: Callable[..., Started], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    serve()
    for arguments in (["serve", "--directory", str(tmp_path)], ["run", "--directory", str(tmp_path), "--", "true"]):
        assert main(arguments) == 2
        assert "already; start another with: make lab LAB=.lab2" in capsys.readouterr().err
    assert LabControl.of_directory(tmp_path).state()["topology"] == "standalone"


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
        "print(os.environ['ANSIBLE_CALLBACK_PLUGINS'], os.environ['ANSIBLE_CALLBACKS_ENABLED'])\n"
        "print('tasks:', [(task['task'], task['host']) for task in LabControl(os.environ['LAB_CONTROL']).requests()])"
    )
    environment = {
        **ENVIRONMENT,
        "ANSIBLE_CALLBACK_PLUGINS": str(tmp_path),
        "ANSIBLE_CALLBACKS_ENABLED": "other,lab_tasks",
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
    assert f"{tmp_path}:{TESTS / 'lab' / 'ansible'} other,lab_tasks\n" in process.stdout
