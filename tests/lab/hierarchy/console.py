# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Another administrator: what can happen to a hierarchy while a play runs, or before it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal, get_args

from . import site_control
from .cloud_console import CloudConsole
from .cloud_services import CO_MANAGEMENT, CloudApplication
from .executive import SERVICE, Executive
from .internet_console import InternetConsole
from .server_console import ServerConsole
from .service_connection_tool.console import ToolConsole
from .services import SUCCESS, Service, StartMode
from .site_control import Property, Role
from .status import Severity
from .update_states import UpdateState

if TYPE_CHECKING:
    from .hierarchy import Hierarchy

MODES = {"online": 0, "offline": 1}


class Console:
    """Acts of a Full Administrator that do not come over the wire of the lab.

    Servers may be named by host name or FQDN. Anything wrong in the request is a ValueError.
    """

    def __init__(self, hierarchy: Hierarchy) -> None:
        self._hierarchy = hierarchy
        self.servers = ServerConsole(hierarchy)
        self.internet = InternetConsole(hierarchy)
        self.cloud = CloudConsole(hierarchy.cloud.catalogue)
        self.tool = ToolConsole(hierarchy)
        self._actions: dict[str, Callable[..., None]] = {
            "add_role": self.add_role,
            "remove_role": self.remove_role,
            "set_mode": self.set_mode,
            "set_property": self.set_property,
            "add_site_system": self.add_site_system,
            "add_known_account": self.add_known_account,
            "add_tenant": self.add_tenant,
            "add_azure_service": self.add_azure_service,
            "start_update": self.start_update,
            "finish_update": self.finish_update,
            "set_update_state": self.set_update_state,
            "set_server_switch": self.set_server_switch,
            "restart_thread": self.restart_thread,
            "restart_executive": self.restart_executive,
            "back_up_site": self.back_up_site,
            "hang_thread": self.hang_thread,
            "hold_thread": self.hold_thread,
            "keep_thread_running": self.keep_thread_running,
            "start_service": self.start_service,
            "stop_service": self.stop_service,
            "hang_service": self.hang_service,
            "set_start_mode": self.set_start_mode,
            "add_dependent_service": self.add_dependent_service,
            "add_status_messages": self.add_status_messages,
            "report_validation": self.report_validation,
            "report_unreachable": self.report_unreachable,
            "advance": self.advance,
            **self.servers.actions,
            **self.internet.actions,
            **self.cloud.actions,
            **self.tool.actions,
        }

    def perform(self, request: Mapping[str, Any]) -> None:
        """Carry out ``{"action": NAME, ...}``."""
        arguments = dict(request)
        name = arguments.pop("action", None)
        action = self._actions.get(str(name))
        if action is None:
            raise ValueError(f"there is no action {name!r}; there are {', '.join(self._actions)}")
        with self._hierarchy.simulation.moment():
            try:
                action(**arguments)
            except TypeError as error:
                raise ValueError(f"{name}: {error}") from error

    def add_role(
        self,
        server: str,
        role: str = site_control.SERVICE_CONNECTION_POINT,
        mode: str = "online",
        site_code: str | None = None,
    ) -> None:
        """Add a role to a server, by default the service connection point, by default at the top-tier site."""
        fqdn = self._hierarchy.topology.fqdn(server)
        entry = Role(role, fqdn, site_code or self._hierarchy.top_tier_site.code)
        if role == site_control.SERVICE_CONNECTION_POINT:
            entry.properties.append(Property("OfflineMode", _offline_mode(mode)))
        if self._hierarchy.site_control.find(entry.site_code, entry.item_name) is not None:
            raise ValueError(f"{fqdn} has the role {role} already")
        self._hierarchy.site_control.add(entry)

    def remove_role(self, server: str, role: str = site_control.SERVICE_CONNECTION_POINT) -> None:
        """Remove a role from a server."""
        self._hierarchy.site_control.remove(self._role(server, role))

    def set_mode(self, mode: str, server: str | None = None) -> None:
        """Change the mode of the service connection point on record."""
        self.set_property("OfflineMode", server=server, role=site_control.SERVICE_CONNECTION_POINT, value=_offline_mode(mode))

    def set_property(
        self,
        name: str,
        role: str,
        server: str | None = None,
        value: int = 0,
        value1: str = "",
        value2: str = "",
    ) -> None:
        """Set one embedded property of a role, the others stay."""
        entry = self._role(server, role)
        others = [prop for prop in entry.properties if prop.name != name]
        self._hierarchy.site_control.change(entry, [*others, Property(name, value, value1, value2)], entry.property_lists)

    def add_site_system(self, server: str, site_code: str | None = None) -> None:
        """Make a server a site system."""
        fqdn = self._hierarchy.topology.fqdn(server)
        if self._hierarchy.site_control.roles(site_control.SITE_SYSTEM, fqdn):
            raise ValueError(f"{fqdn} is a site system already")
        self._hierarchy.add_site_system(fqdn, site_code or self._hierarchy.top_tier_site.code)

    def add_known_account(self, account: str, password: str | None = None, site_code: str | None = None) -> None:
        """Have a site know an account, by default with the password that it has in the domain."""
        secret = self._hierarchy.directory.password_of(account) if password is None else str(password)
        self._hierarchy.add_known_account(site_code or self._hierarchy.top_tier_site.code, account, secret)

    def add_tenant(self, name: str, application: str | None = None, secret_expires: str | None = None) -> None:
        """Connect the hierarchy to an Entra tenant, with an application in it whose secret expires at a time in ISO 8601."""
        cloud = self._hierarchy.cloud_services
        cloud.add_tenant(name)
        if application:
            expires = datetime.fromisoformat(secret_expires) if secret_expires else None
            cloud.applications.append(CloudApplication(application, name, expires))

    def add_azure_service(self, name: str, service_type: int = CO_MANAGEMENT) -> None:
        """Have the hierarchy use a service, by default co-management with tenant attach."""
        self._hierarchy.cloud_services.services.append((name, int(service_type)))

    def start_update(self, name: str = "Configuration Manager 2509", download: bool = False) -> None:
        """Start to install an update of the site, or to download it."""
        state = UpdateState.DOWNLOAD_IN_PROGRESS if download else UpdateState.INSTALL_IN_PROGRESS
        self._hierarchy.updates.set_state(name, state)

    def finish_update(self, name: str = "Configuration Manager 2509") -> None:
        """Have an update installed."""
        self._hierarchy.updates.set_state(name, UpdateState.INSTALL_SUCCESS)

    def set_update_state(self, name: str, state: str, progress: int = 0, prerequisite_flags: int = 0) -> None:
        """Have an update be in a state, by Microsoft's name for it, with so many hundredths of that done."""
        if state not in UpdateState.__members__:
            raise ValueError(f"there is no state {state!r}; there are {', '.join(UpdateState.__members__)}")
        self._hierarchy.updates.set_state(name, UpdateState[state], int(progress), int(prerequisite_flags))

    def set_server_switch(self, server: str, name: str, value: bool) -> None:
        """``site_server_is_administrator``: whether the site servers' computer accounts may administer a server."""
        if name != "site_server_is_administrator":
            raise ValueError(f"there is no switch {name!r}; there is site_server_is_administrator")
        fqdn = self._hierarchy.topology.fqdn(server)
        self._hierarchy.set_site_servers_are_administrators(fqdn, bool(value))

    def restart_thread(self, server: str, component: str) -> None:
        """Restart one component's thread, at once."""
        executive = self._executive_with(server, component)
        if not executive.is_running:
            raise ValueError(f"{SERVICE} on {server} does not run, so none of its threads can be restarted")
        if executive.threads[component].hangs:
            raise ValueError(f"{component} on {server} hangs: only a restart of {SERVICE} helps")
        executive.restart(component)

    def restart_executive(self, server: str) -> None:
        """Restart every thread of a server at once; nothing where the service does not run."""
        self._hierarchy.executives[self._hierarchy.topology.fqdn(server)].restart_all()

    def back_up_site(self, site_code: str | None = None) -> None:
        """Have the site's backup task run, which restarts SMS_EXECUTIVE; that it does so on every server is inferred."""
        site = self._hierarchy.sites[site_code or self._hierarchy.top_tier_site.code]
        for server, executive in self._hierarchy.executives.items():
            if any(role.site_code == site.code for role in self._hierarchy.site_control.on_server(server)):
                executive.restart_all()

    def hang_thread(self, server: str, component: str) -> None:
        """Have a thread stay in Stopping when it is asked to stop, until SMS_EXECUTIVE is restarted."""
        self._executive_with(server, component).hang(component)

    def hold_thread(self, server: str, component: str, value: bool = True) -> None:
        """Keep a thread from starting, whoever asks for it; it runs on until it stops."""
        self._executive_with(server, component).threads[component].is_held = bool(value)

    def keep_thread_running(self, server: str, component: str, value: bool = True) -> None:
        """Have somebody else start a thread again almost as soon as it has stopped."""
        self._executive_with(server, component).threads[component].is_kept_running = bool(value)

    def start_service(self, server: str, name: str) -> None:
        """Begin to start a service and what it depends on; it takes its time, as over the wire."""
        self._control(server, name, "start")

    def stop_service(self, server: str, name: str) -> None:
        """Begin to stop a service; it takes its time, as over the wire."""
        self._control(server, name, "stop")

    def hang_service(self, server: str, name: str) -> None:
        """Have a service stay in Stop Pending for ever once it is stopped, or where it is being stopped."""
        self._service(server, name).hangs = True

    def set_start_mode(self, server: str, name: str, mode: str) -> None:
        """Have a service start by itself (``Auto``), on request (``Manual``) or not at all (``Disabled``)."""
        modes: dict[str, StartMode] = {known: known for known in get_args(StartMode)}
        if mode not in modes:
            raise ValueError(f"the start mode must be {', '.join(modes)}, not {mode!r}")
        self._service(server, name).start_mode = modes[mode]

    def add_dependent_service(self, server: str, name: str = "CONTOSO_MONITOR", of: str = SERVICE) -> None:
        """Add a service that runs and depends on another one of its server."""
        antecedent = self._service(server, of)
        machine = self._hierarchy.servers[self._hierarchy.topology.fqdn(server)]
        if any(known.lower() == name.lower() for known in machine.services):
            raise ValueError(f"{server} has a service {name} already")
        path = rf"C:\Program Files\{name}\{name}.exe"
        machine.add_service(Service(name, path, antecedents=(antecedent.name,)))

    def add_status_messages(self, count: int, site_code: str | None = None) -> None:
        """Fill the status system with messages of an ordinary day."""
        site = self._hierarchy.sites[site_code or self._hierarchy.top_tier_site.code]
        for number in range(count):
            self._hierarchy.status.report(site.code, site.server, "SMS_STATUS_MANAGER", 4600, Severity.INFORMATION, str(number))

    def report_validation(self, result: str, strings: Sequence[str] = (), server: str | None = None) -> None:
        """Have the service connection point report that the validation of its endpoints passed, warning or failed."""
        role = self._role(server, site_control.SERVICE_CONNECTION_POINT)
        self._hierarchy.endpoint_validation.report(role, result, strings)

    def report_unreachable(self, strings: Sequence[str] = (), server: str | None = None) -> None:
        """Have it report that an endpoint which the site needs cannot be reached, which makes its component critical."""
        role = self._role(server, site_control.SERVICE_CONNECTION_POINT)
        self._hierarchy.endpoint_validation.report_unreachable(role, strings)

    def advance(self) -> None:
        """Nothing but bringing the hierarchy up to date, which every request does."""

    def _executive_with(self, server: str, component: str) -> Executive:
        executive = self._hierarchy.executives[self._hierarchy.topology.fqdn(server)]
        if component not in executive.threads:
            raise ValueError(f"{server} has no thread {component}; it has {', '.join(executive.threads) or 'none'}")
        return executive

    def _service(self, server: str, name: str) -> Service:
        services = self._hierarchy.servers[self._hierarchy.topology.fqdn(server)].services
        if name not in services:
            raise ValueError(f"{server} has no service {name}; it has {', '.join(services)}")
        return services[name]

    def _control(self, server: str, name: str, verb: Literal["start", "stop"]) -> None:
        service = self._service(server, name)
        control = self._hierarchy.servers[self._hierarchy.topology.fqdn(server)].service_control
        code = control.start(service) if verb == "start" else control.stop(service)
        if code != SUCCESS:
            raise ValueError(f"cannot {verb} {name} on {server}, which is {service.state}: return value {code}")

    def _role(self, server: str | None, role: str) -> Role:
        fqdn = None if server is None else self._hierarchy.topology.fqdn(server)
        found = self._hierarchy.site_control.roles(role, fqdn)
        if not found:
            raise ValueError(f"there is no {role}{f' on {fqdn}' if fqdn else ''}")
        return found[0]


def _offline_mode(mode: str) -> int:
    if mode not in MODES:
        raise ValueError(f"the mode must be online or offline, not {mode!r}")
    return MODES[mode]
