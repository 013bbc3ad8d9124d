# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The directory as entries with attributes, as Active Directory has them.

Documented (MS-ADTS, and Microsoft's schema reference): names, syntaxes and meaning of the attributes, the tree of containers,
and that a primary group is not among the members that are listed. Attributes are computed when somebody asks for them.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator, Mapping
from uuid import NAMESPACE_OID, uuid5

from ..hierarchy.directory import DOMAIN_SID, Directory, Principal

_CONTAINERS = {
    "CN=Users": "container",
    "CN=Computers": "container",
    "CN=Builtin": "builtinDomain",
    "OU=Domain Controllers": "organizationalUnit",
}
_CLASSES = {
    "user": ("top", "person", "organizationalPerson", "user"),
    "computer": ("top", "person", "organizationalPerson", "user", "computer"),
    "group": ("top", "group"),
}
_CATEGORIES = {"user": "Person", "computer": "Computer", "group": "Group"}
_ACCOUNT_TYPES = {"user": 0x30000000, "computer": 0x30000001, "group": 0x10000000}
_NORMAL_ACCOUNT, _WORKSTATION_TRUST, _SERVER_TRUST = 0x200, 0x1000, 0x2000
_GLOBAL_SECURITY_GROUP, _BUILTIN_GROUP = -2147483646, -2147483643
_CONSTRUCTED = ("tokengroups", "primarygrouptoken", "msds-principalname")
"""Attributes that have to be asked for by name."""

Values = list[bytes]


def binary_sid(sid: str) -> bytes:
    """A security identifier as objectSid has it."""
    _s, revision, authority, *parts = sid.split("-")
    head = bytes([int(revision), len(parts)]) + int(authority).to_bytes(6, "big")
    return head + struct.pack(f"<{len(parts)}I", *map(int, parts))


class Entry:
    """One entry; attributes are found by their names in any case."""

    def __init__(self, dn: str, attributes: Mapping[str, Callable[[], Values]]) -> None:
        self.dn = dn
        self._attributes = {name.lower(): (name, compute) for name, compute in attributes.items()}
        self._computed: dict[str, Values] = {}

    def values(self, name: str) -> Values:
        """The values of an attribute; none where the entry does not have it."""
        lower = name.lower()
        if lower not in self._computed:
            found = self._attributes.get(lower)
            self._computed[lower] = found[1]() if found else []
        return self._computed[lower]

    def name_of(self, name: str) -> str:
        """How the directory spells an attribute."""
        return self._attributes[name.lower()][0] if name.lower() in self._attributes else name

    @property
    def usual_names(self) -> list[str]:
        """What an entry shows if nobody says which attributes are wanted."""
        return [name for lower, (name, _unused) in self._attributes.items() if lower not in _CONSTRUCTED]


class Tree:
    """All entries of a directory."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory
        self.base = directory.base

    def __iter__(self) -> Iterator[Entry]:
        """Every entry, what is above before what is below."""
        yield self._domain()
        yield from (self._container(rdn, kind) for rdn, kind in _CONTAINERS.items())
        yield from (self._principal(principal) for principal in self._directory.principals)

    def find(self, dn: str) -> Entry | None:
        """The entry with this name, in any case."""
        wanted = normalized_dn(dn)
        if wanted == normalized_dn(self.base):
            return self._domain()
        for rdn, kind in _CONTAINERS.items():
            if wanted == normalized_dn(f"{rdn},{self.base}"):
                return self._container(rdn, kind)
        principal = self._by_dn(dn)
        return None if principal is None else self._principal(principal)

    def groups_in_chain(self, dn: str) -> set[str]:
        """Names of all groups that an entry is in, also through others: what the matching rule IN_CHAIN finds of ``member``."""
        principal = self._by_dn(dn)
        listed: set[str] = set()
        waiting = [] if principal is None else [principal]
        while waiting:
            current = waiting.pop()
            for group in self._groups_of(current):
                name = normalized_dn(self._directory.distinguished_name(group))
                if name not in listed:
                    listed.add(name)
                    waiting.append(group)
        return listed

    def members_in_chain(self, dn: str) -> set[str]:
        """Names of all entries in a group, also through others: what IN_CHAIN finds of ``memberOf``."""
        group = self._by_dn(dn)
        found: set[str] = set()
        waiting = [] if group is None else [group]
        while waiting:
            for member in waiting.pop().members.values():
                name = normalized_dn(self._directory.distinguished_name(member))
                if name not in found:
                    found.add(name)
                    waiting.append(member)
        return found

    def _by_dn(self, dn: str) -> Principal | None:
        wanted = normalized_dn(dn)
        names = self._directory.distinguished_name
        return next((entry for entry in self._directory.principals if normalized_dn(names(entry)) == wanted), None)

    def _groups_of(self, principal: Principal) -> list[Principal]:
        return [group for group in self._directory.groups if principal.name.lower() in group.members]

    def _domain(self) -> Entry:
        name = self._directory.domain.partition(".")[0]
        texts = {"objectClass": ("top", "domain", "domainDNS"), "dc": (name,), "name": (name,)}
        return self._entry(self.base, texts, DOMAIN_SID)

    def _container(self, rdn: str, kind: str) -> Entry:
        key, _separator, name = rdn.partition("=")
        return self._entry(f"{rdn},{self.base}", {"objectClass": ("top", kind), key.lower(): (name,), "name": (name,)})

    def _principal(self, principal: Principal) -> Entry:
        directory, dn = self._directory, self._directory.distinguished_name(principal)
        texts: dict[str, tuple[str, ...]] = {
            "objectClass": _CLASSES[principal.kind],
            "cn": (principal.common_name,),
            "name": (principal.common_name,),
            "sAMAccountName": (principal.name,),
            "sAMAccountType": (str(_ACCOUNT_TYPES[principal.kind]),),
            "objectCategory": (f"CN={_CATEGORIES[principal.kind]},CN=Schema,CN=Configuration,{self.base}",),
        }
        computed: dict[str, Callable[[], Values]] = {
            "memberOf": lambda: [directory.distinguished_name(group).encode() for group in self._groups_of(principal)],
            "tokenGroups": lambda: [binary_sid(group.sid) for group in directory.groups_of(principal)],
            "msDS-PrincipalName": lambda: [self._windows_name(principal).encode()],
        }
        for name in principal.hidden_attributes:
            computed[name] = list
        if principal.kind == "group":
            is_builtin = principal.container == "CN=Builtin"
            texts["groupType"] = (str(_BUILTIN_GROUP if is_builtin else _GLOBAL_SECURITY_GROUP),)
            members = principal.members.values()
            computed["member"] = lambda: [directory.distinguished_name(member).encode() for member in members]
            computed["primaryGroupToken"] = lambda: [str(principal.rid).encode()]
        else:
            texts["primaryGroupID"] = (str(principal.primary_group),)
            texts["userAccountControl"] = (str(_account_control(principal)),)
        if principal.kind == "computer":
            texts["dNSHostName"] = (f"{principal.common_name.lower()}.{directory.domain}",)
        elif principal.kind == "user":
            texts["userPrincipalName"] = (f"{principal.name}@{directory.domain}",)
        return self._entry(dn, texts, "" if "objectSid" in principal.hidden_attributes else principal.sid, computed)

    def _windows_name(self, principal: Principal) -> str:
        """As Windows shows it in lists of members."""
        is_builtin = principal.container == "CN=Builtin"
        return f"BUILTIN\\{principal.name}" if is_builtin else self._directory.qualified(principal)

    def _entry(
        self,
        dn: str,
        texts: Mapping[str, tuple[str, ...]],
        sid: str = "",
        computed: Mapping[str, Callable[[], Values]] | None = None,
    ) -> Entry:
        attributes: dict[str, Callable[[], Values]] = {
            name: lambda values=values: [value.encode() for value in values]  # type: ignore[misc]
            for name, values in texts.items()
        }
        attributes["distinguishedName"] = lambda: [dn.encode()]
        attributes["objectGUID"] = lambda: [uuid5(NAMESPACE_OID, dn.lower()).bytes_le]
        if sid:
            attributes["objectSid"] = lambda: [binary_sid(sid)]
        return Entry(dn, attributes | dict(computed or {}))


def normalized_dn(dn: str) -> str:
    """A distinguished name for comparisons: no name in this directory has a comma in it."""
    return ",".join(part.strip() for part in dn.lower().split(","))


def _account_control(principal: Principal) -> int:
    if principal.kind == "user":
        return _NORMAL_ACCOUNT
    return _SERVER_TRUST if principal.container == "OU=Domain Controllers" else _WORKSTATION_TRUST
