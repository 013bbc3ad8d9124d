# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How cmd.exe takes a command line apart, and a program its arguments (Microsoft's pages on cmd and on parsing arguments)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

LONGEST = 8191
"""Characters of a command line."""

_OPERATORS = ("&&", "||", "&", "|")
_COMPOUND = re.compile(r"@?\s*(?:for|if)\s", re.IGNORECASE)


@dataclass(frozen=True)
class Redirection:
    """Where one of the streams 0 to 9 goes: into a file, or where another one goes (``&1``)."""

    stream: int
    target: str
    appends: bool = False


@dataclass
class Command:
    """One program with its arguments, as text, and where its output goes."""

    text: str = ""
    redirections: list[Redirection] = field(default_factory=list)
    is_compound: bool = False
    """``for`` or ``if``, whose text is the whole rest of the line, with commands in it."""


@dataclass
class Pipeline:
    """Commands of which each reads what the one before has put out."""

    condition: str
    """The operator before it: ``&&`` runs it after success, ``||`` after failure, anything else always."""
    commands: list[Command]


def parse(line: str) -> list[Pipeline]:
    """The pipelines of a command line. Within double quotes nothing is an operator; outside, ``^`` takes the meaning away."""
    pipelines = [Pipeline("&", [Command()])]
    position, is_quoted = 0, False
    while position < len(line):
        command = pipelines[-1].commands[-1]
        character = line[position]
        if not command.text.strip() and not command.redirections and _COMPOUND.match(line, position):
            command.text, command.is_compound = line[position:], True
            break
        if character == '"':
            is_quoted = not is_quoted
        if is_quoted or character not in "^&|>":
            command.text += character
            position += 1
        elif character == "^":
            command.text += line[position + 1 : position + 2]
            position += 2
        elif character == ">":
            position = _redirect(command, line, position)
        else:
            operator = next(known for known in _OPERATORS if line.startswith(known, position))
            position += len(operator)
            if operator == "|":
                pipelines[-1].commands.append(Command())
            else:
                pipelines.append(Pipeline(operator, [Command()]))
    return pipelines


def _redirect(command: Command, line: str, position: int) -> int:
    """Take a redirection off the line; the position after it."""
    stream = 1
    if command.text[-1:] in tuple("0123456789") and command.text[-2:-1] in ("", " ", "\t", '"'):
        stream, command.text = int(command.text[-1]), command.text[:-1]
    appends = line.startswith(">>", position)
    position += 2 if appends else 1
    while line[position : position + 1] in (" ", "\t"):
        position += 1
    start, is_quoted = position, False
    while position < len(line):
        character = line[position]
        if character == '"':
            is_quoted = not is_quoted
        # In ">&1", the ampersand belongs to the target.
        if not is_quoted and character in " \t&|>" and not (character == "&" and position == start):
            break
        position += 1
    command.redirections.append(Redirection(stream, line[start:position].strip('"'), appends))
    return position


def split_arguments(text: str) -> list[str]:
    """The arguments as a program of the C runtime sees them: quotes are taken off, and ``\\\\"`` before one is a backslash."""
    arguments: list[str] = []
    current, is_quoted, is_argument, position = "", False, False, 0
    while position < len(text):
        character = text[position]
        backslashes = len(text[position:]) - len(text[position:].lstrip("\\"))
        if backslashes:
            position += backslashes
            is_argument = True
            if text[position : position + 1] == '"':
                current += "\\" * (backslashes // 2)
                if backslashes % 2:
                    current += '"'
                    position += 1
            else:
                current += "\\" * backslashes
            continue
        if character == '"':
            is_quoted, is_argument = not is_quoted, True
        elif character in " \t" and not is_quoted:
            if is_argument:
                arguments.append(current)
            current, is_argument = "", False
        else:
            current, is_argument = current + character, True
        position += 1
    return [*arguments, current] if is_argument else arguments


def take_switches(text: str) -> tuple[list[str], list[str]]:
    """The arguments of a command of cmd.exe without their quotes, and its switches in lower case, as ``/s``."""
    words, switches = [], []
    for word in re.findall(r'(?:"[^"]*"?|[^\s"])+', text):
        if word.startswith("/"):
            switches += [f"/{switch}" for switch in word.lower().split("/")[1:]]
        else:
            words.append(word.replace('"', ""))
    return words, switches
