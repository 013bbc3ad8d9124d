# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Instances, references and method calls as the XML of WS-Management, in the shapes recorded from Windows Server 2012.

Properties stand in alphabetical order in the namespace of their class, null is ``xsi:nil``, an array is a repeated
element. An embedded object names its real class in ``xsi:type``, and its members are in that class's namespace, whose
prefixes are p1, p2 and so on within one instance. No recording of the SMS Provider shows one: the quirk
``embedded_type`` leaves the prefix or all of ``xsi:type`` out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from typing import Any
from xml.sax.saxutils import quoteattr

from ..quirks import Quirks
from ..wire.names import ADDRESSING, ANONYMOUS, WMI_RESOURCES, WSMAN, XSI
from .decoding import CIM, Decoder, InvalidRepresentation
from .model import ClassSchema, Instance, KeyValue, PropertySchema, Reference, Value, WmiService
from .paths import dmtf_datetime
from .values import datetime_text, escaped, interval_text, real_text

__all__ = ["Decoder", "Encoder", "InvalidRepresentation"]

Formats = Mapping[type, Callable[[Any], str]]
"""The content of an element, by the type of its value."""

_UNZONED_TIMES: Mapping[str, tuple[str, Callable[[datetime], str]]] = {
    "utc": ("Datetime", datetime_text),
    "bare": ("Datetime", lambda value: datetime_text(value).removesuffix("Z")),
    "asterisks": ("CIM_DateTime", lambda value: f"{dmtf_datetime(value)[:-4]}+***"),
}
"""The element and the text of a time that has no zone in WMI, by the values of the quirk."""

_PREFIX = "\0"
"""Stands for the prefix of a class's namespace until it is known; no text can hold it."""


@dataclass(frozen=True)
class Layout:
    """What is the same in all elements of one class or method."""

    uri: str
    start: str
    members: tuple[tuple[str, str, str, str], ...]
    """Name, start tag, end tag and empty element of each member, in their order."""
    end: str


class Encoder:
    """Values to XML text."""

    def __init__(self, service: WmiService, quirks: Quirks) -> None:
        self._service = service
        self._empty_array_is_nil = quirks.empty_array == "nil"
        self._embedded_type = quirks.embedded_type
        true, false = ("TRUE", "FALSE") if quirks.boolean_case == "upper" else ("true", "false")
        plain: dict[type, Callable[[Any], str]] = {
            str: escaped,
            bool: lambda value: true if value else false,
            int: str,
            float: real_text,
        }
        element, text = _UNZONED_TIMES[quirks.unzoned_times]
        self._formats: Formats = plain | {
            datetime: lambda value: f"<cim:Datetime>{datetime_text(value)}</cim:Datetime>",
            timedelta: lambda value: f"<cim:Interval>{interval_text(value)}</cim:Interval>",
        }
        self._site_formats: Formats = {**self._formats, datetime: lambda value: f"<cim:{element}>{text(value)}</cim:{element}>"}
        self._fragment_formats: Formats = plain | {
            datetime: lambda value: f"<Datetime>{datetime_text(value)}</Datetime>",
            timedelta: lambda value: f"<Interval>{interval_text(value)}</Interval>",
        }
        self._site_fragment_formats: Formats = {
            **self._fragment_formats,
            datetime: lambda value: f"<{element}>{text(value)}</{element}>",
        }
        self._selector_formats: Formats = plain | {datetime: datetime_text, timedelta: interval_text}
        self._has_upper_namespaces = quirks.namespace_case == "upper"
        self._layouts: dict[tuple[str, ...], Layout] = {}

    def resource_uri(self, namespace: str, class_name: str) -> str:
        """The resource URI of a class as answers write it."""
        return f"{WMI_RESOURCES}{namespace.upper() if self._has_upper_namespaces else namespace}/{class_name}"

    def instance(self, namespace: str, instance: Instance) -> str:
        """The whole instance, under its own class."""
        return self._whole(namespace, self._class_layout(namespace, instance.class_name), instance.properties)

    def outputs(self, namespace: str, class_name: str, method: str, outputs: dict[str, Value]) -> str:
        """The answer to a method call. Outputs stand in the order of declaration; no outputs at all is allowed."""
        layout = self._output_layout(namespace, class_name, method)
        if not outputs:
            return (layout.start + layout.end).replace(_PREFIX, "p")
        values: dict[str, Value] = {name: None for name, *_unused in layout.members}
        if unknown := outputs.keys() - values.keys():
            raise KeyError(f"{class_name}.{method} has no outputs {sorted(unknown)}")
        return self._whole(namespace, layout, values | outputs)

    def fragment(self, namespace: str, instance: Instance, selected: tuple[str, ...]) -> str:
        """The selected properties of an instance: no class and no namespaces.

        Embedded objects in a fragment were never recorded; they are written by the same rule.
        """
        formats = self._site_fragment_formats if _is_of_site(namespace) else self._fragment_formats
        members = []
        for name in sorted(selected, key=str.lower):
            value = instance.class_name if name == "__CLASS" else instance.properties[name]
            members.append(self._fragment_member(formats, name, value))
        return f'<w:XmlFragment xmlns:xsi="{XSI}" xmlns:w="{WSMAN}">{"".join(members)}</w:XmlFragment>'

    def reference(self, reference: Reference) -> str:
        """The content of an endpoint reference; the prefixes a and w are declared around it."""
        uri = self.resource_uri(reference.namespace, reference.class_name)
        selectors = "".join(
            f"<w:Selector Name={quoteattr(name)}>{self._selector(value)}</w:Selector>" for name, value in reference.keys.items()
        )
        selector_set = f"<w:SelectorSet>{selectors}</w:SelectorSet>" if selectors else ""
        return (
            f"<a:Address>{ANONYMOUS}</a:Address><a:ReferenceParameters>"
            f"<w:ResourceURI>{uri}</w:ResourceURI>{selector_set}</a:ReferenceParameters>"
        )

    def _selector(self, value: KeyValue) -> str:
        if isinstance(value, Reference):
            return f"<a:EndpointReference>{self.reference(value)}</a:EndpointReference>"
        return self._content(self._selector_formats, value)

    def _whole(self, namespace: str, layout: Layout, properties: Mapping[str, Value]) -> str:
        body = self._members(namespace, layout, properties, count(1))
        return f"{layout.start}{body}{layout.end}".replace(_PREFIX, "p")

    def _members(self, namespace: str, layout: Layout, properties: Mapping[str, Value], numbers: Iterator[int]) -> str:
        formats = self._site_formats if _is_of_site(namespace) else self._formats
        parts = []
        for name, start, end, empty in layout.members:
            value = properties[name]
            if value is None:
                parts.append(empty)
            elif (content := formats.get(type(value))) is not None:
                parts += (start, content(value), end)
            else:
                parts.append(self._compound(namespace, start, end, empty, value, numbers))
        return "".join(parts)

    def _compound(self, namespace: str, start: str, end: str, empty: str, value: Value, numbers: Iterator[int]) -> str:
        """A member that is more than its text: an array, an embedded object or a reference."""
        match value:
            case list():
                if not value:
                    return empty if self._empty_array_is_nil else ""
                if None in value:
                    raise ValueError("WMI has no null elements in arrays")
                return "".join(self._compound(namespace, start, end, empty, item, numbers) for item in value)
            case Instance():
                layout = self._class_layout(namespace, value.class_name)
                prefix = f"p{next(numbers)}"
                members = self._members(namespace, layout, value.properties, numbers).replace(_PREFIX, prefix)
                declared_type = self._declared_type(f"{prefix}:", value.class_name)
                return f'{start[:-1]} xmlns:{prefix}="{layout.uri}"{declared_type}>{members}{end}'
            case Reference():
                return f'{start[:-1]} xmlns:a="{ADDRESSING}" xmlns:w="{WSMAN}">{self.reference(value)}{end}'
            case _:
                return f"{start}{self._content(self._formats, value)}{end}"

    def _fragment_member(self, formats: Formats, name: str, value: Value) -> str:
        match value:
            case None:
                return f'<{name} xsi:nil="true"/>'
            case list():
                if not value and self._empty_array_is_nil:
                    return f'<{name} xsi:nil="true"/>'
                return "".join(self._fragment_member(formats, name, item) for item in value)
            case Instance():
                in_order = sorted(value.properties.items(), key=lambda item: item[0].lower())
                members = "".join(self._fragment_member(formats, *item) for item in in_order)
                return f"<{name}{self._declared_type('', value.class_name)}>{members}</{name}>"
            case Reference():
                return f'<{name} xmlns:a="{ADDRESSING}">{self.reference(value)}</{name}>'
            case _:
                return f"<{name}>{self._content(formats, value)}</{name}>"

    def _declared_type(self, prefix: str, name: str) -> str:
        """The xsi:type of an embedded object."""
        if self._embedded_type == "untyped":
            return ""
        return f' xsi:type="{prefix if self._embedded_type == "typed" else ""}{name}_Type"'

    @staticmethod
    def _content(formats: Formats, value: Value) -> str:
        """The text of a scalar, also of an enumeration's member or another value of a derived type."""
        for base in type(value).__mro__:
            if base in formats:
                return formats[base](value)
        raise TypeError(f"WMI has no type for {value!r}")

    def _class_layout(self, namespace: str, class_name: str) -> Layout:
        layout = self._layouts.get((namespace, class_name))
        if layout is None:
            schema = self._service.class_schema(namespace, class_name)
            uri = self.resource_uri(schema.namespace, schema.name)
            layout = _layout(uri, schema, schema.name, list(schema.properties.values()), typed=True)
            self._layouts[namespace, class_name] = layout
        return layout

    def _output_layout(self, namespace: str, class_name: str, method: str) -> Layout:
        layout = self._layouts.get((namespace, class_name, method))
        if layout is None:
            schema = self._service.class_schema(namespace, class_name)
            definition = schema.methods[method.lower()]
            members = [*definition.outputs, PropertySchema("ReturnValue", definition.return_type)]
            uri = self.resource_uri(schema.namespace, schema.name)
            layout = _layout(uri, schema, f"{definition.name}_OUTPUT", members, typed=False)
            self._layouts[namespace, class_name, method] = layout
        return layout


def _is_of_site(namespace: str) -> bool:
    """Whether the SMS Provider serves the namespace. It keeps times without a zone, which are UTC."""
    return namespace.lower().startswith("root/sms")


def _layout(uri: str, schema: ClassSchema, element: str, members: list[PropertySchema], *, typed: bool) -> Layout:
    declared_type = f' xsi:type="{_PREFIX}:{schema.name}_Type"' if typed else ""
    tags = [f"{_PREFIX}:{member.name}" for member in members]
    return Layout(
        uri=uri,
        start=f'<{_PREFIX}:{element} xmlns:xsi="{XSI}" xmlns:{_PREFIX}="{uri}" xmlns:cim="{CIM}"{declared_type}>',
        members=tuple(
            (member.name, f"<{tag}>", f"</{tag}>", f'<{tag} xsi:nil="true"/>')
            for member, tag in zip(members, tags, strict=True)
        ),
        end=f"</{_PREFIX}:{element}>",
    )
