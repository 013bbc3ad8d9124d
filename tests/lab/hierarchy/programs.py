# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Programs of Windows that a simulated server has: findstr, net localgroup, and curl as far as it connects.

Output is in the server's language where that of the program is, so that nobody relies on it. Inferred from use, since
Microsoft does not document it: the form of these outputs.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

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
_CURL_FLAGS = ("--silent", "--show-error")
_CURL_OPTIONS = ("--output", "--noproxy", "--connect-timeout", "--max-time", "--write-out", "--stderr")
_CURL_SECONDS = "0.001234"


def findstr(server: WindowsServer, arguments: str, stdin: bytes) -> CommandResult:
    """Lines of its input that have one of several texts; lines that are too long for it are passed over."""
    needles: list[str] = []
    ignores_case = False
    for argument in split_arguments(arguments):
        switch = argument.lower()
        if switch.startswith("/c:"):
            needles.append(argument[3:])
        elif switch == "/i":
            ignores_case = True
        elif switch == "/l":
            continue
        elif argument.startswith("/"):
            return CommandResult(stderr=f"FINDSTR: {argument} ignored\r\n".encode(), exit_code=2)
        else:
            needles += argument.split()
    found, complaints = [], []
    for number, line in enumerate(stdin.decode().splitlines(), start=1):
        if len(line) > LONGEST:
            complaints.append(f"FINDSTR: Line {number} is too long.\r\n")
        elif any(needle.lower() in line.lower() if ignores_case else needle in line for needle in needles):
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


def curl(server: WindowsServer, arguments: str, stdin: bytes) -> CommandResult:
    """Connects to one URL, and gets an answer that is no HTTP: what is tried is SMB, RPC or SQL Server."""
    options: dict[str, str] = {}
    url = ""
    words = iter(split_arguments(arguments))
    for word in words:
        if word in _CURL_FLAGS:
            options[word] = ""
        elif word in _CURL_OPTIONS:
            options[word] = next(words, "")
        elif word.startswith("-"):
            text = f"curl: option {word}: is unknown\r\ncurl: try 'curl --help' for more information\r\n"
            return CommandResult(stderr=text.encode(), exit_code=2)
        else:
            url = word
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or 80
    attempt = server.network.connect(server.name, host, port)
    timeout = float(options.get("--connect-timeout", "300")) * 1000
    exit_code, complaint = {
        "unknown_host": (6, f"Could not resolve host: {host}"),
        "refused": (7, f"Failed to connect to {host} port {port} after 2 ms: Could not connect to server"),
        "timed_out": (28, f"Connection timed out after {timeout:.0f} milliseconds"),
        "connected": (52, "Empty reply from server"),
    }[attempt]
    shown = f"curl: ({exit_code}) {complaint}\r\n" if "--silent" not in options or "--show-error" in options else ""
    seconds = _CURL_SECONDS if attempt == "connected" else "0.000000"
    written = options.get("--write-out", "").replace("%{time_connect}", seconds).replace("%{http_code}", "000")
    written = re.sub(r"%\{[^}]*\}", "", written).replace("\\n", "\n")
    if options.get("--stderr") == "-":
        return CommandResult(f"{shown}{written}".encode(), exit_code=exit_code)
    return CommandResult(written.encode(), shown.encode(), exit_code)
