# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One simulated server that is nothing but wire: a WMI of one class, and a shell of three commands."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from threading import Event

from lab.quirks import Quirks
from lab.wire.host import CommandResult, Execution, RequestRecord
from lab.wire.listener import Listener, Listeners
from lab.wire.settings import ServiceSettings
from lab.wmi.model import (
    Caller,
    ClassSchema,
    Instance,
    KeyValue,
    MethodSchema,
    PropertySchema,
    QueryResult,
    Reference,
    Value,
    WmiError,
)

NAMESPACE = "root/cimv2"
USER, PASSWORD = "CORP\\admin", "S3cret pass"

_PROPERTIES = (
    PropertySchema("Description", "string"),
    PropertySchema("Name", "string", is_key=True),
    PropertySchema("ProcessId", "uint32"),
)
_RETURN_VALUE = PropertySchema("ReturnValue", "uint32")
SERVICE_CLASS = ClassSchema(
    "Win32_Service",
    NAMESPACE,
    (),
    {prop.name.lower(): prop for prop in _PROPERTIES},
    {
        "stopservice": MethodSchema(
            "StopService", (PropertySchema("Grace", "uint32"),), (_RETURN_VALUE,), "uint32", is_static=False
        )
    },
)
SYSTEM_CLASS = ClassSchema(
    "Win32_OperatingSystem", NAMESPACE, (), {"version": PropertySchema("Version", "string")}, {}, is_singleton=True
)
STATUS_CLASS = ClassSchema(
    "SMS_ExtendedStatus",
    NAMESPACE,
    (),
    {
        "description": PropertySchema("Description", "string"),
        "errorcode": PropertySchema("ErrorCode", "uint32"),
    },
    {},
)


class FakeWmi:
    """WMI with the services in a dictionary; understands ``select * from`` and ``select name from``."""

    def __init__(self) -> None:
        self.services: dict[str, Instance] = {}
        self.stopped: list[tuple[str, Mapping[str, Value]]] = []
        for number in range(200):
            self.add(f"Service{number:03}", "d" * 1000)

    def add(self, name: str, description: str) -> None:
        self.services[name.lower()] = Instance(
            "Win32_Service", {"Description": description, "Name": name, "ProcessId": len(self.services)}
        )

    def class_schema(self, namespace: str, class_name: str) -> ClassSchema:
        if namespace.lower() not in (NAMESPACE, "root"):
            raise WmiError(0x8004100E, "Invalid namespace ")
        for schema in (SERVICE_CLASS, SYSTEM_CLASS, STATUS_CLASS):
            if schema.name.lower() == class_name.lower():
                return schema
        if class_name.lower() == "guarded":
            raise WmiError(0x80041003, "Access denied ")
        raise WmiError(0x80041010, "The specified class does not exist in the given namespace. ")

    def get(self, caller: Caller, namespace: str, class_name: str, keys: Mapping[str, KeyValue]) -> Instance:
        if self.class_schema(namespace, class_name) is SYSTEM_CLASS:
            return Instance("Win32_OperatingSystem", {"Version": "10.0"})
        try:
            return self.services[str(keys["Name"]).lower()]
        except KeyError:
            raise WmiError(0x80041002, "Not found ", provider_name="CIMWin32") from None

    def query(self, caller: Caller, namespace: str, wql: str) -> QueryResult:
        match = re.fullmatch(r"select (\*|\w+) from (\w+)", wql, re.IGNORECASE)
        if match is None:
            raise WmiError(0x80041017, "Invalid query ")
        self.class_schema(namespace, match[2])
        return QueryResult(iter(list(self.services.values())), None if match[1] == "*" else (match[1],))

    def create(self, caller: Caller, namespace: str, instance: Instance) -> Reference:
        self.services[str(instance["Name"]).lower()] = instance
        return Reference(namespace, instance.class_name, {"Name": str(instance["Name"])})

    def put(
        self, caller: Caller, namespace: str, class_name: str, keys: Mapping[str, KeyValue], changes: Mapping[str, Value]
    ) -> Instance:
        instance = self.get(caller, namespace, class_name, keys)
        instance.properties.update(changes)
        return instance

    def delete(self, caller: Caller, namespace: str, class_name: str, keys: Mapping[str, KeyValue]) -> None:
        del self.services[str(self.get(caller, namespace, class_name, keys)["Name"]).lower()]

    def invoke(
        self,
        caller: Caller,
        namespace: str,
        class_name: str,
        keys: Mapping[str, KeyValue],
        method: str,
        arguments: Mapping[str, Value],
    ) -> dict[str, Value]:
        self.stopped.append((str(self.get(caller, namespace, class_name, keys)["Name"]), arguments))
        return {"ReturnValue": 0}


class FakeCommands:
    """``echo``; ``sort``, which gives its input back; ``wait``, which says so and ends when the test, or its shell, says so."""

    def __init__(self) -> None:
        self.is_waiting = Event()
        self.may_end = Event()
        self.was_ended = Event()

    def run(self, caller: Caller, command_line: str, stdin: bytes, execution: Execution | None = None) -> CommandResult:
        name, _separator, arguments = command_line.partition(" ")
        if name == "echo":
            return CommandResult(arguments.encode() + b"\r\n")
        if name == "sort":
            return CommandResult(stdin)
        if name == "wait":
            assert execution is not None
            execution.write(arguments.encode())
            with execution.telling(self._end):
                self.is_waiting.set()
                assert self.may_end.wait(20)
            return CommandResult(b"waited", exit_code=3)
        return CommandResult(b"", f"'{name}' is not recognized".encode(), 1)

    def _end(self) -> None:
        self.was_ended.set()
        self.may_end.set()


@dataclass
class FakeHost:
    """The server, which lets everybody in but ``CORP\\guest``."""

    name: str = "srv1.corp.example"
    netbios_name: str = "SRV1"
    is_running: bool = True
    quirks: Quirks = field(default_factory=Quirks)
    winrm: ServiceSettings = field(default_factory=ServiceSettings)
    clock_error: float = 0.0
    wmi: FakeWmi = field(default_factory=FakeWmi)
    commands: FakeCommands = field(default_factory=FakeCommands)

    def may_manage_remotely(self, account: str) -> bool:
        return account != "CORP\\guest"


@dataclass
class Recorder:
    """Keeps the records; ``before_each`` is what a test wants to happen first."""

    records: list[RequestRecord] = field(default_factory=list)
    before_each: Callable[[RequestRecord], None] = lambda record: None

    def before(self, record: RequestRecord) -> None:
        self.before_each(record)

    def after(self, record: RequestRecord) -> None:
        self.records.append(record)

    @property
    def actions(self) -> list[str]:
        return [record.action for record in self.records]


@dataclass
class Wire:
    """The addresses of the server, and the file with the authority that has issued its certificate."""

    http: Listener
    https: Listener
    ca: str
    listeners: Listeners
