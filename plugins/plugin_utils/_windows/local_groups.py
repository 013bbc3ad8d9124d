# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""Local groups of a server and their members, through WMI (``Win32_Group``, ``Win32_GroupUser``)."""

from __future__ import annotations

from dataclasses import dataclass

from .._wsman.client import WsmanClient
from .._wsman.values import CimClass, CimReference
from .._wsman.wql import quote
from .commands import quoted

ADMINISTRATORS = "S-1-5-32-544"
"""The group of the local administrators, whatever it is called in the server's language."""

_NAMESPACE = "root/cimv2"
_GROUP = CimClass.declare("Win32_Group", Domain="string", LocalAccount="boolean", Name="string", SID="string")
_ACCOUNT = "Win32_UserAccount"
_MEMBERSHIP = CimClass.declare("Win32_GroupUser", GroupComponent="reference", PartComponent="reference")


@dataclass(frozen=True)
class LocalGroup:
    """A group of the server itself, by the name that it has there."""

    domain: str
    name: str

    def __str__(self) -> str:
        return f"{self.domain}\\{self.name}"


@dataclass(frozen=True)
class Member:
    """A direct member of a local group."""

    domain: str
    name: str
    is_group: bool
    """Whether it stands for several: a group, or an account of Windows itself, such as Authenticated Users."""

    def __str__(self) -> str:
        return f"{self.domain}\\{self.name}"


def find_local_group(client: WsmanClient, sid: str) -> LocalGroup | None:
    """The server's group with a security identifier; None if it has no such group, as a domain controller."""
    wql = f"SELECT * FROM {_GROUP.name} WHERE LocalAccount = TRUE AND SID = {quote(sid)}"
    for row in client.query(_NAMESPACE, wql, _GROUP):
        return LocalGroup(row.text("Domain"), row.text("Name"))
    return None


@dataclass(frozen=True)
class Members:
    """The first direct members of a local group, in the server's order."""

    first: tuple[Member, ...]
    are_all: bool


def read_members(client: WsmanClient, group: LocalGroup, limit: int) -> Members:
    """The direct members of a local group, at most ``limit`` of them: a hundred or so cost a request."""
    path = f"Win32_Group.Domain={quote(group.domain)},Name={quote(group.name)}"
    wql = f"SELECT * FROM {_MEMBERSHIP.name} WHERE GroupComponent = {quote(path)}"
    members: list[Member] = []
    for row in client.query(_NAMESPACE, wql, _MEMBERSHIP):
        if len(members) == limit:
            return Members(tuple(members), are_all=False)
        part = row.properties.get("PartComponent")
        if isinstance(part, CimReference):
            is_group = part.resource_uri.rpartition("/")[2].casefold() != _ACCOUNT.casefold()
            members.append(Member(str(part.keys.get("Domain", "")), str(part.keys.get("Name", "")), is_group))
    return Members(tuple(members), are_all=True)


def command_to_list(group: LocalGroup) -> str:
    """The command line that lists the members of a group. ValueError for a name that cannot stand in one."""
    return f"net localgroup {quoted(group.name)} 2>NUL"


def read_listed(output: str) -> frozenset[str]:
    """The lines of that list, in lower case: members as ``domain\\name``, local ones as ``name``, and texts around them.

    WMI leaves out members that it cannot resolve; whether it resolves computer accounts is not documented. This list has them.
    """
    return frozenset(line.strip().lower() for line in output.splitlines() if line.strip())
