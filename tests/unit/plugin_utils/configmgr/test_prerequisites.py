# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each check, passed, failed and with what it depends on unknown."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.prerequisites.checks import Expected, catalogue, run
from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.prerequisites.facts import (
    Administrators,
    Facts,
    Space,
    Unknown,
)
from ansible_collections.configmgr.site.plugins.plugin_utils._windows.local_groups import LocalGroup, Member
from ansible_collections.configmgr.site.plugins.plugin_utils._windows.system import Computer, Drive, OperatingSystem

NOW = datetime(2026, 11, 23, 12, tzinfo=timezone.utc)
GIB = 2**30
EXPECTED = Expected("ps1.corp.example")
WITH_ACCOUNT = Expected("ps1.corp.example", "corp.example\\cm-install")
GROUP = LocalGroup("SRV1", "Administratoren")
SYSTEM = OperatingSystem("Windows Server 2022", 20348, is_server=True, time=NOW)
COMPUTER = Computer("SRV1", "corp.example", is_in_domain=True, is_domain_controller=False)
TLS = {"Client Enabled": 1, "Client DisabledByDefault": 0, "Server Enabled": None, "Server DisabledByDefault": None}


def member(name: str, *, is_group: bool = False) -> Member:
    return Member("CORP", name, is_group)


def administrators(*members: Member) -> Administrators:
    return Administrators(GROUP, (Member("SRV1", "Administrator", False), *members))


FIT = Facts(
    SYSTEM,
    NOW,
    installation_type="Server",
    computer=COMPUTER,
    administrators=administrators(member("PS1$")),
    dotnet_release=528449,
    runtime_version="v14.38.33135.00",
    strong_crypto=(1, 1),
    tls_12=TLS,
    pending_restarts=(),
    names=("SRV1", "SRV1"),
    space=Space((Drive("C:", "NTFS", 50 * GIB),), ()),
)


@pytest.mark.parametrize("name", catalogue())
def test_a_server_in_good_order_passes(name: str) -> None:
    finding = run(name, FIT, EXPECTED)
    assert finding.status == "passed" and finding.evidence


CASES: list[tuple[str, dict[str, Any], str, str]] = [
    ("local_administrator", {"administrators": administrators()}, "failed", "PS1$ is not among them"),
    ("local_administrator", {"administrators": administrators(member("PS1", is_group=False))}, "failed", "PS1$"),
    ("local_administrator", {"administrators": administrators(member("PS1$", is_group=True))}, "warning", "CORP\\PS1$"),
    ("local_administrator", {"administrators": administrators(member("CM", is_group=True))}, "warning", "may be in CORP\\CM"),
    ("local_administrator", {"administrators": administrators(Member("CORP", "DA", True, "S-1-5-21-1-512"))}, "failed", "PS1$"),
    ("local_administrator", {"administrators": Administrators(None, ())}, "warning", "domain controller"),
    ("local_administrator", {"computer": replace(COMPUTER, is_domain_controller=True)}, "warning", "domain controller"),
    (
        "local_administrator",
        {"computer": replace(COMPUTER, name="PS1"), "administrators": administrators()},
        "passed",
        "itself",
    ),
    ("operating_system", {"installation_type": "Server Core"}, "failed", "Server Core"),
    ("operating_system", {"operating_system": replace(SYSTEM, is_server=False)}, "failed", "Windows Server 2022"),
    ("operating_system", {"installation_type": None}, "warning", "unknown"),
    ("domain_membership", {"computer": replace(COMPUTER, is_in_domain=False, domain="WORKGROUP")}, "failed", "WORKGROUP"),
    ("domain_membership", {"computer": replace(COMPUTER, is_in_domain=None)}, "warning", "does not say"),
    ("computer_name", {"names": ("SRV1", "SRV9")}, "failed", "SRV9 after the next restart"),
    ("computer_name", {"names": ("SRV1", None)}, "warning", "does not say"),
    ("dotnet_framework", {"dotnet_release": None}, "failed", "no release"),
    ("dotnet_framework", {"dotnet_release": 378389}, "failed", "394802 is needed"),
    ("dotnet_framework", {"dotnet_release": 461808}, "warning", "recommended"),
    ("visual_c_runtime", {"runtime_version": None}, "failed", "no Visual C++"),
    ("visual_c_runtime", {"runtime_version": "v14.16.27012.06"}, "failed", "14.28.29914 is needed"),
    ("visual_c_runtime", {"runtime_version": "new"}, "warning", "'new'"),
    ("tls_12", {"tls_12": {**TLS, "Client Enabled": 0}}, "failed", "Client Enabled = 0"),
    ("tls_12", {"tls_12": {**TLS, "Server DisabledByDefault": 1}}, "failed", "Server DisabledByDefault = 1"),
    ("tls_12", {"tls_12": dict.fromkeys(TLS)}, "passed", "so it is on"),
    ("strong_crypto", {"strong_crypto": (0, 1)}, "failed", "SchUseStrongCrypto = 0"),
    ("strong_crypto", {"strong_crypto": (None, None)}, "warning", "not set"),
    ("free_space", {"space": Space((Drive("C:", "NTFS", GIB),), ())}, "failed", "C: has 1.0 GiB"),
    ("free_space", {"space": Space((Drive("C:", "NTFS", 50 * GIB),), ("C:",))}, "failed", "no_sms_on_drive.sms is on C:"),
    ("free_space", {"space": Space((Drive("C:", "ReFS", 50 * GIB),), ())}, "failed", "no NTFS drive"),
    ("free_space", {"space": Space((Drive("C:", "NTFS", None),), ())}, "warning", "does not say"),
    ("free_space", {"space": Space((Drive("C:", "NTFS", GIB), Drive("D:", "NTFS", 20 * GIB)), ())}, "passed", "D: has 20.0"),
    ("pending_restart", {"pending_restarts": ("Windows Update",)}, "failed", "Windows Update"),
    ("clock", {"operating_system": replace(SYSTEM, time=NOW + timedelta(seconds=301))}, "failed", "301 s ahead"),
    ("clock", {"operating_system": replace(SYSTEM, time=NOW - timedelta(seconds=299))}, "passed", "299 s behind"),
    ("clock", {"operating_system": replace(SYSTEM, time=None)}, "warning", "what time it is"),
]


@pytest.mark.parametrize(("name", "facts", "status", "evidence"), CASES)
def test_a_server_that_is_not(name: str, facts: dict[str, Any], status: str, evidence: str) -> None:
    finding = run(name, replace(FIT, **facts), EXPECTED)
    assert finding.status == status, finding
    assert evidence in finding.evidence, finding


def test_every_check_can_fail() -> None:
    assert {name for name, _facts, status, _evidence in CASES if status == "failed"} == set(catalogue())


@pytest.mark.parametrize("name", catalogue())
def test_what_cannot_be_read_is_never_passed_and_says_why(name: str) -> None:
    known = {field.name for field in fields(Facts)} - {"read_at"}
    finding = run(name, replace(FIT, **dict.fromkeys(known, Unknown("access is denied"))), EXPECTED)
    assert (finding.status, finding.evidence) == ("warning", "not proven: access is denied")


@pytest.mark.parametrize("domain", ["CORP", "corp.example"])
def test_the_installation_account_is_enough(domain: str) -> None:
    found = replace(FIT, administrators=administrators(Member(domain, "CM-Install", False)))
    assert run("local_administrator", found, WITH_ACCOUNT).status == "passed"
    assert run("local_administrator", found, EXPECTED).status == "failed"
    other = replace(FIT, administrators=administrators(Member("OTHER", "cm-install", False)))
    assert run("local_administrator", other, WITH_ACCOUNT).status == "failed"


def test_the_catalogue_is_well_formed() -> None:
    for check in catalogue().values():
        assert check.title and check.source, check.id
        assert check.remedy.endswith("."), check.id
        assert "\n" not in check.remedy, check.id
