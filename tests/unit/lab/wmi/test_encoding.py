# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The shapes recorded from Windows Server, letter for letter, and strictness about what clients send."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from xml.etree import ElementTree

import pytest
from lab.quirks import Quirks
from lab.wmi.encoding import Decoder, Encoder, InvalidRepresentation
from lab.wmi.model import Instance, Reference, WmiError
from lab.wmi.repository import Repository

LAB = "http://schemas.microsoft.com/wbem/wsman/1/wmi/root/lab"
SITE = "http://schemas.microsoft.com/wbem/wsman/1/wmi/root/sms/site_PS1"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
CIM = "http://schemas.dmtf.org/wbem/wscim/1/common"
ADDRESSING = "http://schemas.xmlsoap.org/ws/2004/08/addressing"
WSMAN = "http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd"
ROOT = f'xmlns:xsi="{XSI}" xmlns:p="{LAB}/%s" xmlns:cim="{CIM}"'


def element(text: str) -> ElementTree.Element:
    return ElementTree.fromstring(text)


def everything(repository: Repository, **values: object) -> Instance:
    return repository.new_instance("root/lab", "Lab_Everything", Id="1", **values)  # type: ignore[arg-type]


@pytest.fixture
def encoder(repository: Repository) -> Encoder:
    return Encoder(repository, Quirks())


@pytest.fixture
def decoder(repository: Repository) -> Decoder:
    return Decoder(repository)


def test_instance_is_recorded_shape(repository: Repository, encoder: Encoder) -> None:
    instance = repository.new_instance("root/lab", "Lab_Singleton", Caption="", Value=17)
    assert encoder.instance("root/lab", instance) == (
        f'<p:Lab_Singleton {ROOT % "Lab_Singleton"} xsi:type="p:Lab_Singleton_Type">'
        "<p:Caption></p:Caption><p:Value>17</p:Value></p:Lab_Singleton>"
    )


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("StringValue", None, '<p:StringValue xsi:nil="true"/>'),
        ("StringValue", "", "<p:StringValue></p:StringValue>"),
        ("StringValue", "a<b>&\x01\x1f\t\n\r\ufffe", "<p:StringValue>a&lt;b&gt;&amp;??\t\n&#xD;?</p:StringValue>"),
        ("BooleanValue", True, "<p:BooleanValue>true</p:BooleanValue>"),
        ("Uint64Value", 2**64 - 1, "<p:Uint64Value>18446744073709551615</p:Uint64Value>"),
        ("Strings", None, '<p:Strings xsi:nil="true"/>'),
        ("Strings", [], ""),
        ("Strings", ["a", ""], "<p:Strings>a</p:Strings><p:Strings></p:Strings>"),
        ("Uint8s", [1, 5], "<p:Uint8s>1</p:Uint8s><p:Uint8s>5</p:Uint8s>"),
        ("Real64Value", 0.1, "<p:Real64Value>0.1</p:Real64Value>"),
        (
            "DatetimeValue",
            datetime(2013, 4, 15, 18, 12, 37, 587490, UTC),
            "<p:DatetimeValue><cim:Datetime>2013-04-15T18:12:37.58749Z</cim:Datetime></p:DatetimeValue>",
        ),
        (
            "DatetimeValue",
            datetime(1601, 1, 1),
            "<p:DatetimeValue><cim:Datetime>1601-01-01T00:00:00Z</cim:Datetime></p:DatetimeValue>",
        ),
        (
            "DatetimeValue",
            datetime(2020, 1, 1, 1, 30, tzinfo=timezone(timedelta(hours=2))),
            "<p:DatetimeValue><cim:Datetime>2019-12-31T23:30:00Z</cim:Datetime></p:DatetimeValue>",
        ),
        (
            "DatetimeValue",
            timedelta(seconds=1, microseconds=4170),
            "<p:DatetimeValue><cim:Interval>P0DT0H0M1.00417S</cim:Interval></p:DatetimeValue>",
        ),
        (
            "DatetimeValue",
            timedelta(minutes=30),
            "<p:DatetimeValue><cim:Interval>P0DT0H30M0S</cim:Interval></p:DatetimeValue>",
        ),
    ],
)
def test_value_is_recorded_shape(repository: Repository, encoder: Encoder, name: str, value: object, expected: str) -> None:
    xml = encoder.instance("root/lab", everything(repository, **{name: value}))
    following = sorted(repository.class_schema("root/lab", "Lab_Everything").properties)
    assert expected in xml
    assert xml.count(f"<p:{name}>") + xml.count(f"<p:{name} ") == expected.count("<p:")
    tags = [child.tag.rpartition("}")[2].lower() for child in element(xml)]
    assert list(dict.fromkeys(tags)) == [tag for tag in following if tag != name.lower() or expected]


def test_embedded_objects_name_their_real_class(repository: Repository, encoder: Encoder) -> None:
    part = repository.new_instance("root/lab", "Lab_Part", Id="a", Weight=2)
    motor = repository.new_instance("root/lab", "Lab_Motor", Id="b", Inner=part)
    xml = encoder.instance("root/lab", everything(repository, Objects=[motor, part]))
    assert (
        f'<p:Objects xmlns:p1="{LAB}/Lab_Motor" xsi:type="p1:Lab_Motor_Type"><p1:Id>b</p1:Id>'
        f'<p1:Inner xmlns:p2="{LAB}/Lab_Part" xsi:type="p2:Lab_Part_Type"><p2:Id>a</p2:Id><p2:Labels xsi:nil="true"/>'
        '<p2:Weight>2</p2:Weight></p1:Inner><p1:Labels xsi:nil="true"/><p1:Power xsi:nil="true"/>'
        '<p1:Weight xsi:nil="true"/></p:Objects>'
        f'<p:Objects xmlns:p3="{LAB}/Lab_Part" xsi:type="p3:Lab_Part_Type"><p3:Id>a</p3:Id>'
    ) in xml


def test_embedded_objects_without_their_type_where_the_quirk_says_so(repository: Repository) -> None:
    encoder = Encoder(repository, Quirks(embedded_type="untyped"))
    part = repository.new_instance("root/lab", "Lab_Part", Id="a", Weight=2)
    instance = everything(repository, Objects=[part])
    xml = encoder.instance("root/lab", instance)
    assert f'<p:Objects xmlns:p1="{LAB}/Lab_Part"><p1:Id>a</p1:Id>' in xml
    assert xml.count("xsi:type") == xml.count('xsi:type="p:Lab_Everything_Type"') == 1
    assert "<Objects><Id>a</Id>" in encoder.fragment("root/lab", instance, ("Objects",))
    unprefixed = Encoder(repository, Quirks(embedded_type="unprefixed"))
    declared = f'<p:Objects xmlns:p1="{LAB}/Lab_Part" xsi:type="Lab_Part_Type">'
    assert declared in unprefixed.instance("root/lab", instance)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("utc", "Datetime>2020-01-02T00:00:00Z<"),
        ("bare", "Datetime>2020-01-02T00:00:00<"),
        ("asterisks", "CIM_DateTime>20200102000000.000000+***<"),
    ],
)
def test_times_of_the_sms_provider_have_no_zone(value: Any, text: str) -> None:
    repository = Repository(Quirks())
    repository.add_namespace("root/sms/site_PS1", ["lab.mof"])
    encoder = Encoder(repository, Quirks(unzoned_times=value))
    instance = repository.new_instance("root/sms/site_PS1", "Lab_Everything", Id="a", DatetimeValue=datetime(2020, 1, 2))
    assert f"<cim:{text}" in encoder.instance("root/sms/site_PS1", instance)
    assert f"<DatetimeValue><{text}" in encoder.fragment("root/sms/site_PS1", instance, ("DatetimeValue",))


def test_fragment_has_no_class_and_no_namespaces(repository: Repository, encoder: Encoder) -> None:
    instance = everything(
        repository, StringValue="x", DatetimeValue=datetime(2020, 1, 2), Uint32Value=None, Booleans=[True, False]
    )
    assert encoder.fragment("root/lab", instance, ("StringValue", "Uint32Value", "DatetimeValue", "Booleans", "__CLASS")) == (
        f'<w:XmlFragment xmlns:xsi="{XSI}" xmlns:w="{WSMAN}"><__CLASS>Lab_Everything</__CLASS>'
        "<Booleans>true</Booleans><Booleans>false</Booleans>"
        "<DatetimeValue><Datetime>2020-01-02T00:00:00Z</Datetime></DatetimeValue><StringValue>x</StringValue>"
        '<Uint32Value xsi:nil="true"/></w:XmlFragment>'
    )


def test_reference_property_declares_its_prefixes(repository: Repository, encoder: Encoder) -> None:
    target = Reference("root/lab", "Lab_Everything", {"Id": "a&b"})
    content = (
        f"<a:Address>{ADDRESSING}/role/anonymous</a:Address><a:ReferenceParameters>"
        f"<w:ResourceURI>{LAB}/Lab_Everything</w:ResourceURI>"
        '<w:SelectorSet><w:Selector Name="Id">a&amp;b</w:Selector></w:SelectorSet></a:ReferenceParameters>'
    )
    assert encoder.reference(target) == content
    expected = f'<p:ReferenceValue xmlns:a="{ADDRESSING}" xmlns:w="{WSMAN}">{content}</p:ReferenceValue>'
    assert expected in encoder.instance("root/lab", everything(repository, ReferenceValue=target))
    assert "SelectorSet" not in encoder.reference(Reference("root/lab", "Lab_Singleton", {}))
    nested = Reference("root/lab", "Lab_TypedKeys", {"Target": target})
    assert f"<a:EndpointReference>{content}</a:EndpointReference></w:Selector>" in encoder.reference(nested)


def test_outputs_stand_in_order_of_declaration(encoder: Encoder) -> None:
    assert encoder.outputs("root/lab", "lab_everything", "echo", {"Reply": "x", "ReturnValue": 0}) == (
        f'<p:Echo_OUTPUT {ROOT % "Lab_Everything"}><p:Parts xsi:nil="true"/><p:Self xsi:nil="true"/>'
        '<p:Reply>x</p:Reply><p:Counter xsi:nil="true"/><p:ReturnValue>0</p:ReturnValue></p:Echo_OUTPUT>'
    )
    assert encoder.outputs("root/lab", "Lab_Everything", "Nothing", {}) == (
        f"<p:Nothing_OUTPUT {ROOT % 'Lab_Everything'}></p:Nothing_OUTPUT>"
    )
    with pytest.raises(KeyError, match="Wrong"):
        encoder.outputs("root/lab", "Lab_Everything", "Echo", {"Wrong": 1})


def test_quirks_of_arrays_and_booleans(repository: Repository) -> None:
    encoder = Encoder(repository, Quirks(empty_array="nil", boolean_case="upper"))
    xml = encoder.instance("root/lab", everything(repository, Strings=[], BooleanValue=False))
    assert '<p:Strings xsi:nil="true"/>' in xml
    assert "<p:BooleanValue>FALSE</p:BooleanValue>" in xml


def test_site_control_item_reads_back(repository: Repository, encoder: Encoder, decoder: Decoder) -> None:
    namespace = "root/sms/site_PS1"
    nal_path = r'["Display=\\srv.contoso.com\"]MSWNET:["SMS_SITE=PS1"]\\srv.contoso.com' + "\\"
    mode = repository.new_instance(namespace, "SMS_EmbeddedProperty", PropertyName="OfflineMode", Value=1)
    role = repository.new_instance(
        namespace, "SMS_SCI_SysResUse", FileType=2, ItemName=f"{nal_path},SMS Dmp Connector", Props=[mode]
    )
    xml = encoder.instance(namespace, role)
    assert f'<p:Props xmlns:p1="{SITE}/SMS_EmbeddedProperty" xsi:type="p1:SMS_EmbeddedProperty_Type">' in xml
    assert decoder.instance(namespace, "SMS_SCI_SysResUse", element(xml)) == role


def test_changes_are_only_what_was_sent(decoder: Decoder) -> None:
    body = (
        f'<q:Lab_Everything xmlns:q="{LAB}/lab_everything" xmlns:xsi="{XSI}">'
        "<q:Uint32Value> 5 </q:Uint32Value>%s</q:Lab_Everything>"
    )
    nil = '<q:StringValue xsi:nil="true"/>'
    assert decoder.changes("root/lab", "Lab_Everything", element(body % nil)) == {"Uint32Value": 5, "StringValue": None}


@pytest.mark.parametrize("root", ["<Echo_INPUT %s>", "<p:Echo_INPUT %s>"])
def test_arguments_accept_a_root_without_namespace(decoder: Decoder, root: str) -> None:
    end = root.split()[0].replace("<", "</") + ">"
    members = "<p:Numbers>1</p:Numbers><p:Text>x</p:Text><p:Numbers>2</p:Numbers>"
    body = element(root % (ROOT % "Lab_Everything") + members + end)
    assert decoder.arguments("root/lab", "Lab_Everything", "echo", body) == {"Numbers": [1, 2], "Text": "x"}
    assert decoder.arguments("root/lab", "Lab_Everything", "Echo", None) == {}


OBJECT = '<p:ObjectValue xmlns:e="%s" xsi:type="e:%s_Type">%s</p:ObjectValue>'


@pytest.mark.parametrize(
    "members",
    [
        '<Uint32Value xmlns="">1</Uint32Value>',
        f'<Uint32Value xmlns="{LAB}/Lab_Derived">1</Uint32Value>',
        "<p:Unknown>1</p:Unknown>",
        "<p:Uint32Value>1</p:Uint32Value><p:Uint32Value>2</p:Uint32Value>",
        "<p:Uint32Value>4294967296</p:Uint32Value>",
        "<p:Uint32Value>-1</p:Uint32Value>",
        "<p:Uint32Value>0x5</p:Uint32Value>",
        "<p:Uint32Value></p:Uint32Value>",
        "<p:Uint32Value><p:Uint32Value>1</p:Uint32Value></p:Uint32Value>",
        "<p:BooleanValue>TRUE</p:BooleanValue>",
        "<p:Real64Value>1,5</p:Real64Value>",
        "<p:Char16Value>ab</p:Char16Value>",
        '<p:StringValue xsi:nil="true">x</p:StringValue>',
        '<p:Strings>a</p:Strings><p:Strings xsi:nil="true"/>',
        "<p:DatetimeValue>2020-01-01T00:00:00Z</p:DatetimeValue>",
        "<p:DatetimeValue><p:DatetimeValue>2020-01-01T00:00:00Z</p:DatetimeValue></p:DatetimeValue>",
        "<p:DatetimeValue><cim:Datetime>2020-13-01T00:00:00Z</cim:Datetime></p:DatetimeValue>",
        "<p:DatetimeValue><cim:Interval>P1Y</cim:Interval></p:DatetimeValue>",
        "stray text",
        "<p:ReferenceValue>Lab_Everything.Id=1</p:ReferenceValue>",
        f'<p:ObjectValue><p:Id xmlns:p="{LAB}/Lab_Part">1</p:Id></p:ObjectValue>',
        OBJECT % (f"{LAB}/Lab_Part", "Lab_Part", "<p:Id>in the namespace of the container</p:Id>"),
        OBJECT % (f"{LAB}/Lab_Part", "Lab_Row", ""),
    ],
)
def test_malformed_instances_are_refused(decoder: Decoder, members: str) -> None:
    body = element(f"<p:Lab_Everything {ROOT % 'Lab_Everything'}>{members}</p:Lab_Everything>")
    with pytest.raises(InvalidRepresentation):
        decoder.instance("root/lab", "Lab_Everything", body)


def test_another_class_is_refused(decoder: Decoder) -> None:
    with pytest.raises(InvalidRepresentation):
        decoder.instance("root/lab", "Lab_Everything", element(f'<p:Lab_Row xmlns:p="{LAB}/Lab_Row"/>'))
    with pytest.raises(InvalidRepresentation):
        decoder.changes("root/lab", "Lab_Everything", element("<Lab_Everything/>"))


def test_unknown_embedded_class_and_parameter(decoder: Decoder) -> None:
    body = f"<p:Lab_Everything {ROOT % 'Lab_Everything'}>{OBJECT % (LAB, 'Nothing', '')}</p:Lab_Everything>"
    with pytest.raises(WmiError) as raised:
        decoder.instance("root/lab", "Lab_Everything", element(body))
    assert raised.value.hresult == 0x80041010
    call = f"<p:Add_INPUT {ROOT % 'Lab_Everything'}><p:C>1</p:C></p:Add_INPUT>"
    with pytest.raises(WmiError) as raised:
        decoder.arguments("root/lab", "Lab_Everything", "Add", element(call))
    assert raised.value.hresult == 0x8004102F


def test_nesting_is_limited(decoder: Decoder) -> None:
    start = f'<e:Inner xmlns:e="{LAB}/Lab_Motor" xsi:type="e:Lab_Motor_Type">'
    objects = OBJECT % (f"{LAB}/Lab_Motor", "Lab_Motor", start * 20 + "</e:Inner>" * 20)
    with pytest.raises(WmiError) as raised:
        decoder.instance(
            "root/lab",
            "Lab_Everything",
            element(f"<p:Lab_Everything {ROOT % 'Lab_Everything'}>{objects}</p:Lab_Everything>"),
        )
    assert raised.value.hresult == 0x80338100


def test_keys_have_their_types(decoder: Decoder) -> None:
    target = (
        f"<a:EndpointReference><a:Address>{ADDRESSING}/role/anonymous</a:Address><a:ReferenceParameters>"
        f"<w:ResourceURI>{LAB}/Lab_Everything</w:ResourceURI><w:SelectorSet>"
        '<w:Selector Name="ID"/></w:SelectorSet></a:ReferenceParameters></a:EndpointReference>'
    )
    selectors = element(
        f'<w:SelectorSet xmlns:w="{WSMAN}" xmlns:a="{ADDRESSING}"><w:Selector Name="NUMBER">5</w:Selector>'
        '<w:Selector Name="Flag">true</w:Selector><w:Selector Name="When">2020-01-01T00:00:00Z</w:Selector>'
        f'<w:Selector Name="Target">{target}</w:Selector><w:Selector Name="Other">x</w:Selector></w:SelectorSet>'
    )
    assert decoder.keys("root/lab", "Lab_TypedKeys", selectors) == {
        "Number": 5,
        "Flag": True,
        "When": datetime(2020, 1, 1, tzinfo=UTC),
        "Target": Reference("root/lab", "Lab_Everything", {"Id": ""}),
        "Other": "x",
    }
    assert decoder.keys("root/lab", "Lab_TypedKeys", None) == {}
    wrong = element(f'<w:SelectorSet xmlns:w="{WSMAN}"><w:Selector Name="Number">x</w:Selector></w:SelectorSet>')
    with pytest.raises(WmiError) as raised:
        decoder.keys("root/lab", "Lab_TypedKeys", wrong)
    assert raised.value.hresult == 0x8033805C


def test_ten_thousand_rows(repository: Repository, encoder: Encoder, capsys: pytest.CaptureFixture[str]) -> None:
    row = repository.new_instance(
        "root/lab",
        "Lab_Row",
        Number=1,
        Name="row",
        Enabled=True,
        Ratio=0.5,
        Created=datetime(2020, 1, 1),
        Tags=["a", "b"],
    )
    start = time.perf_counter()
    sizes = {len(encoder.instance("root/lab", row)) for _unused in range(10_000)}
    with capsys.disabled():
        print(f"\n10,000 instances encoded in {time.perf_counter() - start:.3f} s")
    assert sizes == {len(encoder.instance("root/lab", row))}
