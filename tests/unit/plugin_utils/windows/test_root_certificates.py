# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Certificates in the blobs of the registry: found, damaged, and never the cause of a crash."""

from __future__ import annotations

from datetime import datetime, timezone

from ansible_collections.configmgr.site.plugins.plugin_utils._windows.root_certificates import (
    commands_to_find,
    read_certificates,
)
from hypothesis import given
from hypothesis import strategies as st
from lab.hierarchy.certificate_stores import make_root

NAME, OTHER = "DigiCert Global Root G2", "Baltimore CyberTrust Root"
BLOB = make_root(NAME, (datetime(2017, 1, 1, tzinfo=timezone.utc), datetime(2040, 1, 1, tzinfo=timezone.utc))).blob
NAMES = (NAME, OTHER)
EMPTY = [""] * len(commands_to_find(NAMES))


def outputs(blob: bytes, store: int = 0) -> list[str]:
    """What the programs put out for a blob in one of the stores."""
    found = list(EMPTY)
    found[store] = f"    Blob    REG_BINARY    {blob.hex().upper()}"
    return found


def test_a_root_is_found_with_its_validity() -> None:
    (certificate,) = read_certificates(NAMES, outputs(BLOB)).found
    assert certificate.name == NAME and not certificate.is_disallowed and not certificate.is_damaged
    assert certificate.is_valid_at(datetime(2026, 1, 1, tzinfo=timezone.utc))
    assert not certificate.is_valid_at(datetime(2016, 1, 1, tzinfo=timezone.utc))
    assert read_certificates([OTHER], outputs(BLOB)).found == ()


def test_the_last_stores_are_those_that_are_not_trusted() -> None:
    (certificate,) = read_certificates(NAMES, outputs(BLOB, len(EMPTY) - 2)).found
    assert certificate.is_disallowed


@given(st.integers(0, len(BLOB) - 1), st.binary(max_size=4))
def test_a_damaged_blob_is_a_damaged_certificate_or_none(position: int, put: bytes) -> None:
    for blob in (BLOB[:position], BLOB[:position] + put + BLOB[position + len(put) :]):
        for certificate in read_certificates(NAMES, outputs(blob)).found:
            assert certificate.name == NAME


def test_a_certificate_of_an_unknown_version_is_damaged() -> None:
    version_3, version_6 = bytes.fromhex("a003020102"), bytes.fromhex("a003020105")
    assert version_3 in BLOB
    (certificate,) = read_certificates(NAMES, outputs(BLOB.replace(version_3, version_6))).found
    assert certificate.name == NAME and certificate.is_damaged


@given(st.binary(max_size=200))
def test_no_blob_is_the_cause_of_a_crash(blob: bytes) -> None:
    read_certificates(NAMES, outputs(blob))


def test_what_else_the_programs_say() -> None:
    usual = read_certificates(NAMES, EMPTY)
    assert usual.are_fetched_when_needed and usual.is_complete and usual.found == ()
    off = [*EMPTY[:-1], "    DisableRootAutoUpdate    REG_DWORD    0x1"]
    assert not read_certificates(NAMES, off).are_fetched_when_needed
    on = [*EMPTY[:-1], "    DisableRootAutoUpdate    REG_DWORD    0x0"]
    assert read_certificates(NAMES, on).are_fetched_when_needed
    assert not read_certificates(NAMES, ["FINDSTR: Line 2 is too long.", *EMPTY[1:]]).is_complete
