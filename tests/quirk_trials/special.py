# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Behaviours that the five operations do not meet: each is tried with the module that it is about."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tickets
from lab.hierarchy.site import VERSION
from lab.hierarchy.topology import load
from lab.lab import Lab
from lab.quirks import Quirks
from lab.requests_log import Trigger

from .bench import Bench

PROVIDER, SERVER, OTHER, INTERNET = "ps1.corp.example", "srv1.corp.example", "srv2.corp.example", "internet1.corp.example"
_DOWNLOADER = "SMS_DMP_DOWNLOADER"
_TOOL, _CAB, _PACKS = r"C:\Offline\ServiceConnectionTool", r"C:\Offline\UsageData.cab", r"C:\Offline\UpdatePacks"
_TOOL_MODULE = "service_connection_tool"
_PROXY, _PROXY_ACCOUNT = "proxy.corp.example", r"CORP\proxy"


@dataclass(frozen=True)
class Special:
    """A trial of a few behaviours."""

    about: str
    """What is done, for people."""
    quirks: tuple[str, ...]
    act: Callable[[Bench, Quirks], str | None]
    """Raises AssertionError where something is wrong; returns what the module says where it cannot do what is wanted."""
    topology: str = "standalone"
    role: str = ""
    speed: float = 1000
    """How much faster than a real site."""
    programs: tuple[str, ...] = ()
    """What this computer needs for it."""
    has_kerberos: bool = False

    @property
    def missing(self) -> list[str]:
        """What this computer does not have of that."""
        lacks = [name for name in self.programs if shutil.which(name) is None]
        return lacks + (tickets.MISSING if self.has_kerberos else [])

    def run(self, quirks: Quirks) -> str | None:
        """Try it in a lab of its own; see `act`."""
        topology = load(self.topology)
        if self.role:
            topology = topology.with_service_connection_point(self.role)
        if self.has_kerberos:
            topology = topology.with_kerberos()
        with tempfile.TemporaryDirectory() as directory, Lab(topology, Path(directory), self.speed, quirks) as lab:
            return self.act(Bench(lab), quirks)


def _no_provider(bench: Bench, quirks: Quirks) -> None:
    bench.refused("This server has no SMS Provider", module="site_info", host=SERVER)


def _no_rights(bench: Bench, quirks: Quirks) -> None:
    bench.log_on_as(r"CORP\analyst")
    words = ("CORP\\analyst has no right to modify", "SMS Provider of site PS1")
    bench.refused(*words, module="service_connection_point", host=PROVIDER, site_system=SERVER, mode="online")
    assert not bench.lab.hierarchy.site_control.roles("SMS Dmp Connector")


def _second_role(bench: Bench, quirks: Quirks) -> None:
    bench.console("add_site_system", server=OTHER)
    bench.lab.requests.add_trigger(Trigger({"action": "add_role", "server": OTHER}, action="Create"))
    bench.refused(OTHER, module="service_connection_point", host=PROVIDER, site_system=SERVER, mode="online")
    servers = [role.server for role in bench.lab.hierarchy.site_control.roles("SMS Dmp Connector")]
    assert servers == [OTHER], servers


def _name_in_role(bench: Bench, quirks: Quirks) -> None:
    bench.done("service_connection_point", PROVIDER, site_system=SERVER, mode="online")


def _missing_value(bench: Bench, quirks: Quirks) -> None:
    bench.done("component", SERVER, name="SMS_DMP_UPLOADER", state="started", restarted_for="a note")
    found = bench.done("component", SERVER, name=_DOWNLOADER)["component"]
    assert found["state"] == "running" and found["restarted_for"] is None, found


def _stopped_thread(bench: Bench, quirks: Quirks) -> None:
    bench.done("component", SERVER, name=_DOWNLOADER, state="stopped")
    found = bench.done("component", SERVER, name=_DOWNLOADER, state="started")
    assert found["component"]["state"] == "running", found


def _fitness(check: str, status: str, host: str) -> Callable[[Bench, Quirks], None]:
    def act(bench: Bench, quirks: Quirks) -> None:
        result = bench.run("site_system_prerequisites", host, site_server=PROVIDER, fail_on="never")
        found = next(entry for entry in result["checks"] if entry["id"] == check)
        assert found["status"] == status, found

    return act


def _installation_account(bench: Bench, quirks: Quirks) -> None:
    account = r"CORP\installer"
    bench.console("add_known_account", account=account)
    bench.console("add_local_group_member", server=OTHER, member=r"CORP\administrator")
    bench.console("remove_local_group_member", server=OTHER, member=r"CORP\Domain Admins")
    bench.done("site_system", PROVIDER, site_system=OTHER, installation_account=account)
    options = {"site_server": PROVIDER, "installation_account": account, "fail_on": "never"}
    result = bench.done("site_system_prerequisites", OTHER, **options)
    found = next(entry for entry in result["checks"] if entry["id"] == "local_administrator")
    assert found["status"] == "warning", found
    bench.console("add_local_group_member", server=OTHER, member=account)
    bench.done("service_connection_point", PROVIDER, site_system=OTHER, mode="online")


def _unknown_account(bench: Bench, quirks: Quirks) -> None:
    options = {"site_system": OTHER, "installation_account": r"CORP\nobody"}
    bench.refused("does not know the account", module="site_system", host=PROVIDER, **options)


def _site_system_with_roles(bench: Bench, quirks: Quirks) -> None:
    words = ("still has the roles SMS Dmp Connector",)
    bench.refused(*words, module="site_system", host=PROVIDER, site_system=SERVER, state="absent")
    assert bench.lab.hierarchy.site_control.roles("SMS Dmp Connector") and not bench.lab.hierarchy.history.violations


def _update_check(bench: Bench, quirks: Quirks) -> str | None:
    options = {"mode": "online", "wait_timeout": 10}
    if quirks.update_check_request == "never":
        return bench.refused("did not look for updates on this server", module="site_update_check", host=SERVER, **options)
    assert bench.done("site_update_check", SERVER, **options)["result"] == "manifest_updated"
    bench.console("set_endpoint", host="go.microsoft.com", connection="unknown_host")
    bench.refused("The remote name could not be resolved", module="site_update_check", host=SERVER, **options)
    return None


def _endpoints(bench: Bench, quirks: Quirks) -> None:
    hosts = {"refused": "refused", "unknown_host": "unknown_host", "reset": "cut_off"}
    for connection in hosts:
        bench.console("set_endpoint", host=f"{connection.replace('_', '')}.microsoft.com", connection=connection)
    bench.console("set_endpoint", host="own.microsoft.com", certificate="self_signed")
    wanted = {f"{name.replace('_', '')}.microsoft.com": problem for name, problem in hosts.items()}
    wanted["own.microsoft.com"] = "untrusted"
    options = {"features": [], "endpoints": list(wanted), "fail_on": "never", "timeout": 3}
    result = bench.done("internet_access", SERVER, **options)
    assert {endpoint["host"]: endpoint["problem"] for endpoint in result["endpoints"]} == wanted, result["endpoints"]


def _tool(bench: Bench, quirks: Quirks) -> None:
    _install_tool(bench)
    for is_first in (True, False):
        assert _prepare(bench)["changed"] is is_first
        connected = bench.done(_TOOL_MODULE, INTERNET, phase="connect", usage_data=_CAB, updates=_PACKS, tool=_TOOL)
        assert len(connected["updates"]["packages"]) == 1, connected
        bench.carry(INTERNET, SERVER, _PACKS)
        imported = bench.done(_TOOL_MODULE, SERVER, phase="import", updates=_PACKS, tool=_TOOL)
        assert imported["changed"] is is_first, imported
    bench.console("set_database_access", account=r"CORP\administrator", value=False)
    options = {"phase": "prepare", "usage_data": _CAB, "max_age": 0, "tool": _TOOL}
    bench.refused("cannot read the site database", module=_TOOL_MODULE, host=SERVER, **options)


def _tool_with_proxy(bench: Bench, quirks: Quirks) -> str | None:
    _install_tool(bench)
    _prepare(bench)
    bench.console("add_proxy", name=_PROXY, port=8080, account=_PROXY_ACCOUNT)
    proxy = {"proxy_server": f"{_PROXY}:8080", "proxy_user": _PROXY_ACCOUNT, "proxy_password": bench.password(_PROXY_ACCOUNT)}
    options = {"phase": "connect", "usage_data": _CAB, "updates": _PACKS, "tool": _TOOL, **proxy}
    if quirks.tool_proxy_password == "console":
        return bench.refused("at a keyboard", module=_TOOL_MODULE, host=INTERNET, **options)
    assert len(bench.done(_TOOL_MODULE, INTERNET, **options)["updates"]["packages"]) == 1
    return None


def _install_tool(bench: Bench) -> None:
    for server in (SERVER, INTERNET):
        bench.console("set_tool_version", server=server, version=VERSION, folder=_TOOL)


def _prepare(bench: Bench) -> dict[str, Any]:
    prepared = bench.done(_TOOL_MODULE, SERVER, phase="prepare", usage_data=_CAB, tool=_TOOL)
    bench.carry(SERVER, INTERNET, _CAB)
    return prepared


def _refused_ticket(bench: Bench, quirks: Quirks) -> None:
    word = "Kerberos error 35" if quirks.kerberos_refusal == "explained" else "did not say why"
    with bench.logging_on_with_kerberos(for_server=OTHER):
        bench.refused("refused the ticket", word, module="site_info", host=PROVIDER)


SPECIALS = (
    Special("site_info, on a server without SMS Provider", ("missing_namespace",), _no_provider),
    Special(
        "service_connection_point, by an account without the right",
        ("fault_status", "extended_status_class", "failure_code"),
        _no_rights,
    ),
    Special("service_connection_point, while somebody else installs it elsewhere", ("second_role",), _second_role),
    Special("service_connection_point, state present", ("server_remote_name",), _name_in_role),
    Special("component, with a note for another", ("registry_missing_value",), _missing_value, role="srv1:online"),
    Special("component, stopped and started", ("stopped_thread",), _stopped_thread, role="srv1:online", speed=60),
    Special("logging on with a ticket for another server", ("kerberos_refusal",), _refused_ticket, has_kerberos=True),
    Special("site_system_prerequisites", ("computer_account_in_group",), _fitness("local_administrator", "passed", SERVER)),
    Special(
        "site_system_prerequisites, on a domain controller",
        ("domain_controller_groups",),
        _fitness("local_administrator", "warning", "dc1.corp.example"),
        "international",
    ),
    Special(
        "site_system_prerequisites, on Server Core",
        ("server_core_sku",),
        _fitness("operating_system", "failed", "core1.corp.example"),
        "international",
    ),
    Special("service_connection_point, installed with an account", ("installation_account",), _installation_account),
    Special("site_system, with an unknown account", ("unknown_account",), _unknown_account),
    Special("site_system, absent where it has roles", ("site_system_with_roles",), _site_system_with_roles, role="srv1:online"),
    Special(
        "site_update_check", ("update_check_request", "failed_check"), _update_check, role="srv1:online", programs=("curl",)
    ),
    Special("internet_access", ("curl_tls",), _endpoints, programs=("curl",)),
    Special(
        "service_connection_tool, the whole circle twice",
        (
            "tool_exit_code",
            "tool_log_format",
            "tool_with_online_role",
            "tool_downloads",
            "tool_ignorable_error",
            "offline_known_updates",
        ),
        _tool,
        "offline",
        programs=("curl",),
    ),
    Special(
        "service_connection_tool, through a proxy that wants a password",
        ("tool_proxy_password",),
        _tool_with_proxy,
        "offline",
        programs=("curl", "tinyproxy"),
    ),
)
