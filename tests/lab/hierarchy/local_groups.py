# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The local accounts and groups of one server, named in its language, and who is in them, directly or through others.

Identifiers are those of Microsoft's list of well-known security identifiers. The German names are in Microsoft's German
documentation (several pages). The Dutch ones are weaker: Microsoft's Dutch pages are machine translations that disagree
with each other, and write "Beheerders" for what Windows is remembered to call "Administrators". Which is right matters to
nobody who looks for identifiers instead of names.

A domain controller has no local accounts: what is built in belongs to the domain.
"""

from __future__ import annotations

from collections.abc import Iterator, MutableSet
from dataclasses import dataclass
from hashlib import sha256
from typing import Literal

from .directory import ADMINISTRATORS, REMOTE_MANAGEMENT_USERS, Directory, Principal

Language = Literal["en", "de", "nl"]

USERS = "S-1-5-32-545"

_NAMES: dict[str, dict[Language, str]] = {
    ADMINISTRATORS: {"en": "Administrators", "de": "Administratoren", "nl": "Administrators"},
    USERS: {"en": "Users", "de": "Benutzer", "nl": "Gebruikers"},
    "S-1-5-32-546": {"en": "Guests", "de": "Gäste", "nl": "Gasten"},
    "S-1-5-32-551": {"en": "Backup Operators", "de": "Sicherungs-Operatoren", "nl": "Back-upoperators"},
    "S-1-5-32-555": {"en": "Remote Desktop Users", "de": "Remotedesktopbenutzer", "nl": "Extern bureaublad-gebruikers"},
    "S-1-5-32-558": {
        "en": "Performance Monitor Users",
        "de": "Leistungsüberwachungsbenutzer",
        "nl": "Prestatiemetergebruikers",
    },
    "S-1-5-32-562": {"en": "Distributed COM Users", "de": "Distributed COM-Benutzer", "nl": "Gedistribueerde COM-gebruikers"},
    REMOTE_MANAGEMENT_USERS: {
        "en": "Remote Management Users",
        "de": "Remoteverwaltungsbenutzer",
        "nl": "Gebruikers van extern beheer",
    },
}
_AUTHENTICATED_USERS = "S-1-5-11"
SYSTEM_ACCOUNTS: dict[str, dict[Language, str]] = {
    "S-1-5-18": {"en": "SYSTEM", "de": "SYSTEM", "nl": "SYSTEM"},
    _AUTHENTICATED_USERS: {"en": "Authenticated Users", "de": "Authentifizierte Benutzer", "nl": "Geverifieerde gebruikers"},
}
"""Accounts of Windows itself, by their identifiers; some can be in groups."""

_USER_NAMES: dict[int, dict[Language, str]] = {
    500: {"en": "Administrator", "de": "Administrator", "nl": "Administrator"},
    501: {"en": "Guest", "de": "Gast", "nl": "Gast"},
}


@dataclass(frozen=True)
class LocalUser:
    """An account of the server itself."""

    name: str
    sid: str
    is_disabled: bool


class Members(MutableSet[str]):
    """Accounts by ``DOMAIN\\name``, or by an identifier that nobody can resolve; the letter case is kept and ignored."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}

    def __contains__(self, account: object) -> bool:
        return str(account).lower() in self._names

    def __iter__(self) -> Iterator[str]:
        return iter(list(self._names.values()))

    def __len__(self) -> int:
        return len(self._names)

    def add(self, value: str) -> None:
        self._names.setdefault(value.lower(), value)

    def discard(self, value: str) -> None:
        self._names.pop(value.lower(), None)


@dataclass
class LocalGroup:
    """A group of the server itself."""

    sid: str
    name: str
    members: Members


class LocalAccounts:
    """The local users and groups of one server, and its memberships."""

    def __init__(self, server: str, language: Language, directory: Directory, *, is_domain_controller: bool = False) -> None:
        self.server = server
        self.language = language
        self.directory = directory
        self.is_domain_controller = is_domain_controller
        names = {} if is_domain_controller else _NAMES
        self.groups = {sid: LocalGroup(sid, known[language], Members()) for sid, known in names.items()}
        authority = "S-1-5-21-" + "-".join(str(int(sha256(f"{server}{part}".encode()).hexdigest()[:8], 16)) for part in "abc")
        self.users = [
            LocalUser(known[language], f"{authority}-{rid}", is_disabled=rid == 501)
            for rid, known in _USER_NAMES.items()
            if not is_domain_controller
        ]
        if not is_domain_controller:
            self.groups[ADMINISTRATORS].members.add(f"{server}\\{self.users[0].name}")
            self.groups[ADMINISTRATORS].members.add(directory.qualified(directory.domain_admins))
            self.groups[USERS].members.add(_AUTHENTICATED_USERS)

    def add(self, sid: str, member: str) -> None:
        """Put somebody into a group. ValueError if there is no such group, or nobody of that name."""
        canonical = self._canonical(member)
        if not self.is_domain_controller:
            self._group(sid).members.add(canonical)
            return
        principal = self.directory.find(canonical)
        if principal is None:
            raise ValueError(f"only accounts of the domain can be in groups of {self.server}, not {member}")
        self.directory.add_member(self._domain_group(sid), principal)

    def remove(self, sid: str, member: str) -> None:
        """Take somebody out of a group. ValueError if there is no such group, or the account is not in it."""
        canonical = self._canonical(member)
        principal = self.directory.find(canonical)
        try:
            if not self.is_domain_controller:
                self._group(sid).members.remove(canonical)
            elif principal is not None:
                self.directory.remove_member(self._domain_group(sid), principal)
        except KeyError:
            raise ValueError(f"{member} is not in the group {sid} of {self.server}") from None

    def is_listed(self, sid: str, account: str) -> bool:
        """Whether an account is in a group itself."""
        if not self.is_domain_controller:
            return account in self._group(sid).members
        principal = self.directory.find(account)
        return principal is not None and principal.name.lower() in self._domain_group(sid).members

    def is_in(self, sid: str, account: str) -> bool:
        """Whether an account is in a local group of its server; in a domain controller's case, in that of the domain."""
        principal = self.directory.find(account)
        groups = [] if principal is None else self.directory.groups_of(principal)
        if self.is_domain_controller:
            return any(group.sid == sid for group in groups)
        members = self.groups[sid].members
        name = account if principal is None else self.directory.qualified(principal)
        return name in members or any(self.directory.qualified(group) in members for group in groups)

    def _canonical(self, member: str) -> str:
        principal = self.directory.find(member)
        if principal is not None:
            return self.directory.qualified(principal)
        domain, _separator, name = member.partition("\\")
        is_local = domain.lower() == self.server.lower() and name.lower() in (user.name.lower() for user in self.users)
        if not is_local and not member.upper().startswith("S-1-"):
            raise ValueError(f"there is no account {member}")
        return member

    def _group(self, sid: str) -> LocalGroup:
        if sid not in self.groups:
            known = ", ".join(f"{group.sid} ({group.name})" for group in self.groups.values())
            raise ValueError(f"{self.server} has no group {sid}; it has {known}")
        return self.groups[sid]

    def _domain_group(self, sid: str) -> Principal:
        group = self.directory.find(sid)
        if group is None or group.kind != "group":
            raise ValueError(f"the domain has no group {sid}")
        return group
