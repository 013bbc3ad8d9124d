# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults and broken answers, in the shapes recorded from Windows."""

from __future__ import annotations

import contextlib

import pytest
from ansible_collections.configmgr.site.plugins.plugin_utils._wsman import codes
from ansible_collections.configmgr.site.plugins.plugin_utils._wsman.envelopes import Request, decode_answer, parse_answer
from ansible_collections.configmgr.site.plugins.plugin_utils._wsman.errors import (
    HttpError,
    UndecodableAnswer,
    WsmanError,
    WsmanFault,
)
from ansible_collections.configmgr.site.plugins.plugin_utils._wsman.names import ADDRESSING, GET, SOAP, WSMAN, WSMAN_FAULT, XSI
from hypothesis import given
from hypothesis import strategies as st
from lab.wire import faults
from lab.wmi.codes import Wbem, Wsman

REQUEST = Request(GET, "http://example/Class")


def envelope(body: str, relates_to: str = REQUEST.message_id) -> bytes:
    return (
        f'<s:Envelope xml:lang="en-US" xmlns:s="{SOAP}" xmlns:a="{ADDRESSING}" xmlns:w="{WSMAN}" xmlns:xsi="{XSI}"><s:Header>'
        f"<a:RelatesTo>{relates_to}</a:RelatesTo></s:Header><s:Body>{body}</s:Body></s:Envelope>"
    ).encode()


def soap_fault(subcode: str, detail: str, reason: str = "The service refused. ") -> str:
    return (
        f"<s:Fault><s:Code><s:Value>s:Sender</s:Value><s:Subcode><s:Value>{subcode}</s:Value></s:Subcode></s:Code>"
        f'<s:Reason><s:Text xml:lang="en-US">{reason}</s:Text></s:Reason><s:Detail>{detail}</s:Detail></s:Fault>'
    )


def wmi_detail(outer: int, inner: int, message: str, status: str) -> str:
    return (
        f'<f:WSManFault xmlns:f="{WSMAN_FAULT}" Code="{outer}" Machine="HOST"><f:Message>'
        '<f:ProviderFault provider="WMI Provider" path="C:\\Windows\\system32\\WsmWmiPl.dll">'
        f'<f:WSManFault Code="{inner}" Machine="HOST"><f:Message>{message}</f:Message></f:WSManFault>'
        f"<f:ExtendedError>{status}</f:ExtendedError></f:ProviderFault></f:Message></f:WSManFault>"
    )


def extended_status(class_name: str, description: str) -> str:
    uri = f"http://schemas.microsoft.com/wbem/wsman/1/wmi/root/sms/site_PS1/{class_name}"
    return (
        f'<p:{class_name} xmlns:p="{uri}" xsi:type="p:{class_name}_Type"><p:Description>{description}</p:Description>'
        f'<p:Operation>PutInstance</p:Operation><p:StatusCode xsi:nil="true"/></p:{class_name}>'
    )


def fault_of(body: str, status: int = 500) -> WsmanFault:
    with pytest.raises(WsmanFault) as caught:
        decode_answer(REQUEST, status, envelope(body))
    return caught.value


def test_an_instance_that_is_not_there() -> None:
    inner = "The WS-Management service cannot process the request. The service cannot find the resource. "
    fault = fault_of(soap_fault("a:DestinationUnreachable", wmi_detail(2150858752, 2150858752, inner, "")))
    assert fault.is_not_found
    assert fault.is_missing_namespace
    assert str(fault) == "there is no such instance, class or namespace (ERROR_WSMAN_RESOURCE_NOT_FOUND, 0x80338000)"


@pytest.mark.parametrize("class_name", ["SMS_ExtendedStatus", "__ExtendedStatus"])
def test_the_provider_has_the_last_word(class_name: str) -> None:
    status = extended_status(class_name, "No right to modify this site")
    fault = fault_of(soap_fault("w:InternalError", wmi_detail(2150859010, 0x80041003, "Access denied ", status)))
    assert fault.is_access_denied
    assert (fault.name, fault.wsman_code) == ("WBEM_E_ACCESS_DENIED", 2150859010)
    assert fault.extended_status is not None
    assert fault.extended_status.class_name == class_name
    assert str(fault) == ("access is denied (WBEM_E_ACCESS_DENIED, 0x80041003); the server says: No right to modify this site")


def test_a_fault_counts_whatever_http_status_it_came_with() -> None:
    assert fault_of(soap_fault("w:AccessDenied", ""), status=200).is_access_denied


def test_a_class_that_is_not_there() -> None:
    text = "The specified class does not exist in the given namespace. "
    fault = fault_of(soap_fault("n:CannotProcessFilter", wmi_detail(2150858778, 2150858778, text, "")))
    assert fault.code == codes.CANNOT_PROCESS_FILTER
    assert fault.explanation == text.strip(" .")


def test_an_error_of_the_management_infrastructure() -> None:
    uri = "http://schemas.microsoft.com/wbem/wsman/1/wmi/root/standardcimv2/MSFT_WmiError"
    detail = (
        f'<p:MSFT_WmiError xmlns:p="{uri}" xmlns:b="http://schemas.dmtf.org/wbem/wsman/1/cimbinding.xsd" b:IsCIM_Error="true">'
        '<p:error_Code xsi:type="cim:cimUnsignedInt">2150859173</p:error_Code>'
        "<p:Message>Too many shells.</p:Message></p:MSFT_WmiError>"
    )
    fault = fault_of(soap_fault("w:InternalError", detail))
    assert fault.name == "ERROR_WSMAN_QUOTA_MAX_SHELLS"
    assert fault.explanation == "Too many shells"


def test_a_timeout_leaves_open_what_happened() -> None:
    detail = f'<f:WSManFault xmlns:f="{WSMAN_FAULT}" Code="2150858793" Machine="H"><f:Message>x</f:Message></f:WSManFault>'
    assert fault_of(soap_fault("w:TimedOut", detail)).reply_lost
    assert not fault_of(soap_fault("w:AccessDenied", "")).reply_lost


@pytest.mark.parametrize("code", ["0x80041002", "-2147217406", "2147749890"])
def test_a_code_in_any_notation(code: str) -> None:
    detail = f'<f:WSManFault xmlns:f="{WSMAN_FAULT}" Code="{code}" Machine="H"><f:Message>x</f:Message></f:WSManFault>'
    assert fault_of(soap_fault("w:InternalError", detail)).name == "WBEM_E_NOT_FOUND"


@pytest.mark.parametrize(
    ("status", "answer", "expected"),
    [
        (200, b"", "empty"),
        (200, b"<html></html>", "no SOAP envelope"),
        (200, b"not xml", "no SOAP envelope"),
        (200, envelope("")[:-20], "not well-formed"),
        (200, b'<!DOCTYPE x [<!ENTITY a "b">]>' + envelope(""), "no SOAP envelope"),
        (200, b"<!-- <a> --><!DOCTYPE x>" + envelope(""), "no SOAP envelope"),
        (200, envelope("", relates_to="uuid:other"), "another message"),
        (200, envelope("").replace(b"RelatesTo", b"Related"), "which message"),
        (413, b"", "HTTP status 413: the request is larger"),
        (503, b"<html>busy</html>", "HTTP status 503"),
        (500, envelope(""), "HTTP status 500"),
    ],
)
def test_what_is_no_answer(status: int, answer: bytes, expected: str) -> None:
    with pytest.raises((UndecodableAnswer, HttpError), match=expected):
        decode_answer(REQUEST, status, answer)


def test_an_answer_in_utf_16() -> None:
    text = '<?xml version="1.0" encoding="UTF-16"?>' + envelope("<x/>").decode()
    assert decode_answer(REQUEST, 200, text.encode("utf-16"))[0].tag == "x"


@given(st.binary() | st.text().map(envelope), st.sampled_from([200, 400, 500]))
def test_whatever_comes_is_an_answer_or_an_error_of_ours(answer: bytes, status: int) -> None:
    with contextlib.suppress(WsmanError):
        decode_answer(REQUEST, status, answer)


@given(st.binary() | st.text().map(envelope))
def test_whatever_comes_is_xml_without_entities_or_refused(answer: bytes) -> None:
    with contextlib.suppress(UndecodableAnswer):
        parse_answer(answer)
    with pytest.raises(UndecodableAnswer):
        parse_answer(b'<!DOCTYPE x [<!ENTITY e "e">]>' + answer)


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=30))
def test_a_fault_is_never_lost_over_its_form(text: str) -> None:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace("\ufffe", "").replace("\uffff", "").replace('"', "")
    detail = f'<f:WSManFault xmlns:f="{WSMAN_FAULT}" Code="{escaped}"><f:Message>{escaped}</f:Message></f:WSManFault>'
    assert fault_of(soap_fault(escaped, detail, escaped))


def test_every_listed_code_has_a_name_and_a_sentence() -> None:
    for number, (name, meaning) in codes.CODES.items():
        assert 0 < number < 2**32
        assert name.isupper() and " " not in name
        assert (meaning[0].islower() or meaning.startswith("WMI ")) and not meaning.endswith(".")


def test_the_names_are_those_that_the_lab_knows_from_its_own_list() -> None:
    for prefix, theirs in (("WBEM_E_", Wbem), ("ERROR_WSMAN_", Wsman)):
        assert {code.value: codes.CODES[code].name for code in theirs} == {code.value: prefix + code.name for code in theirs}


def test_every_fault_of_the_lab_has_a_name() -> None:
    kinds = [kind for kind in vars(faults).values() if isinstance(kind, faults.FaultKind)]
    assert len(kinds) > 20
    assert [hex(kind.code) for kind in kinds if kind.code not in codes.CODES] == []
