# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""HTTPS as a program of .NET on a server has it: the curl of this computer connects, and .NET says what went wrong.

Which sentences are documented: `dotnet_web`. Which of them comes of which failure of TLS is inferred.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from http import HTTPStatus
from io import BufferedReader
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from ..curl.config import Setting
from ..curl.real import running_real_curl
from ..curl.ways import Proxy, host_of, proxy_at, whom_to_trust
from ..curl.write_out import EVERYTHING, Transfer, read_transfer
from ..dotnet_web import NO_CONNECTION, NO_TRUST, ON_A_SEND, TIMED_OUT, has_strong_crypto, of_status, unresolved

if TYPE_CHECKING:
    from ..processes import Process
    from ..windows_server import WindowsServer

_CONNECT_SECONDS, _SILENT_SECONDS = 21, 100
"""Nominal seconds after which Windows gives up to connect, and .NET to wait for an answer."""
_SHORTEST = 2
"""Seconds of this computer that it has at least, however fast the lab's time is."""
_MOST_REDIRECTIONS = 10
_CHUNK = 2**18
_SENTENCES = {7: NO_CONNECTION, 28: TIMED_OUT, 35: ON_A_SEND, 60: NO_TRUST}
"""By the exit code of curl."""
_CUT_OFF = "The underlying connection was closed: The connection was closed unexpectedly."


class WebError(Exception):
    """What .NET says of a failed request."""


@dataclass(frozen=True)
class _Head:
    """The beginning of an answer."""

    status: int
    location: str


class Web:
    """The internet for one run of a program."""

    def __init__(self, server: WindowsServer, process: Process, proxy: tuple[str, int] | None, account: tuple[str, str] | None):
        """``proxy`` is host and port of one that everything goes through; ``account`` with its password is for that."""
        self._server = server
        self._process = process
        self._proxy = proxy
        self._account = account

    def fetch(self, url: str) -> bytes:
        """What is at a URL, which must be small."""
        parts: list[bytes] = []
        self.download(url, parts.append)
        return b"".join(parts)

    def download(self, url: str, write: Callable[[bytes], None]) -> None:
        """Hand out what is at a URL, or where that leads, bit by bit. `WebError` if that fails, maybe in the middle."""
        for _number in range(_MOST_REDIRECTIONS):
            head = self._exchange(url, (), write)
            if not head.location:
                return
            url = head.location
        raise WebError("Too many automatic redirections were attempted.")

    def upload(self, url: str, file: Path) -> bytes:
        """Send a file of this computer; what is answered."""
        parts: list[bytes] = []
        settings = (Setting("upload-file", str(file)), Setting("request", "POST"))
        self._exchange(url, settings, parts.append)
        return b"".join(parts)

    def _exchange(self, url: str, settings: Iterable[Setting], write: Callable[[bytes], None]) -> _Head:
        """One request. Only an answer that is no redirection is handed out."""
        server = self._server
        with server.simulation.moment():
            proxy = proxy_at(server, *self._proxy, self._account) if self._proxy else None
            host = host_of(server, url, proxy)
            roots = server.certificates.trusted()
            tls = self._tls()
        usual = [Setting("silent"), Setting("fail"), Setting("include"), Setting("suppress-connect-headers")]
        where = [Setting("url", url), host.connect_to, *(proxy.settings if proxy else ())]
        with (
            whom_to_trust(roots) as trust,
            running_real_curl([*usual, *tls, *self._times(), *trust, *where, *settings, _told_apart()]) as curl,
        ):
            assert isinstance(curl.stdout, BufferedReader) and curl.stderr is not None
            head = _read_head(curl.stdout)
            while chunk := curl.stdout.read(_CHUNK):
                self._process.pause(0)
                if not head.location:
                    write(chunk)
            transfer = read_transfer(curl.stderr.read().decode())
        if transfer.exit_code:
            raise WebError(_sentence(transfer, urlsplit(url).hostname or "", proxy))
        return head

    def _tls(self) -> list[Setting]:
        """The versions of TLS that .NET speaks."""
        if has_strong_crypto(self._server):
            return [Setting("tlsv1.2")]
        return [Setting("tlsv1.0"), Setting("tls-max", "1.0")]

    def _times(self) -> list[Setting]:
        speed = self._server.simulation.speed
        silent = str(math.ceil(max(_SHORTEST, _SILENT_SECONDS / speed)))
        connect = str(max(_SHORTEST, _CONNECT_SECONDS / speed))
        return [Setting("connect-timeout", connect), Setting("speed-time", silent), Setting("speed-limit", "1")]


def _told_apart() -> Setting:
    """Has curl write what it knows of the transfer to standard error, apart from the answer."""
    return Setting("write-out", "%{stderr}" + EVERYTHING)


def _read_head(stream: BufferedReader) -> _Head:
    """The header fields of the answer; those of answers before it, as "100 Continue", are passed over."""
    head = _Head(0, "")
    while line := stream.readline():
        if line.startswith(b"HTTP/"):
            head = _Head(int(line.split()[1]), "")
        elif line.lower().startswith(b"location:") and head.status in range(300, 400):
            head = _Head(head.status, line.partition(b":")[2].strip().decode())
        elif not line.strip() and head.status >= HTTPStatus.OK:
            break
    return head


def _sentence(transfer: Transfer, host: str, proxy: Proxy | None) -> str:
    status = int(transfer.values["http_code"])
    refusal = status if status >= HTTPStatus.BAD_REQUEST else int(transfer.values["http_connect"])
    if refusal >= HTTPStatus.BAD_REQUEST:
        return of_status(refusal)
    match transfer.exit_code:
        case 5 if proxy is not None:
            return f"The proxy name could not be resolved: '{proxy.stop.host}'"
        case 6:
            return unresolved(host)
        case 28 if transfer.error.startswith(("Connection timed out", "Failed to connect")):
            return NO_CONNECTION
        case code:
            return _SENTENCES.get(code, _CUT_OFF)
