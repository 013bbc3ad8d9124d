# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How long an installation took: what the site was busy, side by side or one after the other."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.installation_speed import covered_seconds, last_periods

START = datetime(2026, 1, 5, tzinfo=UTC)


def at(second: float) -> datetime:
    return START + timedelta(seconds=second)


@pytest.mark.parametrize(
    ("periods", "seconds"),
    [
        ([], 0),
        ([(0, 60)], 60),
        ([(0, 60), (60, 130)], 130),
        ([(0, 60), (30, 90), (10, 20)], 90),
        ([(500, 560), (0, 60)], 120),
    ],
)
def test_covered_seconds(periods: list[tuple[float, float]], seconds: float) -> None:
    assert covered_seconds((at(first), at(last)) for first, last in periods) == seconds


def test_of_every_component_its_last_installation_counts() -> None:
    messages = [
        ("A", 1013, at(0)),
        ("A", 1015, at(10)),
        ("A", 1013, at(1000)),
        ("B", 1015, at(5)),
        ("A", 1015, at(1060)),
        ("B", 1013, at(2000)),
    ]
    assert last_periods(messages) == [(at(1000), at(1060))]
