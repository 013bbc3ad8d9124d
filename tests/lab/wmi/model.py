# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the layers of the lab say to each other about WMI.

``wire`` turns envelopes into calls of `WmiService` and its answers back into envelopes; ``wmi.repository`` is the
service; ``hierarchy`` gives the classes their instances by implementing `InstanceProvider`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol


@dataclass(frozen=True)
class Reference:
    """A reference to an instance, as reference properties, keys and created instances carry it."""

    namespace: str
    class_name: str
    keys: Mapping[str, KeyValue]


@dataclass
class Instance:
    """An instance of a class; ``properties`` holds every property of the class by its declared name."""

    class_name: str
    properties: dict[str, Value] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Value:
        return self.properties[name]


Scalar = None | bool | int | float | str | datetime | timedelta | Reference | Instance
Value = Scalar | list[Scalar]
KeyValue = bool | int | str | datetime | Reference


@dataclass(frozen=True)
class PropertySchema:
    """A property of a class, or a parameter of a method."""

    name: str
    type: str
    """The CIM type: ``string``, ``boolean``, ``uint8`` to ``sint64``, ``real32``, ``real64``, ``datetime``, ``char16``,
    ``reference`` or ``object`` (an embedded instance)."""
    is_array: bool = False
    is_key: bool = False
    is_read_only: bool = False
    is_lazy: bool = False
    """Left out of query results by the SMS Provider (nil); only a Get of the instance reads it."""
    embedded_class: str | None = None
    default: Value = None


@dataclass(frozen=True)
class MethodSchema:
    """A method: input parameters and output parameters in the order of their declaration."""

    name: str
    inputs: tuple[PropertySchema, ...]
    outputs: tuple[PropertySchema, ...]
    return_type: str
    is_static: bool


@dataclass(frozen=True)
class ClassSchema:
    """A class with everything that it inherits. Look-ups by name ignore the letter case, as WMI does."""

    name: str
    namespace: str
    ancestors: tuple[str, ...]
    """Names of the base classes, the direct one first."""
    properties: Mapping[str, PropertySchema]
    """By lower-case name, sorted by name."""
    methods: Mapping[str, MethodSchema]
    """By lower-case name."""
    is_singleton: bool = False
    is_abstract: bool = False

    @property
    def keys(self) -> tuple[PropertySchema, ...]:
        return tuple(prop for prop in self.properties.values() if prop.is_key)


class WmiError(Exception):
    """A WMI operation failed. The wire turns it into a fault, with an extended status object where one is due."""

    def __init__(
        self,
        hresult: int,
        message: str,
        *,
        operation: str = "",
        parameter_info: str = "",
        description: str | None = None,
        provider_name: str = "WMI Provider",
        extended_status: Instance | None = None,
    ) -> None:
        super().__init__(message)
        self.hresult = hresult
        self.message = message
        self.operation = operation
        self.parameter_info = parameter_info
        self.description = description
        self.provider_name = provider_name
        self.extended_status = extended_status
        """What the provider sends instead of a plain ``__ExtendedStatus`` built from the fields above."""


@dataclass(frozen=True)
class Caller:
    """Who calls: the account as it logged on (``CORP\\admin``)."""

    account: str
    delegates: bool = False
    """Whether the server was given what it takes to log on to others in the account's name."""


class InstanceProvider(Protocol):
    """Gives one class, and the classes derived from it where it says so, its instances and its behaviour.

    The repository has resolved names, filled in defaults and checked types before it calls. Providers raise `WmiError`.
    """

    def instances(self, caller: Caller, class_name: str) -> Iterable[Instance]:
        """Every instance of exactly this class, newly made or not to be changed by anyone."""

    def create(self, caller: Caller, instance: Instance) -> Instance:
        """Store a new instance and return it as stored (keys filled in). Properties not sent are None."""

    def put(self, caller: Caller, existing: Instance, changes: Mapping[str, Value]) -> Instance:
        """Change the given properties (declared names) of an existing instance and return it as stored."""

    def delete(self, caller: Caller, existing: Instance) -> None:
        """Remove an existing instance."""

    def invoke(self, caller: Caller, target: Instance | None, method: str, arguments: Mapping[str, Value]) -> dict[str, Value]:
        """Run a method (declared name); ``target`` is None for a static one. Returns outputs and ``ReturnValue``."""


@dataclass(frozen=True)
class QueryResult:
    """A running query: its instances as they come, and the selected properties where it does not select ``*``."""

    instances: Iterator[Instance]
    selected: tuple[str, ...] | None


class WmiService(Protocol):
    """WMI of one server. Namespaces are written ``root/cimv2``; all names ignore the letter case.

    Everything raises `WmiError`. Without keys, the only instance of a singleton class is meant.
    """

    def class_schema(self, namespace: str, class_name: str) -> ClassSchema:
        """What a class looks like, with all that it inherits."""

    def get(self, caller: Caller, namespace: str, class_name: str, keys: Mapping[str, KeyValue]) -> Instance:
        """One instance, of this class or of one derived from it."""

    def query(self, caller: Caller, namespace: str, wql: str) -> QueryResult:
        """What a SELECT finds."""

    def create(self, caller: Caller, namespace: str, instance: Instance) -> Reference:
        """Store a new instance. Returns where it is, with keys that its provider may have filled in."""

    def put(
        self,
        caller: Caller,
        namespace: str,
        class_name: str,
        keys: Mapping[str, KeyValue],
        changes: Mapping[str, Value],
    ) -> Instance:
        """Change the given properties and leave the others. Returns the instance as stored."""

    def delete(self, caller: Caller, namespace: str, class_name: str, keys: Mapping[str, KeyValue]) -> None:
        """Remove an instance."""

    def invoke(
        self,
        caller: Caller,
        namespace: str,
        class_name: str,
        keys: Mapping[str, KeyValue],
        method: str,
        arguments: Mapping[str, Value],
    ) -> dict[str, Value]:
        """Run a method, of the class itself if it is static. Returns its outputs and ``ReturnValue``."""
