# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""HTTPS tried from a server: curl.exe asks all URLs at the same time, and says how far it came with each.

What counts is each step of a connection, so it asks for the headers only, follows no redirection, and keeps nothing. Passwords
of a proxy are in its input, which nobody sees who lists processes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from .._wsman.shell import CommandShell
from . import curl
from .errors import WindowsError

TlsVersion = Literal["1.0", "1.1", "1.2", "1.3"]

_AT_ONCE = 300
"""The most that curl.exe does in parallel."""
_GRACE = 30
"""Seconds that a command may take beyond what its connections may."""
_MARK = "[ "
"""What a line of ours begins with; one that begins with ``@`` would name a file."""
_FIELDS = (
    "urlnum",
    "exitcode",
    "http_code",
    "http_connect",
    "local_port",
    "time_appconnect",
    "time_total",
    "errormsg",
)
_ONLY_WHAT_COUNTS = f'findstr /b /l /c:"{_MARK}" /c:"Subject:" /c:"Issuer:"'
"""Certificates come whole, and are many times as long as what is looked at."""
_COMMAND = f"{curl.COMMAND} | {_ONLY_WHAT_COUNTS}"
_NEEDED = (
    "It needs curl 7.75 or later to try connections, which the updates of Windows Server 2019 and later have brought since 2022"
)


@dataclass(frozen=True)
class HttpProxy:
    """The proxy that connections go through."""

    server: str
    port: int
    user: str = ""
    password: str = field(default="", repr=False)


@dataclass(frozen=True)
class Certificate:
    """Whose certificate it is, and who has issued it, as curl.exe writes their names."""

    subject: str
    issuer: str


@dataclass(frozen=True)
class Attempt:
    """How far an attempt has come. Seconds count from its start, and are 0 for what was not reached."""

    url: str
    exit_code: int
    """Of curl, 0 for an answer; see its manual, "EXIT CODES"."""
    status: int
    """Of the answer; 0 without one."""
    proxy_status: int
    """What the proxy has answered to CONNECT; 0 without one."""
    is_connected: bool
    """Whether there was a TCP connection, to the proxy where there is one."""
    seconds_to_tls: float
    seconds: float
    error: str
    """In curl's words, which name what was wrong."""
    certificates: tuple[Certificate, ...] = ()

    @property
    def certificate(self) -> Certificate | None:
        """The one of the server, which no other of the chain was issued by; in which order they come depends on Windows."""
        issuers = {certificate.issuer for certificate in self.certificates if certificate.issuer != certificate.subject}
        own = [certificate for certificate in self.certificates if certificate.subject not in issuers]
        return next(iter(own or self.certificates), None)

    @property
    def root(self) -> str:
        """Who has issued the last certificate of the chain, and has to be trusted; empty without certificates."""
        subjects = {certificate.subject for certificate in self.certificates if certificate.issuer != certificate.subject}
        return next((certificate.issuer for certificate in self.certificates if certificate.issuer not in subjects), "")


def try_urls(
    shell: CommandShell,
    urls: Sequence[str],
    *,
    timeout: int,
    proxy: HttpProxy | None,
    version: TlsVersion = "1.2",
    is_verified: bool = True,
) -> list[Attempt]:
    """Try every URL with one version of TLS, for at most ``timeout`` seconds each. In the order of ``urls``.

    Without ``is_verified``, whatever certificate the server has is accepted, to look at it. `WindowsError` where the server has
    no curl.exe, or one that is too old, and for a proxy that cannot be written down. Raises `WsmanError`, too.
    """
    settings = [*_usual_settings(timeout, version), *_way(proxy), *(() if is_verified else ("insecure",))]
    for url in urls:
        settings += [curl.setting("url", url), curl.setting("output", "NUL")]
    rounds = -(-len(urls) // _AT_ONCE)
    result = shell.run(_COMMAND, timeout=rounds * timeout + _GRACE, stdin=curl.config(settings))
    attempts = dict(_read(result.output, urls))
    if len(attempts) < len(urls):
        raise WindowsError(_why_not(result.errors))
    return [attempts[number] for number in range(len(urls))]


def _usual_settings(timeout: int, version: TlsVersion) -> list[str]:
    fields = "\\t".join(f"%{{{name}}}" for name in _FIELDS)
    return [
        "parallel",
        # Else several URLs of one host share a connection, of which only the first has a certificate to show
        "parallel-immediate",
        curl.setting("parallel-max", str(_AT_ONCE)),
        "head",
        # .NET Framework, which the role connects with, looks for revoked certificates only where it is told to
        "ssl-no-revoke",
        f"tlsv{version}",
        curl.setting("tls-max", version),
        curl.setting("connect-timeout", str(timeout)),
        curl.setting("max-time", str(timeout)),
        curl.setting("write-out", f"{_MARK}{fields}\\n%{{certs}}\\n"),
    ]


def _way(proxy: HttpProxy | None) -> list[str]:
    if proxy is None:
        # Whatever proxy the environment of the account may name
        return [curl.setting("noproxy", "*")]
    lines = [curl.setting("proxy", f"http://{proxy.server}:{proxy.port}")]
    if proxy.user:
        lines += [curl.setting("proxy-user", f"{proxy.user}:{proxy.password}"), "proxy-anyauth"]
    return lines


def _read(output: str, urls: Sequence[str]) -> Iterator[tuple[int, Attempt]]:
    """The attempts by the number of their URL. What an older curl, which lacks some of it, has written is none."""
    for part in re.split(rf"^{re.escape(_MARK)}", output, flags=re.MULTILINE)[1:]:
        first, _newline, rest = part.partition("\n")
        values = dict(zip(_FIELDS, first.rstrip("\r").split("\t"), strict=False))
        try:
            number = int(values["urlnum"])
            yield (
                number,
                Attempt(
                    urls[number],
                    int(values["exitcode"]),
                    int(values["http_code"]),
                    int(values["http_connect"]),
                    int(values["local_port"]) > 0,
                    _seconds(values["time_appconnect"]),
                    _seconds(values["time_total"]),
                    values["errormsg"].strip(),
                    tuple(_certificates(rest)),
                ),
            )
        except (KeyError, IndexError, ValueError):
            continue


def _seconds(text: str) -> float:
    return float(text.replace(",", "."))


def _certificates(lines: str) -> Iterator[Certificate]:
    subject = ""
    for line in lines.splitlines():
        name, _colon, value = line.partition(":")
        if name == "Subject":
            subject = value.strip()
        elif name == "Issuer":
            yield Certificate(subject, value.strip())


def _why_not(errors: str) -> str:
    complaint = next((line for line in errors.splitlines() if "curl:" in line), "")
    if complaint:
        return f"The server's curl.exe did not try the connections: {complaint.strip()}. {_NEEDED}."
    return (
        "The server has no curl.exe, or does not let it run, so nothing can be said about its connections. "
        f"{_NEEDED}; on an older server, put it into a folder of the PATH."
    )
