# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Updates of the site in words, and what their states mean."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import pytest
from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.site_updates import SiteUpdate, check_guid
from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.update_states import update_state, update_states
from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.update_views import view_updates
from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.updates import (
    DOWNLOADING_STATE,
    UpdateInstallation,
    installing_condition,
)
from ansible_collections.configmgr.site.plugins.plugin_utils._wsman.values import CimInstance

STAGES = {"applicability", "download", "replication", "prerequisite_check", "installation"}
MEANINGS = {"available", "ready_to_install", "in_progress", "installed", "failed", "not_applicable"}
GUID = "420E3E18-73C5-4BE9-88B0-6F1E30A012CA"


def update(**properties: Any) -> SiteUpdate:
    return SiteUpdate(CimInstance("SMS_CM_UpdatePackages", properties), None, None)


def test_every_state_has_a_name_a_stage_and_a_sentence() -> None:
    states = update_states()
    assert len(states) == 39 and {state.stage for state in states.values()} == STAGES
    assert len({state.name for state in states.values()}) == len({state.text for state in states.values()}) == len(states)
    assert all(state.text.endswith(".") and state.name.replace("_", "").isalpha() for state in states.values())
    assert {state.means(flags) for state in states.values() for flags in range(4)} == MEANINGS


def test_states_in_which_the_role_is_left_alone() -> None:
    assert installing_condition() == (
        "State = 2 OR (State >= 65537 AND State <= 65538) OR State = 131073 OR (State >= 196609 AND State <= 196611) "
        "OR (State >= 196613 AND State <= 196629)"
    )
    assert UpdateInstallation("An update", 196610).is_being_installed
    assert not any(UpdateInstallation("An update", state).is_being_installed for state in (DOWNLOADING_STATE, 196612, 4711))
    assert update_state(DOWNLOADING_STATE).name == "download_in_progress"


@pytest.mark.parametrize(
    ("number", "flags", "means"),
    [
        (131074, 0, "in_progress"),
        (131074, 1, "ready_to_install"),
        (131074, 3, "ready_to_install"),
        (131075, 0, "failed"),
        (131075, 1, "ready_to_install"),
        (131075, 2, "in_progress"),
        (196612, 1, "installed"),
        (4711, 0, "unknown"),
    ],
)
def test_a_check_of_prerequisites_means_what_was_asked_for(number: int, flags: int, means: str) -> None:
    assert update(State=number, PrereqFlag=flags).means == means


def test_what_the_site_does_not_say() -> None:
    shown = view_updates([update(Name="An update")])["updates"][0]
    assert (shown["state"], shown["state_number"], shown["stage"], shown["type"]) == ("unknown", None, None, "unknown")
    assert shown["state_text"] == "The site does not say which state it is in."
    nulls = ("released", "min_version", "more_info_link", "client_version", "updates_boot_images", "bypasses_warnings")
    assert [shown[name] for name in nulls] == [None] * len(nulls)
    assert (shown["impact"], shown["prerequisite_package"], shown["failed"]) == ([], None, False)
    assert "4711" in update(State=4711).state.text and update(State=4711).state.stage is None


def test_words() -> None:
    row = {"UpdateType": 2, "Impact": 0x14, "PublisherFlags": 1, "WarningFlag": 0, "PrereqFlag": 2}
    shown = view_updates([update(PrereqPackageName="Another one", PrereqPackageState=262145, **row)])["updates"][0]
    assert (shown["type"], shown["impact"]) == ("hotfix", ["client", "bug_fixes"])
    assert (shown["updates_boot_images"], shown["bypasses_warnings"]) == (False, True)
    assert shown["prerequisite_flags"] == ["continue_on_warning"]
    assert shown["prerequisite_package"]["state"] == "download_in_progress"
    assert view_updates([update(UpdateType=9)])["updates"][0]["type"] == "unknown"


def test_versions_are_compared_as_numbers_and_then_by_release() -> None:
    def of(version: str, month: int = 1) -> SiteUpdate:
        return update(FullVersion=version, DateReleased=datetime(2026, month, 1, tzinfo=timezone.utc))

    older, newer = of("5.00.9141.999"), of("5.00.9141.1000")
    assert sorted([newer, older, of("5.00.10000.1"), update(), of("5.00.9141.1000", 2)], key=lambda one: one.recency)[1:] == [
        older,
        newer,
        of("5.00.9141.1000", 2),
        of("5.00.10000.1"),
    ]


@pytest.mark.parametrize("text", [GUID, GUID.lower(), f"{{{GUID}}}", f" {GUID} "])
def test_guids(text: str) -> None:
    assert check_guid(text) == GUID


@pytest.mark.parametrize("text", ["", "2509", GUID[:-1], f"{GUID}0", GUID.replace("-", "")])
def test_what_is_no_guid(text: str) -> None:
    with pytest.raises(ValueError, match="is no GUID"):
        check_guid(text)
