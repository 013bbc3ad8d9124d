# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The internet as the servers of a hierarchy see it: which hosts there are, and what comes of connecting to them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from http import HTTPStatus

from ..hierarchy.network import Attempt, Network
from .authorities import tls_context
from .endpoints import Connection, Endpoint
from .listeners import Address, HttpsPort, Port, ResettingPort, SilentPort, StalledPort
from .proxies import Proxy
from .web import Service

HTTPS = 443
DOMAINS = (
    "akamaiedge.net",
    "akamaitechnologies.com",
    "aka.ms",
    "azure.com",
    "azureedge.net",
    "azure.net",
    "cloudapp.net",
    "digicert.com",
    "live.com",
    "microsoft.com",
    "microsoftonline.com",
    "office.com",
    "office.net",
    "office365.com",
    "usgovcloudapi.net",
    "visualstudio.com",
    "windows.com",
    "windows.net",
    "windowsupdate.com",
)
"""What there is besides the hosts that somebody has set up, with all hosts below."""

_UNKNOWN_HOST = Address(f"{'x' * 64}.invalid", HTTPS)
"""No label of a name is that long, so that resolvers give up at once, whatever network this computer is in."""
_INTERNAL: dict[Attempt, Connection] = {
    "unknown_host": "unknown_host",
    "timed_out": "timed_out",
    "refused": "refused",
    # By what speaks no TLS
    "connected": "reset",
}
"""What comes of connecting to a server of the hierarchy."""
_DEAD_ENDS: dict[Connection, Callable[[], Port]] = {
    "refused": Port,
    "timed_out": SilentPort,
    "stalled": StalledPort,
    "reset": ResettingPort,
}


class Internet:
    """Opens no port before one is needed; `close` closes them all."""

    def __init__(self, network: Network) -> None:
        """``network`` is that of the servers, where proxies may be, too."""
        self._network = network
        self.services: dict[str, Service] = {}
        """Of hosts that hand something out or take it while they are in order, by their names in lower case."""
        self._endpoints: dict[str, Endpoint] = {}
        """Those that somebody has set up."""
        self._proxies: dict[tuple[str, int], Proxy] = {}
        self._shut_in: set[str] = set()
        self._dead_ends: dict[Connection, Port] = {}
        self._listeners: dict[str, HttpsPort] = {}

    def set_endpoint(self, host: str, endpoint: Endpoint) -> None:
        """Have a host be like this from now on."""
        self._endpoints[host.lower()] = endpoint
        if listener := self._listeners.pop(host.lower(), None):
            listener.close()

    def add_proxy(self, name: str, port: int, account: str = "", password: str = "", *, refuses: bool = False) -> None:
        """Have a proxy be there, or be another one than before. RuntimeError if it cannot be started."""
        proxy = Proxy(account, password, refuses=refuses)
        if before := self._proxies.pop((name.lower(), port), None):
            before.close()
        self._proxies[name.lower(), port] = proxy

    def require_proxy(self, server: str, value: bool) -> None:
        """Have a firewall drop what a server sends out directly, or let it pass again."""
        if value:
            self._shut_in.add(server.lower())
        else:
            self._shut_in.discard(server.lower())

    def way(self, source: str, host: str, port: int) -> Address:
        """Where a connection from a server to a host really has to go; from a proxy, if the source is empty."""
        endpoint = self.endpoint(source, host, port)
        if endpoint.connection != "accepted":
            return self._dead_end(endpoint.connection)
        name = host.lower()
        if name not in self._listeners:
            service = self.services.get(name) if endpoint.status == HTTPStatus.OK else None
            self._listeners[name] = HttpsPort(tls_context(name, endpoint), endpoint.status, service)
        return self._listeners[name].address

    def way_to_proxy(self, source: str, host: str, port: int) -> Address:
        """Where a connection from a server to a proxy really has to go."""
        found = self.proxy(source, host, port)
        return found.address if isinstance(found, Proxy) else self._dead_end(found)

    def endpoint(self, source: str, host: str, port: int = HTTPS) -> Endpoint:
        """What a server finds at a host when it connects directly; what a proxy finds there, if the source is empty."""
        endpoint = self._endpoint(host)
        if endpoint is None:
            return Endpoint(connection=_INTERNAL[self._network.connect(source, host, port)])
        if endpoint.connection != "unknown_host" and source.lower() in self._shut_in:
            return replace(endpoint, connection="timed_out")
        if endpoint.connection == "accepted" and port != HTTPS:
            return replace(endpoint, connection="refused")
        return endpoint

    def proxy(self, source: str, host: str, port: int) -> Proxy | Connection:
        """The proxy that a server connects to, or what comes of connecting if there is none."""
        name = host.lower()
        endpoint = self._endpoint(name)
        if endpoint is not None and endpoint.connection != "accepted":
            return endpoint.connection
        attempt = self._network.connect(source, name, port)
        if attempt != "timed_out" and (name, port) in self._proxies:
            return self._proxies[name, port]
        if attempt == "unknown_host" and (endpoint or any(known == name for known, _port in self._proxies)):
            return "refused"
        return _INTERNAL[attempt]

    def close(self) -> None:
        """Close every port, and end every proxy."""
        opened: list[Proxy | Port] = [*self._proxies.values(), *self._dead_ends.values(), *self._listeners.values()]
        self._proxies, self._dead_ends, self._listeners = {}, {}, {}
        for one in opened:
            one.close()

    def _endpoint(self, host: str) -> Endpoint | None:
        """What a host of the internet is like; None for a host that is none of it."""
        name = host.lower()
        is_public = any(name == domain or name.endswith(f".{domain}") for domain in DOMAINS)
        return self._endpoints.get(name) or (Endpoint() if is_public else None)

    def _dead_end(self, connection: Connection) -> Address:
        if connection == "unknown_host":
            return _UNKNOWN_HOST
        if connection not in self._dead_ends:
            self._dead_ends[connection] = _DEAD_ENDS[connection]()
        return self._dead_ends[connection].address
