# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Answers over HTTPS: the real curl connects to the internet of the lab, which is on loopback, as if it were the server's."""

from __future__ import annotations

import math
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.serialization import Encoding

from ...internet.authorities import OLD_CIPHERS, unused_root
from ...internet.internet import HTTPS
from ...internet.listeners import Address
from ...internet.proxies import credentials
from ...wire.host import CommandResult
from .config import Config, ConfigError, Setting
from .real import run_real_curl
from .schannel import as_schannel
from .write_out import EVERYTHING, Transfer, read_transfer, write_out

if TYPE_CHECKING:
    from ..windows_server import WindowsServer

_REWRITTEN = {"silent", "show-error", "url", "output", "write-out", "noproxy", "proxy", "proxy-user"}
_PROXY_PORT = 1080
"""Which curl takes where none is named."""
_AT_ONCE = 50
"""How many transfers curl has in parallel by default."""
_LONGEST = 300
"""Seconds after which curl gives up to connect by default."""
_GRACE = 30


@dataclass(frozen=True)
class _Stop:
    """A host that curl connects to: as the server knows it, and where it really is."""

    host: str
    port: int
    address: Address

    def named(self, text: str) -> str:
        """What the real curl says, with the names that the server knows."""
        real = self.address
        text = text.replace(f"{real.host} port {real.port}", f"{self.host} port {self.port}")
        return text.replace(f": {real.host}", f": {self.host}")


def get_answers(server: WindowsServer, config: Config) -> CommandResult:
    """Run the real curl with the same options, but for where it connects to and whom it trusts."""
    if config.has("range") or [output.lower() for output in config.values("output")] != ["nul"] * len(config.values("url")):
        raise ConfigError("the lab gets whole answers over HTTPS and keeps none: the output of each URL is NUL")
    with server.simulation.moment():
        proxy = _proxy(server, config)
        hosts = [_host(server, url, is_direct=proxy is None) for url in config.values("url")]
        # curl takes no empty file
        roots = server.certificates.trusted() or [unused_root()]
    with tempfile.TemporaryDirectory() as directory:
        bundle = Path(directory) / "roots.pem"
        bundle.write_bytes(b"".join(root.public_bytes(Encoding.PEM) for root in roots))
        settings = [*config.without(_REWRITTEN), *_whom_to_trust(bundle), *_where_to_go(config, hosts, proxy)]
        finished = run_real_curl(settings, _longest(config))
    transfers = [_renamed(read_transfer(line), hosts, proxy) for line in finished.stdout.decode().splitlines()]
    if len(transfers) != len(hosts):
        raise RuntimeError(f"curl has not tried every URL: {finished.stderr.decode(errors='replace')}")
    if server.quirks.curl_tls == "schannel":
        transfers = [as_schannel(transfer, server.accounts.language) for transfer in transfers]
    return _result(transfers, config, server.curl_version or ())


def _proxy(server: WindowsServer, config: Config) -> _Stop | None:
    """The proxy that everything goes through; None where everything goes directly."""
    url, without = config.value("proxy", ""), config.value("noproxy", "")
    if without not in ("", "*"):
        raise ConfigError("the lab goes through a proxy to all hosts or to none")
    if not url or without:
        return None
    parts = urlsplit(url if "://" in url else f"http://{url}")
    if parts.scheme != "http" or not parts.hostname:
        raise ConfigError(f"the lab has HTTP proxies, unlike {url}")
    port = parts.port or _PROXY_PORT
    return _Stop(parts.hostname, port, server.internet.way_to_proxy(server.name, parts.hostname, port))


def _host(server: WindowsServer, url: str, is_direct: bool) -> _Stop:
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or HTTPS
    return _Stop(host, port, server.internet.way(server.name if is_direct else "", host, port))


def _whom_to_trust(bundle: Path) -> list[Setting]:
    # Without HTTP/2, as the curl of Windows is built; and with the versions of TLS that Windows still has
    return [Setting("cacert", str(bundle)), Setting("ciphers", OLD_CIPHERS), Setting("http1.1")]


def _where_to_go(config: Config, hosts: Sequence[_Stop], proxy: _Stop | None) -> list[Setting]:
    settings = [Setting("write-out", EVERYTHING)]
    for url, host in zip(config.values("url"), hosts, strict=True):
        way = f"{host.host}:{host.port}:{host.address.host}:{host.address.port}"
        settings += [Setting("url", url), Setting("output", "/dev/null"), Setting("connect-to", way)]
    if proxy is not None:
        settings.append(Setting("proxy", f"http://{proxy.address.host}:{proxy.address.port}"))
        account, separator, password = config.value("proxy-user", "").partition(":")
        if separator:
            settings.append(Setting("proxy-user", ":".join(credentials(account, password))))
    return settings


def _longest(config: Config) -> float:
    at_once = config.number("parallel-max", _AT_ONCE) if config.has("parallel") else 1
    rounds = math.ceil(len(config.values("url")) / at_once)
    return rounds * config.number("max-time", _LONGEST) + _GRACE


def _renamed(transfer: Transfer, hosts: Sequence[_Stop], proxy: _Stop | None) -> Transfer:
    error = hosts[transfer.number].named(transfer.error)
    return transfer.but(errormsg=proxy.named(error) if proxy else error)


def _result(transfers: Sequence[Transfer], config: Config, version: tuple[int, ...]) -> CommandResult:
    is_silent = config.has("silent")
    output, errors = [], [] if is_silent else [f"{warning}\r\n" for warning in config.warnings]
    exit_code = 0
    for transfer in transfers:
        if transfer.exit_code:
            exit_code = transfer.exit_code
            if not is_silent or config.has("show-error"):
                errors.append(f"curl: ({exit_code}) {transfer.error}\r\n")
        written, complaints = write_out(config.value("write-out", ""), transfer, version)
        output.append(written)
        errors.append(complaints)
    return CommandResult("".join(output).encode(), "".join(errors).encode(), exit_code)
