# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The domain: its users, computers and groups, and who belongs to which group, directly or through others.

Servers ask it who an account is and what it is in; `ldap_server` shows it to the outside. Identifiers and primary groups
of the well-known groups are those of Microsoft's list of well-known security identifiers.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["user", "computer", "group"]

DOMAIN_SID = "S-1-5-21-1004336348-1177238915-682003330"
ADMINISTRATORS = "S-1-5-32-544"
REMOTE_MANAGEMENT_USERS = "S-1-5-32-580"

DOMAIN_ADMINS, DOMAIN_USERS, DOMAIN_COMPUTERS, DOMAIN_CONTROLLERS = 512, 513, 515, 516
SERVERS_GROUP = "CM Servers"
NESTED_GROUP = "CM Infrastructure"
CIRCULAR_GROUP = "CM Circular"
LARGE_GROUP = "CM Everyone"
LARGE_GROUP_SIZE = 5000

_FIRST_RID = 1103


@dataclass(slots=True)
class Principal:
    """A user, a computer or a group."""

    name: str
    """sAMAccountName: that of a computer ends in ``$``."""
    kind: Kind
    sid: str
    container: str = "CN=Users"
    primary_group: int = 0
    """The relative identifier of a group that it belongs to without being listed there; 0 for groups."""
    password: str = ""
    """Without one, nobody can log on with it here."""
    members: dict[str, Principal] = field(default_factory=dict, repr=False)
    """Of a group, by lower-case name."""
    hidden_attributes: set[str] = field(default_factory=set, repr=False)
    """Attributes that nobody has the right to read."""

    @property
    def rid(self) -> int:
        return int(self.sid.rpartition("-")[2])

    @property
    def common_name(self) -> str:
        return self.name.removesuffix("$") if self.kind == "computer" else self.name


class Directory:
    """The directory of one domain. Names ignore the letter case; ``DOMAIN\\name``, ``fqdn\\name`` and ``name@fqdn`` are one."""

    def __init__(self, domain: str, netbios_domain: str) -> None:
        self.domain = domain
        self.netbios_domain = netbios_domain
        self._by_name: dict[str, Principal] = {}
        self._by_sid: dict[str, Principal] = {}
        self.groups: list[Principal] = []
        self._next_rid = _FIRST_RID
        self.administrators = self.add_group("Administrators", sid=ADMINISTRATORS, container="CN=Builtin")
        self.domain_admins = self.add_group("Domain Admins", rid=DOMAIN_ADMINS)
        self.add_member(self.administrators, self.domain_admins)
        self.add_group("Remote Management Users", sid=REMOTE_MANAGEMENT_USERS, container="CN=Builtin")
        for name, rid in (
            ("Domain Users", DOMAIN_USERS),
            ("Domain Computers", DOMAIN_COMPUTERS),
            ("Domain Controllers", DOMAIN_CONTROLLERS),
        ):
            self.add_group(name, rid=rid)

    @property
    def base(self) -> str:
        """The distinguished name of the domain."""
        return ",".join(f"DC={label}" for label in self.domain.split("."))

    @property
    def principals(self) -> Collection[Principal]:
        return self._by_name.values()

    def distinguished_name(self, principal: Principal) -> str:
        return f"CN={principal.common_name},{principal.container},{self.base}"

    def qualified(self, principal: Principal) -> str:
        """``CORP\\name``."""
        return f"{self.netbios_domain}\\{principal.name}"

    def find(self, account: str) -> Principal | None:
        """Who is meant by a name with its domain, or by a security identifier; None for anybody who is not of this domain."""
        if account.upper().startswith("S-1-"):
            return self._by_sid.get(account.upper())
        domain, separator, name = account.partition("\\")
        if not separator:
            name, separator, domain = account.rpartition("@")
        if not separator or domain.lower() not in (self.domain.lower(), self.netbios_domain.lower()):
            return None
        return self._by_name.get(name.lower())

    def password_of(self, account: str) -> str:
        """ValueError if nobody can log on with this account."""
        user = self.find(account)
        if user is None or not user.password:
            raise ValueError(f"the domain has no account {account} with a password")
        return user.password

    def groups_of(self, principal: Principal) -> list[Principal]:
        """Every group that somebody is in, also through other groups; a group in a circle is in itself."""
        primary = self._by_sid.get(f"{DOMAIN_SID}-{principal.primary_group}")
        found: dict[str, Principal] = {}
        waiting = [group for group in self.groups if principal.name.lower() in group.members]
        waiting += [primary] if primary else []
        while waiting:
            group = waiting.pop()
            if group.sid not in found:
                found[group.sid] = group
                waiting += [above for above in self.groups if group.name.lower() in above.members]
        return list(found.values())

    def add_user(self, name: str, password: str = "") -> Principal:
        return self._add(Principal(name, "user", self._new_sid(), primary_group=DOMAIN_USERS, password=password))

    def add_computer(self, host: str, *, is_domain_controller: bool = False) -> Principal:
        """A computer account, by the host name of its computer."""
        container = "OU=Domain Controllers" if is_domain_controller else "CN=Computers"
        group = DOMAIN_CONTROLLERS if is_domain_controller else DOMAIN_COMPUTERS
        return self._add(Principal(f"{host.upper()}$", "computer", self._new_sid(), container, group))

    def add_group(
        self,
        name: str,
        members: Iterable[Principal] = (),
        *,
        rid: int | None = None,
        sid: str = "",
        container: str = "CN=Users",
    ) -> Principal:
        group = Principal(name, "group", sid or (f"{DOMAIN_SID}-{rid}" if rid else self._new_sid()), container)
        group.members = {member.name.lower(): member for member in members}
        return self._add(group)

    def add_member(self, group: Principal, member: Principal) -> None:
        group.members[member.name.lower()] = member

    def remove_member(self, group: Principal, member: Principal) -> None:
        """Take a member out; KeyError if it is none."""
        del group.members[member.name.lower()]

    def _new_sid(self) -> str:
        self._next_rid += 1
        return f"{DOMAIN_SID}-{self._next_rid}"

    def _add(self, principal: Principal) -> Principal:
        if principal.name.lower() in self._by_name:
            raise ValueError(f"the domain has an account {principal.name} already")
        self._by_name[principal.name.lower()] = principal
        self._by_sid[principal.sid] = principal
        if principal.kind == "group":
            self.groups.append(principal)
        return principal


def add_examples(directory: Directory, site_servers: Iterable[Principal]) -> None:
    """Groups as they are found in practice: nested ones, one that contains itself, and a very large one."""
    servers = directory.add_group(SERVERS_GROUP, site_servers)
    directory.add_group(NESTED_GROUP, [servers])
    circular = directory.add_group(CIRCULAR_GROUP)
    directory.add_member(circular, circular)
    users = [directory.add_user(f"user{number:04}") for number in range(1, LARGE_GROUP_SIZE + 1)]
    directory.add_group(LARGE_GROUP, users)
