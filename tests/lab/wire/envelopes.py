# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""SOAP envelopes: reading a request with its WS-Management headers, and writing the reply."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NoReturn
from xml.etree.ElementTree import Element, ParseError, TreeBuilder, XMLParser
from xml.sax.saxutils import escape

from . import faults
from .faults import Fault, FaultKind
from .names import ADDRESSING, ANONYMOUS, ENUMERATION, MICROSOFT_WSMAN, SHELL, SOAP, TRANSFER, WSMAN

MAX_ENVELOPE_SIZE = 500 * 1024
"""MaxEnvelopeSizekb of the service, in bytes."""

_MINIMUM_ENVELOPE_SIZE = 8192
_MAX_TIMEOUT = 60.0
"""MaxTimeoutms of the service: used where a request names no OperationTimeout, or a longer one."""
_MAX_MESSAGE_ID = 2048
_WRAPPING = 256
"""Characters in the body of a page around its items: the response element and the context."""

_KNOWN_HEADERS = {
    *(f"{{{ADDRESSING}}}{name}" for name in ("To", "ReplyTo", "FaultTo", "From", "Action", "MessageID", "RelatesTo")),
    *(f"{{{WSMAN}}}{name}" for name in ("ResourceURI", "SelectorSet", "OptionSet", "MaxEnvelopeSize", "Locale")),
    *(f"{{{WSMAN}}}{name}" for name in ("OperationTimeout", "FragmentTransfer", "RequestEPR")),
    *(f"{{{MICROSOFT_WSMAN}}}{name}" for name in ("DataLocale", "SessionId", "OperationID", "SequenceId", "ActivityId")),
    f"{{{SHELL}}}CompressionType",
}
_DURATION = re.compile(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?")


@dataclass
class Request:
    """A request as its envelope says it; `check` refuses what the service does not process."""

    headers: Mapping[str, Element]
    body: Element | None
    """The first element in the body."""
    action: str = ""
    resource_uri: str = ""
    message_id: str = ""
    selectors: Element | None = None
    options: Mapping[str, str] = field(default_factory=dict)
    reply_limit: int = MAX_ENVELOPE_SIZE // 2
    """How many characters the reply may have: sizes are counted in UTF-16 (pages recorded from Windows fit that)."""
    operation_timeout: float = _MAX_TIMEOUT

    def selector(self, name: str) -> str | None:
        """The text of one selector; names ignore the letter case."""
        for selector in self.selectors if self.selectors is not None else ():
            if selector.get("Name", "").lower() == name.lower():
                return selector.text or ""
        return None

    def check(self) -> None:
        """Raise the fault that the headers deserve (MS-WSMV 3.1.4.1.3 to 3.1.4.1.20), or take over what they say."""
        for tag, header in self.headers.items():
            if tag not in _KNOWN_HEADERS and _must_understand(header):
                raise Fault(faults.MUST_UNDERSTAND)
        reply_to = self.headers.get(f"{{{ADDRESSING}}}ReplyTo")
        address = _text(reply_to.find(f"{{{ADDRESSING}}}Address")) if reply_to is not None else ""
        if not (address and self.message_id and self.action and f"{{{ADDRESSING}}}To" in self.headers):
            raise Fault(faults.HEADER_REQUIRED)
        if address != ANONYMOUS:
            raise Fault(faults.ADDRESSING_MODE)
        if len(self.message_id) > _MAX_MESSAGE_ID:
            raise Fault(faults.INVALID_HEADER)
        if not self.resource_uri:
            raise Fault(faults.INVALID_RESOURCE_URI)
        for locale in (f"{{{WSMAN}}}Locale", f"{{{MICROSOFT_WSMAN}}}DataLocale"):
            if locale in self.headers and _must_understand(self.headers[locale]):
                raise Fault(faults.LOCALE)
        if f"{{{WSMAN}}}FragmentTransfer" in self.headers:
            raise Fault(faults.FRAGMENT)
        self._check_limits()

    def _check_limits(self) -> None:
        size = self.headers.get(f"{{{WSMAN}}}MaxEnvelopeSize")
        if size is not None:
            if not _text(size).isdecimal():
                raise Fault(faults.SCHEMA_VALIDATION)
            if int(_text(size)) < _MINIMUM_ENVELOPE_SIZE:
                raise Fault(faults.MINIMUM_ENVELOPE)
            self.reply_limit = min(int(_text(size)), MAX_ENVELOPE_SIZE) // 2
        timeout = self.headers.get(f"{{{WSMAN}}}OperationTimeout")
        if timeout is not None:
            match = _DURATION.fullmatch(_text(timeout))
            if match is None:
                raise Fault(faults.INVALID_TIMEOUT)
            days, hours, minutes, seconds = (float(part or 0) for part in match.groups())
            self.operation_timeout = min(((days * 24 + hours) * 60 + minutes) * 60 + seconds, _MAX_TIMEOUT)

    @property
    def detail(self) -> str:
        """What the request is about: its query, its command line, its selectors, or the parameters of a static method."""
        body = self.body
        if body is not None and body.tag == f"{{{ENUMERATION}}}Enumerate":
            return (body.findtext(f"{{{WSMAN}}}Filter") or "").strip()
        if body is not None and body.tag == f"{{{SHELL}}}CommandLine":
            return command_line(body)
        if self.selectors is None and body is not None and body.tag.endswith("_INPUT"):
            return ",".join(f'{p.tag.rpartition("}")[2]}="{"".join(p.itertext())}"' for p in body)
        selectors = self.selectors if self.selectors is not None else ()
        return ",".join(f'{s.get("Name")}="{"".join(s.itertext())}"' for s in selectors)

    @property
    def room(self) -> int:
        """How many characters the items of a page, or the output of a command, may have in the reply."""
        return self.reply_limit - len(render(f"{self.action}Response", self.message_id, "")) - _WRAPPING

    @property
    def too_large(self) -> FaultKind:
        """The fault kind for a reply beyond `reply_limit`."""
        at_server_limit = self.reply_limit >= MAX_ENVELOPE_SIZE // 2
        return faults.SERVER_ENVELOPE_LIMIT if at_server_limit else faults.REPLY_TOO_LARGE


class _NoDoctype(TreeBuilder):
    """Refuses document types, and with them every entity that a request could define."""

    def doctype(self, name: str, pubid: str | None, system: str | None) -> NoReturn:
        raise Fault(faults.SCHEMA_VALIDATION)


def parse(envelope: bytes) -> Request:
    """Read an envelope; a fault from here has no message to relate to."""
    parser = XMLParser(target=_NoDoctype())
    try:
        parser.feed(envelope)
        root: Element = parser.close()
    except (ParseError, ValueError, LookupError) as error:
        raise Fault(faults.SCHEMA_VALIDATION) from error
    body = root.find(f"{{{SOAP}}}Body")
    if root.tag != f"{{{SOAP}}}Envelope" or body is None:
        raise Fault(faults.SCHEMA_VALIDATION)
    headers = {header.tag: header for header in root.iterfind(f"{{{SOAP}}}Header/*")}
    options = headers.get(f"{{{WSMAN}}}OptionSet")
    return Request(
        headers=headers,
        body=next(iter(body), None),
        action=_text(headers.get(f"{{{ADDRESSING}}}Action")),
        resource_uri=_text(headers.get(f"{{{WSMAN}}}ResourceURI")),
        message_id=_text(headers.get(f"{{{ADDRESSING}}}MessageID")),
        selectors=headers.get(f"{{{WSMAN}}}SelectorSet"),
        options={o.get("Name", "").upper(): o.text or "" for o in (options if options is not None else ())},
    )


def _text(element: Element | None) -> str:
    return "" if element is None else (element.text or "").strip()


def _must_understand(header: Element) -> bool:
    """pywinrm writes the attribute without its namespace, and Windows takes it at its word."""
    return any(header.get(name) in ("true", "1") for name in (f"{{{SOAP}}}mustUnderstand", "mustUnderstand"))


def command_line(body: Element) -> str:
    """A command with its arguments, which clients send joined or one by one."""
    parts = (body.findtext(f"{{{SHELL}}}Command"), *(part.text for part in body.iterfind(f"{{{SHELL}}}Arguments")))
    return " ".join(part for part in parts if part)


@dataclass(frozen=True)
class Answer:
    """The action and the body of a reply."""

    action: str
    body: str


def new_id() -> str:
    """A new identifier as Windows writes them."""
    return str(uuid.uuid4()).upper()


def render(action: str, relates_to: str, body: str) -> str:
    """The envelope of a reply."""
    relation = f"<a:RelatesTo>{escape(relates_to)}</a:RelatesTo>" if relates_to else ""
    return (
        f'<s:Envelope xml:lang="en-US" xmlns:s="{SOAP}" xmlns:a="{ADDRESSING}" xmlns:x="{TRANSFER}"'
        f' xmlns:n="{ENUMERATION}" xmlns:w="{WSMAN}" xmlns:p="{MICROSOFT_WSMAN}">'
        f"<s:Header><a:Action>{escape(action)}</a:Action><a:MessageID>uuid:{new_id()}</a:MessageID>"
        f"<a:To>{ANONYMOUS}</a:To>{relation}</s:Header><s:Body>{body}</s:Body></s:Envelope>"
    )
