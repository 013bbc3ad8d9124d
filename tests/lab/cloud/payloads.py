# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Content that is made while it is sent: the same name and size always give the same bytes, and any number of them.

It has the size and the hash of what is named, and nothing in it: a lab opens no payload.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

_BLOCK = 2**18
_NUMBER = 8
"""Bytes at the beginning of each block that tell it from the others."""


@dataclass(frozen=True)
class MadeUp:
    """Content of a name and a size."""

    name: str
    size: int
    is_damaged: bool = False
    """Whether its last byte is another one."""

    @property
    def sha256(self) -> str:
        """Of what it is when it is not damaged, as a manifest writes it."""
        return _sha256(self.name, self.size)

    def chunks(self, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        """The bytes from ``start`` up to ``end``, which does not belong to them."""
        end = self.size if end is None else min(end, self.size)
        while start < end:
            number, offset = divmod(start, _BLOCK)
            block = number.to_bytes(_NUMBER) + _block(self.name)
            if self.is_damaged and (number + 1) * _BLOCK >= self.size:
                last = self.size - 1 - number * _BLOCK
                block = block[:last] + bytes([block[last] ^ 0xFF])
            chunk = block[offset : offset + end - start]
            yield chunk
            start += len(chunk)


@cache
def _block(name: str) -> bytes:
    """What follows the number in every block."""
    return hashlib.shake_256(name.encode()).digest(_BLOCK - _NUMBER)


@cache
def _sha256(name: str, size: int) -> str:
    whole = hashlib.sha256()
    for chunk in MadeUp(name, size).chunks():
        whole.update(chunk)
    return whole.hexdigest().upper()
