# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Program files as Windows has them: nothing that runs, but a file that says which version of what it is.

The format is that of Microsoft's specification of portable executables: headers and one section, with the version resource.
"""

from __future__ import annotations

import hashlib
import re
import struct
from pathlib import Path

_SECTION_ADDRESS, _FILE_ALIGNMENT = 0x1000, 0x200
_HEADERS = 0x200
"""Bytes of the file before the section."""
_LANGUAGE = 0x409
_TABLE = "040904B0"
"""English, in Unicode."""
_READ = 2**16
_SIGNATURE = b"MZ"
_FILE_VERSION = re.compile("FileVersion\0".encode("utf-16-le") + rb"(?:\0\0)?((?:[0-9.]\0)+)\0\0")


def program_file(name: str, version: str, size: int) -> bytes:
    """A file of so many bytes at least that says it is of this name and this version; always the same one."""
    section = _resources(_version_resource(name, version))
    padding = -len(section) % _FILE_ALIGNMENT
    head = _headers(len(section), len(section) + padding) + section + bytes(padding)
    return head + hashlib.shake_256(f"{name} {version}".encode()).digest(max(0, size - len(head)))


def file_version(path: Path) -> str | None:
    """Which version a file of this computer says it is; None if it is no program file."""
    with path.open("rb") as file:
        start = file.read(_READ)
    found = _FILE_VERSION.search(start) if start.startswith(_SIGNATURE) else None
    return found[1].decode("utf-16-le") if found else None


def _headers(section_size: int, raw_size: int) -> bytes:
    """Of DOS, of the file, the optional ones of a 64-bit program, and that of the section."""
    dos = _SIGNATURE + bytes(58) + struct.pack("<I", 64)
    coff = b"PE\0\0" + struct.pack("<HHIIIHH", 0x8664, 1, 0, 0, 0, 240, 0x22)
    optional = struct.pack(
        "<HBBIIIIIQIIHHHHHHIIIIHHQQQQII",
        *(0x20B, 14, 0, 0, raw_size, 0, 0, _SECTION_ADDRESS, 0x140000000, 0x1000, _FILE_ALIGNMENT),
        *(6, 0, 0, 0, 6, 0, 0, 2 * _SECTION_ADDRESS, _HEADERS, 0, 3, 0x8160),
        *(0x100000, 0x1000, 0x100000, 0x1000, 0, 16),
    )
    directories = bytes(16) + struct.pack("<II", _SECTION_ADDRESS, section_size) + bytes(8 * 13)
    section = struct.pack("<8sIIIIIIHHI", b".rsrc", section_size, _SECTION_ADDRESS, raw_size, _HEADERS, 0, 0, 0, 0, 0x40000040)
    return (dos + coff + optional + directories + section).ljust(_HEADERS, b"\0")


def _resources(version: bytes) -> bytes:
    """A section of resources with nothing but a version: the type 16, in it the number 1, in it a language."""
    tree = b""
    for number, name in enumerate((16, 1, _LANGUAGE), start=1):
        is_last = number == 3
        tree += struct.pack("<IIHHHH", 0, 0, 0, 0, 0, 1) + struct.pack("<II", name, number * 24 | (0 if is_last else 1 << 31))
    entry = struct.pack("<IIII", _SECTION_ADDRESS + len(tree) + 16, len(version), 0, 0)
    return tree + entry + version


def _version_resource(name: str, version: str) -> bytes:
    major, minor, build, revision = map(int, version.split("."))
    numbers = (major << 16 | minor, build << 16 | revision)
    fixed = struct.pack("<13I", 0xFEEF04BD, 0x10000, *numbers, *numbers, 0x3F, 0, 0x40004, 1, 0, 0, 0)
    texts = {
        "CompanyName": "Microsoft Corporation",
        "FileVersion": version,
        "OriginalFilename": name,
        "ProductName": "Microsoft Configuration Manager",
        "ProductVersion": version,
    }
    strings = [_block(key, f"{text}\0".encode("utf-16-le"), length=len(text) + 1, is_text=True) for key, text in texts.items()]
    table = _block("StringFileInfo", children=[_block(_TABLE, children=strings, is_text=True)], is_text=True)
    translation = _block("Translation", struct.pack("<HH", _LANGUAGE, 0x4B0), length=4)
    variables = _block("VarFileInfo", children=[translation], is_text=True)
    return _block("VS_VERSION_INFO", fixed, length=len(fixed), children=[table, variables])


def _block(
    key: str, value: bytes = b"", *, length: int = 0, children: list[bytes] | None = None, is_text: bool = False
) -> bytes:
    """One structure of a version resource; all its parts start at a multiple of four."""
    body = _aligned(bytes(6) + f"{key}\0".encode("utf-16-le")) + value
    for child in children or ():
        body = _aligned(body) + child
    return struct.pack("<HHH", len(body), length, is_text) + body[6:]


def _aligned(data: bytes) -> bytes:
    return data + bytes(-len(data) % 4)
