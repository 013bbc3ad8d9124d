# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Program files: that they are such, read here by the offsets of the format, and which version they say they are of."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest
from lab.hierarchy.program_file import file_version, program_file

NAME, VERSION = "Tool.exe", "5.00.9135.1000"


def test_it_is_a_portable_executable() -> None:
    data = program_file(NAME, VERSION, 10_000)
    assert len(data) == 10_000
    (start,) = struct.unpack_from("<I", data, 60)
    assert (data[:2], data[start : start + 4]) == (b"MZ", b"PE\0\0")
    (machine, sections), (magic,) = struct.unpack_from("<HH", data, start + 4), struct.unpack_from("<H", data, start + 24)
    assert (machine, sections, magic) == (0x8664, 1, 0x20B)
    address, size = struct.unpack_from("<II", data, start + 24 + 112 + 16)
    section = data[start + 24 + 240 :][:40]
    virtual_size, section_address, raw_size, raw_start = struct.unpack_from("<IIII", section, 8)
    assert (section[:8].rstrip(b"\0"), section_address, virtual_size) == (b".rsrc", address, size)
    assert raw_start + raw_size <= len(data)
    fixed = data.index(struct.pack("<I", 0xFEEF04BD))
    assert raw_start < fixed < raw_start + size
    assert struct.unpack_from("<HHHH", data, fixed + 8) == (0, 5, 1000, 9135)


def test_it_is_always_the_same() -> None:
    assert program_file(NAME, VERSION, 10_000) == program_file(NAME, VERSION, 10_000)
    assert program_file(NAME, VERSION, 10_000) != program_file("Other.exe", VERSION, 10_000)
    assert len(program_file(NAME, VERSION, 1)) < 10_000


@pytest.mark.parametrize("version", [VERSION, "5.00.10000.1", "1.2.3.4"])
def test_its_version(tmp_path: Path, version: str) -> None:
    path = tmp_path / "file"
    path.write_bytes(program_file(NAME, version, 100_000))
    assert file_version(path) == version


@pytest.mark.parametrize("content", [b"", b"MZ", b"text", b"FileVersion"])
def test_what_is_no_program_file(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)
    assert file_version(path) is None
