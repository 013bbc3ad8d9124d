# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""What can go wrong on the wire, by what the caller can do about it."""

from __future__ import annotations

from enum import Enum

from . import codes
from .values import CimInstance


class WsmanError(Exception):
    """Any failure of a WS-Management exchange."""

    reply_lost = False
    """Whether the server may have carried the request out although its answer never came."""
    is_temporary = False
    """Whether the server answered that it was not able to just now: the same request may succeed a minute later."""


class ServerUnreachable(WsmanError):
    """The request never reached the server."""


class UnusableSetting(ServerUnreachable):
    """What the connection was set up with cannot be used: a file that cannot be read, a URL that is none."""


class CertificateNotTrusted(ServerUnreachable):
    """The server's certificate was refused, so nothing was sent to it."""


class Reason(Enum):
    """Why somebody could not log on, by what is to be done about it."""

    CREDENTIALS = "the account is unknown, or its password is wrong: nobody says which"
    UNKNOWN_ACCOUNT = "the key distribution center does not know the account"
    WRONG_PASSWORD = "the password is wrong"
    UNUSABLE_ACCOUNT = "the account is locked, disabled or expired, or its password is"
    MISSING_ACCOUNT = "no account or no password is given"
    NOT_OFFERED = "the server does not offer the method"
    NOT_ASCII = "the method does not say how to send characters beyond ASCII"
    UNSENDABLE = "the method cannot send a character of the account or of the password"
    PROXY = "a proxy between does not keep the connection that was logged on"
    CHANNEL_BINDING = "the server wants a channel binding"
    NO_TICKET = "there is no ticket of the account"
    EXPIRED_TICKET = "its time is over"
    FOREIGN_TICKET = "it is for another server, or for another account of this one"
    UNEXPLAINED_TICKET = "the server refused it and does not say why"
    UNKNOWN_SERVICE = "the key distribution center does not know the service that a ticket is asked for"
    UNKNOWN_REALM = "no key distribution center is known for the realm"
    KDC_UNREACHABLE = "no key distribution center answers"
    CLOCK_SKEW = "clocks differ too much"
    UNPROVEN_SERVER = "the server has not proven that it is the one that the ticket is for"
    UNENCRYPTED = "the method cannot encrypt messages, and nothing else does"
    MISSING_LIBRARY = "the Python library of the method is not installed"
    MISSING_PROGRAM = "the program that gets tickets cannot be run"
    MISSING_CERTIFICATE = "the files with the client certificate and its key are not there"
    UNMAPPED_CERTIFICATE = "the server has no account for the client certificate"
    REFUSED_CERTIFICATE = "the server does not accept the client certificate as one"
    OTHER = "something else"


class AuthenticationRejected(ServerUnreachable):
    """The server did not accept the account, or no way to log on was found."""

    def __init__(self, text: str, reason: Reason = Reason.OTHER) -> None:
        super().__init__(text)
        self.reason = reason


class ConnectionLost(WsmanError):
    """The connection broke, or no answer came in time, after the request was sent."""

    reply_lost = True


class AnswerTimedOut(ConnectionLost):
    """The connection held, but no answer came within the transport's time."""


class UndecodableAnswer(WsmanError):
    """The answer is not what the protocol has for the request."""

    reply_lost = True


class HttpError(WsmanError):
    """An HTTP status other than success, without a fault that would explain it."""

    MEANINGS = {
        404: "nothing answers at that path; WinRM listens at /wsman",
        411: "a proxy or listener refuses the request's form",
        413: "the request is larger than the server's MaxEnvelopeSizekb",
        502: "a proxy could not reach the server",
        503: "the server is too busy, or the WinRM service is starting",
    }

    def __init__(self, status: int) -> None:
        self.status = status
        self.reply_lost = status >= 500
        self.is_temporary = status in (502, 503)
        meaning = self.MEANINGS.get(status, "the server did not say why")
        super().__init__(f"HTTP status {status}: {meaning}")


class WsmanFault(WsmanError):
    """A SOAP fault: the server understood the request and refused or failed to carry it out."""

    def __init__(
        self,
        code: int | None,
        subcode: str,
        reason: str,
        *,
        wsman_code: int | None = None,
        details: tuple[str, ...] = (),
        provider: str = "",
        extended_status: CimInstance | None = None,
    ) -> None:
        self.code = code
        """The most specific number that the fault carries: WMI's own rather than WS-Management's."""
        self.wsman_code = code if wsman_code is None else wsman_code
        """The number that WS-Management itself gives."""
        self.subcode = subcode
        """Local part of the SOAP subcode, such as ``CannotProcessFilter``."""
        self.reason = reason
        self.details = details
        """Messages nested in the fault, the outermost first."""
        self.provider = provider
        self.extended_status = extended_status
        """What the WMI provider itself says: an ``__ExtendedStatus`` or a class derived from it."""
        super().__init__(self._sentence())

    @property
    def name(self) -> str:
        """The symbol of the code, or the subcode where there is no code."""
        return codes.describe(self.code).name if self.code is not None else self.subcode

    @property
    def reply_lost(self) -> bool:  # type: ignore[override]
        """A timeout leaves open whether the operation was carried out."""
        return self.code == codes.TIMED_OUT

    @property
    def is_access_denied(self) -> bool:
        """Whether the account, and not the request, is what the server refuses."""
        return self.code in codes.ACCESS_DENIED_CODES or self.subcode == "AccessDenied"

    @property
    def is_temporary(self) -> bool:  # type: ignore[override]
        """Of a server that is busy, or starts or ends; and a timeout, after which it may have been carried out."""
        return self.reply_lost or self.code in codes.TEMPORARY_CODES

    @property
    def is_not_found(self) -> bool:
        """Whether there is no such instance; where the class or the namespace is missing, the code may be the same."""
        return self.code in codes.NOT_FOUND_CODES

    @property
    def is_missing_namespace(self) -> bool:
        """Whether a query may have failed because its namespace does not exist.

        How that fails over WS-Management is not recorded, so this holds for a class that does not exist, too.
        """
        return self.code in codes.MISSING_NAMESPACE_CODES

    def _sentence(self) -> str:
        parts = []
        if self.code is not None:
            code = codes.describe(self.code)
            symbol = code.name if code.name.startswith("0x") else f"{code.name}, 0x{self.code:08X}"
            parts.append(f"{code.meaning} ({symbol})")
        elif self.subcode:
            parts.append(f"{self.reason or 'the server refused the request'} ({self.subcode})")
        else:
            parts.append(self.reason or "the server refused the request without a reason")
        said = self.explanation
        if said:
            parts.append(f"the server says: {said}")
        return "; ".join(parts)

    @property
    def explanation(self) -> str:
        """The provider's own words where it has some, else the innermost message of the fault."""
        if self.extended_status is not None:
            description = self.extended_status.text("Description").strip().rstrip(".")
            if description:
                return description
        for detail in reversed(self.details):
            if detail and not detail.startswith(("The WS-Management service cannot process", "The WS-Man")):
                return detail.rstrip(".")
        return ""
