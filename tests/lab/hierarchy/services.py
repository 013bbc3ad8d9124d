# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Windows services of a server, as Win32_Service shows and controls them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..wmi.codes import Wbem, failure
from ..wmi.model import Caller, Instance, Value

if TYPE_CHECKING:
    from .windows_server import WindowsServer

SUCCESS = 0
NOT_SUPPORTED = 1
ACCESS_DENIED = 2
CANNOT_ACCEPT_CONTROL = 5
ALREADY_RUNNING = 10
"""Return values that the reference page of Win32_Service lists."""


@dataclass
class Service:
    """One service, and how long it takes to stop and start in nominal seconds."""

    name: str
    path: str
    state: str = "Running"
    stop_seconds: float = 2
    start_seconds: float = 2
    on_stopped: Callable[[], None] | None = None
    on_started: Callable[[], None] | None = None


class ServiceClass:
    """Win32_Service of one server."""

    def __init__(self, server: WindowsServer) -> None:
        self._server = server

    def instances(self, caller: Caller, class_name: str) -> Iterable[Instance]:
        return [self._shown(service) for service in self._server.services.values()] if class_name == "Win32_Service" else []

    def create(self, caller: Caller, instance: Instance) -> Instance:
        raise failure(Wbem.PROVIDER_NOT_CAPABLE)

    def put(self, caller: Caller, existing: Instance, changes: Mapping[str, Value]) -> Instance:
        raise failure(Wbem.PROVIDER_NOT_CAPABLE)

    def delete(self, caller: Caller, existing: Instance) -> None:
        raise failure(Wbem.PROVIDER_NOT_CAPABLE)

    def invoke(self, caller: Caller, target: Instance | None, method: str, arguments: Mapping[str, Value]) -> dict[str, Value]:
        if target is None:
            raise failure(Wbem.INVALID_METHOD_PARAMETERS)
        service = self._server.services[str(target["Name"])]
        if method not in ("StartService", "StopService"):
            return {"ReturnValue": NOT_SUPPORTED}
        if not self._server.is_administrator(caller.account):
            return {"ReturnValue": ACCESS_DENIED}
        return {"ReturnValue": self._start(service) if method == "StartService" else self._stop(service)}

    def _start(self, service: Service) -> int:
        if service.state != "Stopped":
            return ALREADY_RUNNING
        service.state = "Start Pending"
        self._server.simulation.schedule(service.start_seconds, lambda: self._reached(service, "Running", service.on_started))
        return SUCCESS

    def _stop(self, service: Service) -> int:
        if service.state != "Running":
            return CANNOT_ACCEPT_CONTROL
        service.state = "Stop Pending"
        self._server.simulation.schedule(service.stop_seconds, lambda: self._reached(service, "Stopped", service.on_stopped))
        return SUCCESS

    def _reached(self, service: Service, state: str, then: Callable[[], None] | None) -> None:
        service.state = state
        if then is not None:
            then()

    def _shown(self, service: Service) -> Instance:
        is_stopped = service.state == "Stopped"
        return self._server.repository.new_instance(
            "root/cimv2",
            "Win32_Service",
            Name=service.name,
            DisplayName=service.name,
            Caption=service.name,
            CreationClassName="Win32_Service",
            SystemCreationClassName="Win32_ComputerSystem",
            SystemName=self._server.netbios_name,
            PathName=service.path,
            State=service.state,
            Started=not is_stopped,
            StartMode="Auto",
            StartName="LocalSystem",
            ServiceType="Own Process",
            AcceptStop=service.state == "Running",
            ProcessId=0 if is_stopped else 1000 + 4 * sum(service.name.encode()),
            Status="OK",
            ExitCode=0,
        )
