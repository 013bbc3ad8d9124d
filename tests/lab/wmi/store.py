# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A provider that keeps the instances of one class in memory, for classes without behaviour of their own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from .codes import Wbem, failure
from .model import Caller, ClassSchema, Instance, Value
from .paths import normalized


class MemoryStore:
    """Implements `InstanceProvider`. Instances are replaced, never changed, so running queries keep what they found."""

    def __init__(self, schema: ClassSchema, instances: Iterable[Instance] = ()) -> None:
        self._schema = schema
        self._key_names = [key.name for key in schema.keys]
        self._instances: dict[tuple[object, ...], Instance] = {}
        for instance in instances:
            self.add(instance)

    def add(self, instance: Instance) -> None:
        """Store an instance, or replace the one with its keys."""
        self._instances[self._key(instance.properties)] = instance

    def clear(self) -> None:
        self._instances.clear()

    def _key(self, properties: Mapping[str, Value]) -> tuple[object, ...]:
        return tuple(normalized(properties[name]) for name in self._key_names)

    def instances(self, caller: Caller, class_name: str) -> Iterable[Instance]:
        return list(self._instances.values())

    def matching(self, caller: Caller, class_name: str, equalities: Mapping[str, Value]) -> Iterable[Instance]:
        """With all keys given, one look-up."""
        if not all(name in equalities for name in self._key_names):
            return self.instances(caller, class_name)
        found = self._instances.get(self._key(equalities))
        return [] if found is None else [found]

    def create(self, caller: Caller, instance: Instance) -> Instance:
        if any(instance.properties[name] is None for name in self._key_names):
            raise failure(Wbem.ILLEGAL_NULL, f"A new {self._schema.name} needs all of its keys.")
        if self._key(instance.properties) in self._instances:
            raise failure(Wbem.ALREADY_EXISTS)
        self.add(instance)
        return instance

    def put(self, caller: Caller, existing: Instance, changes: Mapping[str, Value]) -> Instance:
        changed = replace(existing, properties=existing.properties | dict(changes))
        self.add(changed)
        return changed

    def delete(self, caller: Caller, existing: Instance) -> None:
        del self._instances[self._key(existing.properties)]

    def invoke(self, caller: Caller, target: Instance | None, method: str, arguments: Mapping[str, Value]) -> dict[str, Value]:
        raise failure(Wbem.METHOD_NOT_IMPLEMENTED)
