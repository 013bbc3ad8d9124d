# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""What the controller sees of a WinRM service before anybody logs on: names, ports, TLS, Identify (MS-WSMV 3.1.4.1.26)."""

from __future__ import annotations

import socket
import ssl
from contextlib import suppress
from dataclasses import dataclass

from .._wsman.answer_limit import limit_answers
from .._wsman.envelopes import parse_answer
from .._wsman.errors import UndecodableAnswer
from .._wsman.refusals import offers_of
from .endpoint import Endpoint

with suppress(ImportError):
    # Comes with the library of either connection, without which nothing gets here
    import requests

_IDENTIFY = (
    '<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" '
    'xmlns:i="http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd">'
    "<s:Header/><s:Body><i:Identify/></s:Body></s:Envelope>"
)
_IDENTITY = "{http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd}"
_CONTENT = {"Content-Type": "application/soap+xml;charset=UTF-8"}


@dataclass(frozen=True)
class Answer:
    """What came back to a request without an account."""

    status: int
    product: str
    """What the service says that it is; empty if it is no WinRM."""
    offers: tuple[str, ...]
    """The methods to log on."""


@dataclass(frozen=True)
class Certificate:
    """What a server shows."""

    subject: str
    issuer: str
    names: tuple[str, ...]
    expires: str


def resolve(host: str) -> list[str]:
    """The addresses of a name. Raises OSError."""
    return sorted({str(found[4][0]) for found in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)})


def connect(host: str, port: int, timeout: float) -> None:
    """Connect, and hang up. Raises OSError."""
    socket.create_connection((host, port), timeout=timeout).close()


def identify(endpoint: Endpoint, timeout: float) -> Answer:
    """Ask what answers there, as nobody. Raises requests.RequestException, and `UndecodableAnswer` for one without end."""
    answer = _post(endpoint, timeout, _IDENTIFY, {"WSMANIDENTIFY": "unauthenticated"})
    return Answer(answer.status_code, _product(answer.content), ())


def offered_methods(endpoint: Endpoint, timeout: float) -> Answer:
    """Ask for something that takes an account, as nobody: the answer names the methods. Raises requests.RequestException."""
    answer = _post(endpoint, timeout, "", {})
    return Answer(answer.status_code, "", tuple(offers_of(answer.headers.get("WWW-Authenticate", ""))))


def shown_certificate(endpoint: Endpoint, timeout: float) -> Certificate | None:
    """The certificate of the server, trusted or not; None where it shows none. Raises OSError."""
    # The certificate is only described here; nothing is sent over this connection.
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    with (
        socket.create_connection((endpoint.host, endpoint.port), timeout=timeout) as connection,
        context.wrap_socket(connection, server_hostname=endpoint.host) as secured,
    ):
        content = secured.getpeercert(binary_form=True)
    return None if content is None else _described(content)


def _post(endpoint: Endpoint, timeout: float, body: str, headers: dict[str, str]) -> requests.Response:
    with requests.Session() as session:
        limit_answers(session)
        proxies = {"http": endpoint.proxy, "https": endpoint.proxy} if endpoint.proxy else None
        settings = session.merge_environment_settings(endpoint.url, proxies, None, endpoint.verify, None)
        # What is in netrc must not log anybody on
        session.trust_env = False
        return session.post(
            endpoint.url,
            data=body.encode(),
            headers={**_CONTENT, **headers},
            timeout=timeout,
            allow_redirects=False,
            verify=settings["verify"],
            proxies=settings["proxies"],
        )


def _product(content: bytes) -> str:
    try:
        root = parse_answer(content)
    except UndecodableAnswer:
        return ""
    words = (root.findtext(f".//{_IDENTITY}{name}") or "" for name in ("ProductVendor", "ProductVersion"))
    return ", ".join(word for word in words if word)


def _described(content: bytes) -> Certificate:
    # Comes with the libraries of every method but Basic
    from cryptography import x509

    certificate = x509.load_der_x509_certificate(content)
    try:
        found = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        names = (*found.get_values_for_type(x509.DNSName), *map(str, found.get_values_for_type(x509.IPAddress)))
    except x509.ExtensionNotFound:
        names = ()
    return Certificate(
        certificate.subject.rfc4514_string(),
        certificate.issuer.rfc4514_string(),
        tuple(names),
        f"{certificate.not_valid_after_utc:%Y-%m-%d %H:%M} UTC",
    )
