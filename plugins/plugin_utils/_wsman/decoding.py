# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""CIM values out of XML (MS-WSMV 2.2.4, DSP0230).

Instances come as an element named after their class, embedded ones as the property's element with an ``xsi:type``;
an array is its element repeated; NULL is ``xsi:nil``. What the schema does not declare is decoded by its shape alone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from xml.etree.ElementTree import Element

from .names import ADDRESSING, WSMAN, XSI, local_name
from .times import parse_dmtf, parse_duration, parse_timestamp
from .values import CimClass, CimInstance, CimProperty, CimReference, CimValue, KeyValue, Schema

_NIL = f"{{{XSI}}}nil"
_TYPE = f"{{{XSI}}}type"
_REFERENCE_PARAMETERS = f"{{{ADDRESSING}}}ReferenceParameters"
_ENDPOINT_REFERENCE = f"{{{ADDRESSING}}}EndpointReference"
_RESOURCE_URI = f"{{{WSMAN}}}ResourceURI"
_SELECTORS = f"{{{WSMAN}}}SelectorSet/{{{WSMAN}}}Selector"


class DecodingError(ValueError):
    """A value on the wire does not have the form that its type has."""


def _boolean(text: str) -> bool:
    match text.strip().lower():
        case "true" | "1":
            return True
        case "false" | "0":
            return False
    raise ValueError(f"{text!r} is no boolean")


def _datetime(text: str) -> CimValue:
    try:
        return parse_dmtf(text)
    except ValueError:
        return parse_timestamp(text)


def _char16(text: str) -> str:
    """One character; the Open Management Infrastructure sends its number instead."""
    return chr(int(text)) if len(text) > 1 and text.isdecimal() else text


_Converter = Callable[[str], CimValue]
_CONVERTERS: dict[str, _Converter] = {
    "boolean": _boolean,
    "datetime": _datetime,
    "char16": _char16,
    "real32": float,
    "real64": float,
    **{f"{sign}int{bits}": int for sign in ("s", "u") for bits in (8, 16, 32, 64)},
}

_WRAPPED: dict[str, _Converter] = {
    "Datetime": parse_timestamp,
    "Interval": parse_duration,
    "CIM_DateTime": parse_dmtf,
    "Date": str,
    "Time": str,
}
"""The members of cim:cimDateTime, by local name: projections leave out their namespace."""


_UNDECLARED = CimProperty("object")
"""What is taken for the type of a property that nobody declared, if it has children."""


class _Tags(dict[str, str]):
    """Local names by tag: an answer repeats a few tags thousands of times."""

    def __missing__(self, tag: str) -> str:
        if len(self) > 10_000:
            self.clear()
        name = self[tag] = local_name(tag)
        return name


_LOCAL_NAMES = _Tags()


def decode_instance(element: Element, schema: Schema, expected: CimClass | None = None) -> CimInstance:
    """Read an instance; one of a class that nobody declared is read as the expected class, its base.

    Raises `DecodingError` where a value does not have the form of its declared type.
    """
    instance = _decode_object(element, schema, expected)
    if element.tag.startswith("{"):
        instance.resource_uri = element.tag[1:].partition("}")[0]
    return instance


def _decode_object(element: Element, schema: Schema, expected: CimClass | None = None) -> CimInstance:
    """An instance without a resource URI: the element of an embedded one is in the namespace of the class around it."""
    declared_type = element.get(_TYPE)
    class_name = _class_of_type(declared_type) if declared_type else _LOCAL_NAMES[element.tag]
    return CimInstance(class_name, decode_properties(element, schema, schema.find(class_name, expected)))


def decode_properties(element: Element, schema: Schema, known: CimClass) -> dict[str, CimValue]:
    """Read the children of an element as the properties of a class, or the parameters of a method."""
    declared = known.properties
    properties: dict[str, CimValue] = {}
    for child in element:
        name = _LOCAL_NAMES[child.tag]
        property_ = declared.get(name)
        text = child.text
        try:
            value: CimValue
            if text is None or len(child):
                value = _decode_structure(child, property_ or _UNDECLARED, schema)
            elif property_ and (converter := _CONVERTERS.get(property_.type)):
                value = converter(text)
            else:
                value = text
        except ValueError as error:
            raise DecodingError(f"{known.name}.{name}: {error}") from error
        except RecursionError:
            raise DecodingError(f"{known.name}.{name}: it is nested too deep") from None
        if name in properties:
            earlier = properties[name]
            if isinstance(earlier, list):
                earlier.append(value)
            else:
                properties[name] = [earlier, value]
        elif property_ and property_.is_array and value is not None:
            properties[name] = [value]
        else:
            properties[name] = value
    return properties


def _decode_structure(element: Element, declared: CimProperty, schema: Schema) -> CimValue:
    """A value that is more than text, or none at all."""
    if _boolean(element.get(_NIL, "false")):
        return None
    if element.get(_TYPE, "").endswith("_Type"):
        return _decode_object(element, schema)
    if not len(element):
        converter = _CONVERTERS.get(declared.type)
        return converter("") if converter else ""
    first = element[0]
    name = _LOCAL_NAMES[first.tag]
    if name in _WRAPPED and len(element) == 1 and not len(first):
        return _WRAPPED[name](first.text or "")
    if element.find(_REFERENCE_PARAMETERS) is not None:
        return decode_reference(element)
    if declared.type == "object":
        instance = _decode_object(element, schema, schema.find(declared.embedded_class))
        return replace(instance, class_name=declared.embedded_class or instance.class_name)
    raise ValueError(f"a {declared.type} was expected, but the element has children")


def decode_reference(element: Element) -> CimReference:
    """Read the content of an endpoint reference. Raises `DecodingError` if it names no resource."""
    parameters = element.find(_REFERENCE_PARAMETERS)
    resource = parameters.find(_RESOURCE_URI) if parameters is not None else None
    if parameters is None or resource is None or not resource.text:
        raise DecodingError("an endpoint reference without a resource URI")
    keys: dict[str, KeyValue] = {}
    for selector in parameters.iterfind(_SELECTORS):
        nested = selector.find(_ENDPOINT_REFERENCE)
        try:
            key = decode_reference(nested) if nested is not None else selector.text or ""
        except RecursionError:
            raise DecodingError("an endpoint reference is nested too deep") from None
        keys.setdefault(selector.get("Name", ""), key)
    return CimReference(resource.text.strip(), keys)


def _class_of_type(type_name: str) -> str:
    return type_name.rpartition(":")[2].removesuffix("_Type")
