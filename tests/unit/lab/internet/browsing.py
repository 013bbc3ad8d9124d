# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A server's curl.exe, used as a program on the server uses it: its options on standard input, its output through findstr."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from lab.hierarchy.accounts import make_accounts
from lab.hierarchy.console import Console
from lab.hierarchy.hierarchy import Hierarchy
from lab.hierarchy.topology import load
from lab.quirks import Quirks
from lab.simulation import Simulation
from lab.wire.host import CommandResult
from lab.wmi.model import Caller

ADMINISTRATOR = Caller("CORP\\administrator")
COMMAND = 'curl.exe --silent --show-error --config - | findstr /b /l /c:"[ " /c:"Subject:" /c:"Issuer:"'
DIRECT = 'noproxy = "*"'
_FIELDS = ("urlnum", "exitcode", "http_code", "http_connect", "time_connect", "time_appconnect", "errormsg")
_WRITE_OUT = "[ " + "\\\\t".join(f"%{{{name}}}" for name in _FIELDS) + "\\\\n%{certs}\\\\n"


def _what_is_missing() -> str:
    if shutil.which("curl") is None:
        return "curl is not installed"
    output = subprocess.run(["curl", "--version"], capture_output=True, text=True, check=True).stdout
    version = re.match(r"curl (\d+)\.(\d+)", output)
    if version is None or tuple(map(int, version.groups())) < (7, 88) or "OpenSSL/" not in output:
        return "curl is older than 7.88, or is not built with OpenSSL"
    return ""


NEEDS_CURL = pytest.mark.skipif(bool(_what_is_missing()), reason=_what_is_missing())


@dataclass(frozen=True)
class Attempt:
    """What curl.exe says of one URL."""

    exit_code: int
    status: int
    proxy_status: int
    error: str
    subjects: tuple[str, ...] = ()
    issuers: tuple[str, ...] = ()


class Browser:
    """The server srv1 of a stand-alone site, whose hierarchy it makes and closes."""

    def __init__(self, curl_tls: str = "schannel", topology: str = "standalone", server: str = "srv1.corp.example") -> None:
        quirks = Quirks(curl_tls=curl_tls)  # type: ignore[arg-type]
        self.hierarchy = Hierarchy(load(topology), make_accounts("CORP"), Simulation(), quirks)
        self.server = self.hierarchy.servers[server]

    def close(self) -> None:
        self.hierarchy.internet.close()

    def perform(self, action: str, **arguments: object) -> None:
        """An act of another administrator."""
        Console(self.hierarchy).perform({"action": action, **arguments})

    def run(self, *settings: str, urls: tuple[str, ...], command: str = COMMAND) -> CommandResult:
        lines = [*settings, *(f'url = "{url}"\noutput = "NUL"' for url in urls)]
        return self.server.commands.run(ADMINISTRATOR, command, "\n".join(lines).encode())

    def try_all(self, *settings: str, urls: tuple[str, ...], tls: tuple[str, str] = ("1.2", "1.2")) -> list[Attempt]:
        """What comes of each URL, in their order; one second at most."""
        usual = ("parallel", "parallel-max = 100", "head", "ssl-no-revoke", f"tlsv{tls[0]}", f'tls-max = "{tls[1]}"')
        times = ("connect-timeout = 1", "max-time = 1")
        result = self.run(*usual, *times, f'write-out = "{_WRITE_OUT}"', *settings, urls=urls)
        attempts = dict(_attempts(result.stdout.decode()))
        assert attempts.keys() == set(range(len(urls))), result
        return [attempts[number] for number in range(len(urls))]

    def try_one(self, *settings: str, host: str = "go.microsoft.com", tls: tuple[str, str] = ("1.2", "1.2")) -> Attempt:
        (attempt,) = self.try_all(*(settings or (DIRECT,)), urls=(f"https://{host}/",), tls=tls)
        return attempt


def _attempts(output: str) -> Iterator[tuple[int, Attempt]]:
    for part in re.split(r"^\[ ", output, flags=re.MULTILINE)[1:]:
        first, *others = part.splitlines()
        values = dict(zip(_FIELDS, first.split("\t"), strict=True))
        names = [[line.partition(":")[2] for line in others if line.startswith(kind)] for kind in ("Subject:", "Issuer:")]
        numbers = (int(values[name]) for name in ("exitcode", "http_code", "http_connect"))
        yield int(values["urlnum"]), Attempt(*numbers, values["errormsg"], tuple(names[0]), tuple(names[1]))
