# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""What is in a cabinet file, from its beginning: the names of its files (MS-CAB 2)."""

from __future__ import annotations

import struct
from collections.abc import Iterator

_SIGNATURE = b"MSCF"
_FILES_OFFSET, _FILES_COUNT = 16, 28
_SMALLEST = 36
"""Bytes of the header that every cabinet has."""
_ENTRY = struct.Struct("<IIHHHH")
"""Size, offset, folder, date, time and attributes of a file; its name follows, with a zero at the end."""
_NAME_IS_UTF_8 = 0x80


def file_names(data: bytes) -> list[str]:
    """The names of the files in a cabinet, as far as ``data``, its first bytes, has them. ValueError if it is no cabinet."""
    if len(data) < _SMALLEST or not data.startswith(_SIGNATURE):
        raise ValueError("it is no cabinet file")
    (offset,) = struct.unpack_from("<I", data, _FILES_OFFSET)
    (count,) = struct.unpack_from("<H", data, _FILES_COUNT)
    return list(_names(data, offset, count))


def _names(data: bytes, offset: int, count: int) -> Iterator[str]:
    for _number in range(count):
        end = data.find(b"\0", offset + _ENTRY.size)
        if end < 0:
            return
        attributes = _ENTRY.unpack_from(data, offset)[-1]
        name = data[offset + _ENTRY.size : end]
        yield name.decode("utf-8" if attributes & _NAME_IS_UTF_8 else "cp1252", errors="replace")
        offset = end + 1
