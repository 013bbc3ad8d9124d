# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``for``, ``for /r`` and ``if exist`` of cmd.exe on a command line: what follows, to the line's end, is what they run.

Documented by Microsoft: the forms, and the modifiers of a variable. Seen often: what runs in a loop is shown first, after the
prompt, unless it starts with ``@``; a folder that is not there has no files. ``for`` takes what has no wildcard as it stands,
with its quotes, and whether there is such a file or not; what has one becomes the files that match, without quotes. What is
not there has neither size nor attributes; that a folder has the size 0 is inferred.
"""

from __future__ import annotations

import fnmatch
import ntpath
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from .cmd_messages import SYNTAX
from .command_line import Command, Pipeline, parse
from .command_session import CommandOutput, Session

_IN = r'%(?P<variable>\w)\s+in\s+\((?P<set>(?:"[^"]*"|[^")])*)\)\s+do\s+(?P<body>.+)'
_FOR = re.compile(rf"for\s+{_IN}", re.IGNORECASE | re.DOTALL)
_FOR_BELOW = re.compile(rf'for\s+/r\s+(?:(?P<folder>"[^"]*"|[^\s%"]\S*)\s+)?{_IN}', re.IGNORECASE | re.DOTALL)
_ELEMENT = re.compile(r'(?:"[^"]*"|[^\s,;="])+')
_WILDCARD = re.compile(r"[*?]")
_IF = re.compile(r'if\s+(?P<negation>not\s+)?exist\s+(?P<path>"[^"]*"|\S+)\s+(?P<body>.+)', re.IGNORECASE | re.DOTALL)

_FILE_ATTRIBUTES, _FOLDER_ATTRIBUTES = "--a--------", "d----------"

RunPipelines = Callable[[list[Pipeline], int], int]
"""Carries out pipelines after a command with an exit code, and returns the next one."""


def run_compound(session: Session, text: str, output: CommandOutput, run: RunPipelines, exit_code: int) -> int:
    """Carry out such a command, which by itself leaves the exit code as it was before."""
    text = text.lstrip("@ \t")
    if loop := _FOR.fullmatch(text):
        return _loop(session, loop, _elements(session, loop["set"]), output, run, exit_code)
    if (loop := _FOR_BELOW.fullmatch(text)) and _WILDCARD.search(loop["set"]):
        return _loop(session, loop, _below(session, loop), output, run, exit_code)
    if choice := _IF.fullmatch(text):
        is_met = _exists(session, choice["path"]) != bool(choice["negation"])
        return run(parse(choice["body"]), exit_code) if is_met else exit_code
    output.hold(stderr=session.says(SYNTAX))
    return 1


def _elements(session: Session, text: str) -> Iterator[str]:
    for element in _ELEMENT.findall(text):
        if not _WILDCARD.search(element):
            yield element
            continue
        folder, pattern = ntpath.split(element.replace('"', ""))
        for name in session.files.below(session.path(folder)):
            found = ntpath.join(folder, name)
            if _matches(name, pattern) and session.path(found) in session.files:
                yield found


def _below(session: Session, loop: re.Match[str]) -> Iterator[str]:
    """What matches in a folder and in those below it. Without a wildcard, it would be the same name in every folder."""
    pattern = loop["set"].strip().strip('"')
    for path in session.files.walk(session.path(loop["folder"] or session.folder)):
        if _matches(ntpath.basename(path), pattern):
            yield path


def _loop(
    session: Session, loop: re.Match[str], values: Iterable[str], output: CommandOutput, run: RunPipelines, exit_code: int
) -> int:
    body = parse(loop["body"])
    for value in values:
        pipelines = [_filled_in(session, pipeline, loop["variable"], value) for pipeline in body]
        if not loop["body"].startswith("@"):
            shown = " ".join(command.text.strip() for pipeline in pipelines for command in pipeline.commands)
            output.hold(f"\r\n{session.folder}>{shown} \r\n".encode())
        exit_code = run(pipelines, exit_code)
    return exit_code


def _filled_in(session: Session, pipeline: Pipeline, variable: str, value: str) -> Pipeline:
    def filled(text: str) -> str:
        return re.sub(rf"%(?:~([adfnpxz]*))?{variable}", lambda match: _value(session, value, match[1]), text)

    commands = [
        Command(
            filled(command.text),
            [replace(redirection, target=filled(redirection.target)) for redirection in command.redirections],
            command.is_compound,
        )
        for command in pipeline.commands
    ]
    return Pipeline(pipeline.condition, commands)


def _value(session: Session, value: str, modifiers: str | None) -> str:
    """What a variable stands for, with the modifiers after ``%~``: attributes, size, and full path or parts of it."""
    if not modifiers:
        return value if modifiers is None else value.replace('"', "")
    path = session.path(value)
    drive, rest = ntpath.splitdrive(path)
    folder, name = ntpath.split(rest)
    stem, extension = ntpath.splitext(name)
    parts = {"d": drive, "p": folder.rstrip("\\") + "\\", "n": stem, "x": extension}
    shown = path if "f" in modifiers else "".join(text for letter, text in parts.items() if letter in modifiers)
    found: list[str] = []
    if path in session.files:
        found = [_FILE_ATTRIBUTES] * ("a" in modifiers) + [str(session.files.size(path))] * ("z" in modifiers)
    elif session.files.is_folder(path):
        found = [_FOLDER_ATTRIBUTES] * ("a" in modifiers) + ["0"] * ("z" in modifiers)
    return " ".join([*found, *([shown] if shown else [])])


def _matches(name: str, pattern: str) -> bool:
    return pattern == "*.*" or fnmatch.fnmatchcase(name.lower(), pattern.lower().replace("[", "[[]"))


def _exists(session: Session, text: str) -> bool:
    path = session.path(text)
    folder, name = ntpath.split(path)
    if _WILDCARD.search(name):
        return any(_matches(entry, name) for entry in session.files.below(folder))
    is_folder = session.files.is_folder(path)
    return is_folder or (path in session.files and not text.strip('"').endswith("\\"))
