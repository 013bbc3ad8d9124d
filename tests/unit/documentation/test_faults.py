# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tables that `make faults` writes have every fault and every module that sends requests, and nothing in them is wrong."""

from __future__ import annotations

from pathlib import Path

from fault_trials.places import PLACES
from fault_trials.scenarios import SCENARIOS
from fault_trials.table import committed

MODULES = Path(__file__).parents[3] / "plugins/modules"
WITHOUT_REQUESTS = "service_connection_point_health_report"
"""As the guide says."""


def test_every_fault_and_every_module_is_in_the_tables_and_nothing_was_wrong() -> None:
    *tables, total = committed()
    expected = [
        names
        for place in PLACES
        for names in (
            [fault.name for fault in place.faults],
            [scenario.name for scenario in SCENARIOS if scenario.place is place],
        )
    ]
    assert [list(table) for table in tables] == expected
    for table in (*tables, total):
        for name, (tried, recovered, failed, converged, wrong, hung) in table.items():
            assert tried > 0 and tried == recovered + failed == converged and wrong == hung == 0, name
    assert total["all"][0] == sum(row[0] for table in tables[::2] for row in table.values())


def test_every_module_has_a_scenario() -> None:
    modules = {path.stem for path in MODULES.glob("*.py")}
    assert modules == {scenario.module for scenario in SCENARIOS} | {WITHOUT_REQUESTS}
