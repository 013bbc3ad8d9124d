# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""Why a log-on failed: out of what the libraries raise, and of what the server has answered to them.

Kerberos, CredSSP and the key distribution center say what was wrong. For NTLM and Basic, a server only answers that
nobody is logged on, whatever the reason was.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from .errors import AuthenticationRejected, Reason

METHODS = {
    "ntlm": "NTLM",
    "negotiate": "Negotiate",
    "kerberos": "Kerberos",
    "credssp": "CredSSP",
    "certificate": "a client certificate",
    "basic": "Basic",
    "plaintext": "Basic",
    "ssl": "Basic",
}
"""What people call the methods of the libraries."""

_OFFERS = {
    "NTLM": ("Negotiate", "NTLM"),
    "Negotiate": ("Negotiate", "Kerberos", "NTLM"),
    "Kerberos": ("Negotiate", "Kerberos"),
    "CredSSP": ("CredSSP",),
    "Basic": ("Basic",),
}
"""What a server must offer, one of them, for a method to work. Client certificates are not offered like that."""

_SENTENCES = (
    # The first whose expression is found in the text of a failure. MIT Kerberos, kinit, GSSAPI and the libraries have them.
    (Reason.MISSING_LIBRARY, r"(not installed|requires the Python gssapi|No module named)"),
    (Reason.MISSING_PROGRAM, r"when calling kinit"),
    (Reason.UNKNOWN_ACCOUNT, r"Client .* not found in Kerberos database"),
    (Reason.UNKNOWN_SERVICE, r"Server .* not found in Kerberos database"),
    (Reason.WRONG_PASSWORD, r"Password incorrect|Preauthentication failed|Password read interrupted"),
    (Reason.UNUSABLE_ACCOUNT, r"Password has expired|credentials have been revoked|must change the password"),
    (Reason.CLOCK_SKEW, r"Clock skew"),
    (Reason.KDC_UNREACHABLE, r"Cannot contact any KDC"),
    (Reason.UNKNOWN_REALM, r"Cannot find KDC for realm|Cannot determine realm|does not specify default realm"),
    (Reason.EXPIRED_TICKET, r"Ticket expired|credential has expired"),
    (Reason.NO_TICKET, r"find client principal|No Kerberos credentials available|No credentials|No applicable credentials"),
    (Reason.FOREIGN_TICKET, r"ticket isn't for us|Message stream modified|Decrypt integrity check failed"),
    (Reason.UNPROVEN_SERVER, r"Unable to authenticate <Response"),
    (Reason.UNENCRYPTED, r"message encryption"),
    (Reason.MISSING_CERTIFICATE, r"cert_pem|cert_key_pem|certificate key pem|certificate pem|certificate_pem"),
    (Reason.MISSING_ACCOUNT, r"requires a (username|password)|(username|password) must be specified"),
)

_KERBEROS_ERRORS = {
    # Codes of a KRB-ERROR (RFC 4120 7.5.9) with which a server refuses a ticket
    31: Reason.FOREIGN_TICKET,
    32: Reason.EXPIRED_TICKET,
    33: Reason.CLOCK_SKEW,
    35: Reason.FOREIGN_TICKET,
    37: Reason.CLOCK_SKEW,
    41: Reason.FOREIGN_TICKET,
    44: Reason.FOREIGN_TICKET,
    45: Reason.FOREIGN_TICKET,
}
_KERBEROS_ERROR = re.compile(rb"\x02\x01\x1e.*?\xa6\x03\x02\x01(.)", re.DOTALL)
"""The type of the message, which is KRB-ERROR, and its code; between them are times."""

_CREDSSP_STATUS = {
    0xC000006D: Reason.CREDENTIALS,  # STATUS_LOGON_FAILURE
    0x8009030C: Reason.CREDENTIALS,  # SEC_E_LOGON_DENIED
    0xC000006E: Reason.UNUSABLE_ACCOUNT,  # STATUS_ACCOUNT_RESTRICTION
    0xC000006F: Reason.UNUSABLE_ACCOUNT,  # STATUS_INVALID_LOGON_HOURS
    0xC0000070: Reason.UNUSABLE_ACCOUNT,  # STATUS_INVALID_WORKSTATION
    0xC0000071: Reason.UNUSABLE_ACCOUNT,  # STATUS_PASSWORD_EXPIRED
    0xC0000072: Reason.UNUSABLE_ACCOUNT,  # STATUS_ACCOUNT_DISABLED
    0xC0000193: Reason.UNUSABLE_ACCOUNT,  # STATUS_ACCOUNT_EXPIRED
    0xC0000224: Reason.UNUSABLE_ACCOUNT,  # STATUS_PASSWORD_MUST_CHANGE
    0xC0000234: Reason.UNUSABLE_ACCOUNT,  # STATUS_ACCOUNT_LOCKED_OUT
}
_STATUS = re.compile(r"0x([0-9a-f]{8})")

_LIBRARIES = ("requests_credssp", "requests_ntlm", "spnego", "krb5", "gssapi", "kerberos")


@dataclass(frozen=True)
class Attempt:
    """How somebody tried to log on."""

    method: str
    """As the library has it."""
    is_https: bool
    sends_binding: bool
    """Whether it would send a channel binding over HTTPS."""
    is_ascii: bool
    """Whether neither name nor password have other characters."""
    has_http_proxy: bool = False
    """Whether it goes through a proxy that takes the requests of HTTP apart, which is not so with HTTPS."""

    @property
    def name(self) -> str:
        return METHODS.get(self.method, self.method)


def is_log_on_failure(error: BaseException) -> bool:
    """Whether a library raises this when it cannot log on: none of them derives it from what HTTP or WinRM raise."""
    module = type(error).__module__
    return (
        isinstance(error, ImportError)
        or module.partition(".")[0] in _LIBRARIES
        or module.startswith("winrm.vendor.requests_kerberos")
    )


def is_of_credssp(error: BaseException) -> bool:
    """Whether CredSSP itself has failed, and not the encryption of a message."""
    return type(error).__module__.startswith("requests_credssp.")


def explain(attempt: Attempt, error: BaseException) -> AuthenticationRejected:
    """The failure of a log-on, with its reason."""
    text = str(error).strip() or type(error).__name__
    answer = _unauthorized_answer(error)
    if answer is not None:
        return _refused(attempt, answer)
    offers = re.search(r"following authentication methods .* actual: '(.*)'|being an available .* actual: '(.*)'", text)
    if offers:
        return _not_offered(offers[1] or offers[2] or "")
    if attempt.method == "credssp":
        return _credssp(text)
    return AuthenticationRejected(_readable(text), reason_of(text))


def reason_of(text: str) -> Reason:
    """The reason that the text of a failure gives."""
    return next((reason for reason, expression in _SENTENCES if re.search(expression, text)), Reason.OTHER)


def _unauthorized_answer(error: BaseException) -> str | None:
    """The header WWW-Authenticate of the answer that made a library give up; None if it was not an answer."""
    cause: BaseException | None = error
    while cause is not None:
        response = getattr(cause, "response", None)
        if getattr(response, "status_code", None) == 401:
            return str(response.headers.get("WWW-Authenticate", ""))  # type: ignore[union-attr]
        cause = cause.__cause__ or cause.__context__
    return None


def _refused(attempt: Attempt, header: str) -> AuthenticationRejected:
    if not is_offered(attempt.method, offers_of(header)):
        return _not_offered(header)
    for code in _kerberos_errors(header):
        reason = _KERBEROS_ERRORS.get(code, Reason.OTHER)
        return AuthenticationRejected(f"the server refused the ticket (Kerberos error {code})", reason)
    if attempt.method == "certificate":
        return AuthenticationRejected("the server knows no account for the certificate", Reason.UNMAPPED_CERTIFICATE)
    if attempt.is_https and not attempt.sends_binding and attempt.name not in ("Basic", "CredSSP"):
        text = "the server refused it, and no channel binding was sent, which it may require"
        return AuthenticationRejected(text, Reason.CHANNEL_BINDING)
    if attempt.has_http_proxy and attempt.name in ("NTLM", "Negotiate"):
        text = "the server refused it, and the proxy may not have kept the connection, which NTLM takes"
        return AuthenticationRejected(text, Reason.PROXY)
    if attempt.name == "Kerberos":
        return AuthenticationRejected("the server refused the ticket and did not say why", Reason.UNEXPLAINED_TICKET)
    if attempt.name == "Basic" and not attempt.is_ascii:
        text = "the server refused the account or its password, which has characters that are not in ASCII"
        return AuthenticationRejected(text, Reason.NOT_ASCII)
    text = "the server refused the account or its password, and does not say which of them"
    return AuthenticationRejected(text, Reason.CREDENTIALS)


def _credssp(text: str) -> AuthenticationRejected:
    if "Server did not response with a CredSSP token" in text:
        return AuthenticationRejected("the server broke off without saying why", Reason.CREDENTIALS)
    status = _STATUS.search(text)
    if status is None:
        return AuthenticationRejected(_readable(text), reason_of(text))
    reason = _CREDSSP_STATUS.get(int(status[1], 16), Reason.OTHER)
    return AuthenticationRejected(f"the server refused the account or its password (status 0x{status[1]})", reason)


def _not_offered(header: str) -> AuthenticationRejected:
    offers = " and ".join(offers_of(header)) or "nothing"
    return AuthenticationRejected(f"the server does not offer it there; it offers {offers}", Reason.NOT_OFFERED)


def is_offered(method: str, offers: Iterable[str]) -> bool:
    """Whether a server that offers these lets somebody log on with a method of the libraries."""
    wanted = _OFFERS.get(METHODS.get(method, method))
    return wanted is None or bool(set(map(str.lower, wanted)) & set(map(str.lower, offers)))


def offers_of(header: str) -> list[str]:
    """The names of the methods in a header, which may have several headers in one."""
    return list(dict.fromkeys(re.findall(r"(?:^|,)\s*([A-Za-z]+)(?=\s|,|$)", header)))


def _kerberos_errors(header: str) -> Iterator[int]:
    """Codes of the KRB-ERROR messages in a header."""
    for token in re.findall(r"(?:Negotiate|Kerberos)\s+([A-Za-z0-9+/=]+)", header):
        try:
            match = _KERBEROS_ERROR.search(base64.b64decode(token))
        except binascii.Error:
            continue
        if match:
            yield match[1][0]


def _readable(text: str) -> str:
    """What a library of Kerberos says, without the names of its functions and the numbers of its codes."""
    pairs = re.findall(r"""\(['"](.*?)['"], -?\d+\)""", text)
    status = re.search(r"Major \(\d+\): (.*?), Minor \(\d+\): (.*?)(?:, Context: .*)?$", text, re.DOTALL)
    said = list(status.groups()) if status else pairs or [re.sub(r"\s*-17653\d+$", "", text)]
    # The details come last, where there are any
    if len(said) > 1 and said[-1] in ("Success", "Unknown error", "No error"):
        said.pop()
    return str(said[-1]).strip().rstrip(".")
