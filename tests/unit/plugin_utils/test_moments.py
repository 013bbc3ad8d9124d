# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Moments as people give them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from ansible_collections.configmgr.site.plugins.plugin_utils._moments import parse_moment

NOW = datetime(2026, 11, 24, 18, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("90m", datetime(2026, 11, 24, 16, 30, tzinfo=UTC)),
        ("24h", datetime(2026, 11, 23, 18, 0, tzinfo=UTC)),
        ("7 d", datetime(2026, 11, 17, 18, 0, tzinfo=UTC)),
        ("2w", datetime(2026, 11, 10, 18, 0, tzinfo=UTC)),
        ("2026-11-24", datetime(2026, 11, 24, tzinfo=UTC)),
        ("2026-11-24T18:00:00Z", NOW),
        ("2026-11-24 19:00:00+01:00", NOW),
    ],
)
def test_moments(text: str, expected: datetime) -> None:
    assert parse_moment(text, NOW) == expected


@pytest.mark.parametrize("text", ["", "yesterday", "24", "h", "-5m", "999999w", "2026-13-01", "24.11.2026"])
def test_what_is_none(text: str) -> None:
    with pytest.raises(ValueError, match=r"no moment|too long ago"):
        parse_moment(text, NOW)
