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
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml

from ..._windows.local_groups import Member
from .facts import Facts, Unknown

_ADMINISTRATORS_OF_DOMAIN = ("-512", "-519")
"""Domain Admins and Enterprise Admins, which are administrators of every server: no computer account belongs into them."""

Status = Literal["passed", "failed", "warning", "skipped"]


@dataclass(frozen=True)
class Finding:
    """What a check found."""

    status: Status
    evidence: str


@dataclass(frozen=True)
class Expected:
    """What the server is checked for."""

    site_server: str
    """FQDN of the site server."""
    installation_account: str = ""
    """``domain\\user``, where the site system is set up with one."""


@dataclass(frozen=True)
class Check:
    """An entry of the catalogue."""

    id: str
    title: str
    remedy: str
    source: str
    numbers: Mapping[str, Any]


class _NotProven(Exception):
    """What the check depends on could not be read."""


@cache
def catalogue() -> Mapping[str, Check]:
    """Every check by its id, in the order of the file."""
    entries = yaml.safe_load(Path(__file__).with_name("catalogue.yml").read_text(encoding="utf-8"))
    return {
        name: Check(
            id=name,
            title=entry.pop("title"),
            remedy=entry.pop("remedy"),
            source=entry.pop("source"),
            numbers=entry,
        )
        for name, entry in entries.items()
    }


def run(name: str, facts: Facts, expected: Expected) -> Finding:
    """Run one check. What is unknown is a warning that says why, never a pass."""
    try:
        return _CHECKS[name](facts, expected, catalogue()[name].numbers)
    except _NotProven as unknown:
        return Finding("warning", f"not proven: {unknown}")


def _known(value: Any) -> Any:
    if isinstance(value, Unknown):
        raise _NotProven(value.reason)
    return value


def _local_administrator(facts: Facts, expected: Expected, _numbers: Mapping[str, Any]) -> Finding:
    computer, found = _known(facts.computer), _known(facts.administrators)
    site_server = expected.site_server.partition(".")[0][:15].upper()
    if computer.name.upper() == site_server:
        return Finding("passed", f"{computer.name} is the site server itself")
    accounts = [f"{site_server}$"] + ([expected.installation_account] if expected.installation_account else [])
    if computer.is_domain_controller or found.group is None:
        raise _NotProven(
            f"{computer.name} is a domain controller, which has no local groups. Make sure that {' or '.join(accounts)} is an "
            "administrator of the domain"
        )
    for member in found.members:
        if not member.is_group and any(_is_account(member, account) for account in accounts):
            return Finding("passed", f"{member} is a member of {found.group}")
    names = ", ".join(str(member) for member in found.members[:10]) + (" and others" if len(found.members) > 10 else "")
    evidence = f"the members of {found.group} are {names or 'none'}; {' or '.join(accounts)} is not among them"
    groups = [str(member) for member in found.members if member.is_group and not member.sid.endswith(_ADMINISTRATORS_OF_DOMAIN)]
    if groups:
        raise _NotProven(f"{evidence}, but may be in {' or '.join(groups[:5])}")
    return Finding("failed", evidence)


def _is_account(member: Member, account: str) -> bool:
    """Whether a member is an account, given as ``domain\\user``, or without a domain where that is not known."""
    domain, _separator, name = account.rpartition("\\")
    return member.name.casefold() == name.casefold() and (not domain or _same_domain(member.domain, domain))


def _same_domain(one: str, other: str) -> bool:
    """Domains are written by their NetBIOS name or by their DNS name, which nearly always begins with it."""
    return one.casefold().partition(".")[0] == other.casefold().partition(".")[0]


def _operating_system(facts: Facts, _expected: Expected, _numbers: Mapping[str, Any]) -> Finding:
    system, installation = _known(facts.operating_system), _known(facts.installation_type)
    evidence = f"{system.caption}, build {system.build}, installed as {installation or 'unknown'}"
    if system.is_server is None or installation is None:
        raise _NotProven(evidence)
    return Finding("passed" if system.is_server and installation == "Server" else "failed", evidence)


def _domain_membership(facts: Facts, _expected: Expected, _numbers: Mapping[str, Any]) -> Finding:
    computer = _known(facts.computer)
    if computer.is_in_domain is None:
        raise _NotProven("the server does not say whether it is in a domain")
    where = "the domain" if computer.is_in_domain else "no domain, but in the workgroup"
    return Finding("passed" if computer.is_in_domain else "failed", f"{computer.name} is in {where} {computer.domain}")


def _computer_name(facts: Facts, _expected: Expected, _numbers: Mapping[str, Any]) -> Finding:
    active, next_one = _known(facts.names)
    if not active or not next_one:
        raise _NotProven("the server does not say what it is called, or will be")
    if active.casefold() == next_one.casefold():
        return Finding("passed", f"it is called {active}, and stays so")
    return Finding("failed", f"it is called {active}, and {next_one} after the next restart")


def _dotnet_framework(facts: Facts, _expected: Expected, numbers: Mapping[str, Any]) -> Finding:
    release = _known(facts.dotnet_release)
    if release is None:
        return Finding("failed", "no release of .NET Framework 4.5 or newer is installed")
    evidence = f"release {release}"
    if release < numbers["minimum_release"]:
        return Finding("failed", f"{evidence}, {numbers['minimum_release']} is needed")
    if release < numbers["recommended_release"]:
        return Finding("warning", f"{evidence}, {numbers['recommended_release']} is recommended")
    return Finding("passed", evidence)


def _visual_c_runtime(facts: Facts, _expected: Expected, numbers: Mapping[str, Any]) -> Finding:
    version = _known(facts.runtime_version)
    if version is None:
        return Finding("failed", "no Visual C++ 2015 or newer runtime (x64) is installed")
    try:
        parts = [int(part) for part in version.strip().lstrip("vV").split(".")]
    except ValueError:
        raise _NotProven(f"its version is given as {version!r}") from None
    needed = list(numbers["minimum"])
    evidence = f"version {version}"
    if parts < needed:
        return Finding("failed", f"{evidence}, {'.'.join(map(str, needed))} is needed")
    return Finding("passed", evidence)


def _tls_12(facts: Facts, _expected: Expected, _numbers: Mapping[str, Any]) -> Finding:
    values = _known(facts.tls_12)
    wrong = [
        f"{name} = {value}" for name, value in values.items() if value is not None and (value == 0) == name.endswith(" Enabled")
    ]
    if wrong:
        return Finding("failed", ", ".join(wrong))
    given = [f"{name} = {value}" for name, value in values.items() if value is not None]
    return Finding("passed", ", ".join(given) or "nothing is set, so it is on")


def _strong_crypto(facts: Facts, _expected: Expected, _numbers: Mapping[str, Any]) -> Finding:
    strong, system = _known(facts.strong_crypto)
    evidence = f"SchUseStrongCrypto = {_shown(strong)}, SystemDefaultTlsVersions = {_shown(system)}"
    if strong == 1 and system == 1:
        return Finding("passed", evidence)
    # Newer Windows does without: what is switched off is wrong, what is not set may be right.
    return Finding("failed" if 0 in (strong, system) else "warning", evidence)


def _free_space(facts: Facts, _expected: Expected, numbers: Mapping[str, Any]) -> Finding:
    space = _known(facts.space)
    usable = [
        drive for drive in space.drives if drive.file_system.upper() == "NTFS" and drive.name.upper() not in space.excluded
    ]
    left_out = f"; no_sms_on_drive.sms is on {', '.join(space.excluded)}" if space.excluded else ""
    if not usable:
        return Finding("failed", f"no NTFS drive may be used{left_out}")
    known = [drive for drive in usable if drive.free_bytes is not None]
    if not known:
        raise _NotProven(f"the server does not say how much is free{left_out}")
    best = max(known, key=lambda drive: drive.free_bytes or 0)
    free = (best.free_bytes or 0) / 2**30
    evidence = f"{best.name} has {free:.1f} GiB free{left_out}"
    return Finding("passed" if free >= numbers["minimum_gib"] else "failed", evidence)


def _pending_restart(facts: Facts, _expected: Expected, _numbers: Mapping[str, Any]) -> Finding:
    causes = _known(facts.pending_restarts)
    return Finding("failed", f"pending for {', '.join(causes)}") if causes else Finding("passed", "none is pending")


def _clock(facts: Facts, _expected: Expected, numbers: Mapping[str, Any]) -> Finding:
    system = _known(facts.operating_system)
    if system.time is None:
        raise _NotProven("the server does not say what time it is")
    seconds = (system.time - facts.read_at).total_seconds()
    evidence = f"{abs(seconds):.0f} s {'ahead of' if seconds > 0 else 'behind'} the controller"
    return Finding("passed" if abs(seconds) <= numbers["maximum_seconds"] else "failed", evidence)


def _shown(value: int | None) -> str:
    return "not set" if value is None else str(value)


_CHECKS: Mapping[str, Callable[[Facts, Expected, Mapping[str, Any]], Finding]] = {
    "local_administrator": _local_administrator,
    "operating_system": _operating_system,
    "domain_membership": _domain_membership,
    "computer_name": _computer_name,
    "dotnet_framework": _dotnet_framework,
    "visual_c_runtime": _visual_c_runtime,
    "tls_12": _tls_12,
    "strong_crypto": _strong_crypto,
    "free_space": _free_space,
    "pending_restart": _pending_restart,
    "clock": _clock,
}
