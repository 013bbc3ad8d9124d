# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Answers over HTTPS: the real curl connects to the internet of the lab, which is on loopback, as if it were the server's."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from ...wire.host import CommandResult
from .config import Config, ConfigError, Setting
from .real import run_real_curl
from .schannel import as_schannel
from .ways import Proxy, Stop, host_of, proxy_at, whom_to_trust
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


def get_answers(server: WindowsServer, config: Config) -> CommandResult:
    """Run the real curl with the same options, but for where it connects to and whom it trusts."""
    if config.has("range") or [output.lower() for output in config.values("output")] != ["nul"] * len(config.values("url")):
        raise ConfigError("the lab gets whole answers over HTTPS and keeps none: the output of each URL is NUL")
    with server.simulation.moment():
        proxy = _proxy(server, config)
        hosts = [host_of(server, url, proxy) for url in config.values("url")]
        roots = server.certificates.trusted()
    with whom_to_trust(roots) as trust:
        settings = [*config.without(_REWRITTEN), *trust, *_where_to_go(config, hosts, proxy)]
        finished = run_real_curl(settings, _longest(config))
    transfers = [_renamed(read_transfer(line), hosts, proxy) for line in finished.stdout.decode().splitlines()]
    if len(transfers) != len(hosts):
        raise RuntimeError(f"curl has not tried every URL: {finished.stderr.decode(errors='replace')}")
    if server.quirks.curl_tls == "schannel":
        transfers = [as_schannel(transfer, server.accounts.language) for transfer in transfers]
    return _result(transfers, config, server.curl_version or ())


def _proxy(server: WindowsServer, config: Config) -> Proxy | None:
    """The proxy that everything goes through; None where everything goes directly."""
    url, without = config.value("proxy", ""), config.value("noproxy", "")
    if without not in ("", "*"):
        raise ConfigError("the lab goes through a proxy to all hosts or to none")
    if not url or without:
        return None
    parts = urlsplit(url if "://" in url else f"http://{url}")
    if parts.scheme != "http" or not parts.hostname:
        raise ConfigError(f"the lab has HTTP proxies, unlike {url}")
    account, separator, password = config.value("proxy-user", "").partition(":")
    return proxy_at(server, parts.hostname, parts.port or _PROXY_PORT, (account, password) if separator else None)


def _where_to_go(config: Config, hosts: Sequence[Stop], proxy: Proxy | None) -> list[Setting]:
    settings = [Setting("write-out", EVERYTHING)]
    for url, host in zip(config.values("url"), hosts, strict=True):
        settings += [Setting("url", url), Setting("output", "/dev/null"), host.connect_to]
    return [*settings, *(proxy.settings if proxy else ())]


def _longest(config: Config) -> float:
    at_once = config.number("parallel-max", _AT_ONCE) if config.has("parallel") else 1
    rounds = math.ceil(len(config.values("url")) / at_once)
    return rounds * config.number("max-time", _LONGEST) + _GRACE


def _renamed(transfer: Transfer, hosts: Sequence[Stop], proxy: Proxy | None) -> Transfer:
    error = hosts[transfer.number].named(transfer.error)
    return transfer.but(errormsg=proxy.stop.named(error) if proxy else error)


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
