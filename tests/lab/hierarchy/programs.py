# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Programs of Windows that a simulated server has: findstr and net localgroup.

Output is in the server's language where that of the program is, so that nobody relies on it. Inferred from use, since
Microsoft does not document it: the form of these outputs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..wire.host import CommandResult
from .command_line import LONGEST, split_arguments
from .local_groups import SYSTEM_ACCOUNTS, Language

if TYPE_CHECKING:
    from .windows_server import WindowsServer

_GROUP_TEXTS: dict[Language, tuple[str, str, str, str]] = {
    "en": ("Alias name", "Comment", "Members", "The command completed successfully."),
    "de": ("Aliasname", "Beschreibung", "Mitglieder", "Der Befehl wurde erfolgreich ausgeführt."),
    "nl": ("Aliasnaam", "Opmerking", "Leden", "De opdracht is voltooid."),
}


def findstr(server: WindowsServer, arguments: str, stdin: bytes) -> CommandResult:
    """Lines of its input that have one of several texts; lines that are too long for it are passed over."""
    needles: list[str] = []
    ignores_case = at_beginning = False
    for argument in split_arguments(arguments):
        switch = argument.lower()
        if switch.startswith("/c:"):
            needles.append(argument[3:])
        elif switch == "/i":
            ignores_case = True
        elif switch == "/b":
            at_beginning = True
        elif switch == "/l":
            continue
        elif argument.startswith("/"):
            return CommandResult(stderr=f"FINDSTR: {argument} ignored\r\n".encode(), exit_code=2)
        else:
            needles += argument.split()
    if ignores_case:
        needles = [needle.lower() for needle in needles]
    found, complaints = [], []
    for number, line in enumerate(stdin.decode().splitlines(), start=1):
        compared = line.lower() if ignores_case else line
        if len(line) > LONGEST:
            complaints.append(f"FINDSTR: Line {number} is too long.\r\n")
        elif compared.startswith(tuple(needles)) if at_beginning else any(needle in compared for needle in needles):
            found.append(f"{line}\r\n")
    return CommandResult("".join(found).encode(), "".join(complaints).encode(), 0 if found else 1)


def net(server: WindowsServer, arguments: str, stdin: bytes) -> CommandResult:
    """``net localgroup NAME``: the members of a local group, computers too, whatever WMI shows of them."""
    words = split_arguments(arguments)
    if len(words) != 2 or words[0].lower() != "localgroup":
        return CommandResult(stderr=b"The syntax of this command is:\r\n\r\nNET\r\n    [ LOCALGROUP ]\r\n", exit_code=1)
    group = next((group for group in server.accounts.groups.values() if group.name.lower() == words[1].lower()), None)
    if group is None:
        return CommandResult(stderr=b"System error 1376 has occurred.\r\n", exit_code=2)
    language = server.accounts.language
    alias, comment, members, done = _GROUP_TEXTS[language]
    lines = [f"{alias:<15}{group.name}", f"{comment:<15}", "", members, "", "-" * 79]
    for member in sorted(group.members, key=str.lower):
        domain, _separator, name = member.rpartition("\\")
        known = SYSTEM_ACCOUNTS.get(member, {}).get(language)
        lines.append(known or (name if domain.lower() == server.netbios_name.lower() else member))
    return CommandResult("".join(f"{line}\r\n" for line in [*lines, done, ""]).encode())
