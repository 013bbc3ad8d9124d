# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Cabinets: files of Windows that hold others."""

from __future__ import annotations

import struct
from collections.abc import Mapping

from cabarchive import CabArchive, CabFile, CorruptionError, NotSupportedError


class NoCabinetError(ValueError):
    """What should be a cabinet is none."""


def pack(files: Mapping[str, bytes]) -> bytes:
    """A cabinet with these files by their names, in folders after a backslash."""
    archive = CabArchive()
    for name, content in files.items():
        archive[name] = CabFile(content)
    return archive.save(compress=True)


def unpack(data: bytes) -> dict[str, bytes]:
    """The files of a cabinet by their names."""
    if not data:
        raise NoCabinetError("it is empty")
    try:
        return {name: bytes(file.buf or b"") for name, file in CabArchive(data).items()}
    except (CorruptionError, NotSupportedError, struct.error, IndexError, ValueError) as error:
        raise NoCabinetError(str(error)) from error
