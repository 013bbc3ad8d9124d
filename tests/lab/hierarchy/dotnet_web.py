# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What comes of a web request by a component of the site that is written in .NET, in the words of .NET Framework.

Nothing is really connected to: a component is at work within a moment of the simulation, and the settings of the endpoint say
what would come of it. From Microsoft's articles on service connection points that do not download: the sentences about a name
that is not resolved, TLS, trust and a status. Seen often: those about connections and time. Documented, too: which settings
have .NET Framework speak TLS 1.2; that it speaks no more than TLS 1.0 without them is the strictest reading.
"""

from __future__ import annotations

from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING

from cryptography.x509.oid import NameOID

from ..internet.endpoints import Connection, Endpoint
from ..internet.proxies import Proxy
from . import site_control
from .site_system_access import password_of
from .windows_registry import SOFTWARE, STRONG_CRYPTO

if TYPE_CHECKING:
    from .hierarchy import Hierarchy
    from .windows_server import WindowsServer

ON_A_SEND = "The underlying connection was closed: An unexpected error occurred on a send."
NO_TRUST = "The underlying connection was closed: Could not establish trust relationship for the SSL/TLS secure channel."
NO_CONNECTION = "Unable to connect to the remote server"
TIMED_OUT = "The operation has timed out"
_SENTENCES: dict[Connection, str] = {
    "timed_out": NO_CONNECTION,
    "refused": NO_CONNECTION,
    "stalled": TIMED_OUT,
    "reset": ON_A_SEND,
}
_USUAL_PORT = 80


def failure_of_request(hierarchy: Hierarchy, server: WindowsServer, host: str) -> str | None:
    """What an HTTPS request to a host fails with, through the proxy of the site system if it has one; None if it works."""
    site_system = next(iter(hierarchy.site_control.roles(site_control.SITE_SYSTEM, server.name)), None)
    uses_proxy = site_system.value("UseProxy") if site_system else None
    if site_system is None or uses_proxy is None or not uses_proxy.value:
        return _failure_at(server, host, server.internet.endpoint(server.name, host))
    name, port, account = (site_system.value(name) for name in ("ProxyName", "ProxyServerPort", "ProxyUserName"))
    proxy_name = name.value2 if name else ""
    proxy = server.internet.proxy(server.name, proxy_name, port.value if port and port.value else _USUAL_PORT)
    if not isinstance(proxy, Proxy):
        return _of_connection(proxy, proxy_name)
    user = account.value2 if account else ""
    if proxy.account and not _is_let_through(proxy, user, password_of(hierarchy, site_system.site_code, user)):
        return of_status(HTTPStatus.PROXY_AUTHENTICATION_REQUIRED)
    if proxy.refuses:
        return of_status(HTTPStatus.FORBIDDEN)
    endpoint = server.internet.endpoint("", host)
    is_cut_short = endpoint.connection not in ("accepted", "reset", "stalled")
    return of_status(HTTPStatus.INTERNAL_SERVER_ERROR) if is_cut_short else _failure_at(server, host, endpoint)


def _is_let_through(proxy: Proxy, user: str, password: str | None) -> bool:
    return user.lower() == proxy.account.lower() and password == proxy.password


def _failure_at(server: WindowsServer, host: str, endpoint: Endpoint) -> str | None:
    if endpoint.connection != "accepted":
        return _of_connection(endpoint.connection, host)
    lowest, highest = endpoint.tls_versions
    if not (lowest <= "1.2" <= highest if has_strong_crypto(server) else lowest <= "1.0"):
        return ON_A_SEND
    if endpoint.certificate != "valid" or not _trusts(server, endpoint.intercepted_by or endpoint.root):
        return NO_TRUST
    return of_status(endpoint.status) if endpoint.status >= HTTPStatus.BAD_REQUEST else None


def has_strong_crypto(server: WindowsServer) -> bool:
    """Whether .NET Framework speaks TLS 1.2."""
    names = ("SystemDefaultTlsVersions", "SchUseStrongCrypto")
    values = (server.registry.get(rf"{SOFTWARE}\{STRONG_CRYPTO}", name) for name in names)
    return all(value is not None and value.data == 1 for value in values)


def _trusts(server: WindowsServer, root: str) -> bool:
    """Whether a root of this common name is in its stores, and valid now."""
    now = datetime.now(UTC)
    return any(
        certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value == root
        and certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc
        for certificate in server.certificates.trusted()
    )


def _of_connection(connection: Connection, host: str) -> str:
    if connection == "unknown_host":
        return unresolved(host)
    return _SENTENCES[connection]


def unresolved(host: str) -> str:
    """What it says of a name that nobody knows."""
    return f"The remote name could not be resolved: '{host}'"


def of_status(status: int) -> str:
    """What it says of an answer with a status that is no success."""
    phrase = HTTPStatus(status).phrase if status in HTTPStatus._value2member_map_ else "Error"
    return f"The remote server returned an error: ({status:d}) {phrase}."
