# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""Senders of bytes: the WinRM sessions that Ansible's connection plugins have set up.

Both libraries keep one logged-on HTTP session and encrypt messages where that is asked for. They are used below the level
at which they would parse, and partly lose, a fault.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any

from .answer_limit import limit_answers
from .client import Reply
from .errors import (
    AnswerTimedOut,
    AuthenticationRejected,
    CertificateNotTrusted,
    ConnectionLost,
    Reason,
    ServerUnreachable,
    UndecodableAnswer,
    UnusableSetting,
    WsmanError,
)
from .refusals import Attempt, explain, is_log_on_failure, is_of_credssp

try:
    import requests.exceptions
    from requests.utils import select_proxy
except ImportError as error:
    MISSING_LIBRARY = error.name
else:
    MISSING_LIBRARY = None

if TYPE_CHECKING:
    from pypsrp.wsman import WSMan
    from winrm.protocol import Protocol

_CANNOT_DECRYPT = 400
"""HTTP status with which Windows refuses an encrypted message that it cannot read."""


class _Session(ABC):
    """What both libraries need around a request: their session made new where its connection is gone."""

    endpoint: str
    operation_timeout: int
    _transport: Any
    _is_open = False
    """Whether an answer has come on the connection."""

    def send(self, envelope: bytes) -> Reply:
        """Send one envelope; see `client.Transport`."""
        encrypts = self._encrypts
        reply = self._send(envelope)
        if reply.status == _CANNOT_DECRYPT and (encrypts or self._encrypts):
            # Sealed for a connection that is gone. The server could not read it, so it is safe to send it again.
            self._forget_connection()
            reply = self._send(envelope)
        return reply

    def _send(self, envelope: bytes) -> Reply:
        try:
            reply = self._post(envelope)
        except WsmanError:
            self._is_open = False
            self._forget_connection()
            raise
        except UnicodeEncodeError:
            # Not chained, and not quoted: the text that cannot be encoded is the password.
            raise AuthenticationRejected(
                "the name or the password of the account has characters that this way to log on cannot send", Reason.UNSENDABLE
            ) from None
        except Exception as error:
            is_sealed, self._is_open = self._is_open and self._encrypts, False
            attempt, has_key = self._attempt, self._has_key
            self._forget_connection()
            if not has_key and isinstance(error, (AttributeError, KeyError)):
                raise ServerUnreachable(
                    "it does not go on with the log-on, as a server that starts or is too busy, or something else than WinRM"
                ) from error
            if not is_log_on_failure(error):
                raise _failure(error) from error
            if is_sealed and is_of_credssp(error):
                # It has logged on anew, with a message that is sealed for the connection before
                return Reply(_CANNOT_DECRYPT, b"")
            if is_sealed:
                # Raised for an encrypted answer, then, so that the server may have carried the request out
                raise UndecodableAnswer(f"the answer could not be decrypted ({type(error).__name__})") from error
            raise explain(attempt, error) from error
        self._is_open = True
        return reply

    @property
    def _attempt(self) -> Attempt:
        """How it logs on."""
        transport = self._transport
        is_https = self.endpoint.lower().startswith("https")
        secrets = f"{transport.username or ''}{transport.password or ''}"
        # Of the connection's own, or of the environment. Requests of HTTPS go through it in a tunnel.
        has_proxy = transport.session is not None and bool(select_proxy(self.endpoint, transport.session.proxies))
        return Attempt(self._method, is_https, self._sends_binding, secrets.isascii(), has_proxy and not is_https)

    @property
    def _has_key(self) -> bool:
        """Whether a log-on has left what messages are encrypted with, or it is not known where that would be."""
        auth = getattr(self._transport.session, "auth", None)
        # Of requests-ntlm; of requests-credssp and pypsrp, for each server
        return getattr(auth, "session_security", True) is not None and getattr(auth, "contexts", None) != {}

    @property
    @abstractmethod
    def _method(self) -> str:
        """The library's name of how it logs on."""

    @property
    @abstractmethod
    def _sends_binding(self) -> bool:
        """Whether it would send a channel binding over HTTPS."""

    @property
    @abstractmethod
    def _encrypts(self) -> bool:
        """Whether messages are encrypted, with a key that belongs to one connection."""

    @abstractmethod
    def _post(self, envelope: bytes) -> Reply:
        """Send with the library; raises our errors for its own, and what the HTTP library raises."""

    @abstractmethod
    def _forget_connection(self) -> None:
        """Have the next request log on anew, on a new connection."""


class PywinrmTransport(_Session):
    """Sends through a ``winrm.protocol.Protocol``, as Ansible's winrm connection has one."""

    def __init__(self, protocol: Protocol) -> None:
        self._transport = protocol.transport
        self.endpoint = str(self._transport.endpoint)
        self.operation_timeout = int(protocol.operation_timeout_sec)
        # The library speaks to the server while it builds a session whose messages are encrypted
        self._transport.setup_encryption = self._settle_and_set_up_encryption

    @property
    def _method(self) -> str:
        return str(self._transport.auth_method)

    @property
    def _sends_binding(self) -> bool:
        return bool(self._transport.send_cbt)

    @property
    def _encrypts(self) -> bool:
        return self._transport.encryption is not None

    def _post(self, envelope: bytes) -> Reply:
        # Imported here because pywinrm is needed only by those who use it.
        from winrm.exceptions import WinRMError, WinRMTransportError

        try:
            _settle(self._transport.build_session())
            return Reply(200, self._transport.send_message(envelope))
        except WinRMTransportError as error:
            return Reply(error.code, error.response_text.encode())
        except WinRMError as error:
            raise explain(self._attempt, error) from error

    def _settle_and_set_up_encryption(self, session: requests.Session) -> None:
        _settle(session)
        type(self._transport).setup_encryption(self._transport, session)

    def _forget_connection(self) -> None:
        self._transport.close_session()


class PypsrpTransport(_Session):
    """Sends through a ``pypsrp.wsman.WSMan``."""

    def __init__(self, wsman: WSMan) -> None:
        self._transport = wsman.transport
        self.endpoint = str(self._transport.endpoint)
        self.operation_timeout = int(wsman.operation_timeout)

    @property
    def _method(self) -> str:
        return str(self._transport.auth)

    @property
    def _sends_binding(self) -> bool:
        return self._transport.negotiate_send_cbt is not False

    @property
    def _encrypts(self) -> bool:
        return self._transport.encryption is not None

    def _post(self, envelope: bytes) -> Reply:
        # Imported here because pypsrp is needed only by those who use it.
        from pypsrp.exceptions import WinRMError, WinRMTransportError

        self._set_up()
        try:
            return Reply(200, self._transport.send(envelope))
        except WinRMTransportError as error:
            return Reply(error.code, error.response_text.encode())
        except WinRMError as error:
            raise explain(self._attempt, error) from error

    def _set_up(self) -> None:
        """As `send` would: there, what is missing for a method could not be told from an answer that cannot be read."""
        try:
            if self._transport.session is None:
                self._transport.session = self._transport._build_session()
                _settle(self._transport.session)
        except ValueError as error:
            raise explain(self._attempt, error) from error

    def _forget_connection(self) -> None:
        self._transport.close()
        self._transport.session = None
        self._transport.encryption = None


def _settle(session: requests.Session) -> None:
    """Keep to the proxies that the library has found for a session; else the environment is searched for each request.

    Answers get a limit, too.
    """
    session.trust_env = False
    limit_answers(session)


_UNUSABLE = ("InvalidHeader", "InvalidProxyURL", "InvalidSchema", "InvalidURL", "MissingSchema")
"""Those that come from how the connection was set up."""
_CERTIFICATE_ALERTS = ("UNKNOWN_CA", "BAD_CERTIFICATE", "UNSUPPORTED_CERTIFICATE", "CERTIFICATE_")
"""Alerts of TLS about what the client has shown, as OpenSSL names them: TLSV1_ALERT_UNKNOWN_CA."""
_NO_TLS = ("WRONG_VERSION_NUMBER", "HANDSHAKE", "UNSUPPORTED_PROTOCOL", "NO_PROTOCOLS_AVAILABLE")


def _failure(error: Exception) -> WsmanError:
    """What the libraries raise below the level of WinRM, as one of our errors. What is none of that goes on as it is."""
    if isinstance(error, requests.exceptions.RequestException):
        return _network_error(error)
    if isinstance(error, (ConnectionError, TimeoutError)):
        return ConnectionLost(str(error))
    if isinstance(error, OSError):
        # A file that the connection names, such as the certificate of the authority, cannot be read.
        return UnusableSetting(str(error))
    if isinstance(error, (ValueError, KeyError)):
        # The libraries decode the text of a failure, and look for the headers of an encrypted one, before they raise.
        return UndecodableAnswer(f"the answer could not be read ({type(error).__name__})")
    raise error


def _network_error(error: requests.exceptions.RequestException) -> WsmanError:
    """Sort a failure of the HTTP library by whether the server can have seen the request; in doubt, it has."""
    text = innermost(error)
    if isinstance(error, requests.exceptions.SSLError):
        if "CERTIFICATE_VERIFY_FAILED" in str(error) or "CertificateError" in str(error):
            return CertificateNotTrusted(text)
        if any(f"ALERT_{alert}" in str(error) for alert in _CERTIFICATE_ALERTS):
            return AuthenticationRejected(f"it does not accept the client certificate ({text})", Reason.REFUSED_CERTIFICATE)
        if any(reason in str(error).upper() for reason in _NO_TLS):
            return ServerUnreachable(f"it does not speak TLS as expected there ({text})")
        return ConnectionLost(f"TLS failed: {text}")
    if isinstance(error, requests.exceptions.ProxyError):
        return ServerUnreachable(f"the way through the proxy failed ({text})")
    if type(error).__name__ in _UNUSABLE:
        return UnusableSetting(text)
    # What comes before the server can have seen the request
    is_early = isinstance(error, requests.exceptions.ConnectTimeout)
    if is_early or "NewConnectionError" in repr(error) or "NameResolutionError" in repr(error):
        return ServerUnreachable(text)
    if isinstance(error, requests.exceptions.Timeout):
        return AnswerTimedOut("no answer came in time")
    return ConnectionLost(text)


def innermost(error: BaseException) -> str:
    """The cause that the HTTP library has wrapped several times, without the wrapping."""
    seen: set[int] = set()
    while id(error) not in seen:
        seen.add(id(error))
        candidates = [getattr(error, "reason", None), error.__cause__, *error.args]
        error = next((inner for inner in candidates if isinstance(inner, BaseException)), error)
    if type(error).__name__ in ("InvalidURL", "LocationParseError"):
        # They quote a part of it, which may be one of a password
        return "the URL of the server, or of the proxy on the way to it, cannot be read"
    text = str(error).rstrip(".")
    return text.partition("): ")[2] or text if text.startswith("<") else text
