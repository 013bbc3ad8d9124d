# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Users, groups and memberships as WMI shows them: Win32_UserAccount, Win32_Group, Win32_SystemAccount, Win32_GroupUser.

Documented: names and types of properties; that without a condition on LocalAccount or Domain the accounts of the whole
domain are found, too. Seen several times: builtin groups, and accounts of Windows itself, bear the server's name as their
Domain; a group's members are references of the classes above. Published queries compare GroupComponent with an object path.

Inferred: a computer account is shown as a Win32_UserAccount, since Windows counts it among the users when it looks up an
identifier, and can be got, but not enumerated (the quirk ``computer_account_in_group`` has it missing instead); a member that
no longer exists is left out; the builtin groups of a domain controller are those of the domain, by its name, and whether
they count as local is the quirk ``domain_controller_groups``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from ..wmi.model import Caller, Instance, Reference, Value
from ..wmi.paths import normalized
from ..wmi.read_only import ReadOnlyClass
from .directory import Principal
from .local_groups import SYSTEM_ACCOUNTS, LocalGroup, LocalUser

if TYPE_CHECKING:
    from .windows_server import WindowsServer

_CIMV2 = "root/cimv2"
_USER, _GROUP, _ALIAS, _WELL_KNOWN_GROUP = 1, 2, 4, 5
"""Values of SIDType."""
_NORMAL_ACCOUNT, _WORKSTATION_TRUST_ACCOUNT = 512, 4096


class AccountClasses(ReadOnlyClass):
    """All four classes of one server."""

    CLASSES = ("Win32_UserAccount", "Win32_Group", "Win32_SystemAccount", "Win32_GroupUser")

    def __init__(self, server: WindowsServer) -> None:
        self._server = server
        self._accounts = server.accounts
        self._directory = server.accounts.directory

    def instances(self, caller: Caller, class_name: str) -> Iterable[Instance]:
        return self.matching(caller, class_name, {})

    def matching(self, caller: Caller, class_name: str, equalities: Mapping[str, Value]) -> Iterable[Instance]:
        """The instances that may match a query whose condition asks for these values."""
        match class_name:
            case "Win32_UserAccount":
                return self._users(equalities)
            case "Win32_Group":
                return self._groups(equalities)
            case "Win32_SystemAccount":
                return [self._system_account(sid) for sid in SYSTEM_ACCOUNTS]
            case _:
                return self._memberships(equalities.get("GroupComponent"))

    def _users(self, equalities: Mapping[str, Value]) -> Iterator[Instance]:
        yield from (self._local_user(user) for user in self._accounts.users)
        if equalities.get("LocalAccount") is True and not self._accounts.is_domain_controller:
            return
        if isinstance(equalities.get("Name"), str) and isinstance(equalities.get("Domain"), str):
            found = self._directory.find(f"{equalities['Domain']}\\{equalities['Name']}")
            if found is not None and found.kind != "group":
                yield self._domain_account("Win32_UserAccount", found)
        else:
            users = (entry for entry in self._directory.principals if entry.kind == "user")
            yield from (self._domain_account("Win32_UserAccount", user) for user in users)

    def _groups(self, equalities: Mapping[str, Value]) -> Iterator[Instance]:
        yield from (self._local_group(group) for group in self._accounts.groups.values())
        if equalities.get("LocalAccount") is not True or self._accounts.is_domain_controller:
            yield from (self._domain_account("Win32_Group", group) for group in self._directory.groups if self._sees(group))

    def _sees(self, group: Principal) -> bool:
        """Builtin groups of the domain are those of its domain controllers."""
        return self._accounts.is_domain_controller or not _is_builtin(group)

    def _memberships(self, wanted: Value) -> Iterator[Instance]:
        for group in self._accounts.groups.values():
            reference = self._reference("Win32_Group", self._accounts.server, group.name)
            if wanted is None or normalized(wanted) == normalized(reference):
                parts = (self._part(member) for member in group.members)
                yield from (self._membership(reference, part) for part in parts if part is not None)
        for entry in self._directory.groups:
            reference = self._reference("Win32_Group", self._directory.netbios_domain, entry.name)
            if self._sees(entry) and (wanted is None or normalized(wanted) == normalized(reference)):
                parts = (self._domain_part(member) for member in entry.members.values())
                yield from (self._membership(reference, part) for part in parts if part is not None)

    def _part(self, member: str) -> Reference | None:
        principal = self._directory.find(member)
        if principal is not None:
            return self._domain_part(principal)
        if member in SYSTEM_ACCOUNTS:
            name = SYSTEM_ACCOUNTS[member][self._accounts.language]
            return self._reference("Win32_SystemAccount", self._accounts.server, name)
        domain, separator, name = member.partition("\\")
        return self._reference("Win32_UserAccount", domain, name) if separator else None

    def _domain_part(self, principal: Principal) -> Reference | None:
        if principal.kind == "computer" and self._server.quirks.computer_account_in_group == "absent":
            return None
        class_name = "Win32_Group" if principal.kind == "group" else "Win32_UserAccount"
        return self._reference(class_name, self._directory.netbios_domain, principal.name)

    def _reference(self, class_name: str, domain: str, name: str) -> Reference:
        return Reference(_CIMV2, class_name, {"Domain": domain, "Name": name})

    def _membership(self, group: Reference, part: Reference) -> Instance:
        return Instance("Win32_GroupUser", {"GroupComponent": group, "PartComponent": part})

    def _local_user(self, user: LocalUser) -> Instance:
        values: dict[str, Value] = {"SIDType": _USER, "AccountType": _NORMAL_ACCOUNT, "Disabled": user.is_disabled}
        return self._shown("Win32_UserAccount", self._accounts.server, user.name, user.sid, True, values)

    def _local_group(self, group: LocalGroup) -> Instance:
        return self._shown("Win32_Group", self._accounts.server, group.name, group.sid, True, {"SIDType": _ALIAS})

    def _system_account(self, sid: str) -> Instance:
        name = SYSTEM_ACCOUNTS[sid][self._accounts.language]
        return self._shown("Win32_SystemAccount", self._accounts.server, name, sid, True, {"SIDType": _WELL_KNOWN_GROUP})

    def _domain_account(self, class_name: str, principal: Principal) -> Instance:
        values: dict[str, Value] = {"SIDType": _ALIAS if _is_builtin(principal) else _GROUP}
        if principal.kind != "group":
            account_type = _NORMAL_ACCOUNT if principal.kind == "user" else _WORKSTATION_TRUST_ACCOUNT
            values = {"SIDType": _USER, "AccountType": account_type, "Disabled": False}
        is_local = self._accounts.is_domain_controller and self._server.quirks.domain_controller_groups == "local"
        domain = self._directory.netbios_domain
        return self._shown(class_name, domain, principal.name, principal.sid, is_local, values)

    def _shown(
        self, class_name: str, domain: str, name: str, sid: str, is_local: bool, values: Mapping[str, Value]
    ) -> Instance:
        return self._server.repository.new_instance(
            _CIMV2,
            class_name,
            Caption=f"{domain}\\{name}",
            Description=None if is_local else "",
            Domain=domain,
            LocalAccount=is_local,
            Name=name,
            SID=sid,
            Status="OK",
            **values,
        )


def _is_builtin(principal: Principal) -> bool:
    return principal.container == "CN=Builtin"
