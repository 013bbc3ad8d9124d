# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""HTTP requests of a log-on, by the way it is done."""

from __future__ import annotations

import logon_table
from tickets import MISSING


def run() -> bool:
    """Print what each way to log on costs; False if one costs more requests than its library needs."""
    print(f"{'HTTP requests to log on':<46}{'requests':>9}{'budget':>8}")
    if MISSING:
        print(f"not counted: {', '.join(MISSING)} not installed")
        return True
    within = True
    for outcome in logon_table.run():
        budget = outcome.way.round_trips - 1
        is_within = outcome.is_as_expected and outcome.cost <= budget
        within = within and is_within
        print(f"{outcome.way.name:<46}{outcome.cost:>9}{f'{budget}' if is_within else f'{budget} !':>8}")
    return within
