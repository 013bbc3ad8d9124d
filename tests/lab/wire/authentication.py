# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Logging on: Basic, and NTLM by itself or within Negotiate, one security context a connection."""

from __future__ import annotations

import base64
import binascii
import hmac
import os
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Literal

import spnego
from spnego.channel_bindings import GssChannelBindings


@dataclass(frozen=True)
class ServiceSettings:
    """The settings under winrm/config/service that change who may talk to the service, with their Windows names."""

    basic: bool = True
    allow_unencrypted: bool = False
    """Allows SOAP in the clear over HTTP, and with it Basic over HTTP."""
    cbt_hardening_level: Literal["None", "Relaxed", "Strict"] = "Relaxed"
    """Channel bindings over HTTPS: not looked at, checked where the client sends them, or required."""


class Accounts:
    """The accounts of a lab and their passwords.

    pyspnego reads NTLM accounts from a file of ``DOMAIN:USER:PASSWORD`` lines, so these are kept in one.
    """

    def __init__(self, user_file: Path) -> None:
        self._user_file = user_file
        self._accounts: dict[str, tuple[str, str]] = {}
        user_file.unlink(missing_ok=True)
        os.close(os.open(user_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))

    def add(self, domain: str, user: str, password: str, dns_domain: str = "") -> None:
        """Add an account: of a domain (also by its user principal name, with ``dns_domain``), or of a computer."""
        names = {(domain, user): f"{domain}\\{user}"}
        if dns_domain:
            names["", f"{user}@{dns_domain}"] = f"{user}@{dns_domain}"
        lines = [f"{name_domain}:{name_user}:{password}" for name_domain, name_user in names]
        if any(line.count(":") != 2 or "\n" in line for line in lines):
            raise ValueError(f"the name and the password of {domain}\\{user} must be without colon and line break")
        for name in names.values():
            self._accounts[name.lower()] = (f"{domain}\\{user}", password)
        with self._user_file.open("a", encoding="utf-8") as file:
            file.writelines(line + "\n" for line in lines)

    def verify(self, name: str, password: str) -> str | None:
        """The account as ``DOMAIN\\user`` if the password is right."""
        account, right_password = self._accounts.get(name.lower(), (None, ""))
        return account if hmac.compare_digest(password.encode(), right_password.encode()) else None

    def canonical(self, name: str) -> str:
        """An account that has logged on, as ``DOMAIN\\user``."""
        return self._accounts[name.lower()][0]

    _environment = Lock()

    @contextmanager
    def in_use(self) -> Iterator[None]:
        """Let pyspnego find these accounts; the file's name is in the environment, which all labs of a process share."""
        with self._environment:
            before = os.environ.get("NTLM_USER_FILE")
            os.environ["NTLM_USER_FILE"] = str(self._user_file)
            try:
                yield
            finally:
                if before is None:
                    del os.environ["NTLM_USER_FILE"]
                else:
                    os.environ["NTLM_USER_FILE"] = before


@dataclass(frozen=True)
class LogOn:
    """Where a connection stands: logged on as ``account``, or not (HTTP 401); and what to tell in WWW-Authenticate."""

    account: str | None
    challenges: tuple[str, ...] = ()


class ConnectionAuthentication:
    """Logs one connection on. NTLM and Negotiate hold for the connection, Basic for the request."""

    def __init__(self, accounts: Accounts, settings: ServiceSettings, channel_binding: bytes | None) -> None:
        self._accounts = accounts
        self._settings = settings
        self._is_https = channel_binding is not None
        self._binding = GssChannelBindings(application_data=channel_binding) if channel_binding else None
        self._context: spnego.ContextProxy | None = None
        self._account: str | None = None

    @property
    def context(self) -> spnego.ContextProxy | None:
        """The completed security context, which encrypts messages."""
        return self._context if self._account else None

    def authenticate(self, authorization: str | None) -> LogOn:
        """Take the Authorization header of a request."""
        if not authorization:
            return LogOn(self._account) if self._account else self._refused()
        scheme, _separator, credentials = authorization.partition(" ")
        try:
            token = base64.b64decode(credentials, validate=True)
        except binascii.Error:
            return self._refused()
        if scheme.lower() == "basic":
            return self._basic(token)
        if scheme.lower() in ("negotiate", "ntlm"):
            return self._negotiate(scheme, token)
        return self._refused()

    def _basic(self, token: bytes) -> LogOn:
        if not self._offers_basic:
            return self._refused()
        name, _separator, password = token.decode("utf-8", "replace").partition(":")
        account = self._accounts.verify(name, password)
        return LogOn(account) if account else self._refused()

    def _negotiate(self, scheme: str, token: bytes) -> LogOn:
        try:
            if self._lacks_channel_binding(token):
                return self._refused()
            with self._accounts.in_use():
                if self._context is None or self._context.complete:
                    self._account = None
                    self._context = _new_context(token)
                answer = self._context.step(token, channel_bindings=self._expected_binding(token))
        except Exception:  # hostile bytes: pyspnego's parsers raise whatever they meet
            return self._refused()
        challenge = (f"{scheme} {base64.b64encode(answer).decode()}",) if answer else ()
        if self._context.complete:
            self._account = self._accounts.canonical(self._context.client_principal or "")
        return LogOn(self._account, challenge)

    def _lacks_channel_binding(self, token: bytes) -> bool:
        return (
            self._is_https
            and self._settings.cbt_hardening_level == "Strict"
            and _NTLM_AUTHENTICATE in token
            and not _has_channel_binding(token)
        )

    def _expected_binding(self, token: bytes) -> GssChannelBindings | None:
        # Given a binding, pyspnego refuses clients that send none; Windows does so only when it is told to.
        is_checked = self._settings.cbt_hardening_level != "None" and _has_channel_binding(token)
        return self._binding if is_checked else None

    def _refused(self) -> LogOn:
        self._context = self._account = None
        return LogOn(None, ("Negotiate", 'Basic realm="WSMAN"') if self._offers_basic else ("Negotiate",))

    @property
    def _offers_basic(self) -> bool:
        return self._settings.basic and (self._is_https or self._settings.allow_unencrypted)


_NTLM_SIGNATURE = b"NTLMSSP\0"
_NTLM_AUTHENTICATE = _NTLM_SIGNATURE + b"\x03\0\0\0"
_MSV_AV_CHANNEL_BINDINGS = 10


def _new_context(token: bytes) -> spnego.ContextProxy:
    # Clients that know NTLM only send its tokens bare, whatever the scheme is called.
    is_bare_ntlm = token.startswith(_NTLM_SIGNATURE)
    options = spnego.NegotiateOptions.use_ntlm if is_bare_ntlm else spnego.NegotiateOptions.use_negotiate
    return spnego.server(protocol="ntlm" if is_bare_ntlm else "negotiate", options=options)


def _has_channel_binding(token: bytes) -> bool:
    """Whether an NTLM AUTHENTICATE_MESSAGE, bare or within SPNEGO, carries a binding (MS-NLMP 2.2.1.3 and 2.2.2.7)."""
    _before, found, rest = token.partition(_NTLM_AUTHENTICATE)
    message = found + rest
    if not found:
        return False
    length, _unused, offset = struct.unpack_from("<HHI", message, 20)
    pairs = message[offset + 44 : offset + length]
    while len(pairs) >= 4:
        kind, size = struct.unpack_from("<HH", pairs)
        if kind == _MSV_AV_CHANNEL_BINDINGS:
            return any(pairs[4 : 4 + size])
        pairs = pairs[4 + size :]
    return False
