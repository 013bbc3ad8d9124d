# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Updates of the site as the SMS Provider shows them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from lab.cloud.releases import first_releases
from lab.hierarchy.update_states import UpdateState
from lab.quirks import Quirks
from lab.wmi.model import Caller, WmiError

INSTALLED, NEXT = "Configuration Manager 2503", "Configuration Manager 2509"
PACKAGES = "SELECT * FROM SMS_CM_UpdatePackages"
SITES = "SELECT * FROM SMS_CM_UpdatePackageSiteStatus"


def states(site: Any) -> dict[str, int]:
    return {row["Name"]: row["State"] for row in site.query(PACKAGES)}


def at_sites(site: Any, name: str = NEXT) -> dict[str, str]:
    return {row["SiteCode"]: UpdateState(row["State"]).name for row in site.query(SITES) if row["Name"] == name}


def steps(site: Any, class_name: str) -> list[tuple[int, int]]:
    rows = site.query(f"SELECT * FROM {class_name}")
    return [(row["Progress"], row["IsComplete"]) for row in sorted(rows, key=lambda row: int(row["OrderId"]))]


def test_what_a_hierarchy_knows_at_the_start(make_site: Callable[..., Any]) -> None:
    assert states(make_site()) == {INSTALLED: 196612, NEXT: 327682}
    assert states(make_site(role="srv1:offline")) == {INSTALLED: 196612}


def test_everything_that_the_class_has(site: Any) -> None:
    (row,) = site.query(f"{PACKAGES} WHERE Name = '{NEXT}'")
    release = next(release for release in first_releases() if release.name == NEXT)
    assert row["PackageGuid"] == release.guid
    assert (row["FullVersion"], row["MinCMVersion"], row["MaxCMVersion"]) == (
        release.full_version,
        release.min_version,
        release.max_version,
    )
    assert row["DateReleased"] == datetime(2025, 12, 2, tzinfo=UTC)
    assert (row["Impact"], row["UpdateType"], row["LocaleID"], row["ClientVersion"]) == (31, 0, 1033, release.full_version)
    assert row["EULA"] is None, "it is lazy"
    key = site.wmi().get(Caller("CORP\\administrator"), site.namespace, "SMS_CM_UpdatePackages", {"PackageGuid": release.guid})
    assert key["EULA"] == f"The license terms of {NEXT}."


def test_a_hotfix_depends_on_the_update_that_it_is_for(site: Any) -> None:
    hotfix = next(release for release in first_releases() if release.kind == "hotfix")
    site.hierarchy.updates.add(hotfix, UpdateState.DOWNLOAD_SUCCESS)
    (row,) = site.query(f"{PACKAGES} WHERE State = 262146")
    assert (row["UpdateType"], row["PrereqPackageName"], row["PrereqPackageState"]) == (2, INSTALLED, 196612)


def test_a_release_that_is_known_only_changes_its_state(site: Any) -> None:
    updates = site.hierarchy.updates
    added = updates.find(NEXT).added
    site.pass_time(60)
    updates.add(updates.find(NEXT).release, UpdateState.DOWNLOAD_SUCCESS)
    assert states(site) == {INSTALLED: 196612, NEXT: 262146}
    assert updates.find(NEXT).added == added < updates.find(NEXT).changed


def test_the_sites_below_wait_for_the_top_tier(make_site: Callable[..., Any]) -> None:
    site = make_site("hierarchy")
    assert at_sites(site) == {}, "nothing is installed yet"
    assert at_sites(site, INSTALLED) == dict.fromkeys(("CAS", "PR1", "PR2"), "INSTALL_SUCCESS")
    site.console.set_update_state(NEXT, "PREREQ_IN_PROGRESS")
    assert set(at_sites(site).values()) == {"PREREQ_IN_PROGRESS"}
    site.console.set_update_state(NEXT, "INSTALL_UPGRADEDATABASE")
    assert at_sites(site) == {
        "CAS": "INSTALL_UPGRADEDATABASE",
        "PR1": "INSTALL_WAITING_PARENT",
        "PR2": "INSTALL_WAITING_PARENT",
    }
    site.console.finish_update()
    assert set(at_sites(site).values()) == {"INSTALL_SUCCESS"}


@pytest.mark.parametrize(
    ("state", "class_name", "expected"),
    [
        ("DOWNLOAD_IN_PROGRESS", "SMS_CM_UpdatePackDownloadMonitoring", [(100, 1), (50, 0), (0, 0)]),
        ("PREREQ_IN_PROGRESS", "SMS_CM_UpdatePackDetailedPrereqMonitoring", [(100, 1), (0, 0)]),
        ("INSTALL_INSTALLSYSTEM", "SMS_CM_UpdatePackDetailedMonitoring", [(100, 1), (100, 1), (50, 0), (0, 0), (0, 0)]),
    ],
)
def test_the_steps_of_a_stage(site: Any, state: str, class_name: str, expected: list[tuple[int, int]]) -> None:
    assert steps(site, class_name) == []
    site.console.set_update_state(NEXT, state, progress=50)
    assert steps(site, class_name) == expected
    site.console.set_update_state(NEXT, "CONTENT_REPLICATING")
    assert steps(site, class_name) == []


def test_quirk_of_a_provider_that_is_too_old_for_the_details(make_site: Callable[..., Any]) -> None:
    site = make_site(quirks=Quirks(update_details="missing"))
    assert states(site) == {INSTALLED: 196612, NEXT: 327682}
    for class_name in ("SMS_CM_UpdatePackageSiteStatus", "SMS_CM_UpdatePackDownloadMonitoring"):
        with pytest.raises(WmiError):
            site.query(f"SELECT * FROM {class_name}")


def test_what_does_not_exist(site: Any) -> None:
    with pytest.raises(ValueError, match="there is no state 'DONE'; there are ENABLED, "):
        site.console.set_update_state(NEXT, "DONE")
    with pytest.raises(ValueError, match="there is no update 'Windows 12'; there are Configuration Manager 2503"):
        site.console.set_update_state("Windows 12", "ENABLED")
