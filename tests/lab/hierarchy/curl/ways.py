# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the real curl has to connect to when a program of a server connects to a host, and whom it trusts."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from ...internet.authorities import OLD_CIPHERS, unused_root
from ...internet.internet import HTTPS
from ...internet.listeners import Address
from ...internet.proxies import credentials
from .config import Setting

if TYPE_CHECKING:
    from ..windows_server import WindowsServer


@dataclass(frozen=True)
class Stop:
    """A host to connect to: as the server knows it, and where it really is."""

    host: str
    port: int
    address: Address

    @property
    def connect_to(self) -> Setting:
        """Has curl connect to where it really is."""
        return Setting("connect-to", f"{self.host}:{self.port}:{self.address.host}:{self.address.port}")

    def named(self, text: str) -> str:
        """What the real curl says, with the names that the server knows."""
        real = self.address
        text = text.replace(f"{real.host} port {real.port}", f"{self.host} port {self.port}")
        return text.replace(f": {real.host}", f": {self.host}")


@dataclass(frozen=True)
class Proxy:
    """A proxy on the way."""

    stop: Stop
    account: tuple[str, str] | None = None
    """Whom to log on as, with the password."""

    @property
    def settings(self) -> list[Setting]:
        """Have curl go through it."""
        address = self.stop.address
        settings = [Setting("proxy", f"http://{address.host}:{address.port}")]
        if self.account is not None:
            settings.append(Setting("proxy-user", ":".join(credentials(*self.account))))
        return settings


def proxy_at(server: WindowsServer, host: str, port: int, account: tuple[str, str] | None) -> Proxy:
    """A proxy as a program of a server meets it."""
    return Proxy(Stop(host, port, server.internet.way_to_proxy(server.name, host, port)), account)


def host_of(server: WindowsServer, url: str, proxy: Proxy | None) -> Stop:
    """The host of a URL as a program of a server meets it, directly or behind a proxy."""
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or HTTPS
    return Stop(host, port, server.internet.way("" if proxy else server.name, host, port))


@contextmanager
def whom_to_trust(roots: Sequence[x509.Certificate]) -> Iterator[list[Setting]]:
    """Options that have curl trust these and nobody else."""
    with tempfile.TemporaryDirectory() as directory:
        bundle = Path(directory) / "roots.pem"
        # curl takes no empty file
        bundle.write_bytes(b"".join(root.public_bytes(Encoding.PEM) for root in roots or [unused_root()]))
        # Without HTTP/2, as the curl of Windows is built; and with the versions of TLS that Windows still has
        yield [Setting("cacert", str(bundle)), Setting("ciphers", OLD_CIPHERS), Setting("http1.1")]
