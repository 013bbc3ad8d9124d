# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""WMI of one server at one moment: every call meets the state of its time, and no other caller in between."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

from ..wmi.model import Caller, ClassSchema, Instance, KeyValue, QueryResult, Reference, Value, WmiService

if TYPE_CHECKING:
    from .windows_server import WindowsServer


class WmiAtOneMoment:
    """Carries out each call in the WMI repository of a server while the simulation stands still.

    The server is asked for anew each time: after a reset it is another.
    """

    def __init__(self, server: Callable[[], WindowsServer]) -> None:
        self._server = server

    @contextmanager
    def _now(self) -> Iterator[WmiService]:
        server = self._server()
        with server.simulation.moment():
            yield server.repository

    def class_schema(self, namespace: str, class_name: str) -> ClassSchema:
        return self._server().repository.class_schema(namespace, class_name)

    def get(self, caller: Caller, namespace: str, class_name: str, keys: Mapping[str, KeyValue]) -> Instance:
        with self._now() as wmi:
            return wmi.get(caller, namespace, class_name, keys)

    def query(self, caller: Caller, namespace: str, wql: str) -> QueryResult:
        with self._now() as wmi:
            result = wmi.query(caller, namespace, wql)
            # What is read page by page later is the state of this moment
            return QueryResult(iter(list(result.instances)), result.selected)

    def create(self, caller: Caller, namespace: str, instance: Instance) -> Reference:
        with self._now() as wmi:
            return wmi.create(caller, namespace, instance)

    def put(
        self,
        caller: Caller,
        namespace: str,
        class_name: str,
        keys: Mapping[str, KeyValue],
        changes: Mapping[str, Value],
    ) -> Instance:
        with self._now() as wmi:
            return wmi.put(caller, namespace, class_name, keys, changes)

    def delete(self, caller: Caller, namespace: str, class_name: str, keys: Mapping[str, KeyValue]) -> None:
        with self._now() as wmi:
            wmi.delete(caller, namespace, class_name, keys)

    def invoke(
        self,
        caller: Caller,
        namespace: str,
        class_name: str,
        keys: Mapping[str, KeyValue],
        method: str,
        arguments: Mapping[str, Value],
    ) -> dict[str, Value]:
        with self._now() as wmi:
            return wmi.invoke(caller, namespace, class_name, keys, method, arguments)
