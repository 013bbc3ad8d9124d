# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Message encryption: an envelope sealed by the security context, in a multipart body (MS-WSMV 2.2.9.1)."""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass

import spnego

_BOUNDARY = b"--Encrypted Boundary"
_PART = re.compile(
    rb"--\s*Encrypted Boundary\r\n"
    rb"[ \t]*Content-Type:[ \t]*(?P<protocol>application/HTTP-(?:SPNEGO|Kerberos|CredSSP)-session-encrypted)[ \t]*\r\n"
    rb"[ \t]*OriginalContent:[ \t]*type=application/soap\+xml;[ \t]*charset=UTF-(?:8|16);Length=(?P<length>\d+)\r\n"
    rb"--\s*Encrypted Boundary\r\n"
    rb"[ \t]*Content-Type:[ \t]*application/octet-stream[ \t]*\r\n"
    rb"(?P<sealed>.*?)"
    rb"(?P<end>--\s*Encrypted Boundary--(?:\r\n)?\Z|(?=--\s*Encrypted Boundary\r\n[ \t]*Content-Type:[ \t]*application/HTTP-))",
    re.DOTALL | re.IGNORECASE,
)
"""One sealed piece. Only CredSSP has several, as what is sealed there at once is a record of TLS, with 16 KiB at the most."""
_CREDSSP = b"application/HTTP-CredSSP-session-encrypted"
_LARGEST_PIECE = 16384


class Undecryptable(ValueError):
    """The body is not an encrypted message, or not one of this security context (HTTP 400)."""


def is_encrypted(content_type: str) -> bool:
    return content_type.lower().startswith(("multipart/encrypted", "multipart/x-multi-encrypted"))


@dataclass(frozen=True)
class Decrypted:
    """An envelope that came encrypted, and the name of the protocol that the reply must repeat."""

    envelope: bytes
    protocol: str


def decrypt(context: spnego.ContextProxy, content_type: str, body: bytes) -> Decrypted:
    """Open a body."""
    parts = list(_PART.finditer(body))
    if not parts or b"".join(part[0] for part in parts) != body or not parts[-1]["end"]:
        raise Undecryptable("not a body of encrypted parts")
    protocol = parts[0]["protocol"]
    has_several = content_type.lower().startswith("multipart/x-multi-encrypted")
    if any(part["protocol"] != protocol for part in parts) or has_several != (len(parts) > 1):
        raise Undecryptable("the Content-Type is not that of the parts")
    if has_several and protocol.lower() != _CREDSSP.lower():
        raise Undecryptable("only CredSSP has several parts")
    return Decrypted(b"".join(_opened(context, part) for part in parts), protocol.decode())


def _opened(context: spnego.ContextProxy, part: re.Match[bytes]) -> bytes:
    sealed = part["sealed"]
    if len(sealed) < 4:
        raise Undecryptable("nothing is sealed there")
    end_of_header = 4 + int(struct.unpack_from("<I", sealed)[0])
    try:
        piece = context.unwrap_winrm(sealed[4:end_of_header], sealed[end_of_header:])
    except Exception as error:  # hostile bytes: pyspnego raises whatever it meets
        raise Undecryptable("sealed for another security context") from error
    if len(piece) != int(part["length"]):
        raise Undecryptable("the length is wrong")
    return piece


def encrypt(context: spnego.ContextProxy, protocol: str, envelope: bytes) -> tuple[str, bytes]:
    """Seal an envelope: the Content-Type, and the body."""
    size = _LARGEST_PIECE if protocol.encode() == _CREDSSP else len(envelope)
    pieces = [envelope[start : start + size] for start in range(0, len(envelope), size)]
    body = b"".join(_sealed(context, protocol, piece) for piece in pieces) + _BOUNDARY + b"--\r\n"
    kind = "multipart/x-multi-encrypted" if len(pieces) > 1 else "multipart/encrypted"
    return f'{kind};protocol="{protocol}";boundary="Encrypted Boundary"', body


def _sealed(context: spnego.ContextProxy, protocol: str, piece: bytes) -> bytes:
    header, data, padding = context.wrap_winrm(piece)
    return b"".join(
        (
            _BOUNDARY + b"\r\n\tContent-Type: " + protocol.encode() + b"\r\n"
            b"\tOriginalContent: type=application/soap+xml;charset=UTF-8;Length=%d\r\n" % (len(piece) + padding),
            _BOUNDARY + b"\r\n\tContent-Type: application/octet-stream\r\n",
            struct.pack("<I", len(header)),
            header,
            data,
        )
    )
