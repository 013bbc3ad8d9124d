# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Cabinet files, made by an independent library."""

from __future__ import annotations

import pytest
from ansible_collections.configmgr.site.plugins.plugin_utils._windows.cabinet import file_names
from cabarchive import CabArchive, CabFile
from hypothesis import given
from hypothesis import strategies as st


def cabinet(*names: str) -> bytes:
    archive = CabArchive()
    for name in names:
        archive[name] = CabFile(b"some data")
    data = archive.save(compress=True)
    assert isinstance(data, bytes)
    return data


def test_the_names_of_its_files() -> None:
    assert file_names(cabinet("5.00.9135.1000.txt", "Usage data.xml")) == ["5.00.9135.1000.txt", "Usage data.xml"]
    assert file_names(cabinet("Köln.txt")) == ["Köln.txt"]


def test_the_beginning_of_one_has_as_many_as_fit() -> None:
    data = cabinet("first.txt", "second.txt")
    assert file_names(data[: data.index(b"second.txt") + 4]) == ["first.txt"]


@pytest.mark.parametrize("data", [b"", b"MSCF", b"PK\x03\x04" + b"\0" * 100])
def test_what_is_no_cabinet(data: bytes) -> None:
    with pytest.raises(ValueError, match="no cabinet"):
        file_names(data)


@given(st.binary(max_size=200))
def test_whatever_follows_the_signature_is_names_or_nothing(data: bytes) -> None:
    assert isinstance(file_names(b"MSCF" + b"\0" * 32 + data), list)
    assert isinstance(file_names(b"MSCF" + data.ljust(40, b"\xff")), list)
