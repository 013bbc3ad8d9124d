# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tables that `make faults` writes have every fault and every module that sends requests, and nothing in them is wrong."""

from __future__ import annotations

from pathlib import Path

from fault_trials.faults import FAULTS
from fault_trials.scenarios import SCENARIOS
from fault_trials.table import committed

MODULES = Path(__file__).parents[3] / "plugins/modules"
TRIED_OTHERWISE = {"file_transfer", "service_connection_point_health_report"}
"""As the guide says."""


def test_every_fault_and_every_module_is_in_the_tables_and_nothing_was_wrong() -> None:
    rows = committed()
    for name in (*(fault.name for fault in FAULTS), *(scenario.name for scenario in SCENARIOS)):
        tried, recovered, failed, converged, wrong, hung = rows[name]
        assert tried > 0 and tried == recovered + failed == converged and wrong == hung == 0, name


def test_every_module_has_a_scenario() -> None:
    modules = {path.stem for path in MODULES.glob("*.py")}
    assert modules == {scenario.module for scenario in SCENARIOS} | TRIED_OTHERWISE
