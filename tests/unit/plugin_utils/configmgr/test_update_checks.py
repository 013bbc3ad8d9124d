# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""When a check for updates is overdue."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.service_connection_point import Mode
from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.update_checks import UpdateCheck

NOW = datetime(2026, 11, 24, 12, tzinfo=timezone.utc)


def ago(hours: float, interval: int | None = 1440) -> UpdateCheck:
    return UpdateCheck(NOW - timedelta(hours=hours), interval)


@pytest.mark.parametrize(
    ("check", "mode", "overdue"),
    [
        (ago(1), Mode.ONLINE, False),
        (ago(24.9), Mode.ONLINE, False),
        (ago(25.1), Mode.ONLINE, True),
        (ago(25.1, interval=None), Mode.ONLINE, True),
        (ago(25.1, interval=0), Mode.ONLINE, True),
        (ago(24.9, interval=None), Mode.ONLINE, False),
        (ago(25.1, interval=2880), Mode.ONLINE, False),
        (ago(1.5, interval=1), Mode.ONLINE, True),
        (ago(1, interval=1), Mode.ONLINE, False),
        (ago(-3), Mode.ONLINE, False),
        (ago(2000), Mode.OFFLINE, False),
        (ago(2000), None, None),
        (ago(1), None, False),
        (UpdateCheck(None, 1440), Mode.ONLINE, None),
        (UpdateCheck(None, 1440), Mode.OFFLINE, False),
    ],
)
def test_overdue(check: UpdateCheck, mode: Mode | None, overdue: bool | None) -> None:
    assert check.is_overdue(NOW, mode) is overdue


def test_a_server_without_a_clock_does_not_tell() -> None:
    assert ago(1).is_overdue(None, Mode.ONLINE) is None
    assert ago(1).is_overdue(None, Mode.OFFLINE) is False
