# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""WMI over WS-Management: Get, Create, Put, Delete, Invoke and WQL queries (DSP0226, DSP0227, MS-WSMV 3.1.4).

The client needs something that sends bytes, and nothing else: see `transports` for those of pywinrm and pypsrp.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import NamedTuple, Protocol
from xml.etree.ElementTree import Element

from . import names
from .decoding import DecodingError, decode_instance, decode_properties, decode_reference
from .encoding import encode_arguments, encode_instance, escape
from .envelopes import Request, decode_answer, new_message_id
from .errors import AnswerTimedOut, ConnectionLost, UndecodableAnswer, WsmanError
from .names import class_uri, local_name
from .values import CimClass, CimInstance, CimReference, CimValue, KeyValue, Schema


class Reply(NamedTuple):
    """An HTTP answer."""

    status: int
    body: bytes


class Transport(Protocol):
    """Sends envelopes to one server, logged on as one account."""

    endpoint: str
    """URL that the envelopes go to."""
    operation_timeout: int
    """Seconds that the server may take for one operation; the transport itself waits a little longer."""

    def send(self, envelope: bytes) -> Reply:
        """Send one envelope and return the answer, whatever its status.

        Raises `ServerUnreachable` or one of its subclasses while the server cannot have seen the envelope, and
        `ConnectionLost` afterwards.
        """


_ITEMS = (f"{{{names.WSMAN}}}Items", f"{{{names.ENUMERATION}}}Items")
_END = (f"{{{names.WSMAN}}}EndOfSequence", f"{{{names.ENUMERATION}}}EndOfSequence")
_CONTEXT = f"{{{names.ENUMERATION}}}EnumerationContext"


class WsmanClient:
    """Operations on the WMI classes of one server.

    ``schema`` declares the classes whose properties are relied on. Every operation raises `WsmanError`.
    """

    def __init__(self, transport: Transport, schema: Schema, *, page_size: int = 32_000) -> None:
        self._transport = transport
        self._schema = schema
        self._page_size = page_size

    def get(self, namespace: str, class_name: str, keys: Mapping[str, KeyValue]) -> CimInstance:
        """The instance with these keys; a singleton has none."""
        return self._only_instance(Request(names.GET, class_uri(namespace, class_name), keys=keys), class_name)

    def put(
        self, namespace: str, class_name: str, keys: Mapping[str, KeyValue], changes: Mapping[str, CimValue]
    ) -> CimInstance:
        """Change some properties of an instance: those not given stay as they are. Returns it as the server has it."""
        body = encode_instance(CimInstance(class_name, dict(changes)), namespace)
        return self._only_instance(Request(names.PUT, class_uri(namespace, class_name), body, keys), class_name)

    def create(self, namespace: str, instance: CimInstance) -> CimReference:
        """Create an instance; returns what the server created, by its keys."""
        uri = class_uri(namespace, instance.class_name)
        body = self.exchange(Request(names.CREATE, uri, encode_instance(instance, namespace)))
        for element in body.iter():
            # Windows puts the reference's content right into ResourceCreated; others wrap it once more.
            if local_name(element.tag) in ("ResourceCreated", "EndpointReference"):
                try:
                    return decode_reference(element)
                except DecodingError:
                    continue
        raise UndecodableAnswer("the answer does not say which instance was created")

    def delete(self, namespace: str, class_name: str, keys: Mapping[str, KeyValue]) -> None:
        """Delete the instance with these keys."""
        self.exchange(Request(names.DELETE, class_uri(namespace, class_name), keys=keys))

    def invoke(
        self,
        namespace: str,
        class_name: str,
        method: str,
        arguments: Mapping[str, CimValue],
        keys: Mapping[str, KeyValue] | None = None,
        *,
        outputs: CimClass | None = None,
        is_repeatable: bool = False,
    ) -> dict[str, CimValue]:
        """Call a method, of the instance with these keys or of the class. Returns its output parameters.

        ``outputs`` declares their types; without it, and for those that it does not name, they are text. A method that
        ``is_repeatable`` does the same when it is called twice: it is called once more where the connection was lost.
        """
        uri = class_uri(namespace, class_name)
        body = encode_arguments(method, uri, namespace, arguments)
        request = Request(f"{uri}/{method}", uri, body, keys or {})
        answer = self.repeat_if_lost(request) if is_repeatable else self.exchange(request)
        if not len(answer):
            raise UndecodableAnswer(f"the answer to {method} is empty")
        known = outputs or CimClass(f"{method}_OUTPUT", {})
        try:
            return decode_properties(answer[0], self._schema, known)
        except DecodingError as error:
            raise UndecodableAnswer(str(error)) from error

    def query(self, namespace: str, wql: str, expected: CimClass | None = None) -> Iterator[CimInstance]:
        """The instances that a WQL query selects, fetched page by page as they are consumed.

        ``expected`` declares the class that is queried, for derived classes and for projections, whose rows come without
        a class. A query that is not consumed to its end is released on the server.
        """
        uri = class_uri(namespace, "*")
        body = (
            f"<n:Enumerate><w:OptimizeEnumeration/><w:MaxElements>{self._page_size}</w:MaxElements>"
            f'<w:Filter Dialect="{names.WQL_DIALECT}">{escape(wql)}</w:Filter></n:Enumerate>'
        )
        context = ""
        try:
            page = self.repeat_if_lost(Request(names.ENUMERATE, uri, body))
            while True:
                items, context = _page(page)
                yield from self._decode_items(items, expected)
                if not context:
                    return
                body = (
                    f"<n:Pull><n:EnumerationContext>{escape(context)}</n:EnumerationContext>"
                    f"<n:MaxElements>{self._page_size}</n:MaxElements></n:Pull>"
                )
                request = Request(names.PULL, uri, body)
                # A failed pull leaves nothing to release: the server drops its context, or cannot be reached.
                context = ""
                page = self.exchange(request)
        finally:
            if context:
                self._release(uri, context)

    def _release(self, uri: str, context: str) -> None:
        """Give up a running query; a server that no longer knows it, or cannot be reached, has done so by itself."""
        body = f"<n:Release><n:EnumerationContext>{escape(context)}</n:EnumerationContext></n:Release>"
        with contextlib.suppress(WsmanError):
            self.exchange(Request(names.RELEASE, uri, body))

    def _decode_items(self, items: Element | None, expected: CimClass | None) -> Iterator[CimInstance]:
        for element in items if items is not None else ():
            try:
                if local_name(element.tag) == "XmlFragment":
                    known = expected or CimClass("", {})
                    yield CimInstance(known.name, decode_properties(element, self._schema, known))
                else:
                    yield decode_instance(element, self._schema, expected)
            except DecodingError as error:
                raise UndecodableAnswer(str(error)) from error

    def _only_instance(self, request: Request, class_name: str) -> CimInstance:
        body = self.exchange(request) if request.action == names.PUT else self.repeat_if_lost(request)
        if not len(body):
            raise UndecodableAnswer(f"the answer holds no instance of {class_name}")
        try:
            return decode_instance(body[0], self._schema, self._schema.find(class_name))
        except DecodingError as error:
            raise UndecodableAnswer(str(error)) from error

    def repeat_if_lost(self, request: Request) -> Element:
        """Send a request that may be sent twice: again if the connection was lost, as idle ones are after two minutes."""
        try:
            return self.exchange(request)
        except AnswerTimedOut:
            raise
        except ConnectionLost:
            return self.exchange(replace(request, message_id=new_message_id()))

    def exchange(self, request: Request) -> Element:
        """Send a request; returns the body of the answer."""
        envelope = request.encode(self._transport.endpoint, self._transport.operation_timeout)
        reply = self._transport.send(envelope)
        return decode_answer(request, reply.status, reply.body)


def _page(body: Element) -> tuple[Element | None, str]:
    """The items of a page, and the context that the next one is asked for with: empty at the end."""
    if not len(body):
        raise UndecodableAnswer("the answer holds no page of a query")
    response = body[0]
    items = context = None
    ended = False
    for child in response:
        if child.tag in _ITEMS:
            items = child
        elif child.tag in _END:
            ended = True
        elif child.tag == _CONTEXT:
            context = (child.text or "").strip()
    if not ended and not context:
        raise UndecodableAnswer("the answer neither ends the query nor says how to go on")
    return items, "" if ended else context or ""
