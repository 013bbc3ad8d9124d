# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""The probes that need no account: each says what it tried, and those behind one that failed say why they have no sense."""

from __future__ import annotations

import ssl
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import suppress

from .._connection_variables import Variables, certificate_advice
from .._masking import without_account
from .._wsman.errors import UndecodableAnswer
from .._wsman.refusals import METHODS, is_offered
from .._wsman.transports import innermost
from . import controller, network
from .endpoint import Endpoint
from .probe import Finding, failed, passed, skipped, warned

with suppress(ImportError):
    # Comes with the library of either connection, without which nothing gets here
    import requests

_PACKAGES = {
    "winrm": ("pywinrm", "requests", "requests-ntlm", "pyspnego", "pykerberos", "requests-credssp"),
    "psrp": ("pypsrp", "requests", "pyspnego", "gssapi", "krb5", "requests-credssp"),
}
_NEEDED = {
    "winrm": {"ntlm": "requests-ntlm", "kerberos": "pykerberos", "credssp": "requests-credssp"},
    "psrp": {"kerberos": "gssapi", "credssp": "requests-credssp"},
}
"""The packages of methods, by the connection."""
_NO_WORD = "nothing was answered before"


def probe_libraries(connection: str, methods: Sequence[str], names: Variables) -> Finding:
    """Versions of what the connection works with. Those of a method that is not used may be missing."""
    found = controller.versions(("ansible-core", *_PACKAGES[connection]))
    there = ", ".join(f"{name} {number}" for name, number in found.items() if number)
    missing = ", ".join(name for name, number in found.items() if not number)
    evidence = there + (f"; not installed: {missing}" if missing else "")
    for method in methods:
        if (package := _NEEDED[connection].get(method)) and not found[package]:
            remedy = f"Install {package} for the Python that runs Ansible: pip install {names.libraries[method]}."
            return failed("libraries", evidence, remedy)
    return passed("libraries", evidence)


def probe_network(endpoint: Endpoint, methods: Sequence[str], names: Variables, timeout: float) -> Iterator[Finding]:
    """From the name of the server to the methods that it offers."""
    if endpoint.proxy:
        yield skipped("name", f"the proxy {without_account(endpoint.proxy)} looks it up")
        yield skipped("port", "the proxy connects to it")
    else:
        name = _name(endpoint.host)
        yield name
        if name.status == "failed":
            yield from (skipped(probe, "the name is not resolved") for probe in ("port", "certificate", "winrm", "method"))
            return
        port = _port(endpoint, timeout)
        yield port
        if port.status == "failed":
            yield from (skipped(probe, "the port is not reached") for probe in ("certificate", "winrm", "method"))
            return
    yield from _web(endpoint, methods, names, timeout)


def probe_ticket(methods: Sequence[str], names: Variables, *, gets_tickets: bool) -> Finding:
    """Whether there is a ticket to log on with, where nobody gets one."""
    if not {"kerberos", "negotiate"} & set(methods):
        return skipped("ticket", "the method takes none")
    if gets_tickets:
        return skipped("ticket", "one is got with the password")
    try:
        principal = controller.principal_of_valid_ticket()
    except (OSError, subprocess.SubprocessError) as error:
        return skipped("ticket", f"klist cannot be run here: {error}")
    if principal is None:
        return failed("ticket", "there is none that is still valid", f"{names.ticket}.")
    return passed("ticket", f"that of {principal}")


def _name(host: str) -> Finding:
    try:
        addresses = network.resolve(host)
    except OSError as error:
        return failed("name", f"{host} is not resolved: {error}")
    return passed("name", f"{host} is {', '.join(addresses)}")


def _port(endpoint: Endpoint, timeout: float) -> Finding:
    try:
        network.connect(endpoint.host, endpoint.port, timeout)
    except OSError as error:
        return failed("port", f"{endpoint.host} port {endpoint.port} is not reached: {error.strerror or error}")
    return passed("port", f"{endpoint.host} port {endpoint.port} accepts connections")


def _web(endpoint: Endpoint, methods: Sequence[str], names: Variables, timeout: float) -> Iterator[Finding]:
    try:
        answer = network.identify(endpoint, timeout)
        offered = network.offered_methods(endpoint, timeout)
    except requests.exceptions.SSLError as error:
        yield _distrusted(endpoint, innermost(error), names, timeout)
        yield from (skipped(probe, "TLS comes first") for probe in ("winrm", "method"))
        return
    except (requests.exceptions.RequestException, UndecodableAnswer) as error:
        yield skipped("certificate", _NO_WORD)
        yield failed("winrm", f"{endpoint.url} does not answer: {innermost(error)}")
        yield skipped("method", _NO_WORD)
        return
    yield _trusted(endpoint, timeout)
    winrm = _winrm(endpoint, answer)
    yield winrm
    yield skipped("method", "that is no WinRM") if winrm.status == "failed" else _method(offered, methods)


def _trusted(endpoint: Endpoint, timeout: float) -> Finding:
    if not endpoint.is_https:
        return skipped("certificate", "the connection is HTTP, which has none")
    if not endpoint.verify:
        return warned(
            "certificate", "whatever the server shows is taken", "Have certificates validated, and the authority trusted."
        )
    return passed("certificate", f"it is trusted{_shown(endpoint, timeout)}")


def _distrusted(endpoint: Endpoint, error: str, names: Variables, timeout: float) -> Finding:
    advice = certificate_advice(error, names) + "."
    return failed("certificate", f"TLS failed: {error}{_shown(endpoint, timeout)}", advice)


def _shown(endpoint: Endpoint, timeout: float) -> str:
    """What the certificate says, where it can be seen."""
    if endpoint.proxy:
        return ""
    try:
        found = network.shown_certificate(endpoint, timeout)
    except (OSError, ssl.SSLError, ImportError, ValueError):
        return ""
    if found is None:
        return ""
    return f"; it is {found.subject} for {', '.join(found.names) or 'no name'}, issued by {found.issuer}, until {found.expires}"


def _winrm(endpoint: Endpoint, answer: network.Answer) -> Finding:
    if answer.product:
        return passed("winrm", answer.product)
    if answer.status == requests.codes.unauthorized:
        return warned(
            "winrm",
            f"{endpoint.url} wants everybody logged on before it says what it is",
            "None, if the log-on works: something before WinRM may be set up like that.",
        )
    return failed("winrm", f"{endpoint.url} answers with HTTP status {answer.status}, and is no WinRM")


def _method(answer: network.Answer, methods: Sequence[str]) -> Finding:
    asked = " or ".join(dict.fromkeys(METHODS.get(method, method) for method in methods))
    if methods == ("certificate",):
        return skipped("method", "client certificates are not offered, but asked for while TLS is set up")
    offers = ", ".join(answer.offers) or "nothing"
    if any(is_offered(method, answer.offers) for method in methods):
        return passed("method", f"{asked} is asked for, {offers} is offered")
    return failed("method", f"{asked} is asked for, and {offers} is offered")
