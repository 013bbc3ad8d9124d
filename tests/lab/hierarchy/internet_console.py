# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whoever runs the internet and the ways to it: endpoints, proxies, and firewalls in between."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from ..internet.endpoints import Endpoint

if TYPE_CHECKING:
    from .hierarchy import Hierarchy


class InternetConsole:
    """Acts that do not come over the wire of the lab. Anything wrong in the request is a ValueError."""

    def __init__(self, hierarchy: Hierarchy) -> None:
        self._hierarchy = hierarchy
        self.actions: dict[str, Callable[..., None]] = {
            "set_endpoint": self.set_endpoint,
            "add_proxy": self.add_proxy,
            "require_proxy": self.require_proxy,
        }

    def set_endpoint(self, host: str | Sequence[str], **settings: Any) -> None:
        """Have a host, or several, be like `Endpoint` says with these settings; one that is not named is the usual one."""
        endpoint = Endpoint(**settings)
        for name in [host] if isinstance(host, str) else host:
            self._hierarchy.internet.set_endpoint(name, endpoint)

    def add_proxy(self, name: str, port: int, account: str = "", password: str | None = None, refuses: bool = False) -> None:
        """Add a proxy, or replace it. It wants an account, by default with its password in the domain; or it refuses."""
        if not isinstance(port, int) or not 0 < port < 65536:
            raise ValueError(f"the port of a proxy must be a number from 1 to 65535, not {port!r}")
        secret = self._hierarchy.directory.password_of(account) if account and password is None else str(password or "")
        try:
            self._hierarchy.internet.add_proxy(name, port, account, secret, refuses=bool(refuses))
        except RuntimeError as error:
            raise ValueError(str(error)) from error

    def require_proxy(self, server: str, value: bool = True) -> None:
        """Have a firewall drop what a server sends to the internet other than through a proxy, or let it pass again."""
        self._hierarchy.internet.require_proxy(self._hierarchy.topology.fqdn(server), bool(value))
