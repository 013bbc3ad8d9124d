# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``for /r`` and ``if exist`` of cmd.exe, as they are on a command line: what follows, to the line's end, is what they run.

Documented by Microsoft: the forms, and the modifiers of a variable. Seen often: what runs in a loop is shown first, after the
prompt, unless it starts with ``@``; a folder that is not there has no files.
"""

from __future__ import annotations

import fnmatch
import ntpath
import re
from collections.abc import Callable
from dataclasses import replace

from .cmd_messages import SYNTAX
from .command_line import Command, Pipeline, parse
from .command_session import CommandOutput, Session

_FOR = re.compile(
    r'for\s+/r\s+(?:(?P<folder>"[^"]*"|[^\s%"]\S*)\s+)?%(?P<variable>\w)\s+in\s+\((?P<pattern>[^)]*)\)\s+do\s+(?P<body>.+)',
    re.IGNORECASE | re.DOTALL,
)
_IF = re.compile(r'if\s+(?P<negation>not\s+)?exist\s+(?P<path>"[^"]*"|\S+)\s+(?P<body>.+)', re.IGNORECASE | re.DOTALL)

RunPipelines = Callable[[list[Pipeline], int], int]
"""Carries out pipelines after a command with an exit code, and returns the next one."""


def run_compound(session: Session, text: str, output: CommandOutput, run: RunPipelines, exit_code: int) -> int:
    """Carry out such a command, which by itself leaves the exit code as it was before."""
    text = text.lstrip("@ \t")
    if loop := _FOR.fullmatch(text):
        return _loop(session, loop, output, run, exit_code)
    if choice := _IF.fullmatch(text):
        is_met = _exists(session, choice["path"]) != bool(choice["negation"])
        return run(parse(choice["body"]), exit_code) if is_met else exit_code
    output.hold(stderr=session.says(SYNTAX))
    return 1


def _loop(session: Session, loop: re.Match[str], output: CommandOutput, run: RunPipelines, exit_code: int) -> int:
    folder = session.path(loop["folder"] or session.folder)
    pattern = loop["pattern"].strip().strip('"')
    if not re.search(r"[*?]", pattern):
        # It would name the same file in every folder, whether it is there or not
        output.hold(stderr=session.says(SYNTAX))
        return 1
    body = parse(loop["body"])
    for path in session.files.walk(folder):
        if _matches(ntpath.basename(path), pattern):
            pipelines = [_filled_in(session, pipeline, loop["variable"], path) for pipeline in body]
            if not loop["body"].startswith("@"):
                shown = " ".join(command.text.strip() for pipeline in pipelines for command in pipeline.commands)
                output.hold(f"\r\n{session.folder}>{shown} \r\n".encode())
            exit_code = run(pipelines, exit_code)
    return exit_code


def _filled_in(session: Session, pipeline: Pipeline, variable: str, path: str) -> Pipeline:
    def filled(text: str) -> str:
        return re.sub(rf"%(?:~([fdpnxz]*))?{variable}", lambda match: _value(session, path, match[1]), text)

    commands = [
        Command(
            filled(command.text),
            [replace(redirection, target=filled(redirection.target)) for redirection in command.redirections],
            command.is_compound,
        )
        for command in pipeline.commands
    ]
    return Pipeline(pipeline.condition, commands)


def _value(session: Session, path: str, modifiers: str | None) -> str:
    """The variable with the modifiers after ``%~``: full path, drive, folder, name, extension and size."""
    if not modifiers:
        return path
    drive, rest = ntpath.splitdrive(path)
    folder, name = ntpath.split(rest)
    stem, extension = ntpath.splitext(name)
    parts = {"d": drive, "p": folder.rstrip("\\") + "\\", "n": stem, "x": extension}
    shown = path if "f" in modifiers else "".join(text for letter, text in parts.items() if letter in modifiers)
    size = [str(session.files.size(path))] if "z" in modifiers and path in session.files else []
    return " ".join([*size, *([shown] if shown else [])])


def _matches(name: str, pattern: str) -> bool:
    return pattern == "*.*" or fnmatch.fnmatchcase(name.lower(), pattern.lower().replace("[", "[[]"))


def _exists(session: Session, text: str) -> bool:
    path = session.path(text)
    folder, name = ntpath.split(path)
    if re.search(r"[*?]", name):
        return any(_matches(entry, name) for entry in session.files.below(folder))
    is_folder = session.files.is_folder(path)
    return is_folder or (path in session.files and not text.strip('"').endswith("\\"))
