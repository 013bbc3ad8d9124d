# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Command lines: what is put into one stays one argument, and what comes out of many is told apart."""

from __future__ import annotations

import pytest
from ansible_collections.configmgr.site.plugins.plugin_utils._windows import registry_listing
from ansible_collections.configmgr.site.plugins.plugin_utils._windows.commands import LONGEST, _batches, _split, quoted
from ansible_collections.configmgr.site.plugins.plugin_utils._windows.connections import (
    Connection,
    Target,
    command_to_connect,
    read_connection,
)
from hypothesis import given
from hypothesis import strategies as st
from lab.hierarchy.command_line import parse, split_arguments

TARGET = Target("srv1.corp.example", 445)


@given(st.text())
def test_a_quoted_argument_is_one_argument_to_cmd_and_to_the_program_or_is_refused(text: str) -> None:
    try:
        argument = quoted(text)
    except ValueError:
        assert any(character in '"%' or not character.isprintable() for character in text)
        return
    (pipeline,) = parse(f"program {argument}")
    (command,) = pipeline.commands
    assert command.redirections == [] and split_arguments(command.text) == ["program", text]


@pytest.mark.parametrize("text", ['a"b', "%PATH%", "a\nb", "a\0", "a\x7f"])
def test_what_cannot_be_quoted_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="cannot stand in a command line"):
        quoted(text)


@given(st.lists(st.integers(1, 4000), max_size=12))
def test_batches_keep_the_order_and_the_longest_line(sizes: list[int]) -> None:
    commands = [f"{number:04}{'x' * size}" for number, size in enumerate(sizes)]
    batches = _batches(commands)
    assert [line.partition("& ")[2] for batch in batches for line in batch] == commands
    assert all(batch and len("& ".join(batch)) <= LONGEST for batch in batches)


def test_a_command_that_is_too_long_is_refused() -> None:
    with pytest.raises(ValueError, match="may have 8191 characters"):
        _batches(["x" * LONGEST])


def test_outputs_are_told_apart() -> None:
    assert _split("-- output of command\r\none\r\ntwo\r\n-- output of command\r\n-- output of command \r\nthree") == [
        "one\ntwo",
        "",
        "three",
    ]


@pytest.mark.parametrize(
    ("output", "connection"),
    [
        ("curl: (52) Empty reply from server\nestablished after 0.001234", Connection(TARGET, 0.001234)),
        ("established after 0,002", Connection(TARGET, 0.002)),
        ("curl: (7) Failed to connect\nestablished after 0.000000", Connection(TARGET, None, "Failed to connect")),
        ("established after 0.000", Connection(TARGET, None, "no connection")),
        ("'curl.exe' is not recognized", None),
    ],
)
def test_what_curl_says(output: str, connection: Connection | None) -> None:
    assert read_connection(TARGET, output) == connection


def test_a_host_that_is_no_name_never_becomes_a_command() -> None:
    with pytest.raises(ValueError, match="cannot stand in a command line"):
        command_to_connect(Target('x" & calc', 1), 5)


def test_a_registry_listing_is_read_whatever_the_language() -> None:
    listing = registry_listing.read_listing(
        "\r\nHKEY_LOCAL_MACHINE\\SOFTWARE\\A B\r\n    Enabled    REG_DWORD    0x0\r\n    Name    REG_SZ    x    y\r\n"
        "    Leer    REG_SZ\r\n\r\nHKEY_LOCAL_MACHINE\\SOFTWARE\\A B\\C\r\n    Enabled    REG_DWORD    0xffffffff\r\n"
        "-- the key was read\r\n"
    )
    assert listing == {
        ("software\\a b", "enabled"): "0x0",
        ("software\\a b", "name"): "x    y",
        ("software\\a b", "leer"): "",
        ("software\\a b\\c", "enabled"): "0xffffffff",
    }
    assert registry_listing.read_listing("FEHLER: Zugriff verweigert\r\n") is None
    assert [registry_listing.number(data) for data in ("0x1", None, "x")] == [1, None, None]
