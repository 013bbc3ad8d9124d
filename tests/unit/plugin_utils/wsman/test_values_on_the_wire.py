# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""CIM values into XML and back, and the shapes that Windows has been recorded to send."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from xml.etree import ElementTree

import pytest
from ansible_collections.configmgr.site.plugins.plugin_utils._wsman.decoding import (
    DecodingError,
    decode_instance,
    decode_reference,
)
from ansible_collections.configmgr.site.plugins.plugin_utils._wsman.encoding import (
    encode_instance,
    encode_reference,
    encode_selectors,
)
from ansible_collections.configmgr.site.plugins.plugin_utils._wsman.names import ADDRESSING, CIM, WMI, WSMAN, XSI
from ansible_collections.configmgr.site.plugins.plugin_utils._wsman.values import (
    CimClass,
    CimInstance,
    CimReference,
    CimValue,
    Schema,
)
from hypothesis import given
from hypothesis import strategies as st

EVERYTHING = CimClass.declare(
    "Everything",
    Flag="boolean",
    Flags="boolean[]",
    Letter="char16",
    Number="uint64",
    Numbers="sint64[]",
    Object="object",
    Objects="object[]",
    Pointer="reference",
    Real="real64",
    Span="datetime",
    Text="string",
    Texts="string[]",
    When="datetime",
)
PART = CimClass.declare("Part", Name="string", Value="uint32", Names="string[]")
SCHEMA = Schema(EVERYTHING, PART)

texts = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters="\ufffe\uffff") | st.sampled_from("\t\n\r")
)
moments = st.datetimes(datetime(1700, 1, 1), datetime(9000, 1, 1), timezones=st.just(timezone.utc))
spans = st.timedeltas(timedelta(), timedelta(days=9_999))
parts = st.builds(
    lambda name, value, names: CimInstance("Part", {"Name": name, "Value": value, "Names": names}),
    texts | st.none(),
    st.integers(0, 2**32 - 1),
    st.lists(texts, min_size=1),
)
references = st.builds(
    CimReference, st.just(f"{WMI}/root/lab/Part"), st.dictionaries(st.sampled_from(["Name", "Other"]), texts, max_size=2)
)
values: dict[str, st.SearchStrategy[CimValue]] = {
    "Flag": st.booleans(),
    "Flags": st.lists(st.booleans(), min_size=1),
    "Letter": st.characters(codec="utf-16", exclude_categories=["Cc", "Cs"], exclude_characters="\ufffe\uffff"),
    "Number": st.integers(0, 2**64 - 1),
    "Numbers": st.lists(st.integers(-(2**63), 2**63 - 1), min_size=1),
    "Object": parts,
    "Objects": st.lists(parts, min_size=1),
    "Pointer": references,
    "Real": st.floats(allow_nan=False, allow_infinity=False),
    "Span": spans,
    "Text": texts,
    "Texts": st.lists(texts, min_size=1),
    "When": moments,
}


def without_origin(value: object) -> object:
    """The same value without what an instance made here does not have."""
    if isinstance(value, CimInstance):
        return (value.class_name, {name: without_origin(inner) for name, inner in value.properties.items()})
    return [without_origin(element) for element in value] if isinstance(value, list) else value


@given(st.fixed_dictionaries({}, optional={name: strategy | st.none() for name, strategy in values.items()}))
def test_every_value_comes_back_as_it_was(properties: dict[str, CimValue]) -> None:
    sent = CimInstance("Everything", properties)
    got = decode_instance(ElementTree.fromstring(encode_instance(sent, "root/lab")), SCHEMA)
    assert without_origin(got) == without_origin(sent)


def instance(members: str) -> CimInstance:
    uri = f"{WMI}/root/lab/Everything"
    return decode_instance(
        ElementTree.fromstring(
            f'<p:Everything xmlns:xsi="{XSI}" xmlns:p="{uri}" xmlns:cim="{CIM}" xsi:type="p:Everything_Type">'
            f"{members}</p:Everything>"
        ),
        SCHEMA,
    )


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ("<p:Text></p:Text>", {"Text": ""}),
        ('<p:Text xsi:nil="true"/>', {"Text": None}),
        ('<p:Texts xsi:nil="true"/>', {"Texts": None}),
        ("<p:Texts>one</p:Texts>", {"Texts": ["one"]}),
        ("<p:Texts>one</p:Texts><p:Texts>two</p:Texts>", {"Texts": ["one", "two"]}),
        ("<p:Flag>TRUE</p:Flag>", {"Flag": True}),
        ("<p:Flag>0</p:Flag>", {"Flag": False}),
        ("<p:Number>18446744073709551615</p:Number>", {"Number": 2**64 - 1}),
        ("<p:Letter>65</p:Letter>", {"Letter": "A"}),
        ("<p:Letter>7</p:Letter>", {"Letter": "7"}),
        ("<p:Span><cim:Interval>P0DT0H30M0S</cim:Interval></p:Span>", {"Span": timedelta(minutes=30)}),
        (
            "<p:When><cim:Datetime>2013-04-15T18:12:37.5Z</cim:Datetime></p:When>",
            {"When": datetime(2013, 4, 15, 18, 12, 37, 500000, timezone.utc)},
        ),
        ("<p:When><Datetime>2013-04-15T00:00:00Z</Datetime></p:When>", {"When": datetime(2013, 4, 15, tzinfo=timezone.utc)}),
        ("<p:When>20130415000000.000000+000</p:When>", {"When": datetime(2013, 4, 15, tzinfo=timezone.utc)}),
        ("<p:Unknown>7</p:Unknown>", {"Unknown": "7"}),
        ("<p:Unknown>7</p:Unknown><p:Unknown>8</p:Unknown>", {"Unknown": ["7", "8"]}),
    ],
)
def test_shapes_that_servers_send(members: str, expected: dict[str, object]) -> None:
    assert instance(members).properties == expected


@pytest.mark.parametrize("member", ["<p:Number>x</p:Number>", "<p:Flag>maybe</p:Flag>", "<p:When>yesterday</p:When>"])
def test_a_value_of_the_wrong_form_is_refused(member: str) -> None:
    with pytest.raises(DecodingError, match="Everything"):
        instance(member)


@pytest.mark.parametrize("type_name", ["p1:Part_Type", "Part_Type"])
def test_an_embedded_object_keeps_its_real_class(type_name: str) -> None:
    member = f'<p:Object xmlns:p1="{WMI}/root/lab/Part" xsi:type="{type_name}"><p1:Value>3</p1:Value></p:Object>'
    assert without_origin(instance(member).properties["Object"]) == ("Part", {"Value": 3})


def test_only_what_has_a_resource_says_which() -> None:
    whole = instance('<p:Object xsi:type="p:Part_Type"><p:Value>3</p:Value></p:Object>')
    embedded = whole.properties["Object"]
    assert isinstance(embedded, CimInstance)
    assert (whole.resource_uri, embedded.resource_uri) == (f"{WMI}/root/lab/Everything", "")


def test_a_derived_class_is_read_as_its_base() -> None:
    element = ElementTree.fromstring(f'<p:Special xmlns:p="{WMI}/root/lab/Special"><p:Value>3</p:Value></p:Special>')
    assert decode_instance(element, Schema(), PART).properties == {"Value": 3}


def test_a_property_that_nobody_declared_goes_back_unchanged() -> None:
    element = ElementTree.fromstring(f'<p:Part xmlns:p="{WMI}/root/lab/Part"><p:New>0042</p:New></p:Part>')
    assert "<p:New>0042</p:New>" in encode_instance(decode_instance(element, SCHEMA), "root/lab")


def test_an_empty_array_is_sent_as_null() -> None:
    assert '<p:Texts xsi:nil="true"/>' in encode_instance(CimInstance("Everything", {"Texts": []}), "root/lab")


@given(references)
def test_a_reference_comes_back_as_it_was(reference: CimReference) -> None:
    nested = CimReference(f"{WMI}/root/lab/Link", {"To": reference, "Name": "x"})
    xml = f'<r xmlns:a="{ADDRESSING}" xmlns:w="{WSMAN}">{encode_reference(nested)}</r>'
    assert decode_reference(ElementTree.fromstring(xml)) == nested


def test_keys_are_sent_raw() -> None:
    assert encode_selectors({"Path": '\\\\srv\\"a"&b', "Empty": "", "Flag": True}) == (
        '<w:SelectorSet><w:Selector Name="Path">\\\\srv\\&quot;a&quot;&amp;b</w:Selector><w:Selector Name="Empty"></w:Selector>'
        '<w:Selector Name="Flag">true</w:Selector></w:SelectorSet>'
    )


@pytest.mark.parametrize("bad", ["\0", "\x1b", "\ud800", "\ufffe"])
def test_what_xml_cannot_carry_is_refused(bad: str) -> None:
    with pytest.raises(ValueError, match="cannot be sent"):
        encode_instance(CimInstance("Part", {"Name": bad}), "root/lab")


@pytest.mark.parametrize("bad", ["", "a b", "a><b", "1a", "ä"])
def test_a_name_that_is_none_is_refused(bad: str) -> None:
    with pytest.raises(ValueError, match="no CIM name"):
        encode_instance(CimInstance("Part", {bad: "x"}), "root/lab")
