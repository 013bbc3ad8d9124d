# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The site component manager: how a role on record becomes one that runs.

After a change of the site control data it installs the components of the role on its server one after the other, or
removes them. Each step looks at what is on record then, so a role removed while it is being installed, or put back
while it is being removed, ends as the record says. Whether it can install anything on the server at all, and why not, is
up to `site_system_access`; as long as it cannot, it tries again every hour.

Log lines of an installation ("Synchronizing", "flagged for installation", "Installing component", the bootstrap service)
and their order are those of Microsoft's troubleshooting articles for roles of other kinds, without the arguments that
those articles show for their role; the lines about obstacles, removals of components and waiting are invented. That a removal
from a server which cannot be reached is tried again, and the rows of its components stay, is inferred.

That the messages 1013, 1014, 1015 and 500 come from each component in this order is how one author's scripts wait for
other roles; what they stand for is inferred. Invented are: which obstacle raises 1016 and 1037, their insertion strings,
every duration, and that the state of a row leads through INSTALLING and DE_INSTALLING, as its reference page suggests.
Which components a service connection point has is inferred from its logs and registry keys. On which server they run is
contradicted between Microsoft's pages; the quirk ``downloader_thread`` decides, in `ComponentManager.thread_server`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..simulation import Event
from . import site_control
from .drives import drive_for_configuration_manager
from .executive import SERVICE
from .hierarchy_manager import NOTICE_SECONDS
from .logs import legacy_line
from .services import Service
from .site_control import Role
from .site_system_access import obstacle
from .status import ComponentState, ComponentStatus, ComponentType, Health, Severity
from .windows_server import WindowsServer

if TYPE_CHECKING:
    from .hierarchy import Hierarchy

SITE_COMPONENT_MANAGER = "SMS_SITE_COMPONENT_MANAGER"

FIRST_STEP_SECONDS = 15
"""From the hierarchy manager's note of a change to the first component."""
REMOVAL_SECONDS = 30
RETRY_SECONDS = 3600

ROLE_KEYS = r"HKLM\SOFTWARE\Microsoft\SMS\Operations Management\SMS Server Role"
COMPONENT_KEYS = r"HKLM\SOFTWARE\Microsoft\SMS\COMPONENTS"
COMPONENT_SERVER_KEYS = rf"{COMPONENT_KEYS}\{SITE_COMPONENT_MANAGER}\Component Servers"
TRACING_KEYS = r"HKLM\SOFTWARE\Microsoft\SMS\Tracing"


@dataclass(frozen=True)
class Component:
    """What is to know of a component to install it."""

    name: str
    library: str
    log: str
    seconds: float
    settings: Mapping[str, int] = field(default_factory=dict)
    """Values of its registry key."""


_DOWNLOADER_SETTINGS = {"EasySetupDownloadInterval": 1440}

COMPONENTS = {
    site_control.SERVICE_CONNECTION_POINT: (
        Component("SMS_DMP_DOWNLOADER", r"\bin\x64\dmpdownloader.dll", "dmpdownloader.log", 60, _DOWNLOADER_SETTINGS),
        Component("SMS_DMP_UPLOADER", r"\bin\x64\dmpuploader.dll", "dmpuploader.log", 75),
        Component("SMS_SERVICE_CONNECTOR", r"\bin\x64\serviceconnector.dll", "SMS_SERVICE_CONNECTOR.log", 90),
        Component("SMS_CLOUDCONNECTION", r"\bin\x64\cloudconnection.dll", "SMS_CLOUDCONNECTION.log", 120),
    ),
}
"""Components by role, in the order of their installation."""


@dataclass
class Installation:
    """The site component manager's work on one role of one server."""

    role: Role
    is_wanted: bool
    is_bootstrapped: bool = False
    next_step: Event | None = None
    obstacle: str = ""
    """Why the installation does not progress; empty while it does."""


class ComponentManager:
    """The hierarchy managers and site component managers of every site."""

    def __init__(self, hierarchy: Hierarchy) -> None:
        self._hierarchy = hierarchy
        self._simulation = hierarchy.simulation
        self._status = hierarchy.status
        self.installations: dict[tuple[str, str, str], Installation] = {}
        control = hierarchy.site_control
        control.added.append(self._role_added)
        control.removed.append(self._role_removed)
        control.changed.append(lambda role: self.retry(role.server))

    def thread_server(self, role: Role) -> str:
        """The server with the threads, keys and summaries of a role's components."""
        if self._hierarchy.quirks.downloader_thread == "site_server":
            return self._hierarchy.sites[role.site_code].server
        return role.server

    def install_now(self, role: Role) -> None:
        """Have a role in place from the start, with everything that its installation leaves behind."""
        installation = self._installation(role)
        self._forget_next_step(installation)
        self._prepare(installation, self._hierarchy.servers[role.server])
        for component in COMPONENTS[role.name]:
            self._finish_component(installation, component)

    def retry(self, server: str | None = None) -> None:
        """Take up the installations on a server, or on all, that were waiting for an obstacle to go away."""
        for installation in self.installations.values():
            if installation.obstacle and (server is None or installation.role.server.lower() == server.lower()):
                self._schedule(installation, NOTICE_SECONDS)

    def _role_added(self, role: Role) -> None:
        if role.name in COMPONENTS:
            installation = self._installation(role)
            installation.role = role
            installation.is_wanted = True
            if installation.next_step is None or installation.obstacle:
                self._schedule(installation, NOTICE_SECONDS + FIRST_STEP_SECONDS)
        elif role.name == site_control.SITE_SYSTEM:
            self.retry(role.server)

    def _role_removed(self, role: Role) -> None:
        if role.name in COMPONENTS:
            installation = self._installation(role)
            installation.is_wanted = False
            if installation.next_step is None or installation.obstacle:
                self._schedule(installation, NOTICE_SECONDS)

    def _installation(self, role: Role) -> Installation:
        key = (role.site_code, role.server.lower(), role.name)
        return self.installations.setdefault(key, Installation(role, is_wanted=True))

    def _schedule(self, installation: Installation, seconds: float) -> None:
        self._forget_next_step(installation)
        installation.next_step = self._simulation.schedule(seconds, lambda: self._step(installation))

    def _forget_next_step(self, installation: Installation) -> None:
        if installation.next_step is not None:
            installation.next_step.cancel()
            installation.next_step = None

    def _step(self, installation: Installation) -> None:
        installation.next_step = None
        if installation.is_wanted:
            self._install_next(installation)
        else:
            self._remove_next(installation)

    def _install_next(self, installation: Installation) -> None:
        role = installation.role
        missing = [component for component in COMPONENTS[role.name] if not self._is_installed(role, component)]
        installation.obstacle = obstacle(self._hierarchy, role) if missing else ""
        if installation.obstacle:
            self._report_obstacle(installation)
            return
        if not missing:
            self._hierarchy.history.note(role, "works")
            self._log(role, "Waiting for changes to the site control data...")
            return
        if not installation.is_bootstrapped:
            self._prepare(installation, self._hierarchy.servers[role.server.lower()])
        self._start_component(installation, missing[0])

    def _report_obstacle(self, installation: Installation) -> None:
        role = installation.role
        text = installation.obstacle
        self._log(role, f"Synchronizing component server {role.server}...")
        self._log(role, f"ERROR: {text}")
        self._log(role, "Installation failed and will be retried in the next polling cycle.")
        site_server = self._hierarchy.sites[role.site_code].server
        self._status.set_state(role.site_code, site_server, SITE_COMPONENT_MANAGER, ComponentState.STARTED, Health.CRITICAL)
        self._status.report(role.site_code, site_server, SITE_COMPONENT_MANAGER, 1037, Severity.ERROR, role.server, text)
        for component in COMPONENTS[role.name]:
            if not self._is_installed(role, component):
                machine = self.thread_server(role)
                self._status.set_state(role.site_code, machine, component.name, ComponentState.INSTALLING, Health.CRITICAL)
                self._status.report(role.site_code, machine, component.name, 1016, Severity.ERROR, role.server, text)
        self._schedule(installation, RETRY_SECONDS)

    def _prepare(self, installation: Installation, server: WindowsServer) -> None:
        """Bootstrap the server, which leaves SMS_EXECUTIVE and the keys of the role."""
        role = installation.role
        installation.is_bootstrapped = True
        self._status.set_state(
            role.site_code,
            self._hierarchy.sites[role.site_code].server,
            SITE_COMPONENT_MANAGER,
            ComponentState.STARTED,
            Health.OK,
        )
        if not self._hierarchy.site_control.roles(site_control.COMPONENT_SERVER, role.server):
            self._hierarchy.site_control.add(Role(site_control.COMPONENT_SERVER, role.server, role.site_code))
        drive = drive_for_configuration_manager(server)
        if SERVICE not in server.services and drive is not None:
            server.installation_directory = rf"{drive.name}\SMS"
        bootstrap = f"SMS_SERVER_BOOTSTRAP_{role.site_code}"
        directory = server.installation_directory
        self._log(role, f"Synchronizing component server {role.server}...")
        self._log(
            role,
            f'Starting service {bootstrap} with command-line arguments "{role.site_code} {directory} /install '
            f'{directory}\\bin\\x64\\rolesetup.exe "',
        )
        server.add_service(Service(bootstrap, rf"{directory}\{bootstrap}.exe"))

        def end() -> None:
            server.services.pop(bootstrap, None)
            self._log(role, "Bootstrap operation successful.")
            self._log(role, f"Deinstalled service {bootstrap}.")

        self._simulation.schedule(15, end)
        site_server = self._hierarchy.servers[self._hierarchy.sites[role.site_code].server]
        site_server.registry.create_key(f"{COMPONENT_SERVER_KEYS}\\{role.server}")
        server.registry.set(f"{ROLE_KEYS}\\{role.name}", "Site Code", role.site_code)
        server.registry.set(f"{ROLE_KEYS}\\{role.name}", "NAL Path", role.nal_path)

    def _start_component(self, installation: Installation, component: Component) -> None:
        role = installation.role
        row = self._row(role, component)
        again = row is not None and row.state in (ComponentState.DE_INSTALLING, ComponentState.RE_INSTALLING)
        state = ComponentState.RE_INSTALLING if again else ComponentState.INSTALLING
        self._status.set_state(role.site_code, self.thread_server(role), component.name, state, Health.OK)
        self._log(role, f"Component {component.name} flagged for installation.")
        self._log(role, f"Installing component {component.name}...")
        self._report(role, component, 1013)

        def finish() -> None:
            installation.next_step = None
            self._report(role, component, 1014)
            self._finish_component(installation, component)
            self._step(installation)

        installation.next_step = self._simulation.schedule(component.seconds, finish)

    def _finish_component(self, installation: Installation, component: Component) -> None:
        role = installation.role
        machine = self.thread_server(role)
        server = self._hierarchy.servers[machine.lower()]
        is_scheduled = self._status.type_of(component.name) is ComponentType.SCHEDULED
        state = ComponentState.STOPPED if is_scheduled else ComponentState.STARTED
        self._status.set_state(role.site_code, machine, component.name, state, Health.OK)
        self._report(role, component, 1015)
        server.registry.set(f"{TRACING_KEYS}\\{component.name}", "TraceFilename", f"{server.log_directory}\\{component.log}")
        key = f"{COMPONENT_KEYS}\\{component.name}"
        server.registry.set(key, "Site Code", role.site_code)
        for name, value in component.settings.items():
            server.registry.set(key, name, value)
        self._hierarchy.executives[server.name].install(component.name, role.site_code, component.library, is_scheduled)
        log = f"{server.log_directory}\\{component.log}"
        server.log(log, legacy_line(self._simulation.now, component.name, f"{component.name} installed.", 4100))

    def _remove_next(self, installation: Installation) -> None:
        role = installation.role
        installation.obstacle = ""
        if self._is_taken_over(role):
            self._removed(installation)
            return
        rows = [row for component in COMPONENTS[role.name] if (row := self._row(role, component)) is not None]
        if not rows:
            self._removed(installation)
            return
        server = self._hierarchy.servers.get(role.server.lower())
        if server is not None and not server.is_running:
            installation.obstacle = f"The network path \\\\{role.server} was not found."
            self._log(role, f"ERROR: {installation.obstacle} Deinstallation will be retried in the next polling cycle.")
            self._schedule(installation, RETRY_SECONDS)
            return
        if all(row.state is not ComponentState.DE_INSTALLING for row in rows):
            self._log(role, f"Site system no longer in use: {role.site_code} {role.server} {role.name}")
        for row in rows:
            self._status.set_state(role.site_code, row.machine, row.component, ComponentState.DE_INSTALLING, Health.OK)
        component = next(entry for entry in COMPONENTS[role.name] if entry.name == rows[-1].component)
        self._log(role, f"Deinstalling component {component.name}...")

        def finish() -> None:
            installation.next_step = None
            if not self._is_taken_over(role):
                self._remove_component(role, component)
            self._step(installation)

        installation.next_step = self._simulation.schedule(REMOVAL_SECONDS, finish)

    def _remove_component(self, role: Role, component: Component) -> None:
        self._forget(role, component)
        server = self._hierarchy.servers.get(self.thread_server(role).lower())
        if server is not None:
            self._hierarchy.executives[server.name].uninstall(component.name)
            server.delete_registry_key(f"{TRACING_KEYS}\\{component.name}")
            server.delete_registry_key(f"{COMPONENT_KEYS}\\{component.name}")

    def _is_taken_over(self, role: Role) -> bool:
        """Whether the components stay because they are now those of the role on another server, if they run on the same."""
        return any(
            other.is_wanted and other.role.name == role.name and other.role.server.lower() != role.server.lower()
            for other in self.installations.values()
            if self.thread_server(other.role).lower() == self.thread_server(role).lower()
        )

    def _removed(self, installation: Installation) -> None:
        """The last trace: the role's keys, and the component server role where nothing else needs it."""
        role = installation.role
        self._hierarchy.history.note(role, "gone")
        self.installations.pop((role.site_code, role.server.lower(), role.name), None)
        server = self._hierarchy.servers.get(role.server.lower())
        if server is None:
            return
        server.delete_registry_key(f"{ROLE_KEYS}\\{role.name}")
        if SERVICE not in server.services:
            for entry in self._hierarchy.site_control.roles(site_control.COMPONENT_SERVER, role.server):
                self._hierarchy.site_control.remove(entry)

    def _forget(self, role: Role, component: Component) -> None:
        if self._hierarchy.quirks.removed_rows == "gone":
            self._status.remove(role.site_code, self.thread_server(role), component.name)
        else:
            row = self._status.set_state(role.site_code, self.thread_server(role), component.name, ComponentState.STOPPED)
            row.is_left_over = True

    def _row(self, role: Role, component: Component) -> ComponentStatus | None:
        """The summary of a component that is there, or on its way."""
        row = self._status.find(role.site_code, self.thread_server(role), component.name)
        return None if row is None or row.is_left_over else row

    def _is_installed(self, role: Role, component: Component) -> bool:
        row = self._row(role, component)
        return row is not None and row.state in (ComponentState.STARTED, ComponentState.STOPPED)

    def _report(self, role: Role, component: Component, message_id: int) -> None:
        machine = self.thread_server(role)
        self._status.report(role.site_code, machine, component.name, message_id, Severity.INFORMATION, component.name)

    def _log(self, role: Role, message: str) -> None:
        self._hierarchy.log(role.site_code, SITE_COMPONENT_MANAGER, message)
