# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The headers of requests and replies, and what is refused before any work is done."""

from __future__ import annotations

import re

import pytest
from lab.quirks import Quirks
from lab.wmi.model import Instance, WmiError
from unit.lab.wire.fake_host import FakeHost, Recorder
from unit.lab.wire.soap import Soap

WMI = "http://schemas.microsoft.com/wbem/wsman/1/wmi/root/cimv2/"
GET = "http://schemas.xmlsoap.org/ws/2004/09/transfer/Get"
ANONYMOUS = "http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous"
SYSTEM = f"{WMI}Win32_OperatingSystem"


def test_a_reply_relates_to_its_request(soap: Soap) -> None:
    answer = soap.request(GET, SYSTEM)
    header = answer.xml[0]
    assert [child.tag.rpartition("}")[2] for child in header] == ["Action", "MessageID", "To", "RelatesTo"]
    assert answer.text_of("s:Header/a:RelatesTo") == "uuid:1a2B"
    assert answer.text_of("s:Header/a:Action") == f"{GET}Response"
    assert answer.text_of("s:Header/a:To") == ANONYMOUS
    assert re.fullmatch(r"uuid:[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}", answer.text_of("s:Header/a:MessageID") or "")
    assert answer.xml.get("{http://www.w3.org/XML/1998/namespace}lang") == "en-US"


def test_a_record_says_which_value_of_the_registry_is_asked_for(soap: Soap, recorder: Recorder) -> None:
    body = f'<v:GetStringValue_INPUT xmlns:v="{WMI}StdRegProv"><v:sSubKeyName>A\\B</v:sSubKeyName></v:GetStringValue_INPUT>'
    soap.send(soap.headers(f"{WMI}StdRegProv/GetStringValue", f"{WMI}StdRegProv"), body)
    assert recorder.records[0].detail == 'sSubKeyName="A\\B"'


def test_resource_uris_ignore_the_letter_case(soap: Soap) -> None:
    assert soap.request(GET, SYSTEM.upper().replace("HTTP", "http")).status == 200


@pytest.mark.parametrize("missing", ["To", "ReplyTo", "MessageID", "Action"])
def test_addressing_headers_are_required(soap: Soap, missing: str) -> None:
    headers = soap.headers(GET, SYSTEM)
    del headers[missing]
    assert soap.send(headers).fault == ("a:MessageInformationHeaderRequired", 2150858769)


@pytest.mark.parametrize(
    ("name", "header", "fault"),
    [
        ("ReplyTo", "<a:ReplyTo><a:Address>http://me</a:Address></a:ReplyTo>", ("w:UnsupportedFeature", 2150858870)),
        ("ReplyTo", "<a:ReplyTo/>", ("a:MessageInformationHeaderRequired", 2150858769)),
        ("ResourceURI", "", ("a:DestinationUnreachable", 2150858811)),
        ("ResourceURI", f"<w:ResourceURI>{WMI}*</w:ResourceURI>", ("a:DestinationUnreachable", 2150858811)),
        ("ResourceURI", "<w:ResourceURI>http://none</w:ResourceURI>", ("a:DestinationUnreachable", 2150858752)),
        ("MessageID", f"<a:MessageID>{'x' * 2049}</a:MessageID>", ("a:InvalidMessageInformationHeader", 2150858767)),
        ("Action", "<a:Action>http://none</a:Action>", ("a:ActionNotSupported", 2150858771)),
        ("Locale", '<w:Locale mustUnderstand="true"/>', ("w:UnsupportedFeature", 2150858887)),
        ("Locale", '<p:DataLocale s:mustUnderstand="true"/>', ("w:UnsupportedFeature", 2150858887)),
        ("Size", "<w:MaxEnvelopeSize>8191</w:MaxEnvelopeSize>", ("w:EncodingLimit", 2150858878)),
        ("Size", "<w:MaxEnvelopeSize>x</w:MaxEnvelopeSize>", ("w:SchemaValidationError", 2150858817)),
        ("Timeout", "<w:OperationTimeout>20</w:OperationTimeout>", ("w:InvalidParameter", 2150858881)),
        ("Fragment", "<w:FragmentTransfer>Name</w:FragmentTransfer>", ("w:UnsupportedFeature", 2150858871)),
        ("Other", '<w:Other s:mustUnderstand="1"/>', (None, 2150858768)),
        ("Other", '<w:Other mustUnderstand="true"/>', (None, 2150858768)),
    ],
)
def test_headers_that_are_refused(soap: Soap, name: str, header: str, fault: tuple[str | None, int]) -> None:
    answer = soap.send(soap.headers(GET, SYSTEM) | {name: header})
    assert (answer.status, answer.fault) == (500, fault)


@pytest.mark.parametrize(
    "header",
    [
        '<w:Locale s:mustUnderstand="false" xml:lang="en-US"/>',
        '<w:Other mustUnderstand="false"/>',
        "<w:OperationTimeout>P0DT0H0M20.5S</w:OperationTimeout>",
        '<w:OptionSet s:mustUnderstand="true"><w:Option Name="wmi:x">1</w:Option></w:OptionSet>',
        '<w:SelectorSet><w:Selector Name="__cimnamespace">ROOT/CIMV2</w:Selector></w:SelectorSet>',
    ],
)
def test_headers_that_are_accepted(soap: Soap, header: str) -> None:
    assert soap.send(soap.headers(GET, SYSTEM) | {"Extra": header}).status == 200


def test_another_namespace_in_a_selector_is_refused(soap: Soap) -> None:
    assert soap.request(GET, SYSTEM, __cimnamespace="root").fault == ("w:InternalError", 2150859067)


def test_a_class_with_keys_needs_them(soap: Soap) -> None:
    answer = soap.request(GET, f"{WMI}Win32_Service")
    assert answer.fault == ("w:InvalidSelectors", 2150859002)
    assert answer.count(".//f:ProviderFault/f:WSManFault") == 1


def test_a_namespace_that_does_not_exist(soap: Soap) -> None:
    answer = soap.request(GET, SYSTEM.replace("cimv2", "none"))
    assert answer.fault == ("w:InternalError", 0x8004100E)


def test_access_denied_by_wmi(soap: Soap) -> None:
    assert soap.request(GET, f"{WMI}Guarded").fault == ("w:AccessDenied", 0x80041003)


@pytest.mark.parametrize(
    "content",
    [
        "no xml",
        "<s:Envelope",
        "<Envelope><Body/></Envelope>",
        '<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"/>',
        '<!DOCTYPE x [<!ENTITY e "e">]><s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body>&e;</s:Body>'
        "</s:Envelope>",
    ],
)
def test_what_is_no_envelope_is_refused(soap: Soap, recorder: Recorder, content: str) -> None:
    answer = soap.post(content)
    assert (answer.status, answer.fault) == (500, ("w:SchemaValidationError", 2150858817))
    assert answer.count("s:Header/a:RelatesTo") == 0
    assert recorder.records == []


def test_a_document_type_alone_is_refused(soap: Soap) -> None:
    answer = soap.request(GET, SYSTEM)
    envelope = answer.text.replace("<s:Envelope", "<!DOCTYPE s:Envelope><s:Envelope", 1)
    assert soap.post(envelope).fault == ("w:SchemaValidationError", 2150858817)
    assert soap.post(answer.text).fault != ("w:SchemaValidationError", 2150858817)


def test_utf_16_is_understood(soap: Soap) -> None:
    envelope = soap.request(GET, SYSTEM).text
    assert soap.post(envelope.encode("utf-16")).fault == ("a:MessageInformationHeaderRequired", 2150858769)


def test_a_put_without_a_body_is_refused(soap: Soap) -> None:
    put = GET.replace("Get", "Put")
    assert soap.request(put, f"{WMI}Win32_Service", Name="Service001").fault == ("x:InvalidRepresentation", 2150858773)
    wrong = '<v:Win32_Service xmlns:v="urn:v"/>'
    answer = soap.request(put, f"{WMI}Win32_Service", wrong, Name="Service001")
    assert answer.fault == ("x:InvalidRepresentation", 2150858773)


def test_the_observer_may_change_the_world_first(soap: Soap, host: FakeHost, recorder: Recorder) -> None:
    recorder.before_each = lambda record: host.wmi.add("Late", "added while the request waits")
    assert soap.request(GET, f"{WMI}Win32_Service", Name="Late").text_of(".//service:Name") == "Late"


def test_an_extended_status_of_the_provider_is_passed_on(soap: Soap, host: FakeHost, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*arguments: object) -> None:
        status = Instance("SMS_ExtendedStatus", {"Description": "Not <allowed>", "ErrorCode": 1078462208})
        raise WmiError(-2147217407, "Generic failure ", extended_status=status)

    monkeypatch.setattr(host.wmi, "get", refuse)
    answer = soap.request(GET, SYSTEM)
    assert answer.fault == ("w:InternalError", 0x80041001)
    status = answer.xml.find(".//f:ExtendedError/*", {"f": "http://schemas.microsoft.com/wbem/wsman/1/wsmanfault"})
    assert status is not None
    assert status.tag == f"{{{WMI}SMS_ExtendedStatus}}SMS_ExtendedStatus"
    assert [child.text for child in status] == ["Not <allowed>", "1078462208"]


class TestFaultStatus:
    @pytest.fixture
    def host(self, host: FakeHost) -> FakeHost:
        host.quirks = Quirks(fault_status="200")
        return host

    def test_a_fault_may_come_with_http_200(self, soap: Soap) -> None:
        answer = soap.request(GET, f"{WMI}None")
        assert (answer.status, answer.fault) == (200, ("w:InternalError", 0x80041010))


def test_a_defect_of_the_lab_is_an_internal_error(
    soap: Soap, host: FakeHost, recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(host.wmi, "get", lambda *arguments: 1 / 0)
    assert soap.request(GET, SYSTEM).fault == ("w:InternalError", 2150858755)
    assert recorder.records[0].fault == "w:InternalError 2150858755"
