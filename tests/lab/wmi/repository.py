# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The WMI service of one server: finds the provider for a request, and holds requests to what the classes allow."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Protocol, cast

from ..quirks import Quirks
from . import wql
from .associations import AssociationQuery, associated, parse_association_query
from .codes import Wbem, Wsman, failure
from .model import (
    Caller,
    ClassSchema,
    Instance,
    InstanceProvider,
    KeyValue,
    MethodSchema,
    PropertySchema,
    QueryResult,
    Reference,
    Value,
    WmiError,
)
from .paths import normalized, object_path
from .schema import compile_classes, fits, is_a


class FilteringProvider(InstanceProvider, Protocol):
    """A provider that wants to know what a Get or a query looks for. It has ``matching`` beside ``instances``."""

    def matching(self, caller: Caller, class_name: str, equalities: Mapping[str, Value]) -> Iterable[Instance]:
        """Called instead of ``instances``: at least every instance whose properties (declared names) equal these.

        They are the keys of a Get, or the ``property = constant`` terms that a query joins by AND.
        """


class ExplainingProvider(InstanceProvider, Protocol):
    """A provider that says itself that it does not have an instance, as the SMS Provider does."""

    def not_found(self, operation: str, path: str) -> WmiError:
        """The failure of a WMI operation (``GetObject``, for example) on an object path that leads to nothing."""


@dataclass
class Namespace:
    """Classes and their providers, both by lower-case class name."""

    name: str
    schemas: Mapping[str, ClassSchema]
    providers: dict[str, InstanceProvider] = field(default_factory=dict)

    def schema(self, class_name: str) -> ClassSchema:
        """A class by its name in any case. `WmiError` if there is none."""
        try:
            return self.schemas[class_name.lower()]
        except KeyError:
            raise failure(Wbem.INVALID_CLASS) from None

    def served(self, schema: ClassSchema) -> list[tuple[str, InstanceProvider]]:
        """The class and those derived from it, as far as they have a provider."""
        return [
            (candidate.name, self.providers[name])
            for name, candidate in self.schemas.items()
            if name in self.providers and is_a(candidate, schema.name)
        ]


class Repository:
    """Implements `WmiService`. Providers and quirks are the server's; compiled classes are shared by all servers."""

    def __init__(self, quirks: Quirks) -> None:
        self.quirks = quirks
        self._namespaces: dict[str, Namespace] = {}

    def add_namespace(self, name: str, mof_files: Iterable[str]) -> None:
        """Offer a namespace (``root/cimv2``) with the classes of these files from the MOF directory."""
        self._namespaces[name.lower()] = Namespace(name, compile_classes(name, tuple(mof_files)))

    def provide(self, namespace: str, class_name: str, provider: InstanceProvider) -> None:
        """Let a provider serve exactly this class (a derived class needs a call of its own)."""
        found = self._namespace(namespace)
        found.providers[found.schema(class_name).name.lower()] = provider

    def new_instance(self, namespace: str, class_name: str, /, **values: Value) -> Instance:
        """An instance with these values and nulls for the rest; refuses what the class does not declare."""
        schema = self.class_schema(namespace, class_name)
        instance = Instance(schema.name, {prop.name: None for prop in schema.properties.values()})
        for name, value in values.items():
            prop = schema.properties[name.lower()]
            if not fits(prop, value):
                raise TypeError(f"{schema.name}.{prop.name} is {prop.type} and cannot be {value!r}")
            instance.properties[prop.name] = value
        return instance

    # The service, as `WmiService` describes it.

    def class_schema(self, namespace: str, class_name: str) -> ClassSchema:
        return self._namespace(namespace).schema(class_name)

    def get(self, caller: Caller, namespace: str, class_name: str, keys: Mapping[str, KeyValue]) -> Instance:
        with _operation("GetObject", _path(class_name, keys)):
            return self._find(caller, namespace, class_name, keys, "GetObject")[0]

    def query(self, caller: Caller, namespace: str, wql_text: str) -> QueryResult:
        with _operation("ExecQuery", wql_text):
            found = self._namespace(namespace)
            association_query = parse_association_query(wql_text, found.name)
            if association_query is not None:
                return QueryResult(iter(list(self._associated(caller, found, association_query))), None)
            query = wql.parse(wql_text)
            schema = found.schema(query.class_name)
            selected = wql.selected_names(query, schema)
            test = wql.compile_condition(query.condition, schema, lambda name, wanted: is_a(found.schema(name), wanted))
            equalities = wql.equalities(query.condition, schema)
            # Providers are asked now, so that what they refuse fails the query and not a later page of it.
            answers = [
                (found.schema(name), _ask(provider, caller, name, equalities)) for name, provider in found.served(schema)
            ]
            return QueryResult(_results(answers, test), selected)

    def create(self, caller: Caller, namespace: str, instance: Instance) -> Reference:
        with _operation("PutInstance", instance.class_name):
            found = self._namespace(namespace)
            schema = found.schema(instance.class_name)
            instance = Instance(schema.name, _declared(schema, instance.properties))
            self._fill_defaults(found, schema, instance)
            stored = self._provider(found, schema).create(caller, instance)
            keys = {key.name: cast(KeyValue, stored.properties[key.name]) for key in schema.keys}
            return Reference(found.name, schema.name, keys)

    def put(
        self,
        caller: Caller,
        namespace: str,
        class_name: str,
        keys: Mapping[str, KeyValue],
        changes: Mapping[str, Value],
    ) -> Instance:
        with _operation("PutInstance", _path(class_name, keys)):
            existing, schema, provider = self._find(caller, namespace, class_name, keys, "PutInstance")
            wanted = _writable_changes(schema, existing, _declared(schema, changes))
            for value in wanted.values():
                self._fill_embedded(self._namespace(namespace), value)
            return provider.put(caller, existing, wanted)

    def delete(self, caller: Caller, namespace: str, class_name: str, keys: Mapping[str, KeyValue]) -> None:
        with _operation("DeleteInstance", _path(class_name, keys)):
            existing, _unused, provider = self._find(caller, namespace, class_name, keys, "DeleteInstance")
            provider.delete(caller, existing)

    def invoke(
        self,
        caller: Caller,
        namespace: str,
        class_name: str,
        keys: Mapping[str, KeyValue],
        method: str,
        arguments: Mapping[str, Value],
    ) -> dict[str, Value]:
        with _operation("ExecMethod", f"{_path(class_name, keys)}::{method}"):
            found = self._namespace(namespace)
            schema = found.schema(class_name)
            definition = schema.methods.get(method.lower())
            if definition is None:
                raise failure(Wbem.INVALID_METHOD)
            inputs = _arguments(definition, arguments)
            for value in inputs.values():
                self._fill_embedded(found, value)
            if definition.is_static:
                _check_names(schema, keys)
                return self._provider(found, schema).invoke(caller, None, definition.name, inputs)
            if not keys and not schema.is_singleton:
                raise failure(Wbem.INVALID_OBJECT_PATH)
            target, _unused, provider = self._find(caller, namespace, class_name, keys, "ExecMethod")
            return provider.invoke(caller, target, definition.name, inputs)

    # Finding and completing.

    def _associated(self, caller: Caller, namespace: Namespace, query: AssociationQuery) -> Iterator[Instance]:
        def find(reference: Reference) -> tuple[Instance, ClassSchema]:
            return self._find(caller, reference.namespace, reference.class_name, reference.keys, "ExecQuery")[:2]

        def ask(schema: ClassSchema, equalities: Mapping[str, Value]) -> Iterable[Instance]:
            return _ask(namespace.providers[schema.name.lower()], caller, schema.name, equalities)

        for name in filter(None, (query.association_class, query.result_class)):
            namespace.schema(name)
        return associated(query, [namespace.schema(name) for name in namespace.providers], ask, find)

    def _namespace(self, name: str) -> Namespace:
        try:
            return self._namespaces[name.replace("\\", "/").lower()]
        except KeyError:
            raise failure(Wbem.INVALID_NAMESPACE) from None

    @staticmethod
    def _provider(namespace: Namespace, schema: ClassSchema) -> InstanceProvider:
        try:
            return namespace.providers[schema.name.lower()]
        except KeyError:
            raise failure(Wbem.PROVIDER_NOT_CAPABLE) from None

    def _find(
        self, caller: Caller, namespace: str, class_name: str, keys: Mapping[str, KeyValue], operation: str
    ) -> tuple[Instance, ClassSchema, InstanceProvider]:
        """The one instance with these keys, of the class or of one derived from it."""
        found = self._namespace(namespace)
        schema = found.schema(class_name)
        wanted = _complete_keys(schema, keys)
        comparable = {name: normalized(value) for name, value in wanted.items()}
        served = found.served(schema)
        for name, provider in served:
            for instance in _ask(provider, caller, name, wanted):
                if all(normalized(instance.properties[key]) == value for key, value in comparable.items()):
                    return instance, found.schema(instance.class_name), provider
        raise _not_found(schema, served, operation, object_path(schema.name, keys))

    def _fill_defaults(self, namespace: Namespace, schema: ClassSchema, instance: Instance) -> None:
        """Give properties that were not sent the value that their class declares, in embedded objects too."""
        for prop in schema.properties.values():
            value = instance.properties.setdefault(prop.name, None)
            if value is None:
                instance.properties[prop.name] = prop.default
            else:
                self._fill_embedded(namespace, value)

    def _fill_embedded(self, namespace: Namespace, value: Value) -> None:
        for item in value if isinstance(value, list) else (value,):
            if isinstance(item, Instance):
                self._fill_defaults(namespace, namespace.schema(item.class_name), item)


@contextmanager
def _operation(name: str, parameters: str) -> Iterator[None]:
    """Complete errors with what was being done, as ``__ExtendedStatus`` reports it (recorded from Server 2012)."""
    try:
        yield
    except WmiError as error:
        error.operation = error.operation or name
        error.parameter_info = error.parameter_info or parameters
        raise


def _path(class_name: str, keys: Mapping[str, KeyValue]) -> str:
    return object_path(class_name, keys) if keys else class_name


def _ask(provider: InstanceProvider, caller: Caller, class_name: str, equalities: Mapping[str, Value]) -> Iterable[Instance]:
    matching = getattr(provider, "matching", None)
    if matching is None:
        return provider.instances(caller, class_name)
    return cast(Iterable[Instance], matching(caller, class_name, equalities))


def _not_found(schema: ClassSchema, served: list[tuple[str, InstanceProvider]], operation: str, path: str) -> WmiError:
    explain = getattr(served[0][1], "not_found", None) if served else None
    if explain is not None:
        return cast(WmiError, explain(operation, path))
    # Recorded of Win32_Process; the other classes of Windows are taken to be of the same provider
    is_windows = schema.name.lower().startswith("win32_")
    return failure(Wbem.NOT_FOUND, provider_name="CIMWin32" if is_windows else "WinMgmt")


def _results(answers: list[tuple[ClassSchema, Iterable[Instance]]], test: wql.Test | None) -> Iterator[Instance]:
    """The instances that pass the test; lazy properties are null in them."""
    for schema, instances in answers:
        lazy: dict[str, Value] = {prop.name: None for prop in schema.properties.values() if prop.is_lazy}
        for instance in instances if test is None else filter(test, instances):
            yield replace(instance, properties=instance.properties | lazy) if lazy else instance


def _check_names(schema: ClassSchema, keys: Mapping[str, KeyValue]) -> None:
    known = {key.name.lower() for key in schema.keys}
    if any(name.lower() not in known for name in keys):
        raise failure(Wsman.UNEXPECTED_SELECTORS)


def _complete_keys(schema: ClassSchema, keys: Mapping[str, KeyValue]) -> dict[str, Value]:
    """The keys by declared name: all of them, no others, each of its type."""
    _check_names(schema, keys)
    given = {name.lower(): value for name, value in keys.items()}
    if not given and not schema.is_singleton:
        raise failure(Wsman.INVALID_URI_WMI_SINGLETON)
    if len(given) < len(schema.keys):
        raise failure(Wsman.INSUFFCIENT_SELECTORS)
    if not all(fits(key, given[key.name.lower()]) for key in schema.keys):
        raise failure(Wsman.SELECTOR_TYPEMISMATCH)
    return {key.name: given[key.name.lower()] for key in schema.keys}


def _declared(schema: ClassSchema, values: Mapping[str, Value]) -> dict[str, Value]:
    """The values by declared name, each known to the class and of its property's type."""
    result: dict[str, Value] = {}
    for name, value in values.items():
        prop = schema.properties.get(name.lower())
        if prop is None:
            raise failure(Wbem.INVALID_PROPERTY, f"{schema.name} has no property {name}.")
        if not fits(prop, value):
            raise failure(Wbem.TYPE_MISMATCH, f"{schema.name}.{prop.name} is of type {prop.type}.")
        result[prop.name] = value
    return result


def _writable_changes(schema: ClassSchema, existing: Instance, changes: Mapping[str, Value]) -> dict[str, Value]:
    """The changes without keys and read-only properties, which may be sent, but only as they are."""
    writable: dict[str, Value] = {}
    for name, value in changes.items():
        prop = schema.properties[name.lower()]
        if not (prop.is_key or prop.is_read_only):
            writable[name] = value
        elif not _is_unchanged(prop, existing.properties[name], value):
            raise failure(Wbem.READ_ONLY, f"The property {name} of {schema.name} is read-only.")
    return writable


def _is_unchanged(prop: PropertySchema, old: Value, new: Value) -> bool:
    # A lazy property came to the client as null, so null says nothing about it.
    if prop.is_key or (new is None and prop.is_lazy):
        return new is None or normalized(old) == normalized(new)
    return _comparable(old) == _comparable(new)


def _comparable(value: Value) -> object:
    return [normalized(item) for item in value] if isinstance(value, list) else normalized(value)


def _arguments(method: MethodSchema, arguments: Mapping[str, Value]) -> dict[str, Value]:
    """All input parameters by declared name: as given, else their default, else None."""
    given = {name.lower(): value for name, value in arguments.items()}
    inputs: dict[str, Value] = {}
    for parameter in method.inputs:
        value = given.pop(parameter.name.lower(), parameter.default)
        if not fits(parameter, value):
            raise failure(Wbem.INVALID_METHOD_PARAMETERS, f"{parameter.name} is of type {parameter.type}.")
        inputs[parameter.name] = value
    if given:
        raise failure(Wbem.INVALID_METHOD_PARAMETERS, f"{method.name} has no parameter {next(iter(given))}.")
    return inputs
