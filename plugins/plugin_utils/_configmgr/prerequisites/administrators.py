# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""Whether the site may administer the server: the accounts that it may install with, and the groups that they are in.

One of the two is enough (about the service connection point, "Remote site system server requirements"): the computer
accounts of the site servers are local administrators, or the installation account is one. Whether a site that has an
installation account also tries the computer account is not documented.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..._windows.directory_accounts import DirectoryAccount
from ..._windows.local_groups import ADMINISTRATORS as ADMINISTRATORS_SID
from ..._windows.local_groups import Member
from ..._windows.system import Computer
from .expected import Expected, is_same_computer
from .facts import Administrators, DomainAccounts, Facts, Unknown
from .findings import Finding, NotProven, known

_GROUPS_SHOWN = 5
_MEMBERS_SHOWN = 10
_LDAP = "Name a domain controller that can be asked (option ldap_server)"


@dataclass(frozen=True)
class _Answer:
    """Whether accounts are administrators."""

    evidence: str = ""
    """How all of them are; empty if they are not, or nobody knows."""
    doubt: str = ""
    """Why nobody knows; empty if at least one of them surely is none."""


def way_in(facts: Facts, expected: Expected) -> Finding:
    """Look for an account, or for several that are needed together, that the site may install with."""
    computer = known(facts.computer)
    if any(is_same_computer(computer, server) for server in expected.site_servers):
        return Finding("passed", f"{computer.name} is the site server itself")
    judge = _Judge(computer, known(facts.administrators), facts.listed_administrators, facts.domain_accounts)
    computer_accounts, account = " and ".join(expected.computer_accounts), expected.installation_account
    computers = judge.ask(expected.computer_accounts)
    if not account:
        tried = f"{judge.members_shown}; {computer_accounts} is not among them{judge.also_looked_in}"
        return _finding(computers, tried, computers.doubt)
    installer = judge.ask([account])
    if computers.evidence and not installer.evidence:
        doubt = f", as far as it is known, but {installer.doubt}" if installer.doubt else ""
        raise NotProven(
            f"{judge.members_shown}; {account}, which installs, is not among them{doubt}; {computer_accounts} is, but "
            "whether the site falls back to it is not documented"
        )
    tried = f"{judge.members_shown}; {account} or {computer_accounts} is not among them{judge.also_looked_in}"
    return _finding(installer, tried, installer.doubt or computers.doubt)


def _finding(answer: _Answer, tried: str, doubt: str) -> Finding:
    if answer.evidence:
        return Finding("passed", answer.evidence)
    if doubt:
        raise NotProven(f"{tried}, but {doubt}")
    return Finding("failed", tried)


class _Judge:
    """What is known of the administrators of one server."""

    def __init__(
        self,
        computer: Computer,
        administrators: Administrators,
        listed: frozenset[str] | Unknown | None,
        domain: DomainAccounts | Unknown | None,
    ) -> None:
        if administrators.group is None and not computer.is_domain_controller:
            raise NotProven(f"{computer.name} shows no group of local administrators ({ADMINISTRATORS_SID})")
        self._computer = computer
        self._members = administrators.members.first
        self._are_all = administrators.members.are_all
        self._listed = [_member(line, computer) for line in sorted(listed)] if isinstance(listed, frozenset) else None
        self._domain = domain
        self._group = str(administrators.group)

    @property
    def members_shown(self) -> str:
        """The members in a sentence, the first of them."""
        if self._computer.is_domain_controller:
            return f"{self._computer.name} is a domain controller, which has no local groups"
        names = ", ".join(str(member) for member in self._members[:_MEMBERS_SHOWN])
        more = "" if self._are_all and len(self._members) <= _MEMBERS_SHOWN else " and others"
        return f"the members of {self._group} are {names or 'none'}{more}"

    @property
    def also_looked_in(self) -> str:
        """Where else nobody was found."""
        if not isinstance(self._domain, DomainAccounts):
            return ""
        return ", nor in a group that is one, as the domain says" if self._groups else ", as the domain says"

    def ask(self, accounts: Sequence[str]) -> _Answer:
        """Whether all of these accounts are administrators."""
        answers = [self._ask(account) for account in accounts]
        if all(answer.evidence for answer in answers):
            return _Answer("; ".join(answer.evidence for answer in answers))
        open_ones = [answer for answer in answers if not answer.evidence]
        return _Answer(doubt=open_ones[0].doubt if all(answer.doubt for answer in open_ones) else "")

    def _ask(self, account: str) -> _Answer:
        found, doubt = self._found_in_domain(account)
        if self._computer.is_domain_controller:
            if found and ADMINISTRATORS_SID in found.group_sids:
                return _Answer(f"{account} is among the administrators of the domain")
            return _Answer(doubt=doubt)
        for member in self._accounts:
            if _is_named(member, found.name if found else account, self._computer):
                return _Answer(f"{account} is a member of {self._group}")
        if found is None:
            return _Answer(doubt=self._doubt(account, doubt))
        for group in self._groups:
            if str(group).casefold() in found.group_names:
                return _Answer(f"{account} is in {group}, which is a member of {self._group}")
        foreign = [group for group in self._groups if group.domain.casefold() != found.netbios_domain.casefold()]
        if foreign:
            return _Answer(doubt=f"may be in {_shown(foreign)}, which that domain controller does not know")
        return _Answer(doubt=self._doubt_of_others)

    def _found_in_domain(self, account: str) -> tuple[DirectoryAccount | None, str]:
        """The account as its domain has it, or why that is not known."""
        if self._domain is None:
            if self._computer.is_domain_controller:
                return None, f"may be among the administrators of the domain. {_LDAP}"
            return None, f"may be in {_shown(self._groups)}. {_LDAP}" if self._groups else ""
        if isinstance(self._domain, Unknown):
            return None, self._domain.reason
        if self._domain.domain.casefold() != self._computer.domain.casefold():
            return None, f"{self._computer.name} is in {self._computer.domain}, and {self._domain.domain} was asked"
        found = self._domain.accounts[account]
        return (None, found.reason) if isinstance(found, Unknown) else (found, "")

    def _doubt(self, account: str, doubt: str) -> str:
        """Why an account may be an administrator although no member has exactly its name."""
        for member in self._accounts:
            if _is_named(member, account, self._computer) is None:
                return f"whether {member} is {account} cannot be told. {_LDAP}"
        return doubt or self._doubt_of_others

    @property
    def _doubt_of_others(self) -> str:
        if self._are_all or self._listed is not None:
            return ""
        return f"only the first {len(self._members)} members could be read"

    @property
    def _accounts(self) -> list[Member]:
        """Who may be the account itself. What is listed has no kind, but a domain has every name once."""
        return [member for member in self._members if not member.is_group] + (self._listed or [])

    @property
    def _groups(self) -> list[Member]:
        """What may be a group with the account in it: every group, and what is listed of the domain beyond those read."""
        groups = [member for member in self._members if member.is_group]
        if self._are_all:
            return groups
        read = {str(member).casefold() for member in self._members}
        local = self._computer.name.casefold()
        others = [member for member in self._listed or [] if member.domain.casefold() != local]
        return groups + [member for member in others if str(member).casefold() not in read]


def _shown(groups: Sequence[Member]) -> str:
    more = " or others" if len(groups) > _GROUPS_SHOWN else ""
    return " or ".join(map(str, groups[:_GROUPS_SHOWN])) + more


def _member(line: str, computer: Computer) -> Member:
    """A line of the list of members: those of the server itself have no domain."""
    domain, _separator, name = line.rpartition("\\")
    return Member(domain or computer.name, name, is_group=False)


def _is_named(member: Member, account: str, computer: Computer) -> bool | None:
    """Whether a member is an account, given as ``domain\\user``; None where it has its name in a domain that may be the same.

    Members have the NetBIOS name of their domain, accounts that or the DNS name. The one nearly always begins the other; that
    the server itself is in that domain makes it sure enough.
    """
    domain, _separator, name = account.rpartition("\\")
    one, other = member.domain.casefold(), domain.casefold()
    if member.name.casefold() != name.casefold():
        return False
    if one == other:
        return True
    if "." not in other or one == computer.name.casefold():
        return False
    is_sure = other == computer.domain.casefold() and one == other.partition(".")[0][:15]
    return True if is_sure else None
