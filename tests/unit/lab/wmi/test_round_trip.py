# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever WMI can hold comes back the same from XML; whatever a client sends is answered with an error of WMI's."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lab.quirks import Quirks
from lab.wmi.encoding import Decoder, Encoder, InvalidRepresentation
from lab.wmi.model import Instance, PropertySchema, Reference, WmiError
from lab.wmi.repository import Repository
from lab.wmi.schema import INTEGER_RANGES

REPOSITORY = Repository(Quirks())
REPOSITORY.add_namespace("root/lab", ["lab.mof"])
ENCODER = Encoder(REPOSITORY, Quirks())
DECODER = Decoder(REPOSITORY)

TEXT = st.text(
    st.characters(blacklist_categories=("Cs", "Cc"), blacklist_characters="\ufffe\uffff") | st.sampled_from("\t\n\r<&>\"'")
)


def parts(depth: int = 2) -> st.SearchStrategy[Instance]:
    fields: dict[str, st.SearchStrategy[Any]] = {
        "Id": TEXT,
        "Weight": st.none() | st.integers(0, 9),
        "Labels": st.none() | st.lists(TEXT, min_size=1),
    }
    part = st.fixed_dictionaries(fields).map(lambda values: Instance("Lab_Part", values))
    if not depth:
        return part
    motor = fields | {"Power": st.none() | st.floats(allow_nan=False), "Inner": st.none() | parts(depth - 1)}
    return part | st.fixed_dictionaries(motor).map(lambda values: Instance("Lab_Motor", values))


def values_of(prop: PropertySchema) -> st.SearchStrategy[object]:
    if prop.type in INTEGER_RANGES:
        limits = INTEGER_RANGES[prop.type]
        scalar: st.SearchStrategy[object] = st.integers(limits.start, limits.stop - 1)
    else:
        scalar = {
            "string": TEXT,
            "boolean": st.booleans(),
            "real32": st.floats(width=32, allow_nan=False),
            "real64": st.floats(allow_nan=False),
            "char16": TEXT.filter(lambda text: len(text) == 1),
            "datetime": st.datetimes(timezones=st.just(UTC)) | st.timedeltas(timedelta(), timedelta(days=99_999_999)),
            "reference": TEXT.map(lambda text: Reference("root/lab", "Lab_Everything", {"Id": text})),
            "object": parts(),
        }[prop.type]
    return st.none() | (st.lists(scalar, min_size=1, max_size=3) if prop.is_array else scalar)


SCHEMA = REPOSITORY.class_schema("root/lab", "Lab_Derived")
INSTANCES = st.fixed_dictionaries({prop.name: values_of(prop) for prop in SCHEMA.properties.values()})


@settings(max_examples=60, deadline=None)
@given(INSTANCES)
def test_instances_read_back(values: dict[str, Any]) -> None:
    instance = Instance("Lab_Derived", values)
    xml = ElementTree.fromstring(ENCODER.instance("root/lab", instance))
    assert DECODER.instance("root/lab", "lab_derived", xml) == instance


@settings(max_examples=100, deadline=None)
@given(st.text())
def test_any_text_can_be_sent(text: str) -> None:
    instance = REPOSITORY.new_instance("root/lab", "Lab_Singleton", Caption=text)
    xml = ElementTree.fromstring(ENCODER.instance("root/lab", instance).encode())
    expected = re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]", "?", text)
    assert DECODER.instance("root/lab", "Lab_Singleton", xml)["Caption"] == expected


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(list(SCHEMA.properties.values())), st.text("0123456789-+:.TZPDHMSE abx*", max_size=30))
def test_any_text_received_is_a_value_or_refused(prop: PropertySchema, text: str) -> None:
    uri = "http://schemas.microsoft.com/wbem/wsman/1/wmi/root/lab/Lab_Derived"
    root = ElementTree.Element(f"{{{uri}}}Lab_Derived")
    member = ElementTree.SubElement(root, f"{{{uri}}}{prop.name}")
    holder = member
    if prop.type == "datetime":
        kind = "Interval" if "P" in text else "Datetime"
        holder = ElementTree.SubElement(member, f"{{http://schemas.dmtf.org/wbem/wscim/1/common}}{kind}")
    holder.text = text
    try:
        value = DECODER.changes("root/lab", "Lab_Derived", root)[prop.name]
    except InvalidRepresentation:
        return
    assert isinstance(value if not isinstance(value, list) else value[0], str | int | float | datetime | timedelta)


def test_error_is_told_apart() -> None:
    assert not issubclass(InvalidRepresentation, WmiError)
    with pytest.raises(WmiError):
        DECODER.keys("root/nowhere", "Lab_Row", None)
