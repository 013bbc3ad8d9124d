# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What goes wrong at one message of SMB, on the wire.

Who changes an answer cannot sign it, so that nobody may take it for the server's, whether it claims to be signed or not.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock

from lab.smb.relay import LENGTH_BYTES, SmbCut

from .faults import Scene

_MESSAGE_ID = slice(LENGTH_BYTES + 24, LENGTH_BYTES + 32)
_STATUS = slice(LENGTH_BYTES + 8, LENGTH_BYTES + 12)
"""Where these are in the header of a message (MS-SMB2 2.2.1.2)."""
_FLAGS = slice(LENGTH_BYTES + 16, LENGTH_BYTES + 20)
_SIGNED = 0x8
_HEADER_BYTES = 64
_ACCESS_DENIED = 0xC0000022
_A_FEW_SECONDS = 10
_LARGEST = 0xFFFFFF
"""Bytes that a message can have, as its length has three bytes."""

ChangeRequest = Callable[[Scene, bytes], bytes]
ChangeAnswer = Callable[[Scene, bytes], bytes]


def _unchanged(scene: Scene, message: bytes) -> bytes:
    return message


@dataclass(frozen=True)
class SmbFault:
    """Something that goes wrong with one message of the client, or with the answer to it."""

    name: str
    request: ChangeRequest = _unchanged
    """What becomes of the message; `SmbCut` for the end of the connection."""
    answer: ChangeAnswer = _unchanged
    """What becomes of its answer."""
    most_memory: int | None = None
    """Megabytes by which the memory of a run may grow; None if it is not watched."""
    may_hide: bool = False
    before: None = None

    def at(self, scene: Scene, request: int) -> SmbHappening:
        """An interference that has it happen at one message of the client."""
        return SmbHappening(self, scene, request)


class SmbHappening:
    """Has a fault happen at the k-th message of the client, on whichever connection, and at the answer to it."""

    def __init__(self, fault: SmbFault, scene: Scene, request: int) -> None:
        self._fault = fault
        self._scene = scene
        self._request = request
        self._count = 0
        self._number: bytes | None = None
        self._lock = Lock()
        self.has_happened = False

    def change_request(self, message: bytes) -> bytes:
        with self._lock:
            self._count += 1
            is_due = self._count == self._request
        if not is_due:
            return message
        self._number = message[_MESSAGE_ID]
        self.has_happened = True
        return self._fault.request(self._scene, message)

    def change_answer(self, message: bytes) -> bytes:
        if self._number is None or message[_MESSAGE_ID] != self._number:
            return message
        self._number = None
        return self._fault.answer(self._scene, message)


class SmbCount:
    """Counts the messages of clients, and lets them be."""

    def __init__(self) -> None:
        self.number = 0

    def change_request(self, message: bytes) -> bytes:
        self.number += 1
        return message

    def change_answer(self, message: bytes) -> bytes:
        return message


def _cut(scene: Scene, message: bytes) -> bytes:
    raise SmbCut


def _close(scene: Scene, message: bytes) -> bytes:
    scene.stop_listening_to_smb()
    raise SmbCut


def _restart(scene: Scene, message: bytes) -> bytes:
    scene.restart()
    raise SmbCut


def _restart_smb(scene: Scene, message: bytes) -> bytes:
    scene.restart_smb(_A_FEW_SECONDS)
    raise SmbCut


def _stall(scene: Scene, message: bytes) -> bytes:
    scene.wait_until_over()
    raise SmbCut


def _cut_short(scene: Scene, message: bytes) -> bytes:
    raise SmbCut(message[: len(message) // 2])


def _not_smb(scene: Scene, message: bytes) -> bytes:
    return message[:LENGTH_BYTES] + b"HTTP/1.1 400 Bad Request\r\n\r\n".ljust(len(message) - LENGTH_BYTES, b" ")


def _with(message: bytes, where: slice, number: int) -> bytes:
    """The message with another number in its header."""
    return message[: where.start] + number.to_bytes(where.stop - where.start, "little") + message[where.stop :]


def _number(message: bytes, where: slice) -> int:
    return int.from_bytes(message[where], "little")


def _unsigned(message: bytes) -> bytes:
    return _with(message, _FLAGS, _number(message, _FLAGS) & ~_SIGNED)


def _first(size: int, message: bytes) -> bytes:
    """No more of it, and as if there was no more."""
    return size.to_bytes(LENGTH_BYTES, "big") + message[LENGTH_BYTES : LENGTH_BYTES + size]


def _half_of_header(scene: Scene, message: bytes) -> bytes:
    return _first(_HEADER_BYTES // 2, message)


def _without_body(scene: Scene, message: bytes) -> bytes:
    return _first(_HEADER_BYTES, _unsigned(message))


def _damaged(scene: Scene, message: bytes) -> bytes:
    return message[:-1] + bytes([message[-1] ^ 0x80])


def _of_another(scene: Scene, message: bytes) -> bytes:
    return _with(message, _MESSAGE_ID, _number(message, _MESSAGE_ID) + 1000)


def _access_denied(scene: Scene, message: bytes) -> bytes:
    return _with(message, _STATUS, _ACCESS_DENIED)


def _forged(scene: Scene, message: bytes) -> bytes:
    return _unsigned(_access_denied(scene, message))


def _large(scene: Scene, message: bytes) -> bytes:
    return _LARGEST.to_bytes(LENGTH_BYTES, "big") + message[LENGTH_BYTES:].ljust(_LARGEST, b"\0")


SMB_FAULTS = (
    SmbFault("connection refused", _close),
    SmbFault("reset before the server acts", _cut),
    SmbFault("reset in the middle of a message", _cut_short),
    SmbFault("reset after the server acted", answer=_cut),
    SmbFault("no answer in time", answer=_stall),
    SmbFault("the server takes nothing any more", _stall),
    SmbFault("an answer cut short", answer=_cut_short),
    SmbFault("an answer that is not SMB", answer=_not_smb),
    SmbFault("half of a header", answer=_half_of_header),
    SmbFault("a header alone", answer=_without_body),
    SmbFault("an answer damaged on the way", answer=_damaged),
    SmbFault("another message's answer", answer=_of_another),
    SmbFault("access denied, by somebody on the way", answer=_access_denied),
    SmbFault("the same, and not signed", answer=_forged),
    # The library copies a message some times, and there are no larger ones
    SmbFault("an answer of 16 MB", answer=_large, most_memory=128),
    SmbFault("the service for files restarts", _restart_smb),
    SmbFault("the server restarts", _restart),
)
