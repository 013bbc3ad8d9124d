# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""SOAP faults out of XML (shapes recorded from Windows Server 2008 to 2012 R2; MS-WSMV 2.2.4.43)."""

from __future__ import annotations

from xml.etree.ElementTree import Element

from . import codes
from .decoding import decode_instance
from .errors import WsmanFault
from .names import SOAP, WSMAN_FAULT, local_name
from .values import CimInstance, Schema

_WSMAN_FAULT = f"{{{WSMAN_FAULT}}}WSManFault"
_MESSAGE = f"{{{WSMAN_FAULT}}}Message"
_PROVIDER_FAULT = f"{{{WSMAN_FAULT}}}ProviderFault"
_EXTENDED_ERROR = f"{{{WSMAN_FAULT}}}ExtendedError"
_GENERIC = frozenset({codes.RESOURCE_NOT_FOUND, codes.CANNOT_PROCESS_FILTER, 0x80338102})


def decode_fault(fault: Element) -> WsmanFault:
    """Read an ``s:Fault``. Whatever is missing or malformed in it is left out: a fault is never lost over its form."""
    detail = fault.find(f"{{{SOAP}}}Detail")
    extended = _extended_status(detail)
    mi_error = _mi_error(detail)
    faults = list(detail.iter(_WSMAN_FAULT)) if detail is not None else []
    numbers = [_code(element.get("Code")) for element in faults]
    numbers += [_unsigned(mi_error.number("error_Code"))] if mi_error else []
    numbers += [_unsigned(_status_code(extended))] if extended else []
    provider_fault = next(detail.iter(_PROVIDER_FAULT), None) if detail is not None else None
    known = [number for number in numbers if number is not None]
    return WsmanFault(
        _most_specific(known),
        _subcode(fault),
        _text(fault.find(f"{{{SOAP}}}Reason/{{{SOAP}}}Text")),
        wsman_code=known[0] if known else None,
        details=_messages(faults) + ((mi_error.text("Message"),) if mi_error else ()),
        provider=provider_fault.get("provider", "").strip() if provider_fault is not None else "",
        extended_status=extended,
    )


def _text(element: Element | None) -> str:
    return " ".join((element.text or "").split()) if element is not None else ""


def _code(text: str | None) -> int | None:
    """The Code attribute is decimal; hexadecimal and signed forms are accepted, anything else is ignored."""
    try:
        return _unsigned(int(text or "", 0))
    except ValueError:
        return None


def _unsigned(number: int | None) -> int | None:
    return None if number is None else number & 0xFFFFFFFF


def _most_specific(numbers: list[int]) -> int | None:
    """The innermost number that says more than that WS-Management passed a failure on."""
    for number in reversed(numbers):
        if number and number not in _GENERIC:
            return number
    return numbers[0] if numbers else None


def _subcode(fault: Element) -> str:
    code = fault.find(f"{{{SOAP}}}Code")
    if code is None:
        return ""
    value = code.find(f"{{{SOAP}}}Subcode/{{{SOAP}}}Value")
    return _text(value).rpartition(":")[2]


def _messages(faults: list[Element]) -> tuple[str, ...]:
    texts = (_text(fault.find(_MESSAGE)) for fault in faults)
    return tuple(text for text in texts if text)


def _extended_status(detail: Element | None) -> CimInstance | None:
    """The object below ``f:ExtendedError``, whatever its class: providers send classes of their own."""
    container = next(detail.iter(_EXTENDED_ERROR), None) if detail is not None else None
    return _instance(container[0]) if container is not None and len(container) else None


def _status_code(extended: CimInstance) -> int | None:
    try:
        return extended.number("StatusCode") or None
    except ValueError:
        return None


def _mi_error(detail: Element | None) -> CimInstance | None:
    """The ``MSFT_WmiError`` of a management infrastructure provider (Windows Server 2012 and later)."""
    if detail is not None:
        for element in detail:
            if local_name(element.tag) == "MSFT_WmiError":
                return _instance(element)
    return None


def _instance(element: Element) -> CimInstance | None:
    try:
        return decode_instance(element, Schema())
    except ValueError:
        return None
