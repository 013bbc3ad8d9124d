# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""When a thread or a service is started, stopped and restarted: the decision alone."""

from __future__ import annotations

import itertools

import pytest
from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.restart_plan import (
    DUE,
    Actual,
    Desired,
    decide,
    is_restart_due,
)

RUNNING = (True, False)
STOPPED = (False, True)
ON_ITS_WAY = (False, False)


@pytest.mark.parametrize(
    ("state", "reason", "found", "noted", "operation", "note"),
    [
        (None, None, STOPPED, "online", "none", "kept"),
        ("started", None, RUNNING, None, "none", "kept"),
        ("started", None, STOPPED, None, "start", "kept"),
        ("started", None, ON_ITS_WAY, None, "start", "kept"),
        ("started", "online", RUNNING, None, "none", "online"),
        ("started", "online", RUNNING, "online", "none", "kept"),
        ("stopped", None, RUNNING, "online", "stop", None),
        ("stopped", None, ON_ITS_WAY, "online", "stop", None),
        ("stopped", None, STOPPED, "online", "none", "kept"),
        ("restarted", None, RUNNING, "online", "restart", None),
        ("restarted", None, STOPPED, "online", "start", None),
        ("restarted", None, RUNNING, DUE, "restart", "kept"),
        ("started", None, STOPPED, "online", "start", None),
        ("restarted", "offline", RUNNING, "offline", "none", "kept"),
        ("restarted", "offline", RUNNING, "online", "restart", "offline"),
        ("restarted", "offline", RUNNING, None, "restart", "offline"),
        ("restarted", "offline", STOPPED, "offline", "start", "kept"),
        ("restarted", "offline", STOPPED, "online", "start", "offline"),
        ("restarted", "offline", ON_ITS_WAY, "offline", "restart", "kept"),
        ("restart_due", None, RUNNING, "online", "none", DUE),
        ("restart_due", None, STOPPED, None, "none", DUE),
        ("restart_due", None, STOPPED, DUE, "none", "kept"),
        ("restarted", "offline", RUNNING, DUE, "restart", "offline"),
    ],
)
def test_every_case(state: str, reason: str | None, found: tuple[bool, bool], noted: str, operation: str, note: str) -> None:
    step = decide(Desired(state, reason), Actual(*found, noted))  # type: ignore[arg-type]
    assert step.operation == operation
    assert (step.reason if step.writes_reason else "kept") == note
    assert step.changes == (operation != "none" or note != "kept")


@pytest.mark.parametrize(
    ("noted", "wanted", "due"),
    [
        (None, None, None),
        (None, "online", None),
        (DUE, None, True),
        (DUE, "online", True),
        ("online", None, False),
        ("online", "online", False),
        ("online", "offline", True),
        ("2509", "online", True),
    ],
)
def test_what_a_note_says_of_a_restart(noted: str | None, wanted: str | None, due: bool | None) -> None:
    assert is_restart_due(noted, wanted) is due


def test_who_knows_better_has_it_restarted_once_more() -> None:
    step = decide(Desired("restarted", "offline", force=True), Actual(*RUNNING, "offline"))
    assert (step.operation, step.writes_reason) == ("restart", False)


@pytest.mark.parametrize("modes", list(itertools.product(("online", "offline", None), repeat=4)))
def test_a_step_that_was_carried_out_is_not_planned_again(modes: tuple[str | None, ...]) -> None:
    """Whatever is wanted one after the other, wanting the same again is nothing to do, and each change is one restart."""
    actual, restarts = Actual(*RUNNING, None), 0
    for mode in modes:
        desired = Desired("restart_due") if mode is None else Desired("restarted", mode)
        step = decide(desired, actual)
        restarts += step.operation == "restart"
        actual = Actual(*RUNNING, step.reason if step.writes_reason else actual.reason)
        assert not decide(desired, actual).changes
    noted = [None, *modes]
    assert restarts == sum(now is not None and now != before for before, now in itertools.pairwise(noted))
