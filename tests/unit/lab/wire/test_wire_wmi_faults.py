# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults of WMI as the servers of a hierarchy answer them, next to what was recorded from Windows Server 2012 R2."""

from __future__ import annotations

from xml.etree.ElementTree import Element

import pytest
from lab.hierarchy import topology as topologies
from lab.hierarchy.accounts import Account, make_accounts
from lab.hierarchy.hierarchy import Hierarchy
from lab.hierarchy.windows_server import WindowsServer
from lab.quirks import Quirks
from lab.simulation import ManualClock, Simulation
from unit.lab.wire.soap import Answer, Soap

WMI = "http://schemas.microsoft.com/wbem/wsman/1/wmi"
GET = "http://schemas.xmlsoap.org/ws/2004/09/transfer/Get"
ENUMERATE = "http://schemas.xmlsoap.org/ws/2004/09/enumeration/Enumerate"
FAULT_DETAIL = "http://schemas.dmtf.org/wbem/wsman/1/wsman/faultDetail"
XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
NIL = {f"{XSI}nil": "true"}
NAMES = {
    "s": "http://www.w3.org/2003/05/soap-envelope",
    "w": "http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd",
    "f": "http://schemas.microsoft.com/wbem/wsman/1/wsmanfault",
}
SERVICE = f"{WMI}/root/cimv2/Win32_Service"
SITE = f"{WMI}/root/sms/site_PS1"
NOT_FOUND = (
    "The WS-Management service cannot process the request. The service cannot find the resource identified by the "
    "resource URI and selectors. "
)


@pytest.fixture
def quirks() -> Quirks:
    return Quirks()


@pytest.fixture
def host(quirks: Quirks) -> WindowsServer:
    accounts = (*make_accounts("CORP"), Account("CORP\\admin", is_administrator=True, security_role="Full Administrator"))
    hierarchy = Hierarchy(topologies.load("standalone"), accounts, Simulation(1, ManualClock()), quirks)
    return hierarchy.servers["ps1.corp.example"]


def find(answer: Answer, path: str) -> Element:
    element = answer.xml.find(path, NAMES)
    assert element is not None, answer.text
    return element


def summary(answer: Answer) -> tuple[str | None, str | None, str | None, str | None]:
    """Code, subcode, the last part of the detail, and the text of the reason."""
    fault = find(answer, "s:Body/s:Fault")
    detail = fault.findtext("s:Detail/w:FaultDetail", "", NAMES)
    assert not detail or detail.startswith(f"{FAULT_DETAIL}/")
    return (
        fault.findtext("s:Code/s:Value", None, NAMES),
        fault.findtext("s:Code/s:Subcode/s:Value", None, NAMES),
        detail.rpartition("/")[2],
        fault.findtext("s:Reason/s:Text", None, NAMES),
    )


def codes(answer: Answer) -> tuple[str | None, str | None]:
    """What the service says, and what its plug-in for WMI says."""
    outer = find(answer, "s:Body/s:Fault/s:Detail/f:WSManFault")
    provider = find(answer, ".//f:ProviderFault")
    assert provider.attrib == {"provider": "WMI Provider", "path": "C:\\Windows\\system32\\WsmWmiPl.dll"}
    nested = find(answer, ".//f:ProviderFault/f:WSManFault")
    assert outer.get("Machine") == nested.get("Machine") == "ps1.corp.example"
    return outer.get("Code"), nested.get("Code")


def status(answer: Answer) -> tuple[str, str | None, dict[str, tuple[str | None, dict[str, str]]]]:
    """The extended status: its element, its type, and its members in their order."""
    (element,) = find(answer, ".//f:ExtendedError")
    uri = element.tag.rpartition("}")[0]
    members = {child.tag.removeprefix(uri + "}"): (child.text, child.attrib) for child in element}
    return element.tag, element.get(f"{XSI}type"), members


def test_not_found_as_recorded(soap: Soap) -> None:
    answer = soap.request(GET, SERVICE, Name="29")
    assert answer.status == 500
    assert summary(answer) == ("s:Sender", "a:DestinationUnreachable", "InvalidResourceURI", NOT_FOUND)
    assert codes(answer) == ("2150858752", "2150858752")
    assert find(answer, ".//f:ProviderFault/f:WSManFault/f:Message").text == NOT_FOUND
    element, declared_type, members = status(answer)
    assert element == f"{{{WMI}/root/cimv2/__ExtendedStatus}}__ExtendedStatus"
    assert declared_type == "p:__ExtendedStatus_Type"
    assert list(members.items()) == [
        ("Description", (None, NIL)),
        ("Operation", ("GetObject", {})),
        ("ParameterInfo", ('Win32_Service.Name="29"', {})),
        ("ProviderName", ("CIMWin32", {})),
        ("StatusCode", (None, NIL)),
    ]


def query(soap: Soap, wql: str, namespace: str = "root/cimv2") -> Answer:
    body = f'<n:Enumerate><w:Filter Dialect="http://schemas.microsoft.com/wbem/wsman/1/WQL">{wql}</w:Filter></n:Enumerate>'
    return soap.request(ENUMERATE, f"{WMI}/{namespace}/*", body)


def test_a_missing_class_as_recorded(soap: Soap) -> None:
    wql = "select * from Win32_Nonsense"
    answer = query(soap, wql)
    assert answer.status == 500
    assert summary(answer)[:3] == ("s:Sender", "n:CannotProcessFilter", "")
    assert codes(answer) == ("2150858778", "2150858778")
    text = "The specified class does not exist in the given namespace. "
    assert find(answer, ".//f:ProviderFault/f:WSManFault/f:Message").text == text
    element, _unused, members = status(answer)
    assert element.endswith("}__ExtendedStatus")
    assert (members["Operation"][0], members["ParameterInfo"][0]) == ("ExecQuery", wql)


@pytest.mark.parametrize(
    "quirks",
    [Quirks(extended_status_class="SMS_ExtendedStatus"), Quirks(extended_status_class="__ExtendedStatus")],
    ids=["SMS_ExtendedStatus", "__ExtendedStatus"],
)
def test_the_sms_provider_explains_not_found_in_the_class_of_the_quirk(soap: Soap, quirks: Quirks) -> None:
    answer = soap.request(GET, f"{SITE}/SMS_Site", SiteCode="XYZ")
    assert summary(answer)[:2] == ("s:Sender", "a:DestinationUnreachable")
    assert codes(answer) == ("2150858752", "2150858752")
    name = quirks.extended_status_class
    element, declared_type, members = status(answer)
    assert (element, declared_type) == (f"{{{SITE}/{name}}}{name}", f"p:{name}_Type")
    assert (members["Operation"][0], members["ParameterInfo"][0]) == ("GetObject", 'SMS_Site.SiteCode="XYZ"')


ROLE = {"FileType": "2", "ItemName": "x", "ItemType": "System Resource Usage", "SiteCode": "PS1"}


@pytest.mark.parametrize(
    ("uri", "selectors", "code", "detail"),
    [
        (f"{SITE}/SMS_SCI_SysResUse", {"SiteCode": "PS1"}, 2150858842, "InsufficientSelectors"),
        (f"{SITE}/SMS_SCI_SysResUse", ROLE | {"NALPath": "x"}, 2150858843, "UnexpectedSelectors"),
        (f"{SITE}/SMS_SCI_SysResUse", ROLE | {"FileType": "two"}, 2150858844, "TypeMismatch"),
        (SERVICE, {}, 2150859002, "InsufficientSelectors"),
    ],
)
def test_wrong_selectors_are_found_by_the_plug_in(
    soap: Soap, uri: str, selectors: dict[str, str], code: int, detail: str
) -> None:
    answer = soap.request(GET, uri, **selectors)
    assert summary(answer)[:3] == ("s:Sender", "w:InvalidSelectors", detail)
    assert codes(answer) == (str(code), str(code))
    assert answer.xml.find(".//f:ExtendedError", NAMES) is None


@pytest.mark.parametrize(
    ("quirks", "subcode", "code"),
    [
        (Quirks(), "w:InternalError", 0x8004100E),
        (Quirks(missing_namespace="not_found"), "a:DestinationUnreachable", 2150858752),
        (Quirks(missing_namespace="bad_filter"), "n:CannotProcessFilter", 2150858778),
    ],
    ids=["invalid_namespace", "not_found", "bad_filter"],
)
def test_a_query_in_a_missing_namespace(soap: Soap, quirks: Quirks, subcode: str, code: int) -> None:
    answer = query(soap, "select * from SMS_Site", "root/sms/site_XYZ")
    assert summary(answer)[1] == subcode
    assert codes(answer) == (str(code), str(code))
    assert status(answer)[2]["Operation"][0] == "ExecQuery"


@pytest.mark.parametrize("quirks", [Quirks(namespace_case="upper")], ids=["upper"])
def test_the_namespace_in_answers_may_be_in_upper_case(soap: Soap, quirks: Quirks) -> None:
    upper = f"{WMI}/ROOT/SMS/SITE_PS1"
    (instance,) = soap.request(GET, f"{SITE}/SMS_Site", SiteCode="PS1").xml[1]
    assert instance.tag == f"{{{upper}/SMS_Site}}SMS_Site"
    body = "<n:Enumerate><w:OptimizeEnumeration/><w:EnumerationMode>EnumerateEPR</w:EnumerationMode></n:Enumerate>"
    answer = soap.request(ENUMERATE, f"{SITE}/SMS_SCI_SysResUse", body)
    assert find(answer, ".//w:ResourceURI").text == f"{upper}/SMS_SCI_SysResUse"
    assert find(answer, ".//w:Selector[@Name='SiteCode']").text == "PS1"
    missing = soap.request(GET, SERVICE, Name="29")
    assert status(missing)[0] == f"{{{WMI}/ROOT/CIMV2/__ExtendedStatus}}__ExtendedStatus"
    assert soap.request(GET, f"{upper}/SMS_Site", SiteCode="PS1").status == 200
