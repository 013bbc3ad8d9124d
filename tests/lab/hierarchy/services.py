# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Windows services of a server, as Win32_Service and Win32_DependentService show and control them.

Documented by Microsoft, on the reference pages of the two classes and their methods: the return values and their names;
that StopService returns 3 while dependent services run, and 5 for a service that is stopped already (its example); that
StartService also starts what a service depends on, and nothing that depends on it; how start modes are spelt: ``Auto`` in
the property, ``Automatic`` in ChangeStartMode. In Microsoft's blog about WMI: WinRM depends on RpcSs.

Seen once, in a dump of a site server: the two references of a dependency spell the namespace in different case, and
TypeOfDependency is null.

Inferred: a service whose antecedent is disabled fails with 13, "Service Dependency Failure" (several people report the
Win32 error of that meaning, 1068, none the return value); 13 also while the antecedent stops; 10 for every start of a service
that is not stopped, even if it is disabled; 21 for a start mode that only drivers have, or none has. Invented: the
seconds that everything takes, and that a service says Start Pending while it waits for another.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from ..wmi.codes import Wbem, failure
from ..wmi.model import Caller, Instance, Reference, Value
from ..wmi.read_only import ReadOnlyClass
from .processes import new_process_id

if TYPE_CHECKING:
    from .windows_server import WindowsServer

SUCCESS = 0
NOT_SUPPORTED = 1
ACCESS_DENIED = 2
DEPENDENT_SERVICES_RUNNING = 3
CANNOT_ACCEPT_CONTROL = 5
ALREADY_RUNNING = 10
DEPENDENCY_DELETED = 12
DEPENDENCY_FAILURE = 13
SERVICE_DISABLED = 14
INVALID_PARAMETER = 21
"""Return values that the reference page of Win32_Service lists."""

ServiceState = Literal["Running", "Stopped", "Start Pending", "Stop Pending"]
StartMode = Literal["Auto", "Manual", "Disabled"]

_START_MODES: dict[Value, StartMode] = {"Automatic": "Auto", "Manual": "Manual", "Disabled": "Disabled"}
"""What ChangeStartMode takes for a service, and how Win32_Service shows it."""


@dataclass
class Service:
    """One service, and how long it takes to stop and start in nominal seconds."""

    name: str
    path: str
    state: ServiceState = "Running"
    start_mode: StartMode = "Auto"
    antecedents: tuple[str, ...] = ()
    """Names of the services that it depends on."""
    stop_seconds: float = 2
    start_seconds: float = 2
    on_stopped: Callable[[], None] | None = None
    on_started: Callable[[], None] | None = None
    hangs: bool = False
    """It never gets beyond Stop Pending."""
    is_waiting: bool = False
    """It will start as soon as everything that it depends on runs."""
    process_id: int = field(default_factory=new_process_id)
    """0 while it is stopped, and another one after every start."""

    def make_process(self) -> None:
        """Have it run in a new process."""
        self.process_id = new_process_id()


class ServiceControl:
    """Starts and stops the services of one server, in the order of their dependencies."""

    def __init__(self, server: WindowsServer) -> None:
        self._server = server

    def start(self, service: Service) -> int:
        """Begin to start a service and what it depends on, or say why not: a return value of StartService."""
        if service.state != "Stopped":
            return ALREADY_RUNNING
        code = self._obstacle(service)
        if code == SUCCESS:
            self._begin_to_start(service)
        return code

    def stop(self, service: Service) -> int:
        """Begin to stop a service, or say why not: a return value of StopService."""
        if service.state != "Running":
            return CANNOT_ACCEPT_CONTROL
        if any(dependent.state != "Stopped" for dependent in self._dependents(service)):
            return DEPENDENT_SERVICES_RUNNING
        service.state = "Stop Pending"
        self._server.simulation.schedule(service.stop_seconds, lambda: self._stopped(service))
        return SUCCESS

    def change_start_mode(self, service: Service, mode: Value) -> int:
        """Change how a service is started, which leaves its state alone: a return value of ChangeStartMode."""
        if mode not in _START_MODES:
            return INVALID_PARAMETER
        service.start_mode = _START_MODES[mode]
        return SUCCESS

    def dependencies(self) -> Iterator[tuple[Service, Service]]:
        """Every antecedent with a dependent of it."""
        for dependent in self._server.services.values():
            for name in dependent.antecedents:
                if name in self._server.services:
                    yield self._server.services[name], dependent

    def _dependents(self, service: Service) -> list[Service]:
        return [dependent for antecedent, dependent in self.dependencies() if antecedent is service]

    def _obstacle(self, service: Service) -> int:
        if service.start_mode == "Disabled":
            return SERVICE_DISABLED
        for name in service.antecedents:
            antecedent = self._server.services.get(name)
            if antecedent is None:
                return DEPENDENCY_DELETED
            must_start = antecedent.state == "Stopped"
            if antecedent.state == "Stop Pending" or (must_start and self._obstacle(antecedent) != SUCCESS):
                return DEPENDENCY_FAILURE
        return SUCCESS

    def _begin_to_start(self, service: Service) -> None:
        service.state = "Start Pending"
        antecedents = [antecedent for antecedent, dependent in self.dependencies() if dependent is service]
        missing = [antecedent for antecedent in antecedents if antecedent.state != "Running"]
        service.is_waiting = bool(missing)
        for antecedent in missing:
            if antecedent.state == "Stopped":
                self._begin_to_start(antecedent)
        if not missing:
            service.make_process()
            self._server.simulation.schedule(service.start_seconds, lambda: self._started(service))

    def _started(self, service: Service) -> None:
        self._reached(service, "Running", service.on_started)
        for dependent in self._dependents(service):
            if dependent.is_waiting:
                self._begin_to_start(dependent)

    def _stopped(self, service: Service) -> None:
        if not service.hangs:
            service.process_id = 0
            self._reached(service, "Stopped", service.on_stopped)

    def _reached(self, service: Service, state: ServiceState, then: Callable[[], None] | None) -> None:
        service.state = state
        if then is not None:
            then()


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
        control = self._server.service_control
        actions: dict[str, Callable[[], int]] = {
            "StartService": lambda: control.start(service),
            "StopService": lambda: control.stop(service),
            "ChangeStartMode": lambda: control.change_start_mode(service, arguments["StartMode"]),
        }
        if method not in actions:
            return {"ReturnValue": NOT_SUPPORTED}
        if not self._server.is_administrator(caller.account):
            return {"ReturnValue": ACCESS_DENIED}
        return {"ReturnValue": actions[method]()}

    def _shown(self, service: Service) -> Instance:
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
            Started=service.state != "Stopped",
            StartMode=service.start_mode,
            StartName="LocalSystem",
            ServiceType="Own Process",
            AcceptStop=service.state == "Running",
            ProcessId=service.process_id,
            Status="OK",
            ExitCode=0,
        )


class DependentServiceClass(ReadOnlyClass):
    """Win32_DependentService of one server: which service depends on which."""

    def __init__(self, server: WindowsServer) -> None:
        self._server = server

    def instances(self, caller: Caller, class_name: str) -> Iterable[Instance]:
        return [
            self._server.repository.new_instance(
                "root/cimv2",
                "Win32_DependentService",
                Antecedent=Reference("root/cimv2", "Win32_Service", {"Name": antecedent.name}),
                Dependent=Reference("root/CIMV2", "Win32_Service", {"Name": dependent.name}),
            )
            for antecedent, dependent in self._server.service_control.dependencies()
        ]
