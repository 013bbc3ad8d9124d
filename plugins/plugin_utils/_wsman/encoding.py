# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""CIM values into XML (MS-WSMV 2.2.4, DSP0230), in the form that Windows has been seen to accept.

Text is escaped in one place. Members of an embedded instance stand in the namespace of the embedded class, and its
``xsi:type`` names that class, so that derived classes keep their own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta

from .names import ADDRESSING, ANONYMOUS, CIM, WSMAN, XSI, class_uri
from .times import format_duration, format_timestamp
from .values import CimInstance, CimReference, CimValue, KeyValue

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def escape(text: str) -> str:
    """Text as element content or attribute value. ValueError for characters that XML 1.0 cannot carry."""
    if bad := _NOT_XML.search(text):
        raise ValueError(f"the character U+{ord(bad[0]):04X} cannot be sent in XML")
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
    # A parser turns a bare carriage return into a line feed, and white space in attributes into blanks.
    return text.replace("\r", "&#13;")


def encode_instance(instance: CimInstance, namespace: str) -> str:
    """The body of a Create or a Put: the instance's element with every property that it has."""
    uri = class_uri(namespace, instance.class_name)
    members = encode_properties(instance.properties, namespace)
    name = _checked(instance.class_name)
    return (
        f'<p:{name} xmlns:p="{escape(uri)}" xmlns:cim="{CIM}" xmlns:xsi="{XSI}" xsi:type="p:{name}_Type">{members}</p:{name}>'
    )


def encode_arguments(method: str, uri: str, namespace: str, arguments: Mapping[str, CimValue]) -> str:
    """The body of a method call."""
    name = _checked(method)
    members = encode_properties(arguments, namespace)
    return f'<p:{name}_INPUT xmlns:p="{escape(uri)}" xmlns:cim="{CIM}" xmlns:xsi="{XSI}">{members}</p:{name}_INPUT>'


def encode_properties(properties: Mapping[str, CimValue], namespace: str, prefix: str = "p") -> str:
    """The properties' elements; an empty array is sent as NULL, since nothing at all would mean "unchanged"."""
    parts: list[str] = []
    for name, value in properties.items():
        elements = (value or [None]) if isinstance(value, list) else [value]
        parts.extend(_encode_value(_checked(name), element, namespace, prefix) for element in elements)
    return "".join(parts)


def _encode_value(name: str, value: CimValue, namespace: str, prefix: str) -> str:
    tag = f"{prefix}:{name}"
    match value:
        case None:
            return f'<{tag} xsi:nil="true"/>'
        case CimInstance():
            inner = prefix + "e"
            class_name = _checked(value.class_name)
            uri = class_uri(namespace, class_name)
            members = encode_properties(value.properties, namespace, inner)
            return f'<{tag} xmlns:{inner}="{escape(uri)}" xsi:type="{inner}:{class_name}_Type">{members}</{tag}>'
        case CimReference():
            return f'<{tag} xmlns:a="{ADDRESSING}" xmlns:w="{WSMAN}">{encode_reference(value)}</{tag}>'
        case list():
            raise ValueError(f"{name}: CIM has no arrays of arrays")
        case datetime():
            return f"<{tag}><cim:Datetime>{format_timestamp(value)}</cim:Datetime></{tag}>"
        case timedelta():
            return f"<{tag}><cim:Interval>{format_duration(value)}</cim:Interval></{tag}>"
    return f"<{tag}>{escape(_text(value))}</{tag}>"


def encode_reference(reference: CimReference) -> str:
    """The content of an endpoint reference; the prefixes a and w must be bound around it."""
    return (
        f"<a:Address>{ANONYMOUS}</a:Address><a:ReferenceParameters>"
        f"<w:ResourceURI>{escape(reference.resource_uri)}</w:ResourceURI>{encode_selectors(reference.keys)}"
        "</a:ReferenceParameters>"
    )


def encode_selectors(keys: Mapping[str, KeyValue]) -> str:
    """The selector set that names one instance; the prefixes a and w must be bound around it."""
    if not keys:
        return ""
    selectors = "".join(
        f'<w:Selector Name="{escape(name)}">{_selector_content(value)}</w:Selector>' for name, value in keys.items()
    )
    return f"<w:SelectorSet>{selectors}</w:SelectorSet>"


def _selector_content(value: KeyValue) -> str:
    if isinstance(value, CimReference):
        return f"<a:EndpointReference>{encode_reference(value)}</a:EndpointReference>"
    if isinstance(value, datetime):
        return format_timestamp(value)
    return escape(_text(value))


def _text(value: bool | int | float | str) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return repr(value) if isinstance(value, float) else str(value)


def _checked(name: str) -> str:
    """A class, property or method name as it stands; ValueError for what could be anything else."""
    if not _NAME.fullmatch(name):
        raise ValueError(f"{name!r} is no CIM name")
    return name
