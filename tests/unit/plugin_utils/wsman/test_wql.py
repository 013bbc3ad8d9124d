# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Values in queries."""

from __future__ import annotations

import pytest
from ansible_collections.configmgr.site.plugins.plugin_utils._wsman.wql import quote
from hypothesis import given
from hypothesis import strategies as st


@given(st.text().filter(lambda text: "\0" not in text))
def test_a_value_stays_a_value(text: str) -> None:
    literal = quote(text)
    assert literal[0] == literal[-1] == '"'
    read, escaped = "", False
    for character in literal[1:-1]:
        if escaped or character != "\\":
            assert escaped or character != '"', "the literal ends too early"
            read, escaped = read + character, False
        else:
            escaped = True
    assert not escaped and read == text


def test_nul_is_refused() -> None:
    with pytest.raises(ValueError):
        quote("a\0b")
