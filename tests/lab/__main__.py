# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line of the lab: run a hierarchy in the foreground, around a command or in the background, and look at it."""

from __future__ import annotations

import argparse
import math
import os
import signal
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from textwrap import fill
from typing import Any

from . import background
from .child import Child
from .client import CONTROL_FILE, LabControl, LabError
from .hierarchy import topology as topologies
from .lab import Lab
from .quirks import Quirks, known_quirks
from .reports import (
    CALLBACK,
    CALLBACK_DIRECTORY,
    DEFAULT_DIRECTORY,
    WIDTH,
    make_command,
    requests_report,
    state_report,
    welcome,
)
from .stopping import Idleness, end_of_parent, received_signals

_DESCRIPTION = """\
A simulated Configuration Manager hierarchy: Windows servers on loopback that speak real WinRM.

  python -m lab serve                                          a lab in ./.lab, until Ctrl-C
  python -m lab run -- ansible-playbook my_playbook.yml        a lab for the time of one command
  python -m lab start                                          a lab in the background, for CI and Molecule
  python -m lab stop                                           its end
  python -m lab state                                          what is going on in it
  python -m lab requests                                       what each task has sent to it
"""

_BACKGROUND = "--in-background"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit code."""
    given = sys.argv[1:] if arguments is None else list(arguments)
    options = _parser().parse_args(given, argparse.Namespace(arguments=given))
    try:
        code: int = options.run(options)
        sys.stdout.flush()
        return code
    except BrokenPipeError:
        # Whoever read the output has seen enough (`lab state | head`); what is left to be flushed goes nowhere
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except (ValueError, LabError) as error:
        print(f"lab: {error}", file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    raw = argparse.RawDescriptionHelpFormatter
    quirks = _quirk_list()
    parser = argparse.ArgumentParser(prog="python -m lab", description=_DESCRIPTION, epilog=quirks, formatter_class=raw)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    making = argparse.ArgumentParser(add_help=False)
    making.add_argument(
        "--topology",
        default="standalone",
        help=f"which hierarchy: {', '.join(topologies.available())}, or the path of a .yml file (default: standalone)",
    )
    making.add_argument("--speed", type=float, default=60.0, help="how much faster than a real site (default: 60)")
    making.add_argument(
        "--service-connection-point", metavar="SERVER[:MODE]", help="start with the role there, online or offline"
    )
    making.add_argument(
        "--kerberos", action="store_true", help="the domain is a Kerberos realm, too (needs MIT Kerberos on this computer)"
    )
    making.add_argument(
        "--quirk",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="another behaviour where the real one is not known, see below; can be given several times",
    )

    text = "run a lab until it is stopped"
    serve = commands.add_parser("serve", parents=[making], help=text, description=text, epilog=quirks, formatter_class=raw)
    serve.add_argument("--directory", type=Path, default=DEFAULT_DIRECTORY, help="where its files go (default: .lab)")
    serve.set_defaults(run=_serve)

    text = "start a lab in the background, and return when it is ready"
    start = commands.add_parser("start", parents=[making], help=text, description=text, epilog=quirks, formatter_class=raw)
    start.add_argument("--directory", type=Path, default=DEFAULT_DIRECTORY, help="where its files go (default: .lab)")
    start.add_argument(
        "--idle-minutes", type=float, default=15.0, help="it ends after so many minutes without a request (default: 15)"
    )
    # What `start` calls itself with, to become the lab
    start.add_argument(
        _BACKGROUND, dest="run", action="store_const", const=_serve_in_background, default=_start, help=argparse.SUPPRESS
    )

    text = "run a lab for the time of one command"
    run = commands.add_parser("run", parents=[making], help=text, description=text, epilog=quirks, formatter_class=raw)
    run.add_argument("--directory", type=Path, help="where its files go (default: a temporary directory)")
    run.add_argument("command", nargs=argparse.REMAINDER, metavar="-- COMMAND ...", help="what to run")
    run.set_defaults(run=_run)

    looking = argparse.ArgumentParser(add_help=False)
    looking.add_argument("--directory", type=Path, default=DEFAULT_DIRECTORY, help="the lab's directory (default: .lab)")
    text = "end the lab that runs with a directory, and return when nothing of it is left"
    commands.add_parser("stop", parents=[looking], help=text, description=text).set_defaults(run=_stop)
    text = "show what is going on in a lab that runs"
    commands.add_parser("state", parents=[looking], help=text, description=text).set_defaults(run=_state)
    text = "show the requests of each task that a lab has met"
    commands.add_parser("requests", parents=[looking], help=text, description=text).set_defaults(run=_requests)
    return parser


def _quirk_list() -> str:
    entries = [
        f"  {quirk.name}={'|'.join(quirk.values)}\n"
        + fill(quirk.meaning.replace("``", ""), WIDTH, initial_indent=" " * 6, subsequent_indent=" " * 6)
        for quirk in known_quirks()
    ]
    return "quirks, each with its values (the default first) and what they are about:\n" + "\n".join(entries)


def parse_quirks(settings: Sequence[str]) -> Quirks:
    """Quirks from ``NAME=VALUE`` settings."""
    choices = {quirk.name: quirk.values for quirk in known_quirks()}
    values: dict[str, Any] = {}
    for setting in settings:
        name, _separator, value = setting.partition("=")
        if name not in choices:
            raise ValueError(f"--quirk {setting}: there is no quirk {name!r}; there are {', '.join(choices)}")
        if value not in choices[name]:
            raise ValueError(f"--quirk {setting}: {name} is {' or '.join(choices[name])}")
        values[name] = value
    return Quirks(**values)


def _make_lab(options: argparse.Namespace, directory: Path) -> Lab:
    topology = topologies.load(options.topology)
    if options.service_connection_point:
        topology = topology.with_service_connection_point(options.service_connection_point)
    quirks = parse_quirks(options.quirk)
    if options.kerberos:
        topology = topology.with_kerberos()
    if _runs(directory):
        raise ValueError(f"a lab runs with the directory {directory} already; start another with: make lab LAB=.lab2")
    try:
        return Lab(topology, directory, options.speed, quirks)
    except RuntimeError as error:
        raise ValueError(str(error)) from error
    except OSError as error:
        if error.filename is None:
            raise ValueError(f"cannot listen on 127.0.0.1: {error.strerror}") from error
        raise ValueError(f"cannot write to {error.filename}: {error.strerror}") from error


def _runs(directory: Path) -> bool:
    try:
        LabControl.of_directory(directory).state()
    except (OSError, ValueError, KeyError):
        return False
    return True


def _serve(options: argparse.Namespace) -> int:
    is_over = end_of_parent()
    with received_signals() as next_signal:
        with _make_lab(options, options.directory) as lab:
            print("\n".join(welcome(lab)), flush=True)
            next_signal(is_over)
        print("Lab stopped.", flush=True)
    return 0


def _start(options: argparse.Namespace) -> int:
    command, *rest = options.arguments
    return background.start([sys.executable, "-m", "lab", command, _BACKGROUND, *rest])


def _serve_in_background(options: argparse.Namespace) -> int:
    minutes = options.idle_minutes
    if not 0 < minutes < math.inf:
        raise ValueError("--idle-minutes must be a number greater than 0")
    with received_signals() as next_signal, _make_lab(options, options.directory) as lab:
        is_over = Idleness(lab, minutes * 60)
        print("\n".join(welcome(lab, minutes)), flush=True)
        background.leave()
        next_signal(is_over)
    return 0


def _stop(options: argparse.Namespace) -> int:
    directory = options.directory
    print(f"Lab in {directory} stopped." if background.stop(directory) else f"No lab runs with the directory {directory}.")
    return 0


def _run(options: argparse.Namespace) -> int:
    command = options.command[1:] if options.command[:1] == ["--"] else options.command
    if not command:
        raise ValueError("say what to run, after --")
    is_over = end_of_parent()
    with (
        received_signals(signal.SIGCHLD) as next_signal,
        tempfile.TemporaryDirectory(prefix="lab-") as temporary,
        _make_lab(options, options.directory or Path(temporary)) as lab,
    ):
        environment = {
            **os.environ,
            "LAB_DIRECTORY": str(lab.directory),
            "LAB_CONTROL": lab.control.url,
            "ANSIBLE_INVENTORY": str(lab.inventory_file),
            "ANSIBLE_CALLBACK_PLUGINS": _with_entry("ANSIBLE_CALLBACK_PLUGINS", str(CALLBACK_DIRECTORY), os.pathsep),
            "ANSIBLE_CALLBACKS_ENABLED": _with_entry("ANSIBLE_CALLBACKS_ENABLED", CALLBACK, ","),
        }
        with _start_child(command, environment) as child:
            while (number := next_signal(is_over)) in (signal.SIGCHLD, signal.SIGINT):
                if number == signal.SIGINT:
                    child.send(signal.SIGINT)
                elif (code := child.look()) is not None:
                    return code
            return child.end()


def _start_child(command: Sequence[str], environment: Mapping[str, str]) -> Child:
    try:
        return Child(command, environment)
    except OSError as error:
        raise ValueError(f"cannot run {command[0]}: {error.strerror}") from None


def _with_entry(variable: str, entry: str, separator: str) -> str:
    """The list in an environment variable, with this entry."""
    entries = [text for text in os.environ.get(variable, "").split(separator) if text]
    return separator.join(dict.fromkeys([*entries, entry]))


def _state(options: argparse.Namespace) -> int:
    with _looking_at(options.directory) as control:
        state = control.state()
    print("\n".join(state_report(state)))
    return 0


def _requests(options: argparse.Namespace) -> int:
    with _looking_at(options.directory) as control:
        tasks = control.requests()
    print("\n".join(requests_report(tasks)))
    return 0


@contextmanager
def _looking_at(directory: Path) -> Iterator[LabControl]:
    try:
        yield LabControl.of_directory(directory)
    except OSError:
        start = make_command("lab", directory)
        raise ValueError(f"no lab runs with the directory {directory}; start one with: {start}") from None
    except (KeyError, ValueError):
        raise ValueError(f"{directory / CONTROL_FILE} is not a lab's") from None


if __name__ == "__main__":
    sys.exit(main())
