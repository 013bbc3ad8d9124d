# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Cabinets, and the three kinds of them that the cloud knows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from lab.cloud.cabinets import NoCabinetError, pack, unpack
from lab.cloud.catalogue import Catalogue
from lab.cloud.manifest import manifest, read_manifest, read_redistributables, redistributables_manifest
from lab.cloud.usage_data import UsageData, read_receipts, read_usage_data, receipt

DATA = UsageData("F00D", "5.00.9135.1000", (("Sites", "3"), ("Name, and more", 'say "so"\n')))


def test_what_is_packed_is_unpacked() -> None:
    files = {"Manifest.xml": b"<Manifest/>", r"Folder\1.sql": bytes(range(256)) * 1000, "empty": b""}
    cabinet = pack(files)
    assert cabinet.startswith(b"MSCF")
    assert unpack(cabinet) == files


@pytest.mark.parametrize(
    "damage", [lambda data: b"", lambda data: data[:50], lambda data: b"PK" + data[2:], lambda data: b"\0" * 5000]
)
def test_what_is_no_cabinet(damage: Callable[[bytes], bytes]) -> None:
    with pytest.raises(NoCabinetError):
        unpack(damage(pack({"Manifest.xml": b"<Manifest/>" * 100})))


def test_a_damaged_cabinet() -> None:
    cabinet = bytearray(pack({"Manifest.xml": b"<Manifest/>" * 100}))
    cabinet[-1] ^= 1
    with pytest.raises(NoCabinetError):
        unpack(bytes(cabinet))


def test_a_manifest_says_all_of_every_release() -> None:
    catalogue = Catalogue()
    offers = read_manifest(manifest(catalogue.packages))
    assert [offer.release for offer in offers] == [package.release for package in catalogue.packages]
    assert [offer.sha256 for offer in offers] == [package.payload.sha256 for package in catalogue.packages]
    assert all(offer.payload_url.startswith("https://go.microsoft.com/fwlink/?LinkId=") for offer in offers)
    names = [name for name in unpack(manifest(catalogue.packages)) if name.startswith("ApplicabilityChecks\\")]
    assert r"ApplicabilityChecks\420E3E18.sql" in names and len(names) == len(offers)


def test_a_manifest_of_nothing() -> None:
    assert read_manifest(manifest([])) == []


@pytest.mark.parametrize("files", [{"Other.xml": b"<Manifest/>"}, {"Manifest.xml": b"<Manifest>"}])
def test_what_is_no_manifest(files: dict[str, bytes]) -> None:
    with pytest.raises(NoCabinetError, match=r"it has no Manifest\.xml"):
        read_manifest(pack(files))


def test_what_every_release_needs() -> None:
    files = read_redistributables(redistributables_manifest(Catalogue()))
    assert "SQLSysClrTypes.msi" in [file.name for file in files]
    assert len({file.url for file in files}) == len(files)


def test_usage_data() -> None:
    cabinet = DATA.cabinet()
    assert "5.00.9135.1000.txt" in unpack(cabinet)
    assert read_usage_data(cabinet) == DATA
    assert DATA.table().splitlines()[:3] == ["Id,Value", "SupportId,F00D", "Sites,3"]


@pytest.mark.parametrize(
    "files",
    [
        {"Telemetry.csv": b"Id,Value\r\nSupportId,1\r\n"},
        {"5.00.9135.1000.txt": b""},
        {"5.00.9135.1000.txt": b"", "5.00.9141.1000.txt": b"", "Telemetry.csv": b"Id,Value\r\nSupportId,1\r\n"},
        {"5.00.9135.1000.txt": b"", "Telemetry.csv": b"Id,Value\r\n"},
        {"5.00.9135.1000.txt": b"", "Telemetry.csv": b"SupportId,1\r\n"},
    ],
)
def test_what_is_no_usage_data(files: dict[str, bytes]) -> None:
    with pytest.raises(NoCabinetError):
        read_usage_data(pack(files))


def test_receipts_of_several_hierarchies() -> None:
    other = replace(DATA, support_id="BEEF")
    lines = receipt(DATA.support_id) + receipt(other.support_id)
    assert read_receipts(lines) == {"F00D", "BEEF"}
    assert read_receipts(b"") == set()
    with pytest.raises(NoCabinetError):
        read_receipts(b"<html>Sign in</html>")
