# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the SMS Provider accepts and refuses, of whom, and what counts as a violation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from lab.quirks import Quirks
from lab.wmi.codes import Wbem
from lab.wmi.model import Caller, Instance, WmiError

SRV1 = "srv1.corp.example"
SRV2 = "srv2.corp.example"
ADMINISTRATOR = Caller("CORP\\administrator")
ANALYST = Caller("CORP\\analyst")
STRANGER = Caller("CORP\\stranger")


@pytest.mark.parametrize(
    "changes",
    [
        {"NALPath": "srv1.corp.example"},
        {"NALPath": '["Display=\\\\srv1\\"]MSWNET:["SMS_SITE=PS1"]\\\\srv1\\'},
        {"NALPath": f'["Display=\\\\{SRV1}\\"]MSWNET:["SMS_SITE=PS1"]\\\\{SRV2}\\'},
        {"NALPath": f'["Display=\\\\{SRV1}\\"]MSWNET:["SMS_SITE=PS1"]\\\\{SRV1}'},
        {"NALPath": f'["Display=\\\\{SRV1}\\"]MSWNET:["SMS_SITE=XYZ"]\\\\{SRV1}\\'},
        {"SiteCode": "XYZ"},
        {"SiteCode": None},
        {"NALType": None},
        {"RoleName": "SMS Service Connection Point"},
        {"ItemName": "something else"},
        {"Props": [Instance("SMS_EmbeddedProperty", {"Value": 0})]},
    ],
)
def test_a_wrong_role_is_refused_with_the_provider_s_explanation(site: Any, changes: dict[str, Any]) -> None:
    with pytest.raises(WmiError) as caught:
        site.create(SRV1, changes=changes)
    assert caught.value.hresult == Wbem.INVALID_PARAMETER
    assert caught.value.extended_status is not None
    assert caught.value.extended_status.class_name == "SMS_ExtendedStatus"
    assert caught.value.extended_status["Description"]
    assert site.roles() == []


def test_a_plain_extended_status_where_the_quirk_says_so(make_site: Callable[..., Any]) -> None:
    site = make_site(quirks=Quirks(extended_status_class="__ExtendedStatus"))
    with pytest.raises(WmiError) as caught:
        site.create(SRV1, changes={"SiteCode": "XYZ"})
    assert caught.value.extended_status is None
    assert caught.value.description


def test_the_role_name_may_be_written_in_any_case(site: Any) -> None:
    site.create(SRV1, changes={"RoleName": "SMS DMP CONNECTOR"})
    assert [role["RoleName"] for role in site.roles()] == ["SMS Dmp Connector"]


def test_the_same_role_twice_is_refused(site: Any) -> None:
    site.create(SRV1)
    with pytest.raises(WmiError) as caught:
        site.create(SRV1.upper())
    assert caught.value.hresult == Wbem.ALREADY_EXISTS
    assert caught.value.extended_status is not None


@pytest.mark.parametrize(
    ("value", "code"),
    [("refused", Wbem.INVALID_PARAMETER), ("refused_null", Wbem.ILLEGAL_NULL), ("refused_failed", Wbem.FAILED)],
)
def test_quirk_that_refuses_a_create_without_its_generated_keys(make_site: Callable[..., Any], value: Any, code: Wbem) -> None:
    site = make_site(quirks=Quirks(create_without_item_name=value))
    with pytest.raises(WmiError, match="ItemName") as caught:
        site.create(SRV1)
    assert caught.value.hresult == code
    path = f'["Display=\\\\{SRV1}\\"]MSWNET:["SMS_SITE=PS1"]\\\\{SRV1}\\'
    keys = {"FileType": 2, "ItemName": f"{path},SMS Dmp Connector", "ItemType": "System Resource Usage"}
    site.create(SRV1, changes=keys)
    assert len(site.roles()) == 1


def test_quirk_that_refuses_embedded_properties_without_their_key(make_site: Callable[..., Any]) -> None:
    site = make_site(quirks=Quirks(embedded_item_type="required"))
    bare = Instance("SMS_EmbeddedProperty", {"PropertyName": "OfflineMode", "Value": 1})
    complete = Instance("SMS_EmbeddedProperty", {**bare.properties, "ItemType": "Property"})
    with pytest.raises(WmiError, match="ItemType") as caught:
        site.create(SRV1, changes={"Props": [bare]})
    assert caught.value.hresult == Wbem.INVALID_PARAMETER
    reference = site.create(SRV1, changes={"Props": [complete]})
    with pytest.raises(WmiError, match="ItemType") as caught:
        site.wmi().put(ADMINISTRATOR, site.namespace, "SMS_SCI_SysResUse", reference.keys, {"Props": [complete, bare]})
    assert caught.value.hresult == Wbem.INVALID_PARAMETER
    site.wmi().put(ADMINISTRATOR, site.namespace, "SMS_SCI_SysResUse", reference.keys, {"Props": [complete]})


def test_a_second_service_connection_point_is_accepted_and_noted(make_site: Callable[..., Any]) -> None:
    site = make_site(role="srv1")
    site.create("ps1.corp.example")
    assert [violation.text for violation in site.hierarchy.history.violations] == [
        "more than one service connection point: srv1.corp.example (PS1) and ps1.corp.example (PS1)"
    ]


def test_two_at_one_moment_stay_noted_when_the_first_is_gone(make_site: Callable[..., Any]) -> None:
    site = make_site(role="srv1")
    site.create("ps1.corp.example")
    site.console.remove_role("srv1")
    assert len(site.roles()) == 1
    assert len(site.hierarchy.history.violations) == 1


def test_a_quirk_refuses_the_second(make_site: Callable[..., Any]) -> None:
    site = make_site(role="srv1", quirks=Quirks(second_role="refused"))
    with pytest.raises(WmiError, match=SRV1):
        site.create("ps1.corp.example")
    assert site.hierarchy.history.violations == []


def test_below_the_top_tier_it_is_accepted_and_noted(make_site: Callable[..., Any]) -> None:
    site = make_site("hierarchy")
    site.console.add_role("pr1", site_code="PR1")
    assert [violation.text for violation in site.hierarchy.history.violations] == [
        "service connection point at PR1, which is not the top-tier site"
    ]


def test_roles_are_global_data(make_site: Callable[..., Any]) -> None:
    site = make_site("hierarchy")
    site.create(SRV1)
    wql = "SELECT * FROM SMS_SCI_SysResUse WHERE RoleName = 'SMS Dmp Connector'"
    for server, code in (("pr1", "PR1"), ("pr2", "PR2")):
        found = list(site.wmi(server).query(ADMINISTRATOR, f"root/sms/site_{code}", wql).instances)
        assert [role["SiteCode"] for role in found] == ["CAS"]
    types = {role["NetworkOSPath"]: role["Type"] for role in site.roles("SMS Site System")}
    assert types["\\\\cas.corp.example"] == 4
    assert types["\\\\pr1.corp.example"] == 2
    assert types["\\\\s01.corp.example"] == 1
    assert types[f"\\\\{SRV1}"] == 8


def test_put_replaces_properties_whole_and_names_are_case_sensitive(make_site: Callable[..., Any]) -> None:
    site = make_site(role="srv1:online")
    (role,) = site.roles()
    keys = {key: role[key] for key in ("FileType", "ItemName", "ItemType", "SiteCode")}
    wrong_case = Instance("SMS_EmbeddedProperty", {"PropertyName": "offlinemode", "Value": 1})
    stored = site.wmi().put(ADMINISTRATOR, site.namespace, "SMS_SCI_SysResUse", keys, {"Props": [wrong_case]})
    assert [prop["PropertyName"] for prop in stored["Props"]] == ["offlinemode"]
    assert site.hierarchy.mode_on_record(SRV1) == "unknown"


def test_a_site_system_with_roles_cannot_be_removed(site: Any) -> None:
    site.create(SRV1)
    site.pass_time(1000)
    role = next(role for role in site.roles("SMS Site System") if SRV1 in str(role["NetworkOSPath"]))
    keys = {key: role[key] for key in ("FileType", "ItemName", "ItemType", "SiteCode")}
    with pytest.raises(WmiError, match="SMS Dmp Connector") as caught:
        site.wmi().delete(ADMINISTRATOR, site.namespace, "SMS_SCI_SysResUse", keys)
    assert caught.value.hresult == Wbem.FAILED


def test_quirk_with_properties_that_nobody_asked_for(make_site: Callable[..., Any]) -> None:
    site = make_site(quirks=Quirks(role_props="many"))
    site.create(SRV1, mode=1)
    values = {prop["PropertyName"]: prop["Value"] for prop in site.roles()[0]["Props"]}
    assert values.pop("OfflineMode") == 1
    assert len(values) >= 3
    assert 0 in values.values()


def test_so_have_the_roles_of_others(make_site: Callable[..., Any]) -> None:
    site = make_site(role="srv1", quirks=Quirks(role_props="many"))
    site.console.add_role("ps1")
    for role in site.roles():
        names = [prop["PropertyName"] for prop in role["Props"]]
        assert "OfflineMode" in names
        assert len(names) == len(set(names)) >= 4


def test_a_management_point_as_published(site: Any) -> None:
    (role,) = site.roles("SMS Management Point")
    assert (role["SslState"], role["ServerState"], role["Type"]) == (0, 196611, 2)
    assert [entry["PropertyListName"] for entry in role["PropLists"]] == ["Objects Polled By Site Status"]
    assert [role["SslState"] for role in site.roles("SMS Distribution Point")] == [0]
    assert {role["SslState"] for role in site.roles("SMS Site System")} == {2}


def test_an_analyst_reads_and_writes_nothing(make_site: Callable[..., Any]) -> None:
    site = make_site(role="srv1")
    (role,) = site.query("SELECT * FROM SMS_SCI_SysResUse WHERE RoleName = 'SMS Dmp Connector'", ANALYST)
    keys = {key: role[key] for key in ("FileType", "ItemName", "ItemType", "SiteCode")}
    attempts: list[Callable[[], object]] = [
        lambda: site.create(SRV2, caller=ANALYST),
        lambda: site.wmi().put(ANALYST, site.namespace, "SMS_SCI_SysResUse", keys, {"Props": []}),
        lambda: site.wmi().delete(ANALYST, site.namespace, "SMS_SCI_SysResUse", keys),
    ]
    for attempt in attempts:
        with pytest.raises(WmiError) as caught:
            attempt()
        assert caught.value.hresult == Wbem.ACCESS_DENIED
        assert caught.value.extended_status is not None
    assert len(site.roles()) == 1


def test_a_stranger_sees_where_the_provider_is_and_nothing_else(site: Any) -> None:
    assert site.query("SELECT * FROM SMS_ProviderLocation", STRANGER, "root/sms")
    for name in ("SMS_SCI_SysResUse", "SMS_Site", "SMS_StatusMessage"):
        assert site.query(f"SELECT * FROM {name}", STRANGER) == []
        assert site.query(f"SELECT * FROM {name}") != []
    interval = "SELECT * FROM SMS_ComponentSummarizer WHERE TallyInterval = '0001128000100008'"
    assert site.query(interval, STRANGER) == []


def test_a_user_is_not_let_in(site: Any) -> None:
    server = site.hierarchy.servers[SRV1]
    assert server.may_manage_remotely("corp\\Administrator")
    assert server.may_manage_remotely("CORP\\stranger")
    assert not server.may_manage_remotely("CORP\\user")


def test_the_summarizer_wants_a_tally_interval(make_site: Callable[..., Any]) -> None:
    site = make_site(role="srv1")
    empty = site.query("SELECT * FROM SMS_ComponentSummarizer")
    assert empty
    assert all(value is None or value == 0 for row in empty for value in row.properties.values())
    assert site.query("SELECT * FROM SMS_ComponentSummarizer WHERE ComponentName = 'SMS_DMP_DOWNLOADER'") == []
    unknown = site.query("SELECT * FROM SMS_ComponentSummarizer WHERE TallyInterval = '0001128000999999'")
    assert {row["ComponentName"] for row in unknown} == {None}
    (row,) = site.query(
        "SELECT * FROM SMS_ComponentSummarizer WHERE TallyInterval = '0001128000080008' "
        "AND ComponentName = 'SMS_DMP_DOWNLOADER'"
    )
    assert (row["MachineName"], row["State"], row["SiteCode"]) == (SRV1, 1, "PS1")


def test_quirk_for_the_summarizer_s_machine_name(make_site: Callable[..., Any]) -> None:
    site = make_site(role="srv1", quirks=Quirks(summarizer_machine_name="netbios"))
    assert site.components("SRV1")
    assert site.components(SRV1) == {}


def test_the_remote_provider_has_the_namespace_and_the_site_server_has_not(make_site: Callable[..., Any]) -> None:
    site = make_site("remote_provider")
    assert site.query("SELECT * FROM SMS_Site")[0]["ServerName"] == "ps1.corp.example"
    with pytest.raises(WmiError) as caught:
        site.wmi("ps1").query(ADMINISTRATOR, "root/sms/site_PS1", "SELECT * FROM SMS_Site")
    assert caught.value.hresult == Wbem.INVALID_NAMESPACE
    for server in ("ps1", "prov1"):
        (place,) = site.wmi(server).query(ADMINISTRATOR, "root/sms", "SELECT * FROM SMS_ProviderLocation").instances
        assert place["NamespacePath"] == "\\\\prov1.corp.example\\root\\sms\\site_PS1"
        assert place["ProviderForLocalSite"] is True


def test_sites_describe_the_hierarchy(make_site: Callable[..., Any]) -> None:
    site = make_site("hierarchy")
    sites = {row["SiteCode"]: (row["Type"], row["ReportingSiteCode"]) for row in site.query("SELECT * FROM SMS_Site")}
    assert sites == {"CAS": (4, ""), "PR1": (2, "CAS"), "PR2": (2, "CAS"), "S01": (1, "PR1")}
    definitions = site.query("SELECT * FROM SMS_SCI_SiteDefinition")
    assert {row["SiteCode"]: row["ParentSiteCode"] for row in definitions}["S01"] == "PR1"


@pytest.mark.parametrize(("value", "codes"), [("below", {"PR1", "S01"}), ("all", {"CAS", "PR1", "PR2", "S01"})])
def test_quirk_for_the_sites_that_a_child_primary_site_shows(
    make_site: Callable[..., Any], value: Any, codes: set[str]
) -> None:
    site = make_site("hierarchy", quirks=Quirks(known_sites=value))
    rows = site.wmi("pr1").query(ADMINISTRATOR, "root/sms/site_PR1", "SELECT * FROM SMS_Site").instances
    assert {row["SiteCode"] for row in rows} == codes


def test_the_registry_tells_where_the_site_is_installed(site: Any) -> None:
    (row,) = site.query("SELECT * FROM SMS_Site")
    setup = r"SOFTWARE\Microsoft\SMS\Setup"
    assert site.registry("ps1.corp.example", setup, "UI Installation Directory") == row["InstallDir"]


def test_an_update_being_installed_can_be_seen(site: Any) -> None:
    wql = "SELECT * FROM SMS_CM_UpdatePackages WHERE State = 196609"
    assert site.query(wql) == []
    site.console.start_update()
    assert [row["Name"] for row in site.query(wql)] == ["Configuration Manager 2509"]
    site.console.finish_update()
    assert site.query(wql) == []


def test_quirks_of_what_the_site_control_data_shows(make_site: Callable[..., Any]) -> None:
    shown = Quirks(server_names="upper", role_names="upper", server_state="null", parent_of_top_tier="null")
    site = make_site(role="srv1", quirks=shown)
    (role,) = site.query("SELECT * FROM SMS_SCI_SysResUse WHERE RoleName = 'SMS Dmp Connector'")
    assert (role["RoleName"], role["NetworkOSPath"]) == ("SMS DMP CONNECTOR", "\\\\SRV1.CORP.EXAMPLE")
    assert role["ItemName"] == role["NALPath"] + ",SMS Dmp Connector"
    assert (role["ServerState"], role["SiteSystemStatus"]) == (None, None)
    assert [row["ReportingSiteCode"] for row in site.query("SELECT * FROM SMS_Site")] == [None]
    assert [row["ParentSiteCode"] for row in site.query("SELECT * FROM SMS_SCI_SiteDefinition")] == [None]
    keys = {name: role[name] for name in ("FileType", "ItemName", "ItemType", "SiteCode")}
    site.wmi().delete(ADMINISTRATOR, site.namespace, "SMS_SCI_SysResUse", keys)
    assert site.roles() == []


def test_quirk_that_wants_the_name_of_the_server_in_a_role(make_site: Callable[..., Any]) -> None:
    site = make_site(quirks=Quirks(server_remote_name="required"))
    mode = Instance("SMS_EmbeddedProperty", {"PropertyName": "OfflineMode", "Value": 1})
    name = Instance("SMS_EmbeddedProperty", {"PropertyName": "Server Remote Name", "Value1": SRV1})
    with pytest.raises(WmiError, match="Server Remote Name"):
        site.create(SRV1, changes={"Props": [mode]})
    site.create(SRV1, changes={"Props": [mode, name]})


def test_quirks_of_what_the_summarizer_shows(make_site: Callable[..., Any]) -> None:
    few = make_site(role="srv1", quirks=Quirks(summarized_components="downloader"))
    assert list(few.components(SRV1)) == ["SMS_DMP_DOWNLOADER"]
    site = make_site(quirks=Quirks(states_on_the_way="skipped"))
    site.create(SRV1)
    seen = []
    for _minute in range(10):
        site.pass_time(60)
        seen.append(site.components(SRV1))
    assert not seen[0] and len(seen[3]) == 2 and len(seen[-1]) == 4, seen
    assert {state for states in seen for state, _status in states.values()} == {1}, "started, or not there"
