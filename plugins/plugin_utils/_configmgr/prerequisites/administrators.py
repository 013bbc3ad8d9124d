# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""Whether the site may administer the server: the accounts that it may install with, and the groups that they are in.

One of the two is enough (about the service connection point, "Remote site system server requirements"): the computer
accounts of the site servers are local administrators, or the installation account is one.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..._windows.local_groups import ADMINISTRATORS as ADMINISTRATORS_SID
from ..._windows.local_groups import Member
from ..._windows.system import Computer
from .facts import Administrators, DomainGroups, Facts, Unknown
from .findings import Finding, NotProven, known

_ADMINISTRATORS_OF_DOMAIN = ("-512", "-519")
"""Domain Admins and Enterprise Admins, which are administrators of every server: no computer account belongs into them."""

_GROUPS_SHOWN = 5
_MEMBERS_SHOWN = 10


def way_in(facts: Facts, computer_accounts: Sequence[str], installation_account: str) -> Finding:
    """Look for an account, or for several that are needed together, that the site may install with."""
    computer = known(facts.computer)
    others = [account for account in computer_accounts if account.rstrip("$") != computer.name.upper()]
    if len(others) < len(computer_accounts):
        return Finding("passed", f"{computer.name} is the site server itself")
    judge = _Judge(computer, known(facts.administrators), facts.listed_administrators, facts.domain_groups)
    ways = [others] + ([[installation_account]] if installation_account else [])
    for way in ways:
        answers = [judge.membership_of(account) for account in way]
        if all(answers):
            return Finding("passed", "; ".join(answer for answer in answers if answer))
    accounts = " or ".join(" and ".join(way) for way in ways)
    doubts = judge.doubts([account for way in ways for account in way])
    if doubts:
        raise NotProven(f"{judge.members_shown}; {accounts} is not among them, but {doubts}")
    return Finding("failed", f"{judge.members_shown}; {accounts} is not among them{judge.also_looked_in}")


class _Judge:
    """What is known of the administrators of one server."""

    def __init__(
        self,
        computer: Computer,
        administrators: Administrators,
        listed: frozenset[str] | Unknown | None,
        domain_groups: DomainGroups | Unknown | None,
    ) -> None:
        self._computer = computer
        self._members = administrators.members
        self._listed = listed if isinstance(listed, frozenset) else frozenset()
        self._domain = domain_groups
        self._has_local_groups = not computer.is_domain_controller and administrators.group is not None
        self._group = str(administrators.group) if self._has_local_groups else "the administrators of the domain"

    @property
    def members_shown(self) -> str:
        """The members in a sentence, the first of them."""
        if not self._has_local_groups:
            return f"{self._computer.name} is a domain controller, which has no local groups"
        names = ", ".join(str(member) for member in self._members[:_MEMBERS_SHOWN])
        more = " and others" if len(self._members) > _MEMBERS_SHOWN else ""
        return f"the members of {self._group} are {names or 'none'}{more}"

    @property
    def also_looked_in(self) -> str:
        """Where else nobody was found."""
        if not isinstance(self._domain, DomainGroups):
            return ""
        return ", nor in a group that is one, as the domain says" if self._groups else ", as the domain says"

    def membership_of(self, account: str) -> str:
        """How an account is an administrator; empty if it is not, or nobody knows."""
        if self._has_local_groups and (self._is_direct(account) or self._is_listed(account)):
            return f"{account} is a member of {self._group}"
        if isinstance(self._domain, DomainGroups):
            groups = self._domain.of_accounts[account]
            if isinstance(groups, frozenset):
                if not self._has_local_groups:
                    return f"{account} is among {self._group}" if ADMINISTRATORS_SID in groups else ""
                for group in self._groups:
                    if self._sid_of(group) in groups:
                        return f"{account} is in {group}, which is a member of {self._group}"
        return ""

    def doubts(self, accounts: Sequence[str]) -> str:
        """Why an account may be an administrator all the same; empty if it is sure that none is."""
        if isinstance(self._domain, Unknown):
            return self._domain.reason
        if isinstance(self._domain, DomainGroups):
            unknown = [self._domain.of_accounts[account] for account in accounts] + [*self._domain.sids.values()]
            return next((reason.reason for reason in unknown if isinstance(reason, Unknown)), "")
        if not self._has_local_groups:
            return f"may be among {self._group}. Name a domain controller that can be asked (option ldap_server)"
        groups = [str(group) for group in self._groups if not group.sid.endswith(_ADMINISTRATORS_OF_DOMAIN)]
        if not groups:
            return ""
        shown = " or ".join(groups[:_GROUPS_SHOWN])
        return f"may be in {shown}. Name a domain controller that can be asked (option ldap_server)"

    @property
    def _groups(self) -> list[Member]:
        return [member for member in self._members if member.is_group]

    def _sid_of(self, group: Member) -> str:
        if group.sid or not isinstance(self._domain, DomainGroups):
            return group.sid
        sid = self._domain.sids.get(str(group), "")
        return sid if isinstance(sid, str) else ""

    def _is_direct(self, account: str) -> bool:
        return any(not member.is_group and _is_account(member, account) for member in self._members)

    def _is_listed(self, account: str) -> bool:
        """Whether the list has it: an account of a domain with a domain, one of the server itself without."""
        domain, _separator, name = account.lower().rpartition("\\")
        if domain and domain == self._computer.name.lower():
            return name in self._listed
        return any(
            line.rpartition("\\")[2] == name and (not domain or _same_domain(line.rpartition("\\")[0], domain))
            for line in self._listed
            if "\\" in line
        )


def _is_account(member: Member, account: str) -> bool:
    """Whether a member is an account, given as ``domain\\user``, or without a domain where that is not known."""
    domain, _separator, name = account.rpartition("\\")
    return member.name.casefold() == name.casefold() and (not domain or _same_domain(member.domain, domain))


def _same_domain(one: str, other: str) -> bool:
    """Domains are written by their NetBIOS name or by their DNS name, which nearly always begins with it."""
    return one.casefold().partition(".")[0] == other.casefold().partition(".")[0]
