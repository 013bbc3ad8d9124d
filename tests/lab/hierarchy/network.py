# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The network between the servers: which ports are listened on, and what firewalls keep apart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

RPC, SMB = 135, 445
SQL_SERVER = 1433
"""The default port of SQL Server."""

_LISTENED_ON = frozenset({RPC, SMB, 5985, 5986})
_ANYBODY = ""

Attempt = Literal["connected", "timed_out", "refused", "unknown_host"]


class Network:
    """All servers, by FQDN. Every one listens for RPC, SMB and WinRM."""

    def __init__(self, servers: Sequence[str]) -> None:
        self._ports = {server.lower(): set(_LISTENED_ON) for server in servers}
        self._blocked: set[tuple[str, str, int]] = set()

    def listen(self, server: str, port: int) -> None:
        """Have a server listen on a port."""
        self._ports[server.lower()].add(port)

    def close(self, server: str, port: int) -> None:
        """Have nobody listen there any more."""
        self._ports[server.lower()].discard(port)

    def block(self, source: str, server: str, port: int) -> None:
        """Have a firewall drop what a server, or anybody if it is empty, sends to a port of another."""
        self._blocked.add((source.lower(), server.lower(), port))

    def unblock(self, source: str, server: str, port: int) -> None:
        """Let it pass again. ValueError if it was not blocked."""
        try:
            self._blocked.remove((source.lower(), server.lower(), port))
        except KeyError:
            raise ValueError(f"port {port} of {server} is not blocked for {source or 'anybody'}") from None

    def connect(self, source: str, host: str, port: int) -> Attempt:
        """What comes of an attempt to connect from a server to a host, which goes by its FQDN or its host name."""
        name = host.lower()
        target = next((server for server in self._ports if name in (server, server.partition(".")[0])), None)
        if target is None:
            return "unknown_host"
        source = source.lower()
        if source != target and {(source, target, port), (_ANYBODY, target, port)} & self._blocked:
            return "timed_out"
        return "connected" if port in self._ports[target] else "refused"
