# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of the hierarchy share: a stand-alone site at a standstill, whose clock they move."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from lab.hierarchy import topology as topologies
from lab.hierarchy.accounts import make_accounts
from lab.hierarchy.console import Console
from lab.hierarchy.hierarchy import Hierarchy
from lab.hierarchy.site_control import nal_path
from lab.hierarchy.windows_server import WindowsServer
from lab.quirks import Quirks
from lab.simulation import ManualClock, Simulation
from lab.wmi.model import Caller, Instance, Reference, Value, WmiService

DMP_CONNECTOR = "SMS Dmp Connector"
ADMINISTRATOR = Caller("CORP\\administrator")
SINCE_INSTALLATION = "0001128000080008"


class Site:
    """A hierarchy with a clock of its own, seen through the WMI of its top-tier SMS Provider."""

    def __init__(self, topology: str = "standalone", quirks: Quirks | None = None, role: str = "") -> None:
        self.clock = ManualClock()
        description = topologies.load(topology)
        if role:
            description = description.with_service_connection_point(role)
        simulation = Simulation(1, self.clock)
        self.hierarchy = Hierarchy(description, make_accounts("CORP"), simulation, quirks)
        self.console = Console(self.hierarchy)
        top_tier = self.hierarchy.top_tier_site
        self.namespace = f"root/sms/site_{top_tier.code}"
        self.code = top_tier.code

    def wmi(self, server: str = "") -> WmiService:
        name = self.hierarchy.topology.fqdn(server) if server else self.hierarchy.top_tier_site.sms_provider
        return self.hierarchy.servers[name].wmi

    def pass_time(self, seconds: float) -> None:
        self.clock.move(seconds)
        self.hierarchy.simulation.advance()

    def query(self, wql: str, caller: Caller = ADMINISTRATOR, namespace: str = "") -> list[Instance]:
        return list(self.wmi().query(caller, namespace or self.namespace, wql).instances)

    def roles(self, name: str = DMP_CONNECTOR) -> list[Instance]:
        return self.query(f"SELECT * FROM SMS_SCI_SysResUse WHERE RoleName = '{name}'")

    def create(
        self, server: str, mode: int = 0, caller: Caller = ADMINISTRATOR, changes: Mapping[str, Value] | None = None
    ) -> Reference:
        properties: dict[str, Value] = {
            "NALPath": nal_path(server, self.code),
            "NALType": "Windows NT Server",
            "RoleName": DMP_CONNECTOR,
            "SiteCode": self.code,
            "Props": [Instance("SMS_EmbeddedProperty", {"PropertyName": "OfflineMode", "Value": mode})],
        }
        properties.update(changes or {})
        sent = {name: value for name, value in properties.items() if value is not None}
        return self.wmi().create(caller, self.namespace, Instance("SMS_SCI_SysResUse", sent))

    def delete(self, role: Reference, caller: Caller = ADMINISTRATOR) -> None:
        self.wmi().delete(caller, self.namespace, role.class_name, role.keys)

    def components(self, server: str) -> dict[str, tuple[Value, Value]]:
        """State and status of each component of the role on a server, as the summarizer says."""
        rows = self.query(
            f"SELECT * FROM SMS_ComponentSummarizer WHERE TallyInterval = '{SINCE_INSTALLATION}' "
            f"AND MachineName = '{server}' AND (ComponentName LIKE 'SMS[_]DMP%' OR ComponentName LIKE 'SMS[_]SERV%' "
            "OR ComponentName LIKE 'SMS[_]CLOUD%')"
        )
        return {str(row["ComponentName"]): (row["State"], row["Status"]) for row in rows}

    def log(self, name: str, server: str = "ps1.corp.example") -> str:
        machine = self.hierarchy.servers[server]
        path = f"{machine.log_directory}\\{name}"
        return machine.files.read(path) if path in machine.files else ""

    def registry(self, server: str, key: str, name: str) -> object:
        value = self.hierarchy.servers[server].registry.get(f"HKLM\\{key}", name)
        return value.data if value else None

    def request_operation(self, server: str, component: str, operation: str) -> Value:
        """As Configuration Manager Service Manager does it."""
        arguments: dict[str, Value] = {
            "sSubKeyName": f"SOFTWARE\\Microsoft\\SMS\\COMPONENTS\\SMS_EXECUTIVE\\Threads\\{component}",
            "sValueName": "Requested Operation",
            "sValue": operation,
        }
        answer = self.wmi(server).invoke(ADMINISTRATOR, "root/cimv2", "StdRegProv", {}, "SetStringValue", arguments)
        return answer["ReturnValue"]

    def thread_state(self, server: str, component: str) -> object:
        key = f"SOFTWARE\\Microsoft\\SMS\\COMPONENTS\\SMS_EXECUTIVE\\Threads\\{component}"
        return self.registry(server, key, "Current State")


@pytest.fixture
def site() -> Site:
    return Site()


@pytest.fixture
def server(site: Site) -> WindowsServer:
    """A server of the site that has no role at first."""
    return site.hierarchy.servers["srv1.corp.example"]


@pytest.fixture
def make_site() -> Callable[..., Site]:
    return Site


@pytest.fixture
def lab_directory(tmp_path: Path) -> Path:
    return tmp_path / "lab"
