# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""XML of WS-Management into instances, changes, arguments and keys.

Strict about what a client sends: the namespaces of a class and its members, the type of an embedded object, the form of
a value. Letter case of names and of namespaces does not matter, as it does not on Windows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import cast
from xml.etree.ElementTree import Element

from ..wire.names import ADDRESSING, WMI_RESOURCES, WSMAN, XSI
from .codes import Wbem, Wsman, failure
from .model import ClassSchema, Instance, KeyValue, PropertySchema, Reference, Scalar, Value, WmiService
from .paths import parse_dmtf
from .schema import is_a
from .values import parse_datetime, parse_interval, parse_key_datetime, parse_scalar

CIM = "http://schemas.dmtf.org/wbem/wscim/1/common"

MAX_NESTED = 16
"""Embedded objects inside one another. Windows has a limit (WMI_MAX_NESTED); its number is not known."""


class InvalidRepresentation(ValueError):
    """A body that is not the XML of what it should be."""


class Decoder:
    """xml.etree elements to values. Raises `WmiError`, or `InvalidRepresentation` for a malformed body."""

    def __init__(self, service: WmiService) -> None:
        self._service = service

    def instance(self, namespace: str, class_name: str, element: Element) -> Instance:
        """A new instance from the body of a Create; properties that were not sent are None."""
        schema = self._service.class_schema(namespace, class_name)
        self._check_root(element, schema)
        return self._members(schema, element, 0)

    def changes(self, namespace: str, class_name: str, element: Element) -> dict[str, Value]:
        """What the body of a Put sets, and nothing else."""
        schema = self._service.class_schema(namespace, class_name)
        self._check_root(element, schema)
        return self._values(schema, schema.properties, element, 0)

    def arguments(self, namespace: str, class_name: str, method: str, element: Element | None) -> dict[str, Value]:
        """What a method was called with. The root element may lack its namespace, as Windows allows."""
        schema = self._service.class_schema(namespace, class_name)
        definition = schema.methods.get(method.lower())
        if definition is None:
            raise failure(Wbem.INVALID_METHOD)
        if element is None:
            return {}
        uri, name = _split(element.tag)
        if name.lower() != f"{definition.name}_INPUT".lower() or uri.lower() not in ("", _uri(schema)):
            raise InvalidRepresentation(f"{definition.name}_INPUT was expected, not {element.tag}")
        members = {parameter.name.lower(): parameter for parameter in definition.inputs}
        for child in element:
            if _split(child.tag)[1].lower() not in members:
                raise failure(Wbem.INVALID_METHOD_PARAMETERS)
        return self._values(schema, members, element, 0)

    def keys(self, namespace: str, class_name: str, selector_set: Element | None) -> dict[str, KeyValue]:
        """Keys of their types. Selectors that are no keys stay text, for the service to refuse."""
        schema = self._service.class_schema(namespace, class_name)
        keys = {key.name.lower(): key for key in schema.keys}
        result: dict[str, KeyValue] = {}
        for selector in selector_set if selector_set is not None else ():
            name = selector.get("Name")
            if selector.tag != f"{{{WSMAN}}}Selector" or not name:
                raise InvalidRepresentation("a selector set holds selectors with names")
            if name.lower() == "__cimnamespace":
                continue
            key = keys.get(name.lower())
            value = selector.text or "" if key is None else self._key(key, selector)
            if value is None:
                raise failure(Wsman.SELECTOR_TYPEMISMATCH)
            result[key.name if key else name] = value
        return result

    def _key(self, key: PropertySchema, selector: Element) -> KeyValue | None:
        if key.type == "reference":
            if len(selector) != 1 or selector[0].tag != f"{{{ADDRESSING}}}EndpointReference":
                return None
            return self._reference(selector[0])
        if len(selector):
            return None
        text = selector.text or ""
        return cast("KeyValue | None", parse_key_datetime(text) if key.type == "datetime" else parse_scalar(key, text))

    @staticmethod
    def _check_root(element: Element, schema: ClassSchema) -> None:
        uri, name = _split(element.tag)
        if name.lower() != schema.name.lower() or uri.lower() != _uri(schema):
            raise InvalidRepresentation(f"an instance of {schema.name} was expected, not {element.tag}")

    def _members(self, schema: ClassSchema, element: Element, depth: int) -> Instance:
        sent = self._values(schema, schema.properties, element, depth)
        return Instance(schema.name, {prop.name: sent.get(prop.name) for prop in schema.properties.values()})

    def _values(
        self, schema: ClassSchema, members: Mapping[str, PropertySchema], element: Element, depth: int
    ) -> dict[str, Value]:
        """The children of an element by declared name; each must be in the namespace of the class."""
        if depth > MAX_NESTED:
            raise failure(Wsman.WMI_MAX_NESTED)
        _no_text(element)
        uri = _uri(schema)
        sent: dict[str, list[Element]] = {}
        for child in element:
            child_uri, name = _split(child.tag)
            if child_uri.lower() != uri or name.lower() not in members:
                raise InvalidRepresentation(f"{schema.name} has no member {child.tag}")
            sent.setdefault(name.lower(), []).append(child)
        return {members[name].name: self._value(schema, members[name], children, depth) for name, children in sent.items()}

    def _value(self, schema: ClassSchema, prop: PropertySchema, elements: Sequence[Element], depth: int) -> Value:
        if len(elements) == 1 and _is_nil(elements[0]):
            return None
        items = [self._scalar(schema, prop, element, depth) for element in elements]
        if prop.is_array:
            return items
        if len(items) > 1:
            raise InvalidRepresentation(f"{prop.name} is not an array, but came {len(items)} times")
        return items[0]

    def _scalar(self, schema: ClassSchema, prop: PropertySchema, element: Element, depth: int) -> Scalar:
        value: Scalar
        if _is_nil(element):
            raise InvalidRepresentation(f"{prop.name} has a null element")
        if prop.type == "object":
            return self._embedded(schema, prop, element, depth)
        if prop.type == "reference":
            return self._reference(element)
        if prop.type == "datetime":
            value = _datetime(element)
        else:
            value = None if len(element) else parse_scalar(prop, element.text or "")
        if value is None:
            raise InvalidRepresentation(f"{prop.name} is no {prop.type}")
        return value

    def _embedded(self, schema: ClassSchema, prop: PropertySchema, element: Element, depth: int) -> Instance:
        """An object of the class that ``xsi:type`` names, whose prefix does not matter."""
        type_name = element.get(f"{{{XSI}}}type", "").rpartition(":")[2]
        if not type_name.endswith("_Type"):
            raise InvalidRepresentation(f"{prop.name} needs an xsi:type that names the class of the object")
        embedded = self._service.class_schema(schema.namespace, type_name.removesuffix("_Type"))
        if not is_a(embedded, prop.embedded_class or ""):
            raise InvalidRepresentation(f"{prop.name} cannot hold a {embedded.name}")
        return self._members(embedded, element, depth + 1)

    def _reference(self, element: Element) -> Reference:
        """From an element with the content of an endpoint reference."""
        uri = (element.findtext(f"{{{ADDRESSING}}}ReferenceParameters/{{{WSMAN}}}ResourceURI") or "").strip()
        path = uri[len(WMI_RESOURCES) :].split("?")[0]
        namespace, _separator, class_name = path.rpartition("/")
        if element.find(f"{{{ADDRESSING}}}Address") is None or not _is_wmi(uri) or not namespace:
            raise InvalidRepresentation(f"{element.tag} is no reference to an instance")
        schema = self._service.class_schema(namespace, class_name)
        selectors = element.find(f"{{{ADDRESSING}}}ReferenceParameters/{{{WSMAN}}}SelectorSet")
        return Reference(schema.namespace, schema.name, self.keys(namespace, class_name, selectors))


def _datetime(element: Element) -> datetime | timedelta | None:
    """A timestamp or an interval in its element of DSP0230."""
    _no_text(element)
    if len(element) != 1:
        return None
    text = (element[0].text or "").strip()
    match _split(element[0].tag):
        case (namespace, "Datetime") if namespace == CIM:
            return parse_datetime(text)
        case (namespace, "Interval") if namespace == CIM:
            return parse_interval(text)
        case (namespace, "CIM_DateTime") if namespace == CIM:
            return parse_dmtf(text)
    return None


def _is_nil(element: Element) -> bool:
    if element.get(f"{{{XSI}}}nil", "false").strip() not in ("true", "1"):
        return False
    if len(element) or (element.text or "").strip():
        raise InvalidRepresentation(f"{element.tag} is nil, but has content")
    return True


def _no_text(element: Element) -> None:
    texts: Iterator[str | None] = (text for text in (element.text, *(child.tail for child in element)))
    if any(text and text.strip() for text in texts):
        raise InvalidRepresentation(f"{element.tag} has text between its elements")


def _uri(schema: ClassSchema) -> str:
    """The namespace of a class's elements, in lower case."""
    return f"{WMI_RESOURCES}{schema.namespace}/{schema.name}".lower()


def _is_wmi(uri: str) -> bool:
    return uri.lower().startswith(WMI_RESOURCES)


def _split(tag: str) -> tuple[str, str]:
    """Namespace and local name."""
    namespace, _separator, name = tag.rpartition("}")
    return namespace.removeprefix("{"), name
