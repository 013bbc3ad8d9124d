# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of a move share: its task, its playbook, and what it leaves behind."""

from __future__ import annotations

from typing import Any

from plays import Play, Site, Task

MODULE = "configmgr.site.service_connection_point"
MOVE = "configmgr.site.move"
PREFIX = "service_connection_point_"
SOURCE, TARGET = "srv1.corp.example", "srv2.corp.example"
NOTE = "configmgr.site service connection point move"
"""The property of a site system in which a move remembers where it came from."""


def to(server: str = TARGET, **options: Any) -> Task:
    return {"name": "move it", MODULE: {"site_system": server, "move": True, **options}}


def move(site: Site, *arguments: str, **variables: Any) -> Play:
    given = {PREFIX + name: value for name, value in {"site_system": TARGET, **variables}.items()}
    return site.run_playbook(MOVE, *arguments, variables=given)


def properties(site: Site, server: str) -> dict[str, list[Any]]:
    """The settings of a site system."""
    roles = site.control.state()["servers"][server]["roles"]
    found: dict[str, list[Any]] = next(role["properties"] for role in roles if role["name"] == "SMS Site System")
    return found


def shown(play: Play) -> list[str]:
    assert play.exit_code == 0, play.stdout
    lines: list[str] = play.results[-1]["msg"]
    return lines


def leave_note(site: Site, server: str, source: str) -> None:
    """As a move from the source does that is cut off."""
    site.control.console("set_property", name=NOTE, role="SMS Site System", server=server, value=1, value1=source, value2="PS1")
