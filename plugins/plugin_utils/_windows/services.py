# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""Services of a server, through WMI (``Win32_Service``)."""

from __future__ import annotations

from dataclasses import dataclass

from .._wsman.client import WsmanClient
from .._wsman.errors import WsmanFault
from .._wsman.values import CimClass, CimReference
from .errors import WindowsError

RUNNING, STOPPED, STOP_PENDING, START_PENDING = "Running", "Stopped", "Stop Pending", "Start Pending"
"""Values of ``State`` that decisions depend on."""
DISABLED = "Disabled"
"""The ``StartMode`` of a service that cannot be started."""

_NAMESPACE = "root/cimv2"
_SERVICE = CimClass.declare("Win32_Service", Name="string", ProcessId="uint32", StartMode="string", State="string")
_DEPENDENCY = CimClass.declare("Win32_DependentService", Antecedent="reference", Dependent="reference")
_OUTPUTS = CimClass.declare("Win32_Service_OUTPUT", ReturnValue="uint32")

_SUCCESS = 0
_DEPENDENTS_RUN = 3
_ON_ITS_WAY = frozenset({5, 6, 10})
"""It cannot accept the control in its state, is not active, or runs already: what it comes to is seen by looking."""

_MEANINGS = {
    1: "the request is not supported",
    2: "access is denied; the account needs to be a local administrator of the server",
    3: "other services that run depend on it",
    4: "the service does not know the control",
    5: "the service cannot accept the control in its state",
    6: "the service is not active",
    7: "the service did not respond in time",
    8: "the service failed when it was started",
    9: "the program of the service was not found",
    10: "the service runs already",
    11: "the service database is locked",
    12: "a service that it depends on was removed",
    13: "a service that it depends on could not be started",
    14: "the service is disabled",
    15: "the account of the service could not log on",
    16: "the service is being removed",
    17: "the service has no thread of execution",
    18: "the services depend on each other in a circle",
    19: "there is a service of the same name",
    20: "the name of the service is not valid",
    21: "a parameter is not valid",
    22: "the account of the service is not valid",
    23: "the service exists already",
    24: "the service is paused already",
}
"""Return values of ``StartService`` and ``StopService`` (Microsoft's reference pages of the methods)."""


@dataclass(frozen=True)
class Service:
    """A service as it is now."""

    name: str
    state: str
    """As Windows names it: Running, Stopped, Start Pending, Stop Pending, Paused and so on."""
    start_mode: str
    """Auto, Manual, Disabled, Boot or System."""
    process_id: int
    """Of its program; 0 while it is stopped."""


class ServiceError(WindowsError):
    """A service could not be started or stopped."""


class DependentsRun(ServiceError):
    """A service cannot be stopped while others that depend on it run."""


class Services:
    """The services of a server. Every method raises `WsmanError`."""

    def __init__(self, client: WsmanClient) -> None:
        self._client = client

    def find(self, name: str) -> Service | None:
        """The service of this name, or None if there is none."""
        try:
            row = self._client.get(_NAMESPACE, _SERVICE.name, {"Name": name})
        except WsmanFault as fault:
            if fault.is_not_found:
                return None
            raise
        return Service(row.text("Name"), row.text("State"), row.text("StartMode"), row.number("ProcessId") or 0)

    def start(self, name: str) -> None:
        """Ask a service to start. `ServiceError` if it is refused."""
        self._control(name, "StartService", "Starting")

    def stop(self, name: str) -> None:
        """Ask a service to stop. `DependentsRun` while others need it, `ServiceError` for any other refusal."""
        self._control(name, "StopService", "Stopping")

    def running_dependents(self, name: str) -> list[str]:
        """The services that depend on this one, directly or through others, and are not stopped; those to stop first first."""
        above: dict[str, list[str]] = {}
        for row in self._client.query(_NAMESPACE, f"SELECT * FROM {_DEPENDENCY.name}", _DEPENDENCY):
            antecedent, dependent = (_service_of(row.properties.get(end)) for end in ("Antecedent", "Dependent"))
            if antecedent and dependent:
                above.setdefault(antecedent.casefold(), []).append(dependent)
        order: list[str] = []

        def visit(service: str) -> None:
            for dependent in above.pop(service.casefold(), []):
                visit(dependent)
                if dependent not in order:
                    order.append(dependent)

        visit(name)
        found = (self.find(dependent) for dependent in order)
        return [service.name for service in found if service is not None and service.state != STOPPED]

    def _control(self, name: str, method: str, what: str) -> None:
        outputs = self._client.invoke(
            _NAMESPACE, _SERVICE.name, method, {}, {"Name": name}, outputs=_OUTPUTS, is_repeatable=True
        )
        code = outputs.get("ReturnValue")
        if not isinstance(code, int) or code == _SUCCESS or code in _ON_ITS_WAY:
            return
        kind = DependentsRun if code == _DEPENDENTS_RUN else ServiceError
        meaning = _MEANINGS.get(code, "the server gave a return value that is not listed")
        raise kind(f"{what} the service {name} was refused: {meaning} (return value {code} of Win32_Service.{method}).")


def _service_of(value: object) -> str:
    return str(value.keys.get("Name", "")) if isinstance(value, CimReference) else ""
