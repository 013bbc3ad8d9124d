# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""XML that a server, or whatever is in its place, answers with: read, or refused as what it is."""

from __future__ import annotations

import contextlib
from xml.etree.ElementTree import Element, SubElement

import pytest
from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.classes import SCHEMA
from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.servers import nal_path, network_os_path, server_of
from ansible_collections.configmgr.site.plugins.plugin_utils._probes import network
from ansible_collections.configmgr.site.plugins.plugin_utils._wsman import names, refusals, shell
from ansible_collections.configmgr.site.plugins.plugin_utils._wsman.decoding import (
    decode_instance,
    decode_properties,
    decode_reference,
)
from ansible_collections.configmgr.site.plugins.plugin_utils._wsman.errors import (
    AuthenticationRejected,
    Reason,
    UndecodableAnswer,
)
from ansible_collections.configmgr.site.plugins.plugin_utils._wsman.faults import decode_fault
from hypothesis import given
from hypothesis import strategies as st

URI = "http://schemas.microsoft.com/wbem/wsman/1/wmi/root/sms/site_PS1"
CLASSES = ("SMS_SCI_SysResUse", "SMS_EmbeddedProperty", "Win32_Service", "Unknown")
TAGS = st.sampled_from(
    [
        *(
            f"{{{URI}/{name}}}{member}"
            for name in CLASSES
            for member in (name, "Props", "PropertyName", "Value", "ItemName", "Description")
        ),
        *(
            f"{{{namespace}}}{name}"
            for namespace in (names.SOAP, names.WSMAN, names.WSMAN_FAULT, names.SHELL, names.ADDRESSING)
            for name in (
                "Fault",
                "Code",
                "Subcode",
                "Value",
                "Reason",
                "Text",
                "Detail",
                "WSManFault",
                "Message",
                "ProviderFault",
                "ExtendedError",
                "Stream",
                "CommandState",
                "ExitCode",
                "SelectorSet",
                "Selector",
                "ReferenceParameters",
                "ResourceURI",
                "Address",
            )
        ),
        "{http://schemas.dmtf.org/wbem/wscim/1/common}Datetime",
        "{http://schemas.dmtf.org/wbem/wscim/1/common}Interval",
        "x",
    ]
)
ATTRIBUTES = st.dictionaries(
    st.sampled_from([f"{{{names.XSI}}}type", f"{{{names.XSI}}}nil", "Code", "Name", "State", "provider"]),
    st.sampled_from(
        [
            "true",
            "false",
            *(f"p:{name}_Type" for name in CLASSES),
            "p:string",
            "stdout",
            "0x80338102",
            "-1",
            f"{names.SHELL}/CommandState/Done",
        ]
    )
    | st.text(),
    max_size=2,
)
TEXTS = (
    st.none() | st.sampled_from(["0", "1", "-1", "4294967296", "true", "2026-01-05T08:00:00Z", "P1D", "b2s=", "b2"]) | st.text()
)


@st.composite
def elements(draw: st.DrawFn, depth: int = 3) -> Element:
    element = Element(draw(TAGS), draw(ATTRIBUTES))
    element.text = draw(TEXTS)
    if depth:
        element.extend(draw(st.lists(elements(depth - 1), max_size=3)))
    return element


@given(elements())
def test_an_instance(element: Element) -> None:
    with contextlib.suppress(ValueError):
        assert decode_instance(element, SCHEMA).class_name
    with contextlib.suppress(ValueError):
        decode_properties(element, SCHEMA, SCHEMA.find("SMS_SCI_SysResUse"))


def test_an_instance_that_is_nested_without_end() -> None:
    element = inner = Element(f"{{{URI}/Deep}}Deep", {f"{{{names.XSI}}}type": "p:Deep_Type"})
    for _level in range(20_000):
        inner = SubElement(inner, f"{{{URI}/Deep}}Inner", {f"{{{names.XSI}}}type": "p:Deep_Type"})
    with pytest.raises(ValueError, match="nested too deep"):
        decode_instance(element, SCHEMA)


def test_a_reference_that_is_nested_without_end() -> None:
    outer = inner = Element(f"{{{names.ADDRESSING}}}EndpointReference")
    for _level in range(20_000):
        parameters = SubElement(inner, f"{{{names.ADDRESSING}}}ReferenceParameters")
        SubElement(parameters, f"{{{names.WSMAN}}}ResourceURI").text = URI
        selector = SubElement(SubElement(parameters, f"{{{names.WSMAN}}}SelectorSet"), f"{{{names.WSMAN}}}Selector", Name="Key")
        inner = SubElement(selector, f"{{{names.ADDRESSING}}}EndpointReference")
    with pytest.raises(ValueError, match="nested too deep"):
        decode_reference(outer)


@given(elements())
def test_a_reference(element: Element) -> None:
    with contextlib.suppress(ValueError):
        assert decode_reference(element).resource_uri is not None


@given(elements())
def test_a_fault(element: Element) -> None:
    assert str(decode_fault(element))


@given(elements())
def test_the_output_of_a_command(element: Element) -> None:
    streams = {name: bytearray() for name in ("stdout", "stderr")}
    with contextlib.suppress(UndecodableAnswer):
        assert isinstance(shell._take(element, streams), (int, type(None)))
    with contextlib.suppress(UndecodableAnswer):
        assert shell._text_of(element, "Name", "its name").strip()


@given(st.binary() | st.text().map(lambda text: f"<a><ProductVendor>{text}</ProductVendor></a>".encode()))
def test_what_a_listener_says_that_it_is(content: bytes) -> None:
    assert isinstance(network._product(content), str)


LOG_ON_TEXTS = st.text() | st.lists(
    st.sampled_from(
        [
            "Negotiate",
            "Kerberos",
            " b2s=",
            " YIGC",
            ",",
            'Basic realm="x"',
            "Password incorrect",
            "0xC000006D",
            "('a', 1)",
            "Major (1): a, Minor (2): b",
            "actual: 'Basic'",
        ]
    )
    | st.text(max_size=5)
).map("".join)


@given(LOG_ON_TEXTS, st.sampled_from(sorted(refusals.METHODS)))
def test_why_a_log_on_failed(text: str, method: str) -> None:
    assert isinstance(refusals.reason_of(text), Reason)
    assert all(isinstance(code, int) for code in refusals._kerberos_errors(text))
    refusals.is_offered(method, refusals.offers_of(text))
    found = refusals.explain(refusals.Attempt(method, True, True, True), ValueError(text))
    assert isinstance(found, AuthenticationRejected)


SERVERS = st.from_regex(r"[a-z][a-z0-9-]{0,10}(\.[a-z0-9]{1,8}){1,3}", fullmatch=True)


@given(SERVERS, st.from_regex(r"[A-Z0-9]{3}", fullmatch=True), st.text(), st.text())
def test_paths_of_servers(server: str, site_code: str, one: str, other: str) -> None:
    assert server_of("", nal_path(server, site_code)) == server_of(network_os_path(server), "") == server
    assert isinstance(server_of(one, other), str)
