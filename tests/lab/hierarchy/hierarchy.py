# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The hierarchy: its servers and sites, what they all share, and what must never happen to it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from ..cloud.cloud import Cloud
from ..internet.internet import Internet
from ..quirks import Quirks
from ..simulation import Simulation
from ..wmi.model import Instance, Value
from . import site_control
from .accounts import Access, Account
from .cloud_services import Applications, AzureServices, CloudServices, Tenants, mof_files
from .component_manager import COMPONENT_SERVER_KEYS, SITE_COMPONENT_MANAGER, TRACING_KEYS, ComponentManager
from .directory import ADMINISTRATORS, REMOTE_MANAGEMENT_USERS, Directory, add_examples
from .encryption import Encryption
from .endpoint_validation import EndpointValidation
from .executive import Executive
from .hierarchy_manager import HIERARCHY_MANAGER, HierarchyManager
from .history import History
from .logs import legacy_line
from .network import Network
from .offline_servicing import OfflinePayloads
from .operating_systems import ServerOptions
from .provider import SmsProvider
from .roles import RoleClass
from .service_connection_tool.program import ServiceConnectionTool
from .services import Service
from .site import VERSION, ComponentItems, KnownAccounts, ProviderLocations, Site, SiteDefinitions, Sites
from .site_control import Property, PropertyList, Role, SiteControl
from .status import ComponentState, StatusSystem
from .status_classes import ComponentSummaries, InsertionStrings, StatusMessages, StatusMessagesWithStrings
from .topology import Topology
from .update_checks import UpdateChecks
from .update_classes import update_classes, update_mof_files
from .updates import Updates
from .windows_server import WindowsServer

_SITE_SERVER_THREADS = {
    "primary": ("SMS_COLLECTION_EVALUATOR", "SMS_DISTRIBUTION_MANAGER", "SMS_HIERARCHY_MANAGER", "SMS_POLICY_PROVIDER"),
    "cas": ("SMS_HIERARCHY_MANAGER", "SMS_REPLICATION_CONFIGURATION_MONITOR"),
    "secondary": ("SMS_DISTRIBUTION_MANAGER", "SMS_HIERARCHY_MANAGER"),
}
_SITE_SERVER_LOGS = {HIERARCHY_MANAGER: ("hman.log", 4444), SITE_COMPONENT_MANAGER: ("sitecomp.log", 4520)}
"""File and number of the thread that writes it."""
SCHEDULED_COMPONENTS = ("SMS_CLOUDCONNECTION",)
"""What the quirk ``scheduled_component`` has started by schedule."""


class Hierarchy:
    """A running hierarchy, made from a topology. Whoever reads or changes it does so within ``simulation.moment()``."""

    def __init__(
        self,
        topology: Topology,
        accounts: tuple[Account, ...],
        simulation: Simulation,
        quirks: Quirks | None = None,
        directory: Path | None = None,
    ) -> None:
        """``directory`` is where the files of its servers go, each server's in a temporary directory."""
        self.topology = topology
        self.simulation = simulation
        self.quirks = quirks or Quirks()
        self.access = Access(accounts)
        self.status = StatusSystem(simulation, SCHEDULED_COMPONENTS if self.quirks.scheduled_component == "present" else ())
        first_role = topology.service_connection_point
        self.updates = Updates(simulation, is_offline=first_role is not None and first_role.mode == "offline")
        self.cloud_services = CloudServices()
        self.site_control = SiteControl()
        if self.quirks.role_props == "many":
            self.site_control.added.append(_add_unasked_properties)
        self.component_properties: dict[tuple[str, str], list[Instance]] = {}
        """Embedded properties of SMS_SCI_Component items that were changed, by site code and item name."""
        self.known_accounts: dict[tuple[str, str, str], Instance] = {}
        """SMS_SCI_Reserved items by site code, item type and item name, in lower case."""
        self.encryption = Encryption()
        self.sites = {
            site.code: Site(
                site.code,
                site.name,
                site.type,
                site.parent,
                site.server,
                site.sms_provider,
                site.sql_server,
                site.passive_server,
            )
            for site in topology.sites
        }
        self.directory = self._make_directory(accounts)
        self._directory_of_files = directory
        self.network = Network(topology.servers)
        self.internet = Internet(self.network)
        self.cloud = Cloud()
        self.internet.services.update(self.cloud.services)
        for server_name in topology.without_internet:
            self.internet.require_proxy(server_name, True)
        for entry in topology.sites:
            self.network.listen(entry.sql_server, entry.sql_port)
        self.servers = {name: self._make_server(name, accounts) for name in topology.servers}
        self.executives = {name: self._make_executive(server) for name, server in self.servers.items()}
        for site in self.sites.values():
            self._set_up(site)
        HierarchyManager(self)
        self.component_manager = ComponentManager(self)
        self.endpoint_validation = EndpointValidation(self)
        self.service_connection_tool = ServiceConnectionTool(self)
        self.offline_payloads = OfflinePayloads(self)
        UpdateChecks(self)
        if topology.service_connection_point is not None:
            role = topology.service_connection_point
            self._set_up_service_connection_point(role.server, role.mode)
        self.history = History(self.site_control, self.top_tier_site.code, lambda: simulation.now)
        if self.quirks.stale_rows == "present":
            self._leave_stale_row()

    def close(self) -> None:
        """End everything on this computer that belongs to it: files, programs and ports."""
        self.internet.close()
        for server in self.servers.values():
            server.close()

    @property
    def top_tier_site(self) -> Site:
        """The central administration site or the stand-alone primary site."""
        return next(site for site in self.sites.values() if not site.parent)

    def site_codes_below(self, code: str) -> set[str]:
        """A site and all below it."""
        codes = {code}
        while more := {site.code for site in self.sites.values() if site.parent in codes} - codes:
            codes |= more
        return codes

    def mode_on_record(self, server: str) -> str | None:
        """The mode that the service connection point whose threads are on a server should work in; None without one."""
        role = self.role_with_threads_on(server)
        return role.mode if role else None

    def role_with_threads_on(self, server: str) -> Role | None:
        """The service connection point whose threads are on a server; None without one."""
        for role in self.site_control.roles(site_control.SERVICE_CONNECTION_POINT):
            if self.component_manager.thread_server(role).lower() == server.lower():
                return role
        return None

    def add_site_system(self, server: str, site_code: str) -> None:
        """Make a server a site system."""
        properties = [
            Property("Server Remote Name", value1=server),
            Property("Server Remote Public Name"),
            Property("FDMOperation"),
            Property("UseMachineAccount", 1),
            Property("UseProxy"),
        ]
        self.site_control.add(Role(site_control.SITE_SYSTEM, server, site_code, properties))

    def add_known_account(self, site_code: str, account: str, password: str) -> None:
        """Have a site know an account, as published scripts store one."""
        values: dict[str, Value] = {
            "FileType": 2,
            "ItemType": "User",
            "ItemName": f"{account}| 0",
            "SiteCode": site_code,
            "UserName": account,
            "Availability": 0,
            "Reserved2": self.encryption.encrypt(site_code, password),
            "Props": [],
            "PropLists": [],
        }
        item = Instance("SMS_SCI_Reserved", values)
        self.known_accounts[site_code.lower(), "user", f"{account}| 0".lower()] = item
        self.component_manager.retry()

    def set_site_servers_are_administrators(self, server: str, value: bool) -> None:
        """Add the computer accounts of the site servers to a server's local administrators, or take them out."""
        groups = self.servers[server].accounts
        for site_server in [name for site in self.sites.values() for name in (site.server, site.passive_server) if name]:
            account = self.servers[site_server].computer_account
            if value:
                groups.add(ADMINISTRATORS, account)
            elif site_server != server and groups.is_listed(ADMINISTRATORS, account):
                groups.remove(ADMINISTRATORS, account)
        if value:
            self.component_manager.retry(server)

    def log(self, site_code: str, component: str, message: str) -> None:
        """Write a line to a log of the site server."""
        server = self.servers[self.sites[site_code].server]
        name, thread = _SITE_SERVER_LOGS[component]
        server.log(f"{server.log_directory}\\{name}", legacy_line(self.simulation.now, component, message, thread))

    # How it comes to be

    def _make_server(self, name: str, accounts: tuple[Account, ...]) -> WindowsServer:
        options = self.topology.server_options.get(name, ServerOptions())
        server = WindowsServer(
            name, options, self.directory, self.simulation, self.quirks, self.network, self.internet, self._directory_of_files
        )
        for account in accounts:
            if account.may_manage_remotely:
                server.accounts.add(REMOTE_MANAGEMENT_USERS, account.name)
        if any(name in (site.server, site.passive_server) for site in self.sites.values()):
            server.installation_directory = r"C:\Program Files\Microsoft Configuration Manager"
        for site in self.sites.values():
            for site_server in filter(None, (site.server, site.passive_server)):
                server.accounts.add(ADMINISTRATORS, f"{self.topology.netbios_domain}\\{_host(site_server)}$")
        return server

    def _make_directory(self, accounts: tuple[Account, ...]) -> Directory:
        directory = Directory(self.topology.domain, self.topology.netbios_domain)
        for account in accounts:
            user = directory.add_user(account.name.partition("\\")[2], account.password)
            if account.is_administrator:
                directory.add_member(directory.domain_admins, user)
        roles = {name: options.domain_role for name, options in self.topology.server_options.items()}
        computers = {
            name: directory.add_computer(_host(name), is_domain_controller=roles.get(name) == "domain_controller")
            for name in self.topology.servers
        }
        add_examples(directory, [computers[site.server] for site in self.sites.values()])
        return directory

    def _make_executive(self, server: WindowsServer) -> Executive:
        restarts_threads = self.quirks.stopped_thread == "restarted"
        return Executive(server, self.status, lambda: self.mode_on_record(server.name), restarts_threads=restarts_threads)

    def _set_up(self, site: Site) -> None:
        """What Setup does for a site: roles, services, registry, threads, and the SMS Provider."""
        server = self.servers[site.server]
        self.add_site_system(site.server, site.code)
        if site.sql_server != site.server:
            self.add_site_system(site.sql_server, site.code)
        self.site_control.add(Role(site_control.SQL_SERVER, site.sql_server, site.code))
        if site.passive_server:
            self._set_up_passive_server(site)
        roles = [site_control.COMPONENT_SERVER, site_control.SITE_SERVER]
        roles += [] if site.type == "cas" else site_control.CLIENT_FACING_ROLES
        for role in roles:
            # The name of the list is that of a published management point; what it holds was not published
            lists = [PropertyList("Objects Polled By Site Status")] if role == site_control.MANAGEMENT_POINT else []
            self.site_control.add(Role(role, site.server, site.code, property_lists=lists))
        for name in next(entry for entry in self.topology.sites if entry.code == site.code).site_systems:
            if not self.site_control.roles(site_control.SITE_SYSTEM, name):
                self.add_site_system(name, site.code)
        server.add_service(Service(SITE_COMPONENT_MANAGER, rf"{server.installation_directory}\bin\x64\sitecomp.exe"))
        self._identify(server, site)
        for name, value in {"UI Installation Directory": server.installation_directory, "Full Version": VERSION}.items():
            server.registry.set(r"HKLM\SOFTWARE\Microsoft\SMS\Setup", name, value)
        server.registry.create_key(f"{COMPONENT_SERVER_KEYS}\\{site.server}")
        for component in _SITE_SERVER_THREADS[site.type]:
            self.executives[site.server].install(component, site.code, rf"\bin\x64\{component.lower()}.dll")
        for component in (SITE_COMPONENT_MANAGER, HIERARCHY_MANAGER, "SMS_STATUS_MANAGER"):
            self.status.set_state(site.code, site.server, component, ComponentState.STARTED)
        for component, (log, _thread) in _SITE_SERVER_LOGS.items():
            server.registry.set(f"{TRACING_KEYS}\\{component}", "TraceFilename", f"{server.log_directory}\\{log}")
        self._add_provider_locations(server, site)
        if site.sms_provider:
            self._set_up_provider(site)

    def _set_up_passive_server(self, site: Site) -> None:
        """The second of a pair of site servers, which waits to take over."""
        self.add_site_system(site.passive_server, site.code)
        self.site_control.add(Role(site_control.SITE_SERVER, site.passive_server, site.code, is_passive=True))
        self._identify(self.servers[site.passive_server], site)

    def _identify(self, server: WindowsServer, site: Site) -> None:
        site_servers = " ".join(filter(None, (site.server, site.passive_server)))
        for name, value in {"Site Code": site.code, "Site Server": site.server, "Site Servers": site_servers}.items():
            server.registry.set(r"HKLM\SOFTWARE\Microsoft\SMS\Identification", name, value)

    def _set_up_provider(self, site: Site) -> None:
        server = self.servers[site.sms_provider]
        if site.sms_provider != site.server:
            self.add_site_system(site.sms_provider, site.code)
            self._add_provider_locations(server, site)
        self.site_control.add(Role(site_control.SMS_PROVIDER, site.sms_provider, site.code))
        provider = SmsProvider(self, site, server.repository)
        server.repository.add_namespace(
            provider.namespace, ["site.mof", *update_mof_files(self.quirks), *mof_files(self.quirks)]
        )
        if self.quirks.cloud_classes == "present":
            for cloud_class in (
                Tenants(provider, "SMS_AAD_Tenant_Ex"),
                Applications(provider, "SMS_AAD_Application_Ex"),
                AzureServices(provider, "SMS_Azure_CloudService"),
            ):
                server.repository.provide(provider.namespace, cloud_class.class_name, cloud_class)
        for item in (
            RoleClass(provider, "SMS_SCI_SysResUse"),
            Sites(provider, "SMS_Site"),
            SiteDefinitions(provider, "SMS_SCI_SiteDefinition"),
            ComponentItems(provider, "SMS_SCI_Component"),
            KnownAccounts(provider, "SMS_SCI_Reserved"),
            ComponentSummaries(provider, "SMS_ComponentSummarizer"),
            StatusMessages(provider, "SMS_StatusMessage"),
            StatusMessages(provider, "SMS_StatMsg"),
            StatusMessagesWithStrings(provider, "SMS_StatMsgWithInsStrings"),
            InsertionStrings(provider, "SMS_StatMsgInsStrings"),
            *update_classes(provider),
        ):
            server.repository.provide(provider.namespace, item.class_name, item)

    def _add_provider_locations(self, server: WindowsServer, site: Site) -> None:
        server.repository.add_namespace("root/sms", ["sms.mof"])
        locations = ProviderLocations(self, site.code, server.repository)
        server.repository.provide("root/sms", "SMS_ProviderLocation", locations)

    def _set_up_service_connection_point(self, server: str, mode: str) -> None:
        records = self.site_control.roles(site_control.SITE_SYSTEM, server)
        site = records[0].site_code if records else self.top_tier_site.code
        if not records:
            self.add_site_system(server, site)
        properties = [Property("OfflineMode", 1 if mode == "offline" else 0)]
        role = Role(site_control.SERVICE_CONNECTION_POINT, server, site, properties)
        self.site_control.add(role)
        self.component_manager.install_now(role)

    def _leave_stale_row(self) -> None:
        """The summary of a server that was removed without a trace elsewhere."""
        machine = f"OLD1.{self.topology.domain}".upper()
        row = self.status.set_state(self.top_tier_site.code, machine, "SMS_DMP_DOWNLOADER", ComponentState.STARTED)
        row.last_started = row.last_contacted = self.simulation.now - timedelta(days=400)


def _host(server: str) -> str:
    return server.partition(".")[0].upper()


def _add_unasked_properties(role: Role) -> None:
    """What a provider might add by itself: several properties whose Value is 0, as that of an online OfflineMode."""
    unasked: tuple[Property, ...] = ()
    if role.name == site_control.SERVICE_CONNECTION_POINT:
        unasked = (
            Property("Server Remote Name", 0, role.server),
            Property("Server Remote Public Name"),
            Property("ConnectorReserved1", 1),
        )
    elif role.name == site_control.SITE_SYSTEM:
        domain = role.server.partition(".")[2]
        unasked = (
            Property("ForestFQDN", 0, domain),
            Property("DomainFQDN", 0, domain),
            Property("IsProtected", 1),
            Property("SystemReserved1", 1),
        )
    role.properties += [prop for prop in unasked if role.value(prop.name) is None]
