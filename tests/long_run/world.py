# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The hierarchy of a long run, as it is seen without this collection."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from direct import LabTime, lab_in, transport_to
from lab.hierarchy.description import describe
from lab.hierarchy.site_control import Role
from lab.hierarchy.topology import load
from lab.lab import Lab

from .role_steps import Connect, RoleSteps

PROVIDER, LOWER_PROVIDER = "cas.corp.example", "pr1.corp.example"
SERVERS = ("srv1.corp.example", "srv2.corp.example", "srv3.corp.example")
SPEED = 50.0
"""Seconds of the site in a second of the lab, which passes when a run pauses."""
TIMEOUT = 1800.0
"""Seconds of the site for a removal or an installation."""
ROLE, SITE_SYSTEM = "SMS Dmp Connector", "SMS Site System"
NOTES = r"HKLM\SOFTWARE\configmgr.site\RestartedFor"


class Point(NamedTuple):
    """The service connection point."""

    server: str
    mode: str


class World:
    """A central administration site with primary sites below it, in a time of its own."""

    def __init__(self, lab: Lab, time: LabTime) -> None:
        self.lab = lab
        self.time = time

    @classmethod
    @contextmanager
    def start(cls) -> Iterator[World]:
        time = LabTime()
        topology = replace(load("hierarchy"), member_servers=SERVERS[-1:])
        with (
            tempfile.TemporaryDirectory() as directory,
            lab_in(time, topology, Path(directory), speed=SPEED) as lab,
        ):
            yield cls(lab, time)

    def reset(self) -> None:
        """A fresh hierarchy, with all servers being site systems."""
        self.lab.reset()
        self.console("add_site_system", server=SERVERS[-1])

    def console(self, action: str, **arguments: Any) -> None:
        """Somebody else does something."""
        self.lab.console.perform({"action": action, **arguments})

    def connect(self, server: str) -> Any:
        """A session without a fault."""
        return transport_to(self.lab, server)

    def role(self, connect: Connect | None = None, provider: str = PROVIDER) -> RoleSteps:
        """Runs of the role of this collection."""
        return RoleSteps(connect or self.connect, provider, self.time, TIMEOUT / SPEED)

    def pass_time(self, seconds: float) -> None:
        """Let so many seconds of the site pass."""
        self.time.sleep(seconds / SPEED)

    def state(self) -> dict[str, Any]:
        return describe(self.lab.hierarchy)

    def record(self) -> dict[str, Any]:
        """What only people and runs change: settings at sites, notes on servers, and restarts of the thread with the mode."""
        # What is due by now is carried out before it is looked at
        with self.lab.hierarchy.simulation.moment():
            return self._record()

    def _record(self) -> dict[str, Any]:
        servers = self.lab.hierarchy.servers
        notes = {name: key for name in SERVERS if (key := servers[name].registry.key(NOTES)) is not None}
        return {
            **{
                f"{role.name} on {role.server}": str(role.properties)
                for name in (ROLE, SITE_SYSTEM)
                for role in self.roles(name)
            },
            **{f"notes of {name}": dict(key.values.values()) for name, key in notes.items()},
            **{f"starts on {role.server}": self.starts(role.server) for role in self.roles(ROLE)},
        }

    def roles(self, name: str) -> list[Role]:
        """The roles of a name on record."""
        return self.lab.hierarchy.site_control.roles(name)

    def note(self, server: str) -> str | None:
        """What the thread with the mode was last restarted for, as noted on its server."""
        for name in ("SMS_DMP_DOWNLOADER", "SMS_EXECUTIVE"):
            if (value := self.lab.hierarchy.servers[server].registry.get(NOTES, name)) is not None:
                return str(value.data)
        return None

    def effective_mode(self, server: str) -> str | None:
        """The mode that the thread there has; None if it has none, or there is no thread."""
        thread = self.lab.hierarchy.executives[server].threads.get("SMS_DMP_DOWNLOADER")
        return thread.effective_mode if thread else None

    def starts(self, server: str) -> int:
        """How often the thread with the mode has been started there."""
        threads = self.lab.hierarchy.executives[server].threads
        return threads["SMS_DMP_DOWNLOADER"].starts if "SMS_DMP_DOWNLOADER" in threads else 0
