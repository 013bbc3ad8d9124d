# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The worst status of several components."""

from __future__ import annotations

import pytest
from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.components import ComponentState, worst_status


@pytest.mark.parametrize(
    ("statuses", "worst"),
    [
        ((0, 0), "ok"),
        ((0, 1), "warning"),
        ((1, 2, 0), "critical"),
        ((0, None), "unknown"),
        ((None, 1), "warning"),
        ((0, 7), "unknown"),
        ((), "unknown"),
    ],
)
def test_worst_status(statuses: tuple[int | None, ...], worst: str) -> None:
    components = [ComponentState("SMS_DMP_UPLOADER", "srv1.corp.example", "PS1", 1, status) for status in statuses]
    assert worst_status(components) == worst
