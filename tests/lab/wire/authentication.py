# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Logging on: Basic, client certificates, NTLM and Kerberos by themselves or within Negotiate, and CredSSP."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from typing import Literal

import spnego
from spnego.channel_bindings import GssChannelBindings

from .accounts import Accounts
from .host import Host
from .security_contexts import (
    NTLM_SIGNATURE,
    expects_channel_binding,
    has_bound_channel,
    has_ntlm_binding,
    is_ntlm_answer,
    new_context,
    refusal,
)
from .settings import ServiceSettings

Method = Literal["Basic", "Certificate", "NTLM", "Kerberos", "CredSSP"]
"""What somebody has logged on with; Negotiate comes down to NTLM or Kerberos."""

_MUTUAL = "http://schemas.dmtf.org/wbem/wsman/1/wsman/secprofile/https/mutual"
"""The Authorization header of those who log on with a client certificate."""


@dataclass(frozen=True)
class Session:
    """Somebody who has logged on."""

    account: str
    """``DOMAIN\\user``"""
    method: Method
    delegates: bool = False
    """Whether the server has been given what it takes to log on to others in the account's name."""


@dataclass(frozen=True)
class LogOn:
    """Where a connection stands: a session, or none (HTTP 401); and what to tell in WWW-Authenticate."""

    session: Session | None
    challenges: tuple[str, ...] = ()


@dataclass(frozen=True)
class Channel:
    """What is below HTTP on a connection."""

    binding: bytes | None = None
    """The channel binding of TLS; None without TLS."""
    certificate_name: str | None = None
    """The user principal name in the client's certificate, if it has shown one."""


class ConnectionAuthentication:
    """Logs one connection on. NTLM, Kerberos and CredSSP hold for the connection, Basic and certificates for the request."""

    def __init__(self, accounts: Accounts, host: Host, channel: Channel) -> None:
        self._accounts = accounts
        self._host = host
        self._channel = channel
        self._is_https = channel.binding is not None
        self._binding = GssChannelBindings(application_data=channel.binding) if channel.binding else None
        self._context: spnego.ContextProxy | None = None
        self._session: Session | None = None

    @property
    def _settings(self) -> ServiceSettings:
        return self._host.winrm

    @property
    def context(self) -> spnego.ContextProxy | None:
        """The completed security context, which encrypts messages."""
        return self._context if self._session else None

    def authenticate(self, authorization: str | None) -> LogOn:
        """Take the Authorization header of a request."""
        if not authorization:
            return LogOn(self._session) if self._session else self._refused()
        if authorization == _MUTUAL:
            return self._certificate()
        scheme, _separator, credentials = authorization.partition(" ")
        try:
            token = base64.b64decode(credentials, validate=True)
        except binascii.Error:
            return self._refused()
        if scheme.lower() == "basic":
            return self._basic(token)
        if scheme.lower() in self._context_schemes:
            return self._negotiate(scheme, token)
        return self._refused()

    def _basic(self, token: bytes) -> LogOn:
        if not self._offers_basic:
            return self._refused()
        self._accounts.attempts += 1
        name, _separator, password = token.decode("utf-8", "replace").partition(":")
        account = self._accounts.verify(name, password)
        return LogOn(Session(account, "Basic")) if account else self._refused()

    def _certificate(self) -> LogOn:
        account = self._settings.client_certificates.get((self._channel.certificate_name or "").lower())
        if not self._settings.certificate or account is None:
            return self._refused()
        return LogOn(Session(account, "Certificate"))

    def _negotiate(self, scheme: str, token: bytes) -> LogOn:
        try:
            if self._lacks_ntlm_binding(token):
                return self._refused()
            with self._accounts.in_use(self._host.name):
                if self._context is None or self._context.complete:
                    self._session = None
                    self._accounts.attempts += 1
                    self._context = new_context(scheme, token)
                answer = self._context.step(token, channel_bindings=self._expected_binding(token))
        except Exception:  # hostile bytes: pyspnego's parsers raise whatever they meet
            return self._refused(scheme, self._explanation(token))
        challenges = (f"{scheme} {base64.b64encode(answer).decode()}",) if answer else ()
        if not self._context.complete:
            # Nothing to go on with is the end of it: CredSSP fails like that with clients that could not read why
            return LogOn(None, challenges) if answer else self._refused()
        account = self._accounts.canonical(self._context.client_principal or "")
        if account is None or not self._is_allowed(self._context):
            return self._refused()
        self._session = Session(account, _method(scheme, self._context), _delegates(scheme, self._context))
        return LogOn(self._session, challenges)

    def _explanation(self, token: bytes) -> bytes:
        if self._context is None or self._host.quirks.kerberos_refusal == "silent":
            return b""
        return refusal(self._context, token)

    def _lacks_ntlm_binding(self, token: bytes) -> bool:
        return self._requires_binding and is_ntlm_answer(token) and not has_ntlm_binding(token)

    @property
    def _requires_binding(self) -> bool:
        return self._is_https and self._settings.cbt_hardening_level == "Strict"

    def _is_allowed(self, context: spnego.ContextProxy) -> bool:
        if context.negotiated_protocol == "kerberos":
            has_skew = abs(self._host.clock_error) > _TOLERATED_SKEW
            lacks_binding = self._requires_binding and expects_channel_binding(context) and not has_bound_channel(context)
            return self._settings.kerberos and not has_skew and not lacks_binding
        return True

    def _expected_binding(self, token: bytes) -> GssChannelBindings | None:
        if self._settings.cbt_hardening_level == "None":
            return None
        # Given a binding, pyspnego's NTLM refuses clients that send none; Windows does so only when it is told to.
        return None if NTLM_SIGNATURE in token and not has_ntlm_binding(token) else self._binding

    def _refused(self, scheme: str = "", token: bytes = b"") -> LogOn:
        self._context = self._session = None
        offers = [name for name, is_offered in self._offers.items() if is_offered]
        if token:
            offers = [f"{scheme} {base64.b64encode(token).decode()}" if offer == scheme else offer for offer in offers]
        return LogOn(None, tuple(offers))

    @property
    def _offers(self) -> dict[str, bool]:
        has_kerberos = self._settings.kerberos and self._accounts.has_kerberos
        return {
            "Negotiate": self._settings.negotiate,
            "Kerberos": has_kerberos,
            'Basic realm="WSMAN"': self._offers_basic,
            "CredSSP": self._settings.credssp,
        }

    @property
    def _context_schemes(self) -> set[str]:
        schemes = {name.lower() for name in ("Negotiate", "Kerberos", "CredSSP") if self._offers[name]}
        # What clients call it that know nothing of Negotiate
        return schemes | {"ntlm"} if "negotiate" in schemes else schemes

    @property
    def _offers_basic(self) -> bool:
        return self._settings.basic and (self._is_https or self._settings.allow_unencrypted)


_TOLERATED_SKEW = 300.0
"""Seconds by which clocks may differ for Kerberos, in any Windows domain that nobody has set up otherwise."""


def _method(scheme: str, context: spnego.ContextProxy) -> Method:
    if scheme.lower() == "credssp":
        return "CredSSP"
    return "Kerberos" if context.negotiated_protocol == "kerberos" else "NTLM"


def _delegates(scheme: str, context: spnego.ContextProxy) -> bool:
    # CredSSP hands over the password, always
    return scheme.lower() == "credssp" or bool(context.context_attr & spnego.ContextReq.delegate)
