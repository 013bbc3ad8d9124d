# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What programs of Windows put out: what they wrote is read, and whatever else comes is read as something or as nothing."""

from __future__ import annotations

from datetime import datetime

import pytest
from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr import log_tail
from ansible_collections.configmgr.site.plugins.plugin_utils._windows import commands, file_hashes, files
from ansible_collections.configmgr.site.plugins.plugin_utils._windows.connections import Target, read_connection
from ansible_collections.configmgr.site.plugins.plugin_utils._windows.local_groups import read_listed
from ansible_collections.configmgr.site.plugins.plugin_utils._windows.registry_listing import number, read_listing
from ansible_collections.configmgr.site.plugins.plugin_utils._windows.root_certificates import (
    commands_to_find,
    read_certificates,
)
from hypothesis import given
from hypothesis import strategies as st

TARGET = Target("srv2.corp.example", 445)
NAME = "Baltimore CyberTrust Root"
STORES = len(commands_to_find([NAME]))

FRAGMENTS = st.sampled_from(
    [
        "established after 0.0123",
        "established after 0,000000",
        "established after 1.2.3",
        "curl: (7) Failed to connect",
        "curl: (",
        "-- the key was read",
        "-- output of command",
        "HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft",
        "HKEY_",
        "    Blob    REG_BINARY    0300000001",
        "    Version    REG_DWORD    0x",
        "    Name    REG_SZ",
        "    DisableRootAutoUpdate    REG_DWORD    0x1",
        "FINDSTR: line too long",
        "SHA256 hash of C:\\file:",
        "ab" * 32,
        "CORP\\Domain Admins",
        "\r",
        "\ufeff",
    ]
)
OUTPUT = st.lists(FRAGMENTS | st.text(), max_size=8).flatmap(
    lambda lines: st.sampled_from(["\n", "\r\n", ""]).map(lambda end: end.join(lines))
)
WORDS = st.text(st.characters(categories=["L", "N"], max_codepoint=0x17F), min_size=1, max_size=12)


@given(OUTPUT)
def test_an_attempt_to_connect(output: str) -> None:
    found = read_connection(TARGET, output)
    assert found is None or (found.seconds is None) == bool(found.error)


@given(st.floats(0.000001, 1000), st.sampled_from(".,"))
def test_the_seconds_of_a_connection(seconds: float, point: str) -> None:
    found = read_connection(TARGET, f"established after {seconds:f}\r\n".replace(".", point))
    assert found is not None and found.seconds == pytest.approx(seconds, abs=1e-6)


@given(OUTPUT)
def test_a_listing_of_the_registry(output: str) -> None:
    found = read_listing(output)
    assert (found is None) == all(line.strip() != "-- the key was read" for line in output.splitlines())
    assert all(isinstance(number(data), (int, type(None))) for data in (found or {}).values())


@given(st.dictionaries(st.tuples(WORDS, WORDS.map(str.casefold)), st.integers(0, 2**32 - 1), max_size=5))
def test_values_of_the_registry(values: dict[tuple[str, str], int]) -> None:
    lines = [f"HKEY_LOCAL_MACHINE\\{key}\r\n    {name}    REG_DWORD    {value:#x}\r\n" for (key, name), value in values.items()]
    found = read_listing("\r\n".join([*lines, "-- the key was read"]))
    assert found is not None
    assert {place: number(data) for place, data in found.items()} == {
        (key.lower(), name.lower()): value for (key, name), value in values.items()
    }


@given(OUTPUT)
def test_members_of_a_group(output: str) -> None:
    assert all(line == line.strip() and line for line in read_listed(output))


@given(st.sets(WORDS.map(lambda word: f"corp\\{word.lower()}")))
def test_members_of_a_group_that_are_listed(members: set[str]) -> None:
    assert read_listed("\r\n".join(["Alias name", "-----", *members, "Done."])) >= members


@given(st.lists(OUTPUT, min_size=STORES, max_size=STORES))
def test_stores_of_certificates(outputs: list[str]) -> None:
    found = read_certificates([NAME], outputs)
    assert all(
        certificate.is_damaged or not certificate.is_valid_at(datetime.max.replace(tzinfo=certificate.not_after.tzinfo))
        for certificate in found.found
        if certificate.not_after
    )


@given(OUTPUT)
def test_a_digest(output: str) -> None:
    found = file_hashes._digest(output)
    assert found is None or len(bytes.fromhex(found)) == 32


@given(st.binary(min_size=32, max_size=32), st.sampled_from(["", " "]))
def test_a_digest_with_and_without_blanks(digest: bytes, blank: str) -> None:
    text = digest.hex(blank) if blank else digest.hex()
    assert file_hashes._digest(f"SHA256-Hash von C:\\x:\r\n{text}\r\nCertUtil: OK.\r\n") == digest.hex()


@given(st.lists(st.lists(WORDS, max_size=3), max_size=4))
def test_the_outputs_of_a_batch(outputs: list[list[str]]) -> None:
    written = "".join(f"-- output of command \r\n{''.join(line + chr(13) + chr(10) for line in lines)}" for lines in outputs)
    assert commands._split(written) == ["\n".join(lines) for lines in outputs]


@given(OUTPUT)
def test_whatever_a_batch_puts_out(output: str) -> None:
    assert isinstance(commands._split(output), list)


@given(st.text())
def test_a_size(text: str) -> None:
    assert not files._is_number(text) or int(text) >= 0


@given(st.binary())
def test_the_end_of_a_log(data: bytes) -> None:
    assert isinstance(log_tail._decoded(data), str)


@given(
    st.text(st.characters(max_codepoint=0x7E, min_codepoint=0x20), min_size=4),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16-le", "utf-16"]),
)
def test_a_log_in_every_encoding(text: str, encoding: str) -> None:
    assert log_tail._decoded(text.encode(encoding)) == text
