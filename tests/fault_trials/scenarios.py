# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What each module is run for, and what is so afterwards."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from lab.hierarchy import site_control
from lab.hierarchy.description import describe
from lab.hierarchy.site import VERSION
from lab.hierarchy.topology import Topology, load
from lab.lab import Lab

PROVIDER, SERVER, OTHER = "ps1.corp.example", "srv1.corp.example", "srv2.corp.example"
_DOWNLOADER = "SMS_DMP_DOWNLOADER"
_TOOL, _CAB = r"C:\Offline\ServiceConnectionTool", r"C:\Offline\UsageData.cab"
_ACCOUNT = r"CORP\installer"
PASSWORD_OF_ACCOUNT = "the password of the account"
"""Stands for it in options, as each lab makes up its own."""

Console = tuple[str, Mapping[str, Any]]
"""Something that another administrator does: an action of the lab's console, and its arguments."""


@dataclass(frozen=True)
class Scenario:
    """A module with options against a server, in a site with the service connection point on srv1."""

    module: str
    host: str = PROVIDER
    options: Mapping[str, Any] = field(default_factory=dict)
    what: str = ""
    """What it is to do, where the module alone does not say."""
    before: tuple[Console, ...] = ()
    proof: Callable[[Lab], None] | None = None
    """Of a module that changes something: AssertionError if that is not so. Others return the same whenever they are run."""
    tidy: Callable[[Lab], None] | None = None
    """What the next run sees to at the latest."""
    mode: str = "online"
    """Of the role that is there; empty for none."""
    runs_programs: bool = False
    """Whether it waits for programs, which take their time."""
    speed: float = 50
    """How much faster the site is than a real one. The faster, the fewer requests a wait needs."""

    @property
    def name(self) -> str:
        return f"{self.module}, {self.what}" if self.what else self.module

    @property
    def topology(self) -> Topology:
        found = load("offline" if self.module == "service_connection_tool" else "standalone")
        found = replace(found, service_connection_point=None)
        return found.with_service_connection_point(f"srv1:{self.mode}") if self.mode else found


def _has_role(server: str | None, mode: str = "online") -> Callable[[Lab], None]:
    def proof(lab: Lab) -> None:
        state = describe(lab.hierarchy)
        points = [(point["server"], point["mode"]) for point in state["service_connection_points"]]
        assert points == ([(server, mode)] if server else []), points
        for point in state["service_connection_points"]:
            assert set(point["components"].values()) == {"STARTED"} and len(point["components"]) == 4, point
        assert state["violations"] == [], state["violations"]

    return proof


def _is_tidy(lab: Lab) -> None:
    """A note of a move that could not be taken off in the end is taken off by the next run, as the first one says."""
    roles = describe(lab.hierarchy)["servers"][OTHER]["roles"]
    notes = [name for role in roles for name in role["properties"] if "configmgr" in name]
    assert notes == [], notes


def _thread(lab: Lab) -> Any:
    return lab.hierarchy.executives[SERVER].threads[_DOWNLOADER]


def _has_started(lab: Lab) -> None:
    assert _thread(lab).state == "Running" and _thread(lab).starts > 1, _thread(lab)


def _has_site_system(server: str, *, is_there: bool, name: str = "") -> Callable[[Lab], None]:
    def proof(lab: Lab) -> None:
        found = lab.hierarchy.site_control.roles(site_control.SITE_SYSTEM, server)
        assert len(found) == is_there, found
        public = found[0].value("Server Remote Public Name") if found else None
        assert (public.value1 if public else "") == name, public
        assert lab.hierarchy.history.violations == []

    return proof


def _knows(account: str, *, is_known: bool) -> Callable[[Lab], None]:
    def proof(lab: Lab) -> None:
        known = [entry["password_is_right"] for entry in describe(lab.hierarchy)["known_accounts"] if entry["name"] == account]
        assert known == ([True] if is_known else []), known

    return proof


def _has_looked_for_updates(lab: Lab) -> None:
    log = lab.hierarchy.servers[SERVER]
    text = log.files.read(rf"{log.log_directory}\dmpdownloader.log")
    assert "Manifest.cab was successfully moved to the connector outbox" in text, text


def _has_usage_data(lab: Lab) -> None:
    assert _CAB in lab.hierarchy.servers[SERVER].files


def _options(**options: Any) -> dict[str, Any]:
    return options


_SITE_SYSTEM: Console = ("add_site_system", {"server": OTHER})
_CONTROL = {"wait_timeout": 600}
SCENARIOS = (
    Scenario("site_info"),
    Scenario("service_connection_point_info", options=_options(since="2026-01-01T00:00:00+00:00")),
    Scenario("service_connection_point_server_info", SERVER),
    Scenario("service_connection_point_follow_up_info", options=_options(moved_from=OTHER), before=(_SITE_SYSTEM,)),
    Scenario("site_update_info"),
    Scenario("status_message_info", options=_options(since="2026-01-01T00:00:00+00:00", limit=20)),
    Scenario("log_info", SERVER, _options(name="dmpdownloader.log")),
    Scenario("tcp_connection_info", SERVER, _options(targets=[{"host": PROVIDER, "port": 443}])),
    Scenario("internet_access", SERVER, _options(fail_on="never", timeout=3)),
    Scenario("site_system_prerequisites", SERVER, _options(site_server=PROVIDER, fail_on="never")),
    Scenario("connection_info", options=_options(timeout=2)),
    Scenario(
        "service_connection_point",
        options=_options(site_system=SERVER, mode="online"),
        what="install",
        proof=_has_role(SERVER),
        mode="",
    ),
    Scenario(
        "service_connection_point",
        options=_options(site_system=SERVER, mode="offline"),
        what="set the mode",
        proof=_has_role(SERVER, "offline"),
    ),
    Scenario(
        "service_connection_point",
        options=_options(site_system=OTHER, move=True),
        what="move",
        before=(_SITE_SYSTEM,),
        proof=_has_role(OTHER),
        tidy=_is_tidy,
    ),
    Scenario("service_connection_point", options=_options(state="absent"), what="remove", proof=_has_role(None)),
    Scenario("service_connection_point", options=_options(site_system=SERVER, mode="online"), what="nothing to do"),
    Scenario("component", SERVER, _options(name=_DOWNLOADER, state="restarted", **_CONTROL), "restart", proof=_has_started),
    Scenario("executive", SERVER, _options(state="restarted", **_CONTROL), "restart", proof=_has_started),
    Scenario("site_system", options=_options(site_system=OTHER), what="create", proof=_has_site_system(OTHER, is_there=True)),
    Scenario(
        "site_system",
        options=_options(site_system=OTHER, public_fqdn="cm.example.com"),
        what="change",
        before=(_SITE_SYSTEM,),
        proof=_has_site_system(OTHER, is_there=True, name="cm.example.com"),
    ),
    Scenario(
        "site_system",
        options=_options(site_system=OTHER, state="absent"),
        what="remove",
        before=(_SITE_SYSTEM,),
        proof=_has_site_system(OTHER, is_there=False),
    ),
    Scenario(
        "site_account",
        options=_options(account=_ACCOUNT, password=PASSWORD_OF_ACCOUNT),
        what="create",
        proof=_knows(_ACCOUNT, is_known=True),
    ),
    Scenario(
        "site_account",
        options=_options(account=_ACCOUNT, state="absent"),
        what="remove",
        before=(("add_known_account", {"account": _ACCOUNT}),),
        proof=_knows(_ACCOUNT, is_known=False),
    ),
    Scenario("site_update_check", SERVER, _options(wait_timeout=60), proof=_has_looked_for_updates, speed=1000),
    Scenario(
        "service_connection_tool",
        SERVER,
        _options(phase="prepare", tool=_TOOL, usage_data=_CAB, timeout=60),
        before=(("set_tool_version", {"server": SERVER, "version": VERSION, "folder": _TOOL}),),
        proof=_has_usage_data,
        mode="offline",
        runs_programs=True,
        speed=1000,
    ),
)
