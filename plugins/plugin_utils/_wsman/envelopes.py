# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""SOAP envelopes: the request's text, and the answer's body or its failure (DSP0226, MS-WSMV 2.2.4)."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from .encoding import encode_selectors, escape
from .errors import HttpError, UndecodableAnswer
from .faults import decode_fault
from .names import ADDRESSING, ANONYMOUS, ENUMERATION, MICROSOFT_WSMAN, SOAP, TRANSFER, WSMAN
from .values import KeyValue

MAX_ENVELOPE_SIZE = 512_000
"""Bytes of an answer that the server is asked not to exceed: its own default limit (MaxEnvelopeSizekb) since 2012."""

_PROLOG = re.compile(rb"\s*(?:<\?xml\s[^>]*\?>)?\s*<[A-Za-z_]")
_NAMESPACES = (
    f'xmlns:s="{SOAP}" xmlns:a="{ADDRESSING}" xmlns:n="{ENUMERATION}" xmlns:x="{TRANSFER}" '
    f'xmlns:w="{WSMAN}" xmlns:p="{MICROSOFT_WSMAN}"'
)


def new_message_id() -> str:
    """A message's identifier, in the spelling that Windows itself uses."""
    return f"uuid:{str(uuid.uuid4()).upper()}"


@dataclass(frozen=True)
class Request:
    """One operation on a resource."""

    action: str
    resource_uri: str
    body: str = ""
    keys: Mapping[str, KeyValue] = field(default_factory=dict)
    options: Mapping[str, str] = field(default_factory=dict)
    message_id: str = field(default_factory=new_message_id)
    timeout: int | None = None
    """Seconds that the server may take for it; None for what the connection is set to."""

    def encode(self, endpoint: str, operation_timeout: int) -> bytes:
        """The envelope as it is sent; ``operation_timeout`` is the server's usual time limit in seconds."""
        return (
            f'<?xml version="1.0" encoding="UTF-8"?><s:Envelope {_NAMESPACES}><s:Header>'
            f"<a:To>{escape(endpoint)}</a:To>"
            f'<a:ReplyTo><a:Address s:mustUnderstand="true">{ANONYMOUS}</a:Address></a:ReplyTo>'
            f'<a:Action s:mustUnderstand="true">{escape(self.action)}</a:Action>'
            f'<w:ResourceURI s:mustUnderstand="true">{escape(self.resource_uri)}</w:ResourceURI>'
            f"<a:MessageID>{self.message_id}</a:MessageID>{encode_selectors(self.keys)}{_option_set(self.options)}"
            f'<w:MaxEnvelopeSize s:mustUnderstand="true">{MAX_ENVELOPE_SIZE}</w:MaxEnvelopeSize>'
            '<w:Locale xml:lang="en-US" s:mustUnderstand="false"/>'
            '<p:DataLocale xml:lang="en-US" s:mustUnderstand="false"/>'
            f"<w:OperationTimeout>PT{self.timeout or operation_timeout}S</w:OperationTimeout>"
            f"</s:Header><s:Body>{self.body}</s:Body></s:Envelope>"
        ).encode()


def _option_set(options: Mapping[str, str]) -> str:
    if not options:
        return ""
    elements = "".join(f'<w:Option Name="{escape(name)}">{escape(value)}</w:Option>' for name, value in options.items())
    return f"<w:OptionSet>{elements}</w:OptionSet>"


def decode_answer(request: Request, status: int, answer: bytes) -> Element:
    """The body of the answer to a request.

    Raises `WsmanFault` for a fault, whatever HTTP status it came with, `HttpError` for a failure without one, and
    `UndecodableAnswer` for what is no answer to this request.
    """
    succeeded = 200 <= status < 300
    try:
        envelope = parse_answer(answer)
    except UndecodableAnswer:
        if succeeded:
            raise
        raise HttpError(status) from None
    body = envelope.find(f"{{{SOAP}}}Body")
    if envelope.tag != f"{{{SOAP}}}Envelope" or body is None:
        if not succeeded:
            raise HttpError(status)
        raise UndecodableAnswer("the answer is XML, but no SOAP envelope")
    relates_to = envelope.findtext(f"{{{SOAP}}}Header/{{{ADDRESSING}}}RelatesTo")
    fault = body.find(f"{{{SOAP}}}Fault")
    if relates_to is not None and relates_to.strip().lower() != request.message_id.lower():
        raise UndecodableAnswer(f"the answer belongs to another message, {relates_to.strip()!r}")
    if fault is not None:
        raise decode_fault(fault)
    if not succeeded:
        raise HttpError(status)
    if relates_to is None:
        raise UndecodableAnswer("the answer does not say which message it belongs to")
    return body


def parse_answer(answer: bytes) -> Element:
    """Parse XML that has no document type, and so no entities that could grow without bound. Raises `UndecodableAnswer`."""
    if answer[:2] in (b"\xff\xfe", b"\xfe\xff"):
        text = answer.decode("utf-16", errors="replace")
        answer = re.sub(r"^\s*<\?xml[^>]*\?>", "", text, count=1).encode()
    if not _PROLOG.match(answer.removeprefix(b"\xef\xbb\xbf")):
        raise UndecodableAnswer("the answer is no SOAP envelope" if answer else "the answer is empty")
    try:
        return ElementTree.fromstring(answer)
    except (ElementTree.ParseError, ValueError, LookupError) as error:
        raise UndecodableAnswer(f"the answer is not well-formed XML: {error}") from error
