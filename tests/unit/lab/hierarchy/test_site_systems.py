# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Site systems: made, changed and removed over WMI, and whether a site can install anything on them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from lab.hierarchy.description import describe
from lab.quirks import Quirks
from lab.wmi.codes import Wbem
from lab.wmi.model import Caller, Instance, Reference, Value, WmiError

ADMINISTRATOR = Caller("CORP\\administrator")
ANALYST = Caller("CORP\\analyst")
SRV1, SRV2 = "srv1.corp.example", "srv2.corp.example"
SITE_SYSTEM = "SMS Site System"
INSTALLER = "CORP\\installer"
LONG = 1000
FAILED = {(3, 2)}
"""State and status of components that cannot be installed."""


def prop(name: str, value: int = 0, value1: str = "", value2: str = "") -> Instance:
    return Instance("SMS_EmbeddedProperty", {"PropertyName": name, "Value": value, "Value1": value1, "Value2": value2})


def make_site_system(site: Any, server: str, *props: Instance) -> Reference:
    changes: dict[str, Value] = {"RoleName": SITE_SYSTEM, "Props": [prop("Server Remote Name", 0, server), *props]}
    reference: Reference = site.create(server, changes=changes)
    return reference


def shown(site: Any, server: str) -> dict[Value, tuple[Value, Value, Value]]:
    (role,) = [role for role in site.roles(SITE_SYSTEM) if role["NetworkOSPath"] == f"\\\\{server}"]
    return {entry["PropertyName"]: (entry["Value"], entry["Value1"], entry["Value2"]) for entry in role["Props"]}


def use_account(site: Any, account: str, server: str = "srv1") -> None:
    site.console.set_property("UserName", role=SITE_SYSTEM, server=server, value2=account)
    site.console.set_property("UseMachineAccount", role=SITE_SYSTEM, server=server, value=0)


def encrypt(site: Any, text: str, code: str = "PS1", caller: Caller = ADMINISTRATOR) -> str:
    arguments: dict[str, Value] = {"Data": text, "SiteCode": code}
    outputs = site.wmi().invoke(caller, site.namespace, "SMS_Site", {}, "EncryptDataEx", arguments)
    assert outputs["ReturnValue"] == 0
    return str(outputs["EncryptedData"])


def known_account(site: Any, account: str, encrypted: str) -> Reference:
    """As a published script makes one."""
    item: dict[str, Value] = {
        "ItemName": f"{account}| 0",
        "ItemType": "User",
        "UserName": account,
        "Availability": 0,
        "FileType": 2,
        "SiteCode": "PS1",
        "Reserved2": encrypted,
    }
    reference: Reference = site.wmi().create(ADMINISTRATOR, site.namespace, Instance("SMS_SCI_Reserved", item))
    return reference


def password_of_installer(site: Any) -> str:
    return str(site.hierarchy.directory.find(INSTALLER).password)


def obstacle(site: Any) -> str:
    (installation,) = describe(site.hierarchy)["installations"]
    return str(installation["obstacle"])


def test_a_site_system_is_made_changed_and_removed(site: Any) -> None:
    reference = make_site_system(
        site,
        SRV2,
        prop("Server Remote Public Name", 0, "srv2.example.com"),
        prop("FDMOperation", 1),
        prop("UseMachineAccount", 1),
        prop("UseProxy", 1),
        prop("ProxyName", 0, "", "proxy.corp.example"),
        prop("ProxyServerPort", 8080),
        prop("ProxyUserName", 0, "", "CORP\\proxy"),
        prop("AnonymousProxyAccess", 0),
    )
    assert shown(site, SRV2)["ProxyName"] == (0, "", "proxy.corp.example")
    assert shown(site, SRV2)["ProxyServerPort"] == (8080, "", "")
    (role,) = [role for role in site.roles(SITE_SYSTEM) if role["NetworkOSPath"] == f"\\\\{SRV2}"]
    assert (role["Type"], role["RoleCount"]) == (8, 1)
    changed = [entry for entry in role["Props"] if entry["PropertyName"] != "FDMOperation"]
    site.wmi().put(ADMINISTRATOR, site.namespace, reference.class_name, reference.keys, {"Props": changed})
    assert "FDMOperation" not in shown(site, SRV2)
    site.delete(reference)
    assert f"\\\\{SRV2}" not in [role["NetworkOSPath"] for role in site.roles(SITE_SYSTEM)]
    site.pass_time(LONG)
    assert f"Site system no longer in use: PS1 {SRV2} SMS Site System" in site.log("hman.log")
    assert site.hierarchy.history.violations == []


def test_quirk_with_properties_that_nobody_asked_for(make_site: Callable[..., Any]) -> None:
    site = make_site(quirks=Quirks(role_props="many"))
    make_site_system(site, SRV2)
    assert shown(site, SRV2)["DomainFQDN"] == (0, "corp.example", "")


def test_a_site_system_goes_before_its_roles_where_the_quirk_says_so(make_site: Callable[..., Any]) -> None:
    site = make_site(role="srv1", quirks=Quirks(site_system_with_roles="removed"))
    for role in site.roles(SITE_SYSTEM):
        keys = {key: role[key] for key in ("FileType", "ItemName", "ItemType", "SiteCode")}
        if role["NetworkOSPath"] == f"\\\\{SRV1}":
            site.wmi().delete(ADMINISTRATOR, site.namespace, "SMS_SCI_SysResUse", keys)
        else:
            with pytest.raises(WmiError, match="SMS Site Server"):
                site.wmi().delete(ADMINISTRATOR, site.namespace, "SMS_SCI_SysResUse", keys)
    assert site.roles() == []
    assert [entry.text for entry in site.hierarchy.history.violations] == [
        f"SMS Dmp Connector was removed together with its site system {SRV1}"
    ]


def test_two_encryptions_of_a_password_differ_and_are_both_right(site: Any) -> None:
    first, second = (encrypt(site, password_of_installer(site)) for _unused in range(2))
    assert first != second
    assert password_of_installer(site) not in first
    reference = known_account(site, INSTALLER, first)
    site.wmi().put(ADMINISTRATOR, site.namespace, reference.class_name, reference.keys, {"Reserved2": second})
    (state,) = describe(site.hierarchy)["known_accounts"]
    assert state == {"site_code": "PS1", "name": INSTALLER, "password_is_right": True}
    wrong = encrypt(site, "something else")
    site.wmi().put(ADMINISTRATOR, site.namespace, reference.class_name, reference.keys, {"Reserved2": wrong})
    (state,) = describe(site.hierarchy)["known_accounts"]
    assert state["password_is_right"] is False
    assert site.hierarchy.history.violations == []
    site.wmi().delete(ADMINISTRATOR, site.namespace, reference.class_name, reference.keys)
    assert describe(site.hierarchy)["known_accounts"] == []


def test_what_is_wrong_with_an_encryption(make_site: Callable[..., Any]) -> None:
    site = make_site("hierarchy")
    for text, code in (("secret", "XYZ"), ("", "CAS")):
        with pytest.raises(WmiError, match="EncryptDataEx needs") as caught:
            encrypt(site, text, code)
        assert caught.value.hresult == Wbem.INVALID_PARAMETER
    with pytest.raises(WmiError) as caught:
        encrypt(site, "secret", "CAS", ANALYST)
    assert caught.value.hresult == Wbem.ACCESS_DENIED


@pytest.mark.parametrize("password", ["in clear text", ""])
def test_a_password_that_was_not_encrypted_is_noted(site: Any, password: str) -> None:
    known_account(site, INSTALLER, password)
    assert [entry.text for entry in site.hierarchy.history.violations] == [
        f"the password of {INSTALLER} was not encrypted by PS1",
    ]


def test_an_installation_account_needs_everything_to_be_right(site: Any) -> None:
    use_account(site, INSTALLER)
    site.create(SRV1)
    site.pass_time(30)
    assert set(site.components(SRV1).values()) == FAILED
    assert "does not know the site system installation account CORP\\installer" in obstacle(site)
    reference = known_account(site, INSTALLER, encrypt(site, "wrong"))
    site.pass_time(30)
    assert "the user name or password is incorrect" in obstacle(site)
    right = encrypt(site, password_of_installer(site))
    site.wmi().put(ADMINISTRATOR, site.namespace, reference.class_name, reference.keys, {"Reserved2": right})
    site.pass_time(30)
    assert "access is denied" in obstacle(site)
    assert "access is denied" in site.log("sitecomp.log")
    site.console.servers.add_domain_group("Installers", [INSTALLER])
    site.console.servers.add_local_group_member("srv1", "CORP\\Installers")
    site.pass_time(LONG)
    assert set(site.components(SRV1).values()) == {(1, 0)}


def test_quirk_that_falls_back_to_the_computer_account(make_site: Callable[..., Any]) -> None:
    site = make_site(quirks=Quirks(installation_account="first"))
    use_account(site, INSTALLER)
    site.create(SRV1)
    site.pass_time(LONG)
    assert set(site.components(SRV1).values()) == {(1, 0)}


def test_an_account_may_be_written_with_the_domain_s_full_name(site: Any) -> None:
    site.console.perform({"action": "add_known_account", "account": "corp.example\\installer"})
    site.console.perform({"action": "add_local_group_member", "server": "srv1", "member": INSTALLER})
    use_account(site, "corp.example\\installer")
    site.create(SRV1)
    site.pass_time(LONG)
    assert set(site.components(SRV1).values()) == {(1, 0)}


def test_a_known_account_needs_a_password(site: Any) -> None:
    with pytest.raises(ValueError, match="no account CORP"):
        site.console.perform({"action": "add_known_account", "account": "CORP\\nobody"})
    site.console.perform({"action": "add_known_account", "account": "CORP\\nobody", "password": "guess"})
    (state,) = describe(site.hierarchy)["known_accounts"]
    assert (state["name"], state["password_is_right"]) == ("CORP\\nobody", False)


def test_quirk_that_refuses_accounts_that_the_site_does_not_know(make_site: Callable[..., Any]) -> None:
    site = make_site(quirks=Quirks(unknown_account="refused"))
    account = prop("ProxyUserName", 0, "", "CORP\\proxy")
    with pytest.raises(WmiError, match="does not know the account CORP") as caught:
        make_site_system(site, SRV2, account)
    assert caught.value.hresult == Wbem.INVALID_PARAMETER
    reference = make_site_system(site, SRV2)
    with pytest.raises(WmiError, match="does not know the account CORP"):
        site.wmi().put(ADMINISTRATOR, site.namespace, reference.class_name, reference.keys, {"Props": [account]})
    site.console.perform({"action": "add_known_account", "account": "CORP\\proxy"})
    site.wmi().put(ADMINISTRATOR, site.namespace, reference.class_name, reference.keys, {"Props": [account]})
    assert shown(site, SRV2).keys() == {"ProxyUserName"}


def test_the_role_goes_where_there_is_space(site: Any) -> None:
    site.console.servers.set_drive("srv1", "C:", free=1)
    site.create(SRV1)
    site.pass_time(LONG)
    assert site.hierarchy.servers[SRV1].installation_directory == "D:\\SMS"
    assert "SMS_DMP_DOWNLOADER installed." in site.log("dmpdownloader.log", SRV1)
    tracing = r"SOFTWARE\Microsoft\SMS\Tracing\SMS_DMP_DOWNLOADER"
    assert site.registry(SRV1, tracing, "TraceFilename") == "D:\\SMS\\Logs\\dmpdownloader.log"


def test_a_marked_drive_is_not_used(site: Any) -> None:
    for drive in ("C", "D"):
        site.console.servers.write_file("srv1", f"{drive}:\\no_sms_on_drive.sms")
    site.create(SRV1)
    site.pass_time(LONG)
    assert obstacle(site) == f"{SRV1} has no NTFS drive without no_sms_on_drive.sms."
    site.console.servers.remove_file("srv1", "D:\\no_sms_on_drive.sms")
    site.pass_time(3600)
    site.pass_time(LONG)
    assert set(site.components(SRV1).values()) == {(1, 0)}
    assert site.hierarchy.servers[SRV1].installation_directory == "D:\\SMS"
