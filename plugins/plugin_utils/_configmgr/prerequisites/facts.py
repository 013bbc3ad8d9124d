# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""Reading what the checks judge. What cannot be read is unknown, and does not keep the rest from being read."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from functools import partial
from typing import TypeVar

from ..._windows import local_groups, registry_listing, root_certificates
from ..._windows.commands import run_together
from ..._windows.connections import Connection, Target, command_to_connect, read_connection
from ..._windows.directory_accounts import DirectoryAccess, DirectoryAccount
from ..._windows.errors import WindowsError
from ..._windows.local_groups import ADMINISTRATORS, LocalGroup, Members, find_local_group, read_members
from ..._windows.registry import Registry
from ..._windows.root_certificates import RootCertificates
from ..._windows.system import (
    Computer,
    Drive,
    OperatingSystem,
    find_in_roots,
    read_computer,
    read_drives,
    read_operating_system,
)
from ..._wsman.client import WsmanClient
from ..._wsman.errors import UndecodableAnswer, WsmanError, WsmanFault
from ..._wsman.shell import CommandTimedOut

_DOTNET = r"SOFTWARE\Microsoft\NET Framework Setup\NDP\v4\Full"
_RUNTIME = r"SOFTWARE\Microsoft\VisualStudio\14.0\VC\Runtimes\x64"
_STRONG_CRYPTO = r"SOFTWARE\Microsoft\.NETFramework\v4.0.30319"
_PROTOCOLS = r"SYSTEM\CurrentControlSet\Control\SecurityProviders\SCHANNEL\Protocols"
_NAMES = r"SYSTEM\CurrentControlSet\Control\ComputerName"
_CURRENT_VERSION = r"SOFTWARE\Microsoft\Windows NT\CurrentVersion"
_SITE = r"SOFTWARE\Microsoft\SMS\Identification"
_RESTARTS = {
    "Windows features": r"SOFTWARE\Microsoft\Windows\CurrentVersion\Component Based Servicing\RebootPending",
    "Windows Update": r"SOFTWARE\Microsoft\Windows\CurrentVersion\WindowsUpdate\Auto Update\RebootRequired",
}
_SESSION_MANAGER = r"SYSTEM\CurrentControlSet\Control\Session Manager"

_MEMBERS_READ = 100
"""Of the local administrators, with what they are. The names of the others are listed by a program."""
_CONNECT_SECONDS = 5
_COMMANDS_SECONDS = 120

_KEYS_LISTED = (_STRONG_CRYPTO, _PROTOCOLS)

Value = TypeVar("Value")
Answers = Mapping[str, Sequence[str]]
"""What programs on the server have put out, by what it is for."""


@dataclass(frozen=True)
class Unknown:
    """Stands for what could not be read."""

    reason: str


@dataclass(frozen=True)
class Asked:
    """What is read only because somebody wants to know."""

    accounts: tuple[str, ...]
    """Accounts whose groups the domain is asked for."""
    roots: tuple[str, ...]
    """Common names of root certificates."""
    sql_server: Target | None = None
    directory: DirectoryAccess | None = None


@dataclass(frozen=True)
class Administrators:
    """The local administrators; a domain controller has no such group."""

    group: LocalGroup | None
    members: Members


@dataclass(frozen=True)
class Space:
    """The drives, and those that the site must not use."""

    drives: tuple[Drive, ...]
    excluded: tuple[str, ...]


@dataclass(frozen=True)
class DomainAccounts:
    """What a domain controller says of the accounts."""

    domain: str
    """The DNS name of the domain that was asked."""
    accounts: Mapping[str, DirectoryAccount | Unknown]


@dataclass(frozen=True)
class Facts:
    """Everything that the checks judge. None stands for a value that the server does not have."""

    operating_system: OperatingSystem | Unknown
    read_at: datetime
    """By the clock of the controller, at the moment when the operating system was read."""
    installation_type: str | Unknown | None
    computer: Computer | Unknown
    administrators: Administrators | Unknown
    listed_administrators: frozenset[str] | Unknown | None
    domain_accounts: DomainAccounts | Unknown | None
    """None where no domain controller was named."""
    dotnet_release: int | Unknown | None
    runtime_version: str | Unknown | None
    strong_crypto: tuple[int | None, ...] | Unknown
    tls_12: dict[str, int | None] | Unknown
    roots: RootCertificates | Unknown
    pending_restarts: tuple[str, ...] | Unknown
    names: tuple[str | None, str | None] | Unknown
    """The computer's name, and the one that it has after the next restart."""
    site_servers: str | Unknown | None
    """What a site server has on record as the site servers of its site."""
    space: Space | Unknown
    sql_server: Connection | Unknown | None


def gather(client: WsmanClient, asked: Asked) -> Facts:
    """Read everything, in one connection. Raises `WsmanError` only where the server cannot be talked to."""
    registry = Registry(client)
    operating_system = _known(lambda: read_operating_system(client))
    read_at = datetime.now(timezone.utc)
    administrators = _known(lambda: _read_administrators(client))
    answers = _known(lambda: _run_programs(client, administrators, asked))
    return Facts(
        operating_system,
        read_at,
        installation_type=_known(lambda: registry.read_text(_CURRENT_VERSION, "InstallationType")),
        computer=_known(lambda: read_computer(client)),
        administrators=administrators,
        listed_administrators=_of(answers, _listed_administrators),
        domain_accounts=_known(lambda: _read_domain_accounts(asked)),
        dotnet_release=_known(lambda: registry.read_number(_DOTNET, "Release")),
        runtime_version=_known(lambda: registry.read_text(_RUNTIME, "Version")),
        strong_crypto=_of(answers, _strong_crypto),
        tls_12=_of(answers, _tls_12),
        roots=_of(answers, lambda known: root_certificates.read_certificates(asked.roots, known["roots"])),
        pending_restarts=_known(lambda: _read_pending_restarts(registry)),
        names=_known(
            lambda: (
                registry.read_text(rf"{_NAMES}\ActiveComputerName", "ComputerName"),
                registry.read_text(rf"{_NAMES}\ComputerName", "ComputerName"),
            )
        ),
        site_servers=_known(lambda: registry.read_text(_SITE, "Site Servers")),
        space=_known(lambda: Space(tuple(read_drives(client)), tuple(find_in_roots(client, "no_sms_on_drive", "sms")))),
        sql_server=_of(answers, lambda known: _sql_server(known, asked.sql_server)),
    )


def _known(read: Callable[[], Value]) -> Value | Unknown:
    try:
        return read()
    except (WindowsError, WsmanFault, UndecodableAnswer, CommandTimedOut) as error:
        return Unknown(str(error))
    except WsmanError:
        raise
    except Exception as error:
        # Nobody has thought of it. It costs one reading, and not the others.
        return Unknown(unforeseen(error))


def unforeseen(error: Exception) -> str:
    """An exception that should not have been, in words."""
    return f"an unexpected error, {type(error).__name__}: {error}"


def _of(answers: Answers | Unknown, part: Callable[[Answers], Value]) -> Value | Unknown:
    return answers if isinstance(answers, Unknown) else _known(lambda: part(answers))


def _read_administrators(client: WsmanClient) -> Administrators:
    group = find_local_group(client, ADMINISTRATORS)
    return Administrators(group, read_members(client, group, _MEMBERS_READ) if group else Members((), are_all=True))


def _run_programs(client: WsmanClient, administrators: Administrators | Unknown, asked: Asked) -> Answers:
    """Everything that programs on the server answer, in one shell."""
    group = None if isinstance(administrators, Unknown) else administrators.group
    parts: dict[str, Sequence[str]] = {
        "registry": [registry_listing.command_to_list(key) for key in _KEYS_LISTED],
        "roots": root_certificates.commands_to_find(asked.roots),
        "administrators": _possible(lambda: [local_groups.command_to_list(group)] if group else []),
        "sql_server": [command_to_connect(asked.sql_server, _CONNECT_SECONDS)] if asked.sql_server else [],
    }
    outputs = iter(run_together(client, [line for lines in parts.values() for line in lines], timeout=_COMMANDS_SECONDS))
    return {part: [next(outputs) for _line in lines] for part, lines in parts.items()}


def _possible(lines: Callable[[], Sequence[str]]) -> Sequence[str]:
    """Command lines, or none where a name cannot stand in one."""
    try:
        return lines()
    except ValueError:
        return []


def _read_domain_accounts(asked: Asked) -> DomainAccounts | None:
    if asked.directory is None:
        return None
    # Imported here because it takes a while
    from ..._windows.domain_directory import Directory

    with Directory(asked.directory) as directory:
        accounts = {account: _known(partial(directory.find, account)) for account in asked.accounts}
        return DomainAccounts(directory.domain, accounts)


def _listed_administrators(answers: Answers) -> frozenset[str] | None:
    """The list of the local administrators; None where there is no such group."""
    return next((local_groups.read_listed(output) for output in answers["administrators"]), None)


def _sql_server(answers: Answers, target: Target | None) -> Connection | None:
    """None if it was not tried, or the server has nothing to try it with."""
    return read_connection(target, answers["sql_server"][0]) if target else None


def _strong_crypto(answers: Answers) -> tuple[int | None, ...]:
    values = _listed(answers, _STRONG_CRYPTO)
    return tuple(
        registry_listing.number(values.get((_STRONG_CRYPTO.lower(), name.lower())))
        for name in ("SchUseStrongCrypto", "SystemDefaultTlsVersions")
    )


def _tls_12(answers: Answers) -> dict[str, int | None]:
    values = _listed(answers, _PROTOCOLS)
    return {
        f"{side} {name}": registry_listing.number(values.get((rf"{_PROTOCOLS}\TLS 1.2\{side}".lower(), name.lower())))
        for side in ("Client", "Server")
        for name in ("Enabled", "DisabledByDefault")
    }


def _listed(answers: Answers, key: str) -> Mapping[tuple[str, str], str]:
    values = registry_listing.read_listing(answers["registry"][_KEYS_LISTED.index(key)])
    if values is None:
        raise WindowsError(f"HKLM\\{key} could not be read")
    return values


def _read_pending_restarts(registry: Registry) -> tuple[str, ...]:
    found = [cause for cause, key in _RESTARTS.items() if registry.subkeys(key) is not None]
    if registry.read_texts(_SESSION_MANAGER, "PendingFileRenameOperations"):
        found.append("files that are replaced at the restart")
    return tuple(found)
