# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Message encryption: an envelope sealed by the security context, in a multipart body (MS-WSMV 2.2.9.1)."""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass

import spnego

_BOUNDARY = b"--Encrypted Boundary"
_BODY = re.compile(
    rb"--\s*Encrypted Boundary\r\n"
    rb"[ \t]*Content-Type:[ \t]*(?P<protocol>application/HTTP-(?:SPNEGO|Kerberos)-session-encrypted)[ \t]*\r\n"
    rb"[ \t]*OriginalContent:[ \t]*type=application/soap\+xml;[ \t]*charset=UTF-(?:8|16);Length=(?P<length>\d+)\r\n"
    rb"--\s*Encrypted Boundary\r\n"
    rb"[ \t]*Content-Type:[ \t]*application/octet-stream[ \t]*\r\n"
    rb"(?P<sealed>.*)"
    rb"--\s*Encrypted Boundary--(?:\r\n)?",
    re.DOTALL | re.IGNORECASE,
)


class Undecryptable(ValueError):
    """The body is not an encrypted message, or not one of this security context (HTTP 400)."""


def is_encrypted(content_type: str) -> bool:
    return content_type.lower().startswith("multipart/encrypted")


@dataclass(frozen=True)
class Decrypted:
    """An envelope that came encrypted, and the name of the protocol that the reply must repeat."""

    envelope: bytes
    protocol: str


def decrypt(context: spnego.ContextProxy, body: bytes) -> Decrypted:
    """Open a body."""
    match = _BODY.fullmatch(body)
    if match is None or len(match["sealed"]) < 4:
        raise Undecryptable("not a multipart/encrypted body")
    sealed = match["sealed"]
    end_of_header = 4 + int(struct.unpack_from("<I", sealed)[0])
    try:
        envelope = context.unwrap_winrm(sealed[4:end_of_header], sealed[end_of_header:])
    except Exception as error:  # hostile bytes: pyspnego raises whatever it meets
        raise Undecryptable("sealed for another security context") from error
    if len(envelope) != int(match["length"]):
        raise Undecryptable("the length is wrong")
    return Decrypted(envelope, match["protocol"].decode())


def encrypt(context: spnego.ContextProxy, protocol: str, envelope: bytes) -> tuple[str, bytes]:
    """Seal an envelope: the Content-Type, and the body."""
    header, data, padding = context.wrap_winrm(envelope)
    body = b"".join(
        (
            _BOUNDARY + b"\r\n\tContent-Type: " + protocol.encode() + b"\r\n"
            b"\tOriginalContent: type=application/soap+xml;charset=UTF-8;Length=%d\r\n" % (len(envelope) + padding),
            _BOUNDARY + b"\r\n\tContent-Type: application/octet-stream\r\n",
            struct.pack("<I", len(header)),
            header,
            data,
            _BOUNDARY + b"--\r\n",
        )
    )
    return f'multipart/encrypted;protocol="{protocol}";boundary="Encrypted Boundary"', body
