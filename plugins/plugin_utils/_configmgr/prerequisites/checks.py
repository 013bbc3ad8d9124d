# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""The checks: pure functions from what was read to a status and its evidence.

Titles, remedies, sources and the numbers that are compared with are in ``catalogue.yml``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from ..._windows.system import OperatingSystem
from .administrators import way_in
from .catalogue import catalogue
from .expected import Expected, is_same_computer, short_name
from .facts import Facts, unforeseen
from .findings import Finding, NotProven, known
from .reach import site_server_reach, sql_server_reach


def run(name: str, facts: Facts, expected: Expected) -> Finding:
    """Run one check. What is unknown is a warning that says why, never a pass."""
    try:
        return _CHECKS[name](facts, expected, catalogue()[name].numbers)
    except NotProven as unknown:
        return Finding("warning", f"not proven: {unknown}")
    except Exception as error:
        # Nobody has thought of it. It costs one check, and not the others.
        return Finding("warning", f"not proven: {unforeseen(error)}")


def _local_administrator(facts: Facts, expected: Expected, _numbers: Mapping[str, Any]) -> Finding:
    return way_in(facts, expected)


def _site_server_pair(facts: Facts, expected: Expected, _numbers: Mapping[str, Any]) -> Finding:
    computer, on_record = known(facts.computer), known(facts.site_servers)
    name = computer.name.upper()
    # How several are written is not documented, nor whether one is written by two names.
    listed = (on_record or "").replace(",", " ").replace(";", " ").split()
    servers = list({short_name(server): server for server in listed}.values())
    if len(servers) > 1:
        return Finding("failed", f"{name} is one of the site servers {' and '.join(servers)}")
    if expected.passive_site_server:
        is_one = {is_same_computer(computer, server) for server in expected.site_servers}
        pair = " and ".join(expected.site_servers)
        if True in is_one:
            return Finding("failed", f"{name} is one of the site servers {pair}")
        if None in is_one:
            raise NotProven(f"{name} is in the domain {computer.domain}, and has the name of one of the site servers {pair}")
    return Finding("passed", f"{name} is the only site server of its site" if servers else f"{name} is no site server")


def _operating_system(facts: Facts, _expected: Expected, numbers: Mapping[str, Any]) -> Finding:
    system, installation = known(facts.operating_system), known(facts.installation_type)
    evidence = f"{system.caption}, build {system.build or 'unknown'}, installed as {installation or 'unknown'}"
    if system.build is not None and system.build < numbers["minimum_build"]:
        return Finding("failed", f"{evidence}; build {numbers['minimum_build']} is needed")
    if system.is_server is None or system.build is None or installation is None:
        raise NotProven(evidence)
    return Finding("passed" if system.is_server and installation == "Server" else "failed", evidence)


def _domain_membership(facts: Facts, _expected: Expected, _numbers: Mapping[str, Any]) -> Finding:
    computer = known(facts.computer)
    if computer.is_in_domain is None:
        raise NotProven("the server does not say whether it is in a domain")
    where = "the domain" if computer.is_in_domain else "no domain, but in the workgroup"
    return Finding("passed" if computer.is_in_domain else "failed", f"{computer.name} is in {where} {computer.domain}")


def _computer_name(facts: Facts, expected: Expected, _numbers: Mapping[str, Any]) -> Finding:
    active, next_one = known(facts.names)
    if not active or not next_one:
        raise NotProven("the server does not say what it is called, or will be")
    if active.casefold() != next_one.casefold():
        return Finding("failed", f"it is called {active}, and {next_one} after the next restart")
    if expected.site_system and short_name(expected.site_system) != active.upper():
        return Finding("failed", f"it is called {active}, but the site knows it, or shall, as {expected.site_system}")
    return Finding("passed", f"it is called {active}, and stays so")


def _dotnet_framework(facts: Facts, _expected: Expected, numbers: Mapping[str, Any]) -> Finding:
    release = known(facts.dotnet_release)
    if release is None:
        return Finding("failed", "no release of .NET Framework 4.5 or newer is installed")
    evidence = f"release {release}"
    if release < numbers["minimum_release"]:
        return Finding("failed", f"{evidence}, {numbers['minimum_release']} is needed")
    if release < numbers["recommended_release"]:
        return Finding("warning", f"{evidence}, {numbers['recommended_release']} is recommended")
    return Finding("passed", evidence)


def _visual_c_runtime(facts: Facts, _expected: Expected, numbers: Mapping[str, Any]) -> Finding:
    version = known(facts.runtime_version)
    if version is None:
        return Finding("failed", "no Visual C++ 2015 or newer runtime (x64) is installed")
    try:
        parts = [int(part) for part in version.strip().lstrip("vV").split(".")]
    except ValueError:
        raise NotProven(f"its version is given as {version!r}") from None
    needed = list(numbers["minimum"])
    evidence = f"version {version}"
    if parts < needed:
        return Finding("failed", f"{evidence}, {'.'.join(map(str, needed))} is needed")
    return Finding("passed", evidence)


def _tls_12(facts: Facts, _expected: Expected, _numbers: Mapping[str, Any]) -> Finding:
    values = known(facts.tls_12)
    wrong = [
        f"{name} = {value}" for name, value in values.items() if value is not None and (value == 0) == name.endswith(" Enabled")
    ]
    if wrong:
        return Finding("failed", ", ".join(wrong))
    given = [f"{name} = {value}" for name, value in values.items() if value is not None]
    return Finding("passed", ", ".join(given) or "nothing is set, so it is on")


def _strong_crypto(facts: Facts, _expected: Expected, _numbers: Mapping[str, Any]) -> Finding:
    strong, system = known(facts.strong_crypto)
    evidence = f"SchUseStrongCrypto = {_shown(strong)}, SystemDefaultTlsVersions = {_shown(system)}"
    if strong == 1 and system == 1:
        return Finding("passed", evidence)
    # Newer Windows does without: what is switched off is wrong, what is not set may be right.
    return Finding("failed" if 0 in (strong, system) else "warning", evidence)


def _root_certificates(facts: Facts, _expected: Expected, numbers: Mapping[str, Any]) -> Finding:
    found, now = known(facts.roots), _server_time(facts)
    usable, wrong, missing = [], [], []
    for name in numbers["roots"]:
        certificates = [certificate for certificate in found.found if certificate.name == name]
        if any(certificate.is_disallowed for certificate in certificates):
            wrong.append(f"{name} is disallowed")
        elif any(certificate.is_valid_at(now) for certificate in certificates):
            usable.append(name)
        elif not certificates:
            missing.append(name)
        elif any(certificate.is_damaged for certificate in certificates):
            wrong.append(f"{name} is damaged")
        else:
            last = max(certificate.not_after for certificate in certificates if certificate.not_after)
            wrong.append(f"{name} has expired on {last:%Y-%m-%d}" if last < now else f"{name} is not valid yet")
    evidence = ", ".join(
        wrong + ([f"{' and '.join(missing)} {'is' if len(missing) == 1 else 'are'} missing"] if missing else [])
    )
    if wrong:
        return Finding("failed", evidence)
    if missing and not found.is_complete:
        raise NotProven(f"{evidence}, or among the certificates that are too large to be searched")
    if missing and found.are_fetched_when_needed:
        return Finding("warning", f"{evidence}; Windows fetches what it needs, if it reaches Windows Update")
    if missing:
        return Finding("failed", f"{evidence}, and Windows is told not to fetch what it needs")
    return Finding("passed", f"{', '.join(usable)}: present, valid and not disallowed")


def _baltimore_root(facts: Facts, expected: Expected, numbers: Mapping[str, Any]) -> Finding:
    finding = _root_certificates(facts, expected, numbers)
    return Finding("warning", finding.evidence) if finding.status == "failed" else finding


def _server_time(facts: Facts) -> datetime:
    """The server's own time, by which it judges certificates; the controller's where the server does not say."""
    system = facts.operating_system
    time = system.time if isinstance(system, OperatingSystem) else None
    return time or facts.read_at


def _free_space(facts: Facts, _expected: Expected, numbers: Mapping[str, Any]) -> Finding:
    space = known(facts.space)
    usable = [
        drive for drive in space.drives if drive.file_system.upper() == "NTFS" and drive.name.upper() not in space.excluded
    ]
    left_out = f"; no_sms_on_drive.sms is on {', '.join(space.excluded)}" if space.excluded else ""
    if not usable:
        return Finding("failed", f"no NTFS drive may be used{left_out}")
    measured = [drive for drive in usable if drive.free_bytes is not None]
    if not measured:
        raise NotProven(f"the server does not say how much is free{left_out}")
    best = max(measured, key=lambda drive: drive.free_bytes or 0)
    free = (best.free_bytes or 0) / 2**30
    evidence = f"{best.name} has {free:.1f} GiB free{left_out}"
    return Finding("passed" if free >= numbers["minimum_gib"] else "failed", evidence)


def _pending_restart(facts: Facts, _expected: Expected, _numbers: Mapping[str, Any]) -> Finding:
    causes = known(facts.pending_restarts)
    return Finding("failed", f"pending for {', '.join(causes)}") if causes else Finding("passed", "none is pending")


def _clock(facts: Facts, _expected: Expected, numbers: Mapping[str, Any]) -> Finding:
    system = known(facts.operating_system)
    if system.time is None:
        raise NotProven("the server does not say what time it is")
    seconds = (system.time - facts.read_at).total_seconds()
    evidence = f"{abs(seconds):.0f} s {'ahead of' if seconds > 0 else 'behind'} the controller"
    return Finding("passed" if abs(seconds) <= numbers["maximum_seconds"] else "failed", evidence)


def _shown(value: int | None) -> str:
    return "not set" if value is None else str(value)


_CHECKS: Mapping[str, Callable[[Facts, Expected, Mapping[str, Any]], Finding]] = {
    "local_administrator": _local_administrator,
    "site_server_pair": _site_server_pair,
    "site_server_reach": site_server_reach,
    "sql_server_reach": sql_server_reach,
    "operating_system": _operating_system,
    "domain_membership": _domain_membership,
    "computer_name": _computer_name,
    "dotnet_framework": _dotnet_framework,
    "visual_c_runtime": _visual_c_runtime,
    "tls_12": _tls_12,
    "strong_crypto": _strong_crypto,
    "root_certificates": _root_certificates,
    "baltimore_root": _baltimore_root,
    "free_space": _free_space,
    "pending_restart": _pending_restart,
    "clock": _clock,
}
