# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each check, passed, failed and with what it depends on unknown."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.prerequisites.catalogue import catalogue
from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.prerequisites.checks import run
from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.prerequisites.expected import Expected
from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.prerequisites.facts import (
    Administrators,
    Facts,
    Space,
    Unknown,
)
from ansible_collections.configmgr.site.plugins.plugin_utils._windows.connections import Connection, Target
from ansible_collections.configmgr.site.plugins.plugin_utils._windows.local_groups import (
    LocalGroup,
    Member,
    Members,
)
from ansible_collections.configmgr.site.plugins.plugin_utils._windows.root_certificates import (
    RootCertificates,
    StoredCertificate,
)
from ansible_collections.configmgr.site.plugins.plugin_utils._windows.system import Computer, Drive, OperatingSystem

NOW = datetime(2026, 11, 23, 12, tzinfo=timezone.utc)
GIB = 2**30
SQL = Target("sql1.corp.example", 14330)
SMB, RPC = Target("srv1.corp.example", 445), Target("srv1.corp.example", 135)
EXPECTED = Expected(
    "ps1.corp.example",
    site_system="srv1.corp.example",
    sql_server=SQL,
    from_site_server=(Connection(SMB, 0.01), Connection(RPC, 0.01)),
)
GROUP = LocalGroup("SRV1", "Administratoren")
SYSTEM = OperatingSystem("Windows Server 2022", 20348, is_server=True, time=NOW)
COMPUTER = Computer("SRV1", "corp.example", is_in_domain=True, is_domain_controller=False)
IN_OTHER_DOMAIN = replace(COMPUTER, domain="corp.other")
NOBODY = Administrators(None, Members((), are_all=True))
TLS = {"Client Enabled": 1, "Client DisabledByDefault": 0, "Server Enabled": None, "Server DisabledByDefault": None}


def member(name: str, *, is_group: bool = False) -> Member:
    return Member("CORP", name, is_group)


def administrators(*members: Member) -> Administrators:
    return Administrators(GROUP, Members((Member("SRV1", "Administrator", False), *members), are_all=True))


def roots(**states: StoredCertificate | None) -> RootCertificates:
    """The roots that are looked for, with some of them otherwise, by the first word of their names."""
    names = ("DigiCert Global Root G2", "Microsoft RSA Root Certificate Authority 2017", "Baltimore CyberTrust Root")
    usual = {name.split()[0]: root(name) for name in names}
    found = tuple(certificate for certificate in {**usual, **states}.values() if certificate)
    return RootCertificates(found, are_fetched_when_needed=True, is_complete=True)


def root(name: str, days: tuple[int, int] = (-1000, 1000), *, is_disallowed: bool = False) -> StoredCertificate:
    return StoredCertificate(name, is_disallowed, *(NOW + timedelta(days=number) for number in days))


G2 = "DigiCert Global Root G2"

FIT = Facts(
    SYSTEM,
    NOW,
    installation_type="Server",
    computer=COMPUTER,
    administrators=administrators(member("PS1$")),
    listed_administrators=frozenset(),
    domain_accounts=None,
    dotnet_release=528449,
    runtime_version="v14.38.33135.00",
    strong_crypto=(1, 1),
    tls_12=TLS,
    roots=roots(),
    pending_restarts=(),
    names=("SRV1", "SRV1"),
    site_servers=None,
    space=Space((Drive("C:", "NTFS", 50 * GIB),), ()),
    sql_server=Connection(SQL, 0.01),
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
    (
        "local_administrator",
        {"administrators": administrators(member("Domain Admins", is_group=True))},
        "warning",
        "PS1$ is not among them, but may be in CORP\\Domain Admins. Name a domain controller",
    ),
    (
        "local_administrator",
        {"administrators": NOBODY},
        "warning",
        "SRV1 shows no group of local administrators (S-1-5-32-544)",
    ),
    ("local_administrator", {"administrators": administrators(Member("OTHER", "PS1$", False))}, "warning", "OTHER\\PS1$ is"),
    (
        "local_administrator",
        {"computer": IN_OTHER_DOMAIN},
        "warning",
        "whether CORP\\PS1$ is corp.example\\PS1$ cannot be told",
    ),
    (
        "local_administrator",
        {"computer": IN_OTHER_DOMAIN, "administrators": administrators()},
        "failed",
        "is not among them",
    ),
    ("local_administrator", {"computer": replace(IN_OTHER_DOMAIN, name="PS1")}, "warning", "cannot be told"),
    ("local_administrator", {"computer": replace(COMPUTER, is_domain_controller=True)}, "warning", "domain controller"),
    (
        "local_administrator",
        {"computer": replace(COMPUTER, name="PS1"), "administrators": administrators()},
        "passed",
        "itself",
    ),
    ("site_server_pair", {"site_servers": "PS1, SRV1"}, "failed", "PS1 and SRV1"),
    ("site_server_pair", {"site_servers": "SRV1"}, "passed", "the only site server"),
    ("site_server_pair", {"site_servers": "SRV1;srv1.corp.example"}, "passed", "the only site server"),
    ("site_server_reach", {"computer": replace(COMPUTER, name="PS1")}, "passed", "itself"),
    (
        "sql_server_reach",
        {"sql_server": Connection(SQL, None, "Connection timed out")},
        "failed",
        "port 14330 cannot be reached",
    ),
    ("sql_server_reach", {"sql_server": None}, "warning", "no curl.exe"),
    ("operating_system", {"installation_type": "Server Core"}, "failed", "Server Core"),
    ("operating_system", {"operating_system": replace(SYSTEM, is_server=False)}, "failed", "Windows Server 2022"),
    ("operating_system", {"installation_type": None}, "warning", "unknown"),
    (
        "operating_system",
        {"operating_system": replace(SYSTEM, build=9600)},
        "failed",
        "build 9600, installed as Server; build 14393",
    ),
    ("operating_system", {"operating_system": replace(SYSTEM, build=14393)}, "passed", "build 14393"),
    ("operating_system", {"operating_system": replace(SYSTEM, build=None)}, "warning", "build unknown"),
    ("domain_membership", {"computer": replace(COMPUTER, is_in_domain=False, domain="WORKGROUP")}, "failed", "WORKGROUP"),
    ("domain_membership", {"computer": replace(COMPUTER, is_in_domain=None)}, "warning", "does not say"),
    ("computer_name", {"names": ("SRV1", "SRV9")}, "failed", "SRV9 after the next restart"),
    ("computer_name", {"names": ("SRV1", None)}, "warning", "does not say"),
    ("computer_name", {"names": ("SRV9", "SRV9")}, "failed", "it is called SRV9"),
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
    ("root_certificates", {"roots": roots(DigiCert=None)}, "warning", f"{G2} is missing; Windows fetches"),
    ("root_certificates", {"roots": replace(roots(DigiCert=None), are_fetched_when_needed=False)}, "failed", "not to fetch"),
    ("root_certificates", {"roots": replace(roots(DigiCert=None), is_complete=False)}, "warning", "not proven"),
    ("root_certificates", {"roots": roots(DigiCert=root(G2, (-9, -1)))}, "failed", f"{G2} has expired on 2026-11-22"),
    ("root_certificates", {"roots": roots(DigiCert=root(G2, (1, 9)))}, "failed", f"{G2} is not valid yet"),
    ("root_certificates", {"roots": roots(DigiCert=StoredCertificate(G2, False))}, "failed", f"{G2} is damaged"),
    ("root_certificates", {"roots": roots(other=root(G2, is_disallowed=True))}, "failed", f"{G2} is disallowed"),
    ("root_certificates", {"roots": roots(other=root(G2, (-9, -1)))}, "passed", "present"),
    ("root_certificates", {"operating_system": replace(SYSTEM, time=NOW + timedelta(days=2000))}, "failed", "expired"),
    ("baltimore_root", {"roots": roots(Baltimore=None)}, "warning", "is missing"),
    ("baltimore_root", {"roots": roots(Baltimore=root("Baltimore CyberTrust Root", (-9, -1)))}, "warning", "has expired"),
    ("baltimore_root", {"roots": roots(Baltimore=StoredCertificate("Baltimore CyberTrust Root", False))}, "warning", "damaged"),
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
    failing = {name for name, _facts, status, _evidence in CASES if status == "failed"}
    # What the site server sees is not read from the server; and what no server has any more only warns.
    assert failing == set(catalogue()) - {"site_server_reach", "baltimore_root"}


@pytest.mark.parametrize("name", catalogue())
def test_what_cannot_be_read_is_never_passed_and_says_why(name: str) -> None:
    known = {field.name for field in fields(Facts)} - {"read_at"}
    finding = run(name, replace(FIT, **dict.fromkeys(known, Unknown("access is denied"))), EXPECTED)
    assert (finding.status, finding.evidence) == ("warning", "not proven: access is denied")


@pytest.mark.parametrize("name", catalogue())
def test_a_check_that_stumbles_is_a_warning_that_says_over_what(name: str) -> None:
    class Odd:
        def __getattr__(self, name: str) -> Any:
            raise LookupError("odd")

    finding = run(name, Odd(), EXPECTED)  # type: ignore[arg-type]
    assert (finding.status, finding.evidence) == ("warning", "not proven: an unexpected error, LookupError: odd")


def test_what_the_site_server_reaches() -> None:
    refused = replace(EXPECTED, from_site_server=(Connection(SMB, 0.01), Connection(RPC, None, "Connection timed out")))
    finding = run("site_server_reach", FIT, refused)
    assert finding.status == "failed"
    assert "SMB (TCP 445) answers, RPC (TCP 135) cannot be reached: Connection timed out" in finding.evidence
    half = run("site_server_reach", FIT, replace(EXPECTED, from_site_server=(Connection(SMB, 0.01),)))
    assert half.status == "warning" and "RPC (TCP 135) was not tried" in half.evidence
    assert run("site_server_reach", FIT, replace(EXPECTED, from_site_server=())).status == "skipped"
    in_vain = run("site_server_reach", FIT, replace(EXPECTED, from_site_server=(), site_server_error="no curl.exe there"))
    words = "not proven: the attempt from the site server ps1.corp.example failed: no curl.exe there"
    assert (in_vain.status, in_vain.evidence) == ("warning", words)


def test_a_port_of_sql_server_that_was_assumed() -> None:
    assert run("sql_server_reach", FIT, replace(EXPECTED, sql_server=None)).status == "skipped"
    assumed = replace(EXPECTED, sql_server=replace(SQL, port=1433), is_sql_port_assumed=True)
    named = replace(assumed, sql_instance="CM")
    closed, opened = (replace(FIT, sql_server=Connection(replace(SQL, port=1433), seconds)) for seconds in (None, 0.01))
    for facts, expected in ((closed, assumed), (closed, named), (opened, named)):
        finding = run("sql_server_reach", facts, expected)
        assert finding.status == "warning" and finding.evidence.startswith("not proven: sql1.corp.example port 1433")
        assert "port 1433 was assumed, as none was given: set sql_server_port" in finding.evidence
    assert run("sql_server_reach", opened, assumed).status == "passed"
    assert run("sql_server_reach", opened, replace(named, is_sql_port_assumed=False)).status == "passed"


def test_a_server_of_another_domain_is_not_the_site_server_and_proves_nothing() -> None:
    pair = replace(EXPECTED, passive_site_server="ps2.corp.example")
    for name, status in {"SRV1": "passed", "PS1": "failed", "PS2": "failed"}.items():
        same = replace(FIT, computer=replace(COMPUTER, name=name))
        assert run("site_server_pair", same, pair).status == status
        other = run("site_server_pair", replace(FIT, computer=replace(IN_OTHER_DOMAIN, name=name)), pair)
        assert other.status == ("passed" if name == "SRV1" else "warning"), other
    untried = replace(EXPECTED, from_site_server=())
    namesake = replace(FIT, computer=replace(IN_OTHER_DOMAIN, name="PS1"))
    assert run("site_server_reach", namesake, untried).status == "skipped"


def test_the_catalogue_is_well_formed() -> None:
    for check in catalogue().values():
        assert check.title and check.source, check.id
        assert check.remedy.endswith("."), check.id
        assert "\n" not in check.remedy, check.id
