# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What each module is run for, and what is so afterwards."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from lab.client import LabControl
from lab.hierarchy import site_control
from lab.hierarchy.description import describe
from lab.hierarchy.site import VERSION
from lab.lab import Lab
from logons import WAYS, allow_all

from .places import BY_SMB, LOG_ON
from .scenario import OTHER, PROVIDER, SERVER, Console, Scenario

_DOWNLOADER = "SMS_DMP_DOWNLOADER"
_TOOL, _CAB = r"C:\Offline\ServiceConnectionTool", r"C:\Offline\UsageData.cab"
_ACCOUNT = r"CORP\installer"
_FOLDER = r"C:\Offline\Packs"
_FILE = "update.cab"
_CONTENT = bytes(range(256)) * 4096 * 4 + b"the end"
"""More than four of the pieces in which it travels, and than what a computer keeps of what it cannot send."""


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


def _password_of_account(lab: Lab) -> str:
    """Each lab makes up its own."""
    return next(account.password for account in lab.accounts if account.name == _ACCOUNT)


def _smb_port(lab: Lab) -> int:
    return lab.smb_ports[SERVER]


def _folder_here(lab: Lab) -> str:
    return str(lab.directory / "packs")


def _make_file_here(lab: Lab) -> None:
    folder = Path(_folder_here(lab))
    folder.mkdir(exist_ok=True)
    (folder / _FILE).write_bytes(_CONTENT)


def _make_file_there(lab: Lab) -> None:
    shutil.rmtree(_folder_here(lab), ignore_errors=True)
    lab.hierarchy.servers[SERVER].files.write(rf"{_FOLDER}\{_FILE}", _CONTENT)


def _has_file_there(lab: Lab) -> None:
    _is_whole(lab.hierarchy.servers[SERVER].files.location(_FOLDER))


def _has_file_here(lab: Lab) -> None:
    _is_whole(Path(_folder_here(lab)))


def _is_whole(folder: Path) -> None:
    names = sorted(path.name for path in folder.iterdir())
    assert names == [_FILE], names
    assert (folder / _FILE).read_bytes() == _CONTENT, "its content is another one"


def _allow_all(lab: Lab) -> None:
    allow_all(LabControl.of_directory(lab.directory))


def _options(**options: Any) -> dict[str, Any]:
    return options


_SITE_SYSTEM: Console = ("add_site_system", {"server": OTHER})
_CONTROL = {"wait_timeout": 600}
_PUSH = Scenario(
    "file_transfer",
    SERVER,
    _options(mode="push", src=_folder_here, dest=_FOLDER, smb_port=_smb_port, timeout=600),
    what="push",
    prepare=_make_file_here,
    proof=_has_file_there,
    runs_programs=True,
)
_PULL = replace(
    _PUSH,
    options=_options(mode="pull", src=_FOLDER, dest=_folder_here, smb_port=_smb_port, timeout=600),
    what="pull",
    prepare=_make_file_there,
    proof=_has_file_here,
)
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
        options=_options(account=_ACCOUNT, password=_password_of_account),
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
    _PUSH,
    _PULL,
    replace(_PUSH, place=BY_SMB),
    replace(_PULL, place=BY_SMB),
    # With the module that asks for least
    *(Scenario("executive", place=LOG_ON, way=way, prepare=_allow_all) for way in WAYS if way.round_trips > 1),
)
