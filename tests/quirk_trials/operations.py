# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Deploy, change the mode, move, check and remove, in the lab's own time, each proven by what the lab says afterwards."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any, Literal, get_args

from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr import restart_plan
from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.classes import SCHEMA
from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.deployment import Outcome
from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.follow_up import follow_up, read_situation
from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.provider import SiteProvider
from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.reports import read_role_report, read_site_report
from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.role_server import read_role_server
from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.service_connection_point import (
    COMPONENTS,
    DOWNLOADER,
    Mode,
)
from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.site_system_deployment import SiteSystemDeployment
from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.site_systems import Wanted
from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.site_updates import read_site_updates
from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.status_messages import Question, read_status_messages
from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.steps import Desired
from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.thread_control import ThreadControl
from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.waiting import Waiting
from ansible_collections.configmgr.site.plugins.plugin_utils._wsman.client import WsmanClient
from direct import LabTime, run, transport_to
from lab.hierarchy.description import describe
from lab.hierarchy.topology import Topology, load
from lab.lab import Lab

Name = Literal["deploy", "mode change", "move", "check", "remove"]
NAMES: tuple[Name, ...] = get_args(Name)

SOURCE, TARGET = "srv1.corp.example", "srv2.corp.example"
SPEED = 50.0
_TIMEOUT = 1800.0
"""Seconds of the site for one operation; it needs half of it at the most."""
_QUARTER_OF_AN_HOUR = 900.0

Transports = Callable[[str], Any]
"""Makes a session to a server."""


class Operations:
    """The operations in one lab. AssertionError says what is wrong after one, as the lab has it."""

    provider = "ps1.corp.example"

    def __init__(self, lab: Lab, time: LabTime, transports: Transports | None = None) -> None:
        self.lab = lab
        self._time = time
        self._transports = transports or (lambda server: transport_to(lab, server))

    @staticmethod
    def topology() -> Topology:
        """A stand-alone primary site, and two member servers that are no site systems yet."""
        return replace(load("standalone"), member_servers=(SOURCE, TARGET))

    @property
    def order(self) -> tuple[Name, ...]:
        """The operations that are tried here, one after the other."""
        return NAMES

    def set_up(self) -> None:
        """What the site has besides the role."""
        console = self.lab.console
        console.perform({"action": "add_tenant", "name": "Contoso", "application": "ConfigMgr", "secret_expires": "2027-03-01"})
        console.perform({"action": "add_azure_service", "name": "Contoso"})

    def perform(self, name: Name, *, mode_is_given: bool = False) -> None:
        """Carry one out; whatever the modules raise goes on. ``mode_is_given`` is for a move."""
        match name:
            case "deploy":
                self._deploy()
            case "mode change":
                self._change_mode()
            case "move":
                self._move(Mode.OFFLINE if mode_is_given else None)
            case "check":
                self._check()
            case "remove":
                self._remove()

    def _deploy(self) -> None:
        self._have_site_system(SOURCE)
        wanted = Desired("present", SOURCE, Mode.ONLINE)
        self._restart("started", self._twice(wanted, "install"), Mode.ONLINE)
        self._prove(SOURCE, "online")

    def _change_mode(self) -> None:
        wanted = Desired("present", SOURCE, Mode.OFFLINE)
        plan = self._run(wanted, check_mode=True)
        self._twice(wanted, "set_mode")
        self._restart("restarted", plan, Mode.OFFLINE)
        self._prove(SOURCE, "offline")

    def _move(self, mode: Mode | None) -> None:
        self._have_site_system(TARGET)
        wanted = Desired("present", TARGET, mode, move=True)
        self._restart("started", self._twice(wanted, "move"), Mode.OFFLINE)
        self._prove(TARGET, "offline")

    def _remove(self) -> None:
        self._twice(Desired("absent"), "remove")
        self._prove(None, "")

    def _check(self) -> None:
        (server, mode), *_others = _points(self.lab)
        self._check_at_provider(server, mode)
        thread_server = self._thread_server()
        found = read_role_server(self._client(thread_server))
        assert found.threads[0].is_running, found
        assert found.mode_in_effect is Mode(mode), found
        assert found.time is not None, found

    def _check_at_provider(self, server: str, mode: str) -> None:
        client = self._client(self.provider)
        (report,) = read_role_report(client, None, None, 10)
        assert report.point.server.lower() == server and report.point.mode is Mode(mode), report
        assert report.works and report.status == "ok" and report.components_run_on.lower() == self._thread_server(), report
        sites = read_site_report(client, None)
        assert sites.hierarchy.local_site.is_top_tier and len(sites.points) == 1, sites
        provider = SiteProvider.connect(client, None)
        messages = read_status_messages(provider, Question(limit=20)).messages
        assert messages and all(isinstance(message.time, datetime) for message in messages), messages
        situation = read_situation(provider, report.point, SOURCE if server == TARGET else "")
        listed = {item.id for item in follow_up(situation)}
        assert ("offline" if mode == "offline" else "firewall") in listed, listed
        assert ("old_server" in listed) == (server == TARGET), listed
        assert read_site_updates(provider, [], installed=True), "the site has updates"

    def _client(self, server: str) -> WsmanClient:
        return WsmanClient(self._transports(server), SCHEMA)

    def _have_site_system(self, server: str) -> None:
        def deploy() -> str:
            deployment = SiteSystemDeployment(self._client(self.provider), None)
            return deployment.run(server, "present", Wanted(), check_mode=False).step.operation

        deploy()
        assert deploy() == "none", "the site system is there"

    def _twice(self, desired: Desired, operation: str) -> Outcome:
        """Run it, and then once more, which changes nothing."""
        outcome = self._run(desired)
        assert outcome.operation == operation, outcome
        assert not self._run(desired).changed, "a second run changes nothing"
        return outcome

    def _run(self, desired: Desired, server: str = "", *, check_mode: bool = False) -> Outcome:
        transport = self._transports(server or self.provider)
        return run(transport, desired, self._time, timeout=_TIMEOUT / self.lab.speed, check_mode=check_mode)

    def _restart(self, state: Literal["started", "restarted"], outcome: Outcome, mode: Mode) -> None:
        """What the role does then, so that the mode takes effect and nobody has to guess whether it has."""
        waiting = Waiting(_TIMEOUT, lambda line: None, clock=self._time)
        control = ThreadControl(self._client(str(outcome.components_run_on).lower()), DOWNLOADER, waiting)
        control.run(restart_plan.Desired(state, mode.value), check_mode=False)

    def _thread_server(self) -> str:
        point = next(iter(self.lab.hierarchy.site_control.roles("SMS Dmp Connector")))
        return self.lab.hierarchy.component_manager.thread_server(point).lower()

    def _prove(self, server: str | None, mode: str) -> None:
        """That the lab has the role there and nowhere else, at work in its mode, and nothing forbidden has happened."""
        points = _points(self.lab)
        assert points == ([(server, mode)] if server else []), points
        for point in describe(self.lab.hierarchy)["service_connection_points"]:
            assert point["effective_mode"] == mode and point["components"][DOWNLOADER] == "STARTED", point
        # Components that the site shows nobody yet are not waited for.
        self._time.sleep(_QUARTER_OF_AN_HOUR / self.lab.speed)
        state = describe(self.lab.hierarchy)
        for point in state["service_connection_points"]:
            states = {name: state for name, state in point["components"].items() if name != "SMS_CLOUDCONNECTION"}
            assert set(states.values()) == {"STARTED"} and len(states) == len(COMPONENTS) - 1, point
        assert state["violations"] == [], state["violations"]
        assert list(_left_notes(state)) == [], "a note of a move is left"


class OperationsAtTwoSites(Operations):
    """A move from a primary site to the central administration site above it, with what comes after it."""

    provider = "cas.corp.example"

    @staticmethod
    def topology() -> Topology:
        """A primary site with the role that was put under a central administration site."""
        return load("expanded")

    @property
    def order(self) -> tuple[Name, ...]:
        """The role is there already."""
        return ("move", "check", "remove")

    def _move(self, mode: Mode | None) -> None:
        wanted = Desired("present", TARGET, mode, move=True)
        if self._run(wanted, check_mode=True).providers_of_source:
            self._run(replace(wanted, state="move_due"))
            self._run(Desired("absent", SOURCE), "pr1.corp.example")
        outcome = self._run(wanted)
        assert not self._run(wanted).changed, "a second run changes nothing"
        self._restart("started", outcome, Mode.OFFLINE)
        self._prove(TARGET, "offline")


def _points(lab: Lab) -> list[tuple[str, str]]:
    return [(role.server.lower(), role.mode) for role in lab.hierarchy.site_control.roles("SMS Dmp Connector")]


def _left_notes(state: dict[str, Any]) -> Iterator[str]:
    for server, found in state["servers"].items():
        for role in found["roles"]:
            yield from (f"{name} on {server}" for name in role["properties"] if name.startswith("configmgr.site"))
