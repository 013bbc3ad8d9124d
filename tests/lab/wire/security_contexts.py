# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Security contexts of pyspnego on the server's side, and what has to be known of their tokens beyond what it tells."""

from __future__ import annotations

import struct

import spnego
from spnego._spnego import NegState, NegTokenResp  # pyspnego sends no refusal itself

NTLM_SIGNATURE = b"NTLMSSP\0"
_NTLM_AUTHENTICATE = NTLM_SIGNATURE + b"\x03\0\0\0"
_MSV_AV_CHANNEL_BINDINGS = 10

_SPNEGO = bytes.fromhex("06062b0601050502")
"""The object identifier with which the first token of SPNEGO begins (RFC 4178)."""
_GSS_C_CHANNEL_BOUND_FLAG = 0x800
"""Set where the client has sent a binding, and it was the right one (MIT Kerberos 1.18)."""


def new_context(scheme: str, token: bytes) -> spnego.ContextProxy:
    """A context for what a client begins with."""
    if scheme.lower() == "credssp":
        return spnego.server(protocol="credssp")
    # Clients that know NTLM only send its tokens bare, whatever the scheme is called.
    is_bare_ntlm = token.startswith(NTLM_SIGNATURE)
    options = spnego.NegotiateOptions.use_ntlm if is_bare_ntlm else spnego.NegotiateOptions.use_negotiate
    return spnego.server(protocol="ntlm" if is_bare_ntlm else "negotiate", options=options)


def is_ntlm_answer(token: bytes) -> bool:
    """Whether it has an AUTHENTICATE_MESSAGE, bare or within SPNEGO: the last of NTLM's."""
    return _NTLM_AUTHENTICATE in token


def has_ntlm_binding(token: bytes) -> bool:
    """Whether an NTLM AUTHENTICATE_MESSAGE carries a channel binding (MS-NLMP 2.2.1.3 and 2.2.2.7)."""
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


def expects_channel_binding(context: spnego.ContextProxy) -> bool:
    """CredSSP has no use for one: it binds to a TLS of its own."""
    return context.protocol != "credssp"


def has_bound_channel(context: spnego.ContextProxy) -> bool:
    """Whether a client of Kerberos has sent the right channel binding."""
    negotiated = context._context  # type: ignore[attr-defined]  # that of Kerberos within Negotiate
    return bool(negotiated._context_attr & _GSS_C_CHANNEL_BOUND_FLAG)


def refusal(context: spnego.ContextProxy, token: bytes) -> bytes:
    """The token that tells a client of Kerberos why its own was refused, a KRB-ERROR; empty where there is none."""
    # pyspnego loses it: its Kerberos within Negotiate has GSSAPI's context, which keeps the failure with its token
    negotiated = context._context if getattr(context, "_context_list", None) else None  # type: ignore[attr-defined]
    kerberos = getattr(negotiated, "_context", None)
    explanation: bytes | None = getattr(getattr(kerberos, "_last_err", None), "token", None)
    if not explanation or _SPNEGO not in token[:20]:
        return explanation or b""
    return NegTokenResp(neg_state=NegState.reject, response_token=explanation).pack()
