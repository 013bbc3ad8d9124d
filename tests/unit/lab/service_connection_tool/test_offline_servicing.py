# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the site does with imported updates as soon as its downloader looks for them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from unit.lab.service_connection_tool.conftest import Desk, needs_curl

pytestmark = needs_curl

INSTALLED, UPDATE = "Configuration Manager 2503", "Configuration Manager 2509"
ROLLUP = "Configuration Manager 2503 Hotfix Rollup (KB32851084)"
GUID = "420E3E18-73C5-4BE9-88B0-6F1E30A012CA"
OFFLINE = r"C:\SMS\EasySetupPayload\offline"
PAYLOAD = rf"{OFFLINE}\{GUID}.cab"


@pytest.fixture
def desk(make_desk: Callable[..., Desk]) -> Desk:
    return make_desk()


def look(desk: Desk) -> list[str]:
    """Names of what the downloader finds."""
    with desk.hierarchy.simulation.moment():
        return [release.name for release in desk.hierarchy.offline_payloads.process(desk.server("srv1"))]


def states(desk: Desk) -> dict[str, str]:
    return {update.name: update.state.name for update in desk.hierarchy.updates.packages}


def log(desk: Desk, name: str = "dmpdownloader.log", server: str = "srv1") -> str:
    machine = desk.server(server)
    return machine.files.read(rf"{machine.log_directory}\{name}")


def test_nothing_was_imported(desk: Desk) -> None:
    assert look(desk) == []
    assert states(desk) == {INSTALLED: "INSTALL_SUCCESS"}


def test_from_the_import_to_an_update_that_can_be_installed(desk: Desk) -> None:
    desk.carry_packs()
    desk.import_packs()
    desk.pass_time(3600)
    assert states(desk) == {INSTALLED: "INSTALL_SUCCESS"}
    assert look(desk) == [UPDATE]
    assert states(desk)[UPDATE] == "APPLICABILITY_SUCCESS"
    assert "Successfully Dropped the state message 4~~" in log(desk)
    assert f"(PackageGuid={GUID}) is applicable" in log(desk, "hman.log", "ps1")
    desk.pass_time(30)
    assert states(desk)[UPDATE] == "DOWNLOAD_IN_PROGRESS"
    desk.pass_time(60)
    assert states(desk)[UPDATE] == "DOWNLOAD_SUCCESS"
    assert f"File '{PAYLOAD}' is signed and trusted." in log(desk)
    assert f'Guid="{GUID.lower()}" State="262146"' in log(desk)


def test_its_downloader_looks_within_a_day(desk: Desk) -> None:
    desk.carry_packs()
    desk.import_packs()
    desk.pass_time(86400)
    desk.pass_time(600)
    assert states(desk)[UPDATE] == "DOWNLOAD_SUCCESS"


def test_it_looks_again_while_it_verifies_and_afterwards(desk: Desk) -> None:
    desk.carry_packs()
    desk.import_packs()
    assert look(desk) == [UPDATE]
    assert look(desk) == []
    desk.pass_time(600)
    lines = log(desk)
    assert look(desk) == []
    assert log(desk) == lines


def test_several_updates(desk: Desk) -> None:
    desk.carry_packs("-downloadsiteversion")
    desk.import_packs()
    assert look(desk) == [ROLLUP, UPDATE]
    desk.pass_time(600)
    assert states(desk) == {INSTALLED: "INSTALL_SUCCESS", ROLLUP: "DOWNLOAD_SUCCESS", UPDATE: "DOWNLOAD_SUCCESS"}


def test_an_update_that_nobody_has_downloaded(make_desk: Callable[..., Desk]) -> None:
    desk = make_desk(offline_known_updates="all")
    desk.carry_packs()
    desk.import_packs()
    assert look(desk) == [UPDATE]
    desk.pass_time(600)
    assert states(desk) == {INSTALLED: "INSTALL_SUCCESS", ROLLUP: "APPLICABILITY_SUCCESS", UPDATE: "DOWNLOAD_SUCCESS"}
    assert look(desk) == []


@pytest.mark.parametrize("damage", ["changed", "gone"])
def test_a_payload_that_somebody_damages(desk: Desk, damage: str) -> None:
    desk.carry_packs()
    desk.import_packs()
    look(desk)
    if damage == "gone":
        desk.server("srv1").files.remove(PAYLOAD)
    else:
        desk.server("srv1").files.append(PAYLOAD, b"x")
    desk.pass_time(600)
    assert states(desk)[UPDATE] == "DOWNLOAD_FAILED"
    assert f"ERROR: The hash of {PAYLOAD} is not the expected one" in log(desk)
    desk.import_packs()
    assert look(desk) == [UPDATE]
    desk.pass_time(600)
    assert states(desk)[UPDATE] == "DOWNLOAD_SUCCESS"


@pytest.mark.parametrize("after", [10, 40])
def test_a_server_that_is_turned_off_meanwhile(desk: Desk, after: float) -> None:
    desk.carry_packs()
    desk.import_packs()
    look(desk)
    desk.pass_time(after)
    desk.perform("turn_off", server="srv1")
    desk.pass_time(600)
    assert states(desk)[UPDATE] != "DOWNLOAD_SUCCESS"
    desk.perform("turn_on", server="srv1")
    assert look(desk) == [UPDATE]
    desk.pass_time(600)
    assert states(desk)[UPDATE] == "DOWNLOAD_SUCCESS"


def test_a_manifest_that_cannot_be_read(desk: Desk) -> None:
    desk.server("srv1").files.write(rf"{OFFLINE}\ConfigMgr.Update.Manifest.cab", b"nonsense")
    assert look(desk) == []
    assert "ERROR: Failed to verify" in log(desk)
