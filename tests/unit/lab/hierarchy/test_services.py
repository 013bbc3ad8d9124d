# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Windows services: start modes, dependencies, and what a service refuses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree

import pytest
from lab.hierarchy.description import describe
from lab.quirks import Quirks
from lab.wmi.codes import Wbem
from lab.wmi.encoding import Encoder
from lab.wmi.model import Caller, Instance, Reference, Value, WmiError

SRV1 = "srv1.corp.example"
EXECUTIVE, MONITOR = "SMS_EXECUTIVE", "CONTOSO_MONITOR"
ADMINISTRATOR = Caller("CORP\\administrator")
ANALYST = Caller("CORP\\analyst")
NAMES = {
    "d": "http://schemas.microsoft.com/wbem/wsman/1/wmi/root/cimv2/Win32_DependentService",
    "a": "http://schemas.xmlsoap.org/ws/2004/08/addressing",
    "w": "http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd",
}


class Services:
    """The services of srv1, which has the role, over WMI."""

    def __init__(self, site: Any) -> None:
        self.site = site
        self.wmi = site.wmi("srv1")

    def call(self, name: str, method: str, caller: Caller = ADMINISTRATOR, **arguments: Value) -> Value:
        outputs = self.wmi.invoke(caller, "root/cimv2", "Win32_Service", {"Name": name}, method, arguments)
        value: Value = outputs["ReturnValue"]
        return value

    def shown(self, name: str) -> tuple[Value, Value]:
        service = self.wmi.get(ANALYST, "root/cimv2", "Win32_Service", {"Name": name})
        return service["State"], service["StartMode"]

    def dependencies(self) -> list[Instance]:
        return list(self.wmi.query(ANALYST, "root/cimv2", "SELECT * FROM Win32_DependentService").instances)


@pytest.fixture
def services(make_site: Callable[..., Any]) -> Services:
    return Services(make_site(role="srv1:online"))


def keys_of(value: Value) -> dict[str, Any]:
    assert isinstance(value, Reference) and value.class_name == "Win32_Service"
    return dict(value.keys)


@pytest.mark.parametrize(("wanted", "shown"), [("Automatic", "Auto"), ("Manual", "Manual"), ("Disabled", "Disabled")])
def test_a_start_mode_is_changed_and_the_state_is_not(services: Services, wanted: str, shown: str) -> None:
    assert services.call(EXECUTIVE, "ChangeStartMode", StartMode=wanted) == 0
    assert services.shown(EXECUTIVE) == ("Running", shown)
    state = describe(services.site.hierarchy)["servers"][SRV1]
    assert (state["services"][EXECUTIVE], state["start_modes"][EXECUTIVE]) == ("Running", shown)


@pytest.mark.parametrize("wanted", ["Boot", "System", "Auto", "disabled", "", None])
def test_a_start_mode_that_no_service_has_is_refused(services: Services, wanted: str | None) -> None:
    assert services.call(EXECUTIVE, "ChangeStartMode", StartMode=wanted) == 21
    assert services.shown(EXECUTIVE) == ("Running", "Auto")


def test_only_administrators_change_start_modes(services: Services) -> None:
    assert services.call(EXECUTIVE, "ChangeStartMode", ANALYST, StartMode="Disabled") == 2
    assert services.call(EXECUTIVE, "StartService", ANALYST) == 2
    assert services.call(EXECUTIVE, "PauseService") == 1
    assert services.shown(EXECUTIVE) == ("Running", "Auto")


def test_a_disabled_service_can_be_stopped_and_not_started(services: Services) -> None:
    services.site.console.set_start_mode("srv1", EXECUTIVE, "Disabled")
    assert services.call(EXECUTIVE, "StartService") == 10
    assert services.call(EXECUTIVE, "StopService") == 0
    assert services.call(EXECUTIVE, "StartService") == 10
    services.site.pass_time(31)
    assert services.shown(EXECUTIVE) == ("Stopped", "Disabled")
    assert services.call(EXECUTIVE, "StopService") == 5
    assert services.call(EXECUTIVE, "StartService") == 14
    services.site.pass_time(60)
    assert services.shown(EXECUTIVE) == ("Stopped", "Disabled")
    assert services.call(EXECUTIVE, "ChangeStartMode", StartMode="Manual") == 0
    assert services.call(EXECUTIVE, "StartService") == 0
    assert services.shown(EXECUTIVE) == ("Start Pending", "Manual")
    services.site.pass_time(16)
    assert services.shown(EXECUTIVE) == ("Running", "Manual")


def test_a_service_gets_a_new_process_at_every_start(services: Services) -> None:
    def process() -> Any:
        return services.wmi.get(ANALYST, "root/cimv2", "Win32_Service", {"Name": EXECUTIVE})["ProcessId"]

    seen = [process()]
    assert services.call(EXECUTIVE, "StopService") == 0
    assert process() == seen[0]
    services.site.pass_time(31)
    assert process() == 0
    assert services.call(EXECUTIVE, "StartService") == 0
    seen.append(process())
    services.site.pass_time(16)
    assert process() == seen[1]
    services.site.console.restart_executive("srv1")
    seen.append(process())
    services.site.console.restart_thread("srv1", "SMS_DMP_DOWNLOADER")
    assert process() == seen[2]
    assert len(set(seen)) == 3 and 0 not in seen


def test_a_service_that_hangs_never_stops(services: Services) -> None:
    services.site.console.hang_service("srv1", EXECUTIVE)
    assert services.shown(EXECUTIVE) == ("Running", "Auto")
    assert services.call(EXECUTIVE, "StopService") == 0
    services.site.pass_time(100_000)
    assert services.shown(EXECUTIVE) == ("Stop Pending", "Auto")
    assert services.call(EXECUTIVE, "StopService") == 5
    assert services.call(EXECUTIVE, "StartService") == 10


def test_a_service_with_running_dependents_is_not_stopped(services: Services) -> None:
    assert [keys_of(row["Antecedent"]) for row in services.dependencies()] == [{"Name": "RpcSs"}]
    services.site.console.perform({"action": "add_dependent_service", "server": "srv1"})
    assert services.shown(MONITOR) == ("Running", "Auto")
    assert [(keys_of(row["Antecedent"]), keys_of(row["Dependent"])) for row in services.dependencies()] == [
        ({"Name": "RpcSs"}, {"Name": "WinRM"}),
        ({"Name": EXECUTIVE}, {"Name": MONITOR}),
    ]
    assert services.call(EXECUTIVE, "StopService") == 3
    assert services.call(MONITOR, "StopService") == 0
    assert services.call(EXECUTIVE, "StopService") == 3
    services.site.pass_time(3)
    assert services.shown(MONITOR) == ("Stopped", "Auto")
    assert services.call(EXECUTIVE, "StopService") == 0


@pytest.fixture
def stopped(services: Services) -> Services:
    """SMS_EXECUTIVE and the service that depends on it, both stopped."""
    services.site.console.add_dependent_service("srv1")
    for name in (MONITOR, EXECUTIVE):
        assert services.call(name, "StopService") == 0
        services.site.pass_time(31)
    return services


def test_what_a_service_depends_on_is_started_first(stopped: Services) -> None:
    assert stopped.call(MONITOR, "StartService") == 0
    assert stopped.shown(EXECUTIVE) == ("Start Pending", "Auto")
    stopped.site.pass_time(14)
    assert (stopped.shown(EXECUTIVE)[0], stopped.shown(MONITOR)[0]) == ("Start Pending", "Start Pending")
    stopped.site.pass_time(1)
    assert (stopped.shown(EXECUTIVE)[0], stopped.shown(MONITOR)[0]) == ("Running", "Start Pending")
    assert stopped.call(EXECUTIVE, "StopService") == 3
    stopped.site.pass_time(2)
    assert stopped.shown(MONITOR)[0] == "Running"
    stopped.site.pass_time(10)
    assert stopped.site.thread_state(SRV1, "SMS_DMP_DOWNLOADER") == "Running"


def test_what_a_service_depends_on_may_be_starting_already(stopped: Services) -> None:
    assert stopped.call(EXECUTIVE, "StartService") == 0
    stopped.site.pass_time(10)
    assert stopped.call(MONITOR, "StartService") == 0
    stopped.site.pass_time(6)
    assert (stopped.shown(EXECUTIVE)[0], stopped.shown(MONITOR)[0]) == ("Running", "Start Pending")
    stopped.site.pass_time(2)
    assert stopped.shown(MONITOR)[0] == "Running"


def test_dependents_are_not_started_along(stopped: Services) -> None:
    assert stopped.call(EXECUTIVE, "StartService") == 0
    stopped.site.pass_time(60)
    assert (stopped.shown(EXECUTIVE)[0], stopped.shown(MONITOR)[0]) == ("Running", "Stopped")


def test_a_service_does_not_start_without_what_it_depends_on(stopped: Services) -> None:
    stopped.site.console.set_start_mode("srv1", EXECUTIVE, "Disabled")
    assert stopped.call(MONITOR, "StartService") == 13
    stopped.site.console.set_start_mode("srv1", EXECUTIVE, "Auto")
    stopped.site.console.start_service("srv1", EXECUTIVE)
    stopped.site.pass_time(60)
    stopped.site.console.stop_service("srv1", EXECUTIVE)
    assert stopped.call(MONITOR, "StartService") == 13
    stopped.site.pass_time(60)
    assert stopped.shown(MONITOR)[0] == "Stopped"


def test_a_dependency_on_a_service_that_was_removed(stopped: Services) -> None:
    stopped.site.console.remove_role("srv1")
    stopped.site.pass_time(1000)
    assert stopped.call(MONITOR, "StartService") == 12
    assert [keys_of(row["Antecedent"]) for row in stopped.dependencies()] == [{"Name": "RpcSs"}]


def test_a_dependency_refers_to_its_services_as_endpoints(services: Services) -> None:
    row = services.dependencies()[0]
    assert row["TypeOfDependency"] is None
    text = Encoder(services.wmi, Quirks()).instance("root/cimv2", row)
    element = ElementTree.fromstring(text)
    for role, namespace, name in (("Antecedent", "root/cimv2", "RpcSs"), ("Dependent", "root/CIMV2", "WinRM")):
        parameters = element.find(f"d:{role}/a:ReferenceParameters", NAMES)
        assert parameters is not None
        uri = f"http://schemas.microsoft.com/wbem/wsman/1/wmi/{namespace}/Win32_Service"
        assert parameters.findtext("w:ResourceURI", namespaces=NAMES) == uri
        selectors = parameters.findall("w:SelectorSet/w:Selector", NAMES)
        assert [(selector.get("Name"), selector.text) for selector in selectors] == [("Name", name)]


def test_a_dependency_is_found_by_its_references_and_cannot_be_changed(services: Services) -> None:
    keys = {
        name: Reference("ROOT/cimv2", "win32_service", {"name": service})
        for name, service in (("Antecedent", "rpcss"), ("Dependent", "winrm"))
    }
    found = services.wmi.get(ANALYST, "root/cimv2", "Win32_DependentService", keys)
    assert keys_of(found["Dependent"]) == {"Name": "WinRM"}
    with pytest.raises(WmiError) as error:
        services.wmi.delete(ADMINISTRATOR, "root/cimv2", "Win32_DependentService", keys)
    assert error.value.hresult == Wbem.PROVIDER_NOT_CAPABLE


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        ({"action": "hang_service", "name": "Spooler"}, "srv1 has no service Spooler; it has RpcSs"),
        ({"action": "hang_thread", "component": "SMS_NONE"}, "srv1 has no thread SMS_NONE; it has SMS_DMP_DOWNLOADER"),
        ({"action": "set_start_mode", "name": EXECUTIVE, "mode": "Automatic"}, "must be Auto, Manual, Disabled"),
        ({"action": "start_service", "name": EXECUTIVE}, "cannot start SMS_EXECUTIVE on srv1, which is Running: .* 10"),
        ({"action": "add_dependent_service", "name": "winrm"}, "srv1 has a service winrm already"),
        ({"action": "add_dependent_service", "of": "Spooler"}, "srv1 has no service Spooler"),
    ],
)
def test_what_the_console_cannot_do(services: Services, request_: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        services.site.console.perform({"server": "srv1", **request_})


def test_the_registry_of_a_site_server_names_its_site(site: Any) -> None:
    key = "SOFTWARE\\Microsoft\\SMS\\Identification"
    assert site.registry("ps1.corp.example", key, "Site Code") == "PS1"
    assert site.registry("ps1.corp.example", key, "Site Server") == "ps1.corp.example"
    assert site.registry(SRV1, key, "Site Code") is None
