# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line of the lab: serve a hierarchy, run a command against one, look at one that runs."""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path
from threading import Event
from types import FrameType
from typing import Any, get_args, get_type_hints

from .client import LabControl, LabError
from .hierarchy import topology as topologies
from .lab import Lab
from .quirks import Quirks

DEFAULT_DIRECTORY = Path(".lab")
PARENT_CHECK_SECONDS = 0.3

_DESCRIPTION = """\
A simulated Configuration Manager hierarchy: Windows servers on loopback that speak real WinRM.

  python -m lab serve                                          a lab in ./.lab, until Ctrl-C
  python -m lab run -- ansible-playbook my_playbook.yml        a lab for the time of one command
  python -m lab state                                          what is going on in it
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit code."""
    options = _parser().parse_args(arguments)
    try:
        code: int = options.run(options)
        return code
    except (ValueError, LabError) as error:
        print(f"lab: {error}", file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    raw = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(prog="python -m lab", description=_DESCRIPTION, formatter_class=raw)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    start = argparse.ArgumentParser(add_help=False)
    start.add_argument(
        "--topology",
        default="standalone",
        help=f"which hierarchy: {', '.join(topologies.available())}, or the path of a .yml file (default: standalone)",
    )
    start.add_argument("--speed", type=float, default=60.0, help="how much faster than a real site (default: 60)")
    start.add_argument(
        "--service-connection-point", metavar="SERVER[:MODE]", help="start with the role there, online or offline"
    )
    start.add_argument(
        "--quirk",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="a behaviour that differs from the default; " + "; ".join(_quirk_choices()),
    )

    serve = commands.add_parser("serve", parents=[start], help="run a lab until it is stopped")
    serve.add_argument("--directory", type=Path, default=DEFAULT_DIRECTORY, help="where its files go (default: .lab)")
    serve.set_defaults(run=_serve)

    run = commands.add_parser("run", parents=[start], help="run a lab for the time of one command")
    run.add_argument("--directory", type=Path, help="where its files go (default: a temporary directory)")
    run.add_argument("command", nargs=argparse.REMAINDER, metavar="-- COMMAND ...", help="what to run")
    run.set_defaults(run=_run)

    state = commands.add_parser("state", help="show what is going on in a lab that runs")
    state.add_argument("--directory", type=Path, default=DEFAULT_DIRECTORY, help="the lab's directory (default: .lab)")
    state.set_defaults(run=_state)
    return parser


def _quirk_choices() -> list[str]:
    hints = get_type_hints(Quirks)
    return [f"{field.name}={'|'.join(map(str, get_args(hints[field.name])))}" for field in fields(Quirks)]


def parse_quirks(settings: Sequence[str]) -> Quirks:
    """Quirks from ``NAME=VALUE`` settings."""
    hints = get_type_hints(Quirks)
    values: dict[str, Any] = {}
    for setting in settings:
        name, _separator, value = setting.partition("=")
        if value not in get_args(hints.get(name)):
            raise ValueError(f"--quirk {setting}: choose from {', '.join(_quirk_choices())}")
        values[name] = value
    return Quirks(**values)


def _make_lab(options: argparse.Namespace, directory: Path) -> Lab:
    topology = topologies.load(options.topology)
    if options.service_connection_point:
        topology = topology.with_service_connection_point(options.service_connection_point)
    return Lab(topology, directory, options.speed, parse_quirks(options.quirk))


def _serve(options: argparse.Namespace) -> int:
    parent = os.getppid()
    if _runs(options.directory):
        raise ValueError(f"a lab runs with the directory {options.directory} already; name another with --directory")
    with _stop_on_signals() as stop, _make_lab(options, options.directory) as lab:
        _print_welcome(lab)
        while not stop.wait(PARENT_CHECK_SECONDS) and os.getppid() == parent:
            pass
    return 0


def _runs(directory: Path) -> bool:
    try:
        LabControl.of_directory(directory).state()
    except OSError:
        return False
    return True


def _run(options: argparse.Namespace) -> int:
    command = options.command[1:] if options.command[:1] == ["--"] else options.command
    if not command:
        raise ValueError("say what to run, after --")
    parent = os.getppid()
    with (
        _stop_on_signals(has_child=True) as stop,
        tempfile.TemporaryDirectory(prefix="lab-") as temporary,
        _make_lab(options, options.directory or Path(temporary)) as lab,
    ):
        environment = {
            **os.environ,
            "LAB_DIRECTORY": str(lab.directory),
            "LAB_CONTROL": lab.control.url,
            "ANSIBLE_INVENTORY": str(lab.inventory_file),
        }
        try:
            process = subprocess.Popen(command, env=environment)
        except OSError as error:
            raise ValueError(f"cannot run {command[0]}: {error.strerror}") from None
        while True:
            try:
                code = process.wait(PARENT_CHECK_SECONDS)
                return 128 - code if code < 0 else code
            except subprocess.TimeoutExpired:
                if stop.is_set() or os.getppid() != parent:
                    process.terminate()


@contextmanager
def _stop_on_signals(has_child: bool = False) -> Iterator[Event]:
    """An event that SIGTERM and SIGINT set, in place of what they do otherwise.

    A child gets the terminal's SIGINT too and ends in its own way, so with one it sets nothing here.
    """
    stop = Event()

    def handle(number: int, frame: FrameType | None) -> None:
        if number == signal.SIGTERM or not has_child:
            stop.set()

    before = {number: signal.signal(number, handle) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _print_welcome(lab: Lab) -> None:
    top_tier = lab.hierarchy.top_tier_site
    print(f"{'server':<26}{'https':>7}{'http':>7}  roles")
    for name in lab.topology.servers:
        roles = [role.name.removeprefix("SMS ") for role in lab.hierarchy.site_control.on_server(name)]
        print(f"{name:<26}{lab.https_ports[name]:>7}{lab.http_ports[name]:>7}  {', '.join(roles) or '-'}")
    print(f"\nTop-tier site {top_tier.code}, its SMS Provider on {top_tier.sms_provider}. Next, in another terminal:\n")
    print(f"  ansible-inventory -i {lab.inventory_file} --graph")
    print(f"  LAB_CONTROL={lab.control.url} ansible-playbook -i {lab.inventory_file} PLAYBOOK")
    print(f"  python -m lab state --directory {lab.directory}")
    print(f"  curl {lab.control.url}/requests\n", flush=True)


def _state(options: argparse.Namespace) -> int:
    try:
        control = LabControl.of_directory(options.directory)
        state = control.state()
    except OSError:
        raise ValueError(f"no lab runs with the directory {options.directory}") from None
    print(f"{state['topology']}, {state['speed']:g} times as fast as a real site; {state['requests']} requests so far")
    print("\nSites")
    for site in state["sites"]:
        provider = f", SMS Provider on {site['sms_provider']}" if site["sms_provider"] else ""
        below = f" below {site['parent']}" if site["parent"] else ""
        print(f"  {site['code']}  {site['type']}{below} on {site['server']}{provider}")
    print("\nService connection point")
    for point in state["service_connection_points"]:
        effective = point["effective_mode"] or "nothing yet"
        print(f"  {point['server']} ({point['site_code']}): {point['mode']} on record, {effective} in effect")
    if not state["service_connection_points"]:
        print("  none")
    for installation in state["installations"]:
        if installation["is_busy"]:
            work = "being installed" if installation["is_wanted"] else "being removed"
            print(f"  {work} on {installation['server']}  {installation['obstacle']}".rstrip())
    print("\nServers")
    for name, server in state["servers"].items():
        print(f"  {name}: {', '.join(role['name'] for role in server['roles']) or 'no role'}")
        for component, status in server["components"].items():
            thread = server["threads"].get(component, {}).get("state", "-")
            print(f"    {component:<36}{status['state']:<14}{status['status']:<10}thread {thread}")
    print("\nViolations")
    for violation in state["violations"]:
        print(f"  {violation['time']}  {violation['text']}")
    if not state["violations"]:
        print("  none")
    return 0


if __name__ == "__main__":
    sys.exit(main())
