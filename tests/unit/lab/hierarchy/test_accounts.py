# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Local groups in three languages, the groups of the domain, and who is an administrator of what."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from lab.hierarchy.directory import DOMAIN_SID, LARGE_GROUP_SIZE
from lab.quirks import Quirks
from lab.wmi.codes import Wbem
from lab.wmi.model import Caller, Instance, Reference, WmiError

ANALYST = Caller("CORP\\analyst")
ADMINISTRATORS = "S-1-5-32-544"


@pytest.fixture
def international(make_site: Callable[..., Any]) -> Any:
    return make_site("international")


def query(site: Any, server: str, wql: str) -> list[Instance]:
    return list(site.wmi(server).query(ANALYST, "root/cimv2", wql).instances)


def administrators_of(site: Any, server: str) -> Instance:
    (group,) = query(site, server, f"SELECT * FROM Win32_Group WHERE SID = '{ADMINISTRATORS}' AND LocalAccount = TRUE")
    return group


def members(site: Any, server: str, domain: str, name: str) -> list[tuple[str, str]]:
    """Class and name of everybody in a group."""
    wql = f"""SELECT * FROM Win32_GroupUser WHERE GroupComponent = "Win32_Group.Domain='{domain}',Name='{name}'" """
    found = []
    for row in query(site, server, wql):
        part = row["PartComponent"]
        assert isinstance(part, Reference)
        found.append((part.class_name, f"{part.keys['Domain']}\\{part.keys['Name']}"))
    return found


@pytest.mark.parametrize(
    ("server", "name"), [("core1", "Administrators"), ("srv1", "Administratoren"), ("srv2", "Administrators")]
)
def test_the_administrators_are_named_in_the_server_s_language(international: Any, server: str, name: str) -> None:
    group = administrators_of(international, server)
    assert (group["Name"], group["Domain"], group["Caption"]) == (name, server.upper(), f"{server.upper()}\\{name}")
    assert group["SIDType"] == 4
    assert members(international, server, server.upper(), name) == [
        ("Win32_UserAccount", f"{server.upper()}\\Administrator"),
        ("Win32_Group", "CORP\\Domain Admins"),
        ("Win32_UserAccount", "CORP\\PS1$"),
    ]


def test_members_are_references_that_lead_somewhere(site: Any) -> None:
    rows = query(site, "srv1", "SELECT * FROM Win32_GroupUser")
    local = [row for row in rows if row["GroupComponent"].keys["Domain"] == "SRV1"]
    assert {row["PartComponent"].class_name for row in local} == {"Win32_UserAccount", "Win32_Group", "Win32_SystemAccount"}
    for row in local:
        for end in (row["GroupComponent"], row["PartComponent"]):
            found = site.wmi("srv1").get(ANALYST, end.namespace, end.class_name, end.keys)
            assert (found["Domain"], found["Name"]) == (end.keys["Domain"], end.keys["Name"])
            assert str(found["SID"]).startswith("S-1-5-")


def test_a_query_may_write_the_group_with_its_namespace(site: Any) -> None:
    path = r"""\\\\SRV1\\root\\cimv2:Win32_Group.Domain=\"srv1\",Name=\"administrators\" """.strip()
    rows = query(site, "srv1", f'SELECT * FROM Win32_GroupUser WHERE GroupComponent = "{path}"')
    assert len(rows) == 3
    others = query(site, "srv1", f'SELECT * FROM Win32_GroupUser WHERE GroupComponent <> "{path}"')
    assert len(others) > 3
    for wrong in ("Administrators", "Win32_Group", 'Win32_Group.Name="'):
        with pytest.raises(WmiError) as caught:
            query(site, "srv1", f"SELECT * FROM Win32_GroupUser WHERE GroupComponent = '{wrong}'")
        assert caught.value.hresult == Wbem.INVALID_QUERY


def test_quirk_that_hides_computer_accounts(make_site: Callable[..., Any]) -> None:
    site = make_site(quirks=Quirks(computer_account_in_group="absent"))
    assert "CORP\\PS1$" not in [name for _unused, name in members(site, "srv1", "SRV1", "Administrators")]
    assert site.hierarchy.servers["srv1.corp.example"].is_administrator("CORP\\PS1$")


def test_local_accounts_and_those_of_the_domain(site: Any) -> None:
    local = query(site, "srv1", "SELECT * FROM Win32_UserAccount WHERE LocalAccount = TRUE")
    assert [(user["Name"], user["Disabled"]) for user in local] == [("Administrator", False), ("Guest", True)]
    names = {user["Caption"] for user in query(site, "srv1", "SELECT * FROM Win32_UserAccount")}
    assert {"SRV1\\Guest", "CORP\\installer"} < names
    assert "CORP\\PS1$" not in names
    computer = site.wmi("srv1").get(ANALYST, "root/cimv2", "Win32_UserAccount", {"Domain": "corp", "Name": "ps1$"})
    assert str(computer["SID"]).startswith(DOMAIN_SID)


def test_administrators_through_groups_of_the_domain(site: Any) -> None:
    server, servers = site.hierarchy.servers["srv1.corp.example"], site.console.servers
    servers.remove_local_group_member("srv1", "CORP\\PS1$")
    assert not server.is_administrator("CORP\\PS1$")
    servers.add_local_group_member("srv1", "CORP\\CM Infrastructure")
    assert server.is_administrator("corp\\ps1$")
    assert not server.is_administrator("CORP\\SRV1$")
    servers.remove_domain_group_member("CM Servers", "CORP\\PS1$")
    assert not server.is_administrator("CORP\\PS1$")
    servers.add_local_group_member("srv1", "CORP\\Domain Computers")
    assert server.is_administrator("CORP\\PS1$")
    for account in ("CORP\\installer", "corp.example\\installer", "installer@corp.example"):
        assert not server.is_administrator(account)
    servers.add_local_group_member("srv1", "installer@corp.example")
    for account in ("CORP\\installer", "corp.example\\INSTALLER", "installer@corp.example"):
        assert server.is_administrator(account)


def test_the_switch_and_the_group_are_one(site: Any) -> None:
    site.console.set_server_switch("srv1", "site_server_is_administrator", False)
    assert ("Win32_UserAccount", "CORP\\PS1$") not in members(site, "srv1", "SRV1", "Administrators")
    site.console.set_server_switch("srv1", "site_server_is_administrator", True)
    assert ("Win32_UserAccount", "CORP\\PS1$") in members(site, "srv1", "SRV1", "Administrators")
    site.console.set_server_switch("ps1", "site_server_is_administrator", False)
    assert site.hierarchy.servers["ps1.corp.example"].is_administrator("CORP\\PS1$")


def test_a_group_that_contains_itself(site: Any) -> None:
    server, servers = site.hierarchy.servers["srv1.corp.example"], site.console.servers
    servers.add_local_group_member("srv1", "CORP\\CM Circular")
    assert not server.is_administrator("CORP\\installer")
    servers.add_domain_group("Outer", ["CORP\\CM Circular", "CORP\\installer"])
    servers.add_domain_group_member("CM Circular", "CORP\\Outer")
    assert server.is_administrator("CORP\\installer")
    assert members(site, "srv1", "CORP", "CM Circular") == [
        ("Win32_Group", "CORP\\CM Circular"),
        ("Win32_Group", "CORP\\Outer"),
    ]


def test_groups_with_5000_members(site: Any) -> None:
    server, servers = site.hierarchy.servers["srv1.corp.example"], site.console.servers
    users = [f"CORP\\user{number:04}" for number in range(1, LARGE_GROUP_SIZE + 1)]
    servers.add_local_group_member("srv1", users)
    assert len(members(site, "srv1", "SRV1", "Administrators")) == 3 + LARGE_GROUP_SIZE
    assert server.is_administrator("CORP\\user4711")
    servers.remove_local_group_member("srv1", users)
    assert not server.is_administrator("CORP\\user4711")
    assert len(members(site, "srv1", "CORP", "CM Everyone")) == LARGE_GROUP_SIZE
    servers.add_local_group_member("srv1", "CORP\\CM Everyone")
    assert server.is_administrator("CORP\\user4711")


def test_a_member_that_is_gone_stays_listed_and_is_not_shown(site: Any) -> None:
    before = members(site, "srv1", "SRV1", "Administrators")
    site.console.servers.add_local_group_member("srv1", f"{DOMAIN_SID}-99999")
    assert members(site, "srv1", "SRV1", "Administrators") == before
    site.console.servers.remove_local_group_member("srv1", f"{DOMAIN_SID}-99999")


@pytest.mark.parametrize(("value", "is_local"), [("domain", False), ("local", True)])
def test_a_domain_controller_has_the_groups_of_the_domain(make_site: Callable[..., Any], value: Any, is_local: bool) -> None:
    site = make_site("international", quirks=Quirks(domain_controller_groups=value))
    (group,) = query(site, "dc1", f"SELECT * FROM Win32_Group WHERE SID = '{ADMINISTRATORS}'")
    assert (group["Caption"], group["LocalAccount"]) == ("CORP\\Administrators", is_local)
    assert query(site, "dc1", "SELECT * FROM Win32_Group WHERE Domain = 'DC1'") == []
    assert ("Win32_UserAccount", "CORP\\PS1$") in members(site, "dc1", "CORP", "Administrators")
    server = site.hierarchy.servers["dc1.corp.example"]
    assert server.is_administrator("CORP\\PS1$")
    site.console.servers.remove_local_group_member("dc1", "CORP\\PS1$")
    assert not server.is_administrator("CORP\\PS1$")
    site.console.servers.add_domain_group_member("Domain Admins", "CORP\\CM Servers")
    assert server.is_administrator("CORP\\PS1$")
    assert server.may_manage_remotely("CORP\\analyst")
    assert site.hierarchy.history.violations == []


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        ({"action": "add_local_group_member", "server": "srv1", "member": "CORP\\nobody"}, "no account CORP"),
        ({"action": "add_local_group_member", "server": "srv1", "member": "SRV2\\Administrator"}, "no account SRV2"),
        ({"action": "add_local_group_member", "server": "srv1", "member": "CORP\\user", "group": "S-1-5-32-1"}, "no group"),
        ({"action": "remove_local_group_member", "server": "srv1", "member": "CORP\\user"}, "is not in the group"),
        ({"action": "remove_domain_group_member", "group": "CM Servers", "member": "CORP\\user"}, "is not in the group"),
        ({"action": "add_domain_group_member", "group": "user", "member": "CORP\\user"}, "user is no group"),
        ({"action": "add_domain_group", "name": "cm servers"}, "has an account cm servers already"),
        ({"action": "add_local_group_member", "server": "srv9", "member": "CORP\\user"}, "no server 'srv9'"),
    ],
)
def test_wrong_requests_are_explained(site: Any, request_: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        site.console.perform(request_)


def test_associations_lead_from_a_group_to_its_members_and_back(site: Any) -> None:
    group = "{Win32_Group.Domain='SRV1',Name='Administrators'}"
    through = f"ASSOCIATORS OF {group} WHERE AssocClass = Win32_GroupUser Role = GroupComponent"
    found = query(site, "srv1", through)
    assert [(entry.class_name, entry["Caption"]) for entry in found] == [
        ("Win32_UserAccount", "SRV1\\Administrator"),
        ("Win32_Group", "CORP\\Domain Admins"),
        ("Win32_UserAccount", "CORP\\PS1$"),
    ]
    assert all(str(entry["SID"]).startswith("S-1-5-21-") for entry in found)
    groups = query(site, "srv1", f"{through} ResultClass = Win32_Group")
    assert [entry["Name"] for entry in groups] == ["Domain Admins"]
    (back,) = query(site, "srv1", "associators of {Win32_UserAccount.Domain='SRV1',Name='Administrator'}")
    assert back["SID"] == ADMINISTRATORS
    rows = query(site, "srv1", f"REFERENCES OF {group} WHERE ResultClass = Win32_GroupUser")
    assert {row.class_name for row in rows} == {"Win32_GroupUser"}
    assert len(rows) == 3
    services = query(site, "srv1", "ASSOCIATORS OF {Win32_Service.Name='WinRM'} WHERE ResultRole = Antecedent")
    assert [entry["Name"] for entry in services] == ["RpcSs"]
