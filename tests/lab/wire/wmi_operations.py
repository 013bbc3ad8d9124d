# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""WMI over WS-Management: Get, Put, Create, Delete, enumerations and methods (MS-WSMV 3.1.4.2 to 3.1.4.9)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from xml.etree.ElementTree import Element

from ..wmi.encoding import Decoder, Encoder, InvalidRepresentation
from ..wmi.model import Caller, Instance, KeyValue, QueryResult, Reference, WmiError
from . import faults
from .enumerations import Enumeration, Enumerations
from .envelopes import Answer, Request
from .faults import Fault
from .host import Host
from .names import ENUMERATION, TRANSFER, WMI_RESOURCES, WQL, WSMAN
from .quota import OperationQuota

_MAX_BATCH_ITEMS = 32000


@dataclass(frozen=True)
class _Resource:
    namespace: str
    class_name: str
    """``*`` for all classes."""


class WmiOperations:
    """Carries out requests for the WMI resources of one server."""

    def __init__(self, host: Host, quota: OperationQuota) -> None:
        self._wmi = host.wmi
        self._quirks = host.quirks
        self._encoder = Encoder(host.wmi, host.quirks)
        self._decoder = Decoder(host.wmi)
        self._enumerations = Enumerations(quota)
        self._operations: Mapping[str, Callable[[Caller, _Resource, Request], str]] = {
            f"{TRANSFER}/Get": self._get,
            f"{TRANSFER}/Put": self._put,
            f"{TRANSFER}/Create": self._create,
            f"{TRANSFER}/Delete": self._delete,
            f"{ENUMERATION}/Enumerate": self._enumerate,
            f"{ENUMERATION}/Pull": self._pull,
            f"{ENUMERATION}/Release": self._release,
        }

    def carry_out(self, caller: Caller, request: Request) -> Answer:
        """Do what a request asks for. `Fault` if that fails."""
        resource = _resource(request)
        operation = self._operations.get(request.action, self._invoke)
        return Answer(f"{request.action}Response", operation(caller, resource, request))

    def _get(self, caller: Caller, resource: _Resource, request: Request) -> str:
        with self._failing_as(resource, "GetObject", request):
            keys = self._keys(resource, request)
            instance = self._wmi.get(caller, resource.namespace, resource.class_name, keys)
            return self._encoder.instance(resource.namespace, instance)

    def _put(self, caller: Caller, resource: _Resource, request: Request) -> str:
        with self._failing_as(resource, "PutInstance", request):
            keys = self._keys(resource, request)
            changes = self._decoder.changes(resource.namespace, resource.class_name, _representation(request))
            instance = self._wmi.put(caller, resource.namespace, resource.class_name, keys, changes)
            return self._encoder.instance(resource.namespace, instance)

    def _create(self, caller: Caller, resource: _Resource, request: Request) -> str:
        with self._failing_as(resource, "PutInstance", request):
            instance = self._decoder.instance(resource.namespace, resource.class_name, _representation(request))
            reference = self._wmi.create(caller, resource.namespace, instance)
            if self._quirks.created_reference == "missing":
                return ""
            if self._quirks.created_reference == "partial":
                given = {name: value for name, value in reference.keys.items() if instance.properties.get(name) is not None}
                reference = replace(reference, keys=given)
            return f"<x:ResourceCreated>{self._encoder.reference(reference)}</x:ResourceCreated>"

    def _delete(self, caller: Caller, resource: _Resource, request: Request) -> str:
        with self._failing_as(resource, "DeleteInstance", request):
            self._wmi.delete(caller, resource.namespace, resource.class_name, self._keys(resource, request))
            return ""

    def _invoke(self, caller: Caller, resource: _Resource, request: Request) -> str:
        prefix = f"{request.resource_uri}/"
        if not request.action.lower().startswith(prefix.lower()):
            raise Fault(faults.ACTION_NOT_SUPPORTED)
        method = request.action[len(prefix) :]
        namespace, class_name = resource.namespace, resource.class_name
        with self._failing_as(resource, "ExecMethod", request):
            keys = self._decoder.keys(namespace, class_name, request.selectors)
            arguments = self._decoder.arguments(namespace, class_name, method, request.body)
            outputs = self._wmi.invoke(caller, namespace, class_name, keys, method, arguments)
            return self._encoder.outputs(namespace, class_name, method, outputs)

    def _enumerate(self, caller: Caller, resource: _Resource, request: Request) -> str:
        body = _body(request, "Enumerate")
        if request.selectors is not None and len(request.selectors):
            raise Fault(faults.ENUMERATION_WITH_KEYS)
        items = self._items(caller, resource, request, body)
        enumeration = Enumeration(caller.account, items, foresees_end=self._quirks.last_page == "known")
        if body.find(f"{{{WSMAN}}}OptimizeEnumeration") is None:
            context = self._enumerations.open(enumeration)
            return f"<n:EnumerateResponse>{_context(context)}</n:EnumerateResponse>"
        count = 1 if self._quirks.first_page == "one" else _max_elements(body, WSMAN)
        page = _items(enumeration.page(count, request.room, request.too_large), "w")
        if enumeration.is_finished:
            return f"<n:EnumerateResponse>{_context('')}{page}<w:EndOfSequence/></n:EnumerateResponse>"
        return f"<n:EnumerateResponse>{_context(self._enumerations.open(enumeration))}{page}</n:EnumerateResponse>"

    def _pull(self, caller: Caller, resource: _Resource, request: Request) -> str:
        body = _body(request, "Pull")
        page, context = self._enumerations.pull(
            _context_of(body), caller.account, _max_elements(body, ENUMERATION), request.room, request.too_large
        )
        if context:
            return f"<n:PullResponse>{_context(context)}{_items(page, 'n')}</n:PullResponse>"
        return f"<n:PullResponse>{_items(page, 'n')}<n:EndOfSequence/></n:PullResponse>"

    def _release(self, caller: Caller, resource: _Resource, request: Request) -> str:
        self._enumerations.release(_context_of(_body(request, "Release")), caller.account)
        return ""

    def _items(self, caller: Caller, resource: _Resource, request: Request, body: Element) -> Iterator[str]:
        """The items of an enumeration, encoded as they are asked for."""
        encode = self._encoding(resource.namespace, body.findtext(f"{{{WSMAN}}}EnumerationMode"))
        criterion = body.find(f"{{{WSMAN}}}Filter")
        operation = "CreateInstanceEnum" if criterion is None else "ExecQuery"
        with self._failing_as(resource, operation, request):
            if criterion is None and body.find(f"{{{ENUMERATION}}}Filter") is None:
                if resource.class_name == "*":
                    raise Fault(faults.FILTER_REQUIRED)
                schema = self._wmi.class_schema(resource.namespace, resource.class_name)
                wql = f"select * from {schema.name}"
            elif criterion is None or criterion.get("Dialect", "").lower() != WQL.lower():
                raise Fault(faults.FILTER_DIALECT)
            elif resource.class_name != "*":
                raise faults.wmi_plugin_fault(faults.QUERY_NEEDS_WILDCARD)
            else:
                wql = (criterion.text or "").strip()
            result = self._wmi.query(caller, resource.namespace, wql)
            for instance in result.instances:
                yield encode(instance, result)

    def _encoding(self, namespace: str, mode: str | None) -> Callable[[Instance, QueryResult], str]:
        def item(instance: Instance, result: QueryResult) -> str:
            if result.selected is None:
                return self._encoder.instance(namespace, instance)
            return self._encoder.fragment(namespace, instance, result.selected)

        def end_point(instance: Instance, result: QueryResult) -> str:
            schema = self._wmi.class_schema(namespace, instance.class_name)
            keys: dict[str, KeyValue] = {}
            for key in schema.keys:
                value = instance[key.name]
                assert isinstance(value, KeyValue)
                keys[key.name] = value
            reference = self._encoder.reference(Reference(namespace, instance.class_name, keys))
            return f"<a:EndpointReference>{reference}</a:EndpointReference>"

        def both(instance: Instance, result: QueryResult) -> str:
            return f"<w:Item>{item(instance, result)}{end_point(instance, result)}</w:Item>"

        try:
            return {None: item, "EnumerateEPR": end_point, "EnumerateObjectAndEPR": both}[mode]
        except KeyError:
            raise Fault(faults.ENUMERATION_MODE) from None

    def _keys(self, resource: _Resource, request: Request) -> dict[str, KeyValue]:
        has_selectors = request.selectors is not None and len(request.selectors)
        if not has_selectors and not self._wmi.class_schema(resource.namespace, resource.class_name).is_singleton:
            raise faults.wmi_plugin_fault(faults.NOT_A_SINGLETON)
        return self._decoder.keys(resource.namespace, resource.class_name, request.selectors)

    @contextmanager
    def _failing_as(self, resource: _Resource, operation: str, request: Request) -> Iterator[None]:
        """Turn failures of WMI into faults that name the operation and its object, as WMI's extended status does."""
        try:
            yield
        except WmiError as error:
            detail = request.detail
            is_query = operation == "ExecQuery"
            parameter = detail if is_query else resource.class_name + (f".{detail}" if detail else "")
            fault = faults.wmi_fault(error, self._encoder, self._quirks, resource.namespace, operation, parameter)
            raise fault from error
        except InvalidRepresentation as error:
            raise faults.wmi_plugin_fault(faults.INVALID_REPRESENTATION, str(error)) from error


def _resource(request: Request) -> _Resource:
    namespace, _separator, class_name = request.resource_uri[len(WMI_RESOURCES) :].rpartition("/")
    if not namespace or not class_name or (class_name == "*" and not request.action.startswith(ENUMERATION)):
        raise Fault(faults.INVALID_RESOURCE_URI)
    # This selector tells the namespace again, and names no key (MS-WSMV appendix B, notes 45 and 46).
    for selector in list(request.selectors if request.selectors is not None else ()):
        if selector.get("Name", "").lower() == "__cimnamespace" and request.selectors is not None:
            if (selector.text or "").lower() != namespace.lower():
                raise Fault(faults.DIFFERENT_NAMESPACE)
            request.selectors.remove(selector)
    return _Resource(namespace, class_name)


def _representation(request: Request) -> Element:
    if request.body is None:
        raise Fault(faults.INVALID_REPRESENTATION)
    return request.body


def _body(request: Request, name: str) -> Element:
    if request.body is None or request.body.tag != f"{{{ENUMERATION}}}{name}":
        raise Fault(faults.SCHEMA_VALIDATION)
    return request.body


def _max_elements(body: Element, namespace: str) -> int:
    """MaxElements is w: in an Enumerate and n: in a Pull; without it there is one item."""
    text = (body.findtext(f"{{{namespace}}}MaxElements") or "1").strip()
    if not text.isdecimal() or int(text) == 0:
        raise Fault(faults.SCHEMA_VALIDATION)
    return min(int(text), _MAX_BATCH_ITEMS)


def _context_of(body: Element) -> str:
    return (body.findtext(f"{{{ENUMERATION}}}EnumerationContext") or "").strip()


def _context(context: str) -> str:
    return f"<n:EnumerationContext>{context}</n:EnumerationContext>"


def _items(items: str, prefix: str) -> str:
    return f"<{prefix}:Items>{items}</{prefix}:Items>" if items else ""
