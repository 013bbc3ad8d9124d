# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""Sends write requests of SMB without copying what is written (MS-SMB2 2.2.21, 3.2.4.7).

smbprotocol copies the data of a request nine times before it is on the wire, which makes writing three times as slow as
reading. Here, only the headers are its messages; the data is signed and sent from where it is. Message numbers, credits and
answers stay the library's.
"""

from __future__ import annotations

import hashlib
import hmac
import socket
import struct
from typing import Any, Protocol

try:
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
    from cryptography.hazmat.primitives.cmac import CMAC
    from smbprotocol import Dialects
    from smbprotocol.connection import Request, SigningAlgorithms
    from smbprotocol.exceptions import SMBConnectionClosed
    from smbprotocol.header import Smb2Flags, SMB2HeaderRequest
    from smbprotocol.open import SMB2WriteRequest
except ImportError:
    pass

_CREDIT = 64 * 1024
_SIGNATURE = slice(48, 64)
"""Where a header has it."""
_BODY = struct.Struct("<HHIQ16s16x")
"""Size, offset of the data from the start of the header, length, offset in the file, file; no channel, no flags."""
_BODY_SIZE, _BEFORE_DATA = 49, 64 + _BODY.size


class _Signer(Protocol):
    def update(self, data: Any, /) -> object: ...

    def finish(self) -> bytes: ...


def send_write(file: Any, data: memoryview, offset: int) -> Any:
    """Send a request to write at an offset of an open file of smbprotocol, which needs the credits for it.

    Returns what `Connection.receive` takes. What it raises is what the library would.
    """
    connection, tree = file.connection, file.tree_connect
    session = tree.session
    if session.encrypt_data or tree.encrypt_data or not session.signing_required:
        # A server that wants messages encrypted has them copied
        message, _receive = file.write(bytes(data), offset, send=False)
        return connection.send(message, session.session_id, tree.tree_connect_id)

    charge = max(1, -(-len(data) // _CREDIT))
    header = SMB2HeaderRequest()
    header["credit_charge"] = header["credit_request"] = charge
    header["command"] = SMB2WriteRequest.COMMAND
    header["session_id"] = session.session_id
    header["tree_id"] = tree.tree_connect_id
    header["flags"].set_flag(Smb2Flags.SMB2_FLAGS_SIGNED)
    header["data"] = _BODY.pack(_BODY_SIZE, _BEFORE_DATA, len(data), offset, file.file_id)
    with connection.sequence_lock:
        header["message_id"] = number = connection.sequence_window["low"]
        connection.sequence_window["low"] += charge
        request = Request(header, SMB2WriteRequest, connection, session_id=session.session_id)
        connection.outstanding_requests[number] = request
    head = bytearray(header.pack())
    signer = _signer(connection, session.signing_key, number)
    signer.update(bytes(head))
    signer.update(data)
    head[_SIGNATURE] = signer.finish()
    _send(connection.transport, (len(head) + len(data)).to_bytes(4, "big") + head, data)
    return request


def _send(transport: Any, head: bytes, data: memoryview) -> None:
    with transport._sock_lock:
        if not transport.connected:
            raise SMBConnectionClosed("SMB socket was closed, cannot send or receive any more data")
        connected: socket.socket = transport._sock
        sent = connected.sendmsg([head, data])
        if sent < len(head):
            connected.sendall(head[sent:])
            sent = len(head)
        connected.sendall(data[sent - len(head) :])


def _signer(connection: Any, key: bytes, number: int) -> _Signer:
    """What signs a request of the client's, by the version of the protocol (MS-SMB2 3.1.4.1)."""
    if connection.dialect < Dialects.SMB_3_0_0:
        return _Hmac(key)
    if connection.dialect >= Dialects.SMB_3_1_1 and connection.signing_algorithm_id == SigningAlgorithms.AES_GMAC:
        return _Gmac(key, number)
    return _Cmac(key)


class _Hmac:
    def __init__(self, key: bytes) -> None:
        self._hmac = hmac.new(key, digestmod=hashlib.sha256)
        self.update = self._hmac.update

    def finish(self) -> bytes:
        return self._hmac.digest()[:16]


class _Cmac:
    def __init__(self, key: bytes) -> None:
        self._cmac = CMAC(algorithms.AES(key))
        self.update = self._cmac.update

    def finish(self) -> bytes:
        return self._cmac.finalize()


class _Gmac:
    def __init__(self, key: bytes, number: int) -> None:
        # The number of the message, and that it is a request and no cancellation
        nonce = number.to_bytes(8, "little") + bytes(4)
        self._encryptor = Cipher(algorithms.AES(key), modes.GCM(nonce)).encryptor()
        self.update = self._encryptor.authenticate_additional_data

    def finish(self) -> bytes:
        self._encryptor.finalize()
        return self._encryptor.tag
