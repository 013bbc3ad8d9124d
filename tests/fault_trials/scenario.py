# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A module with options against a server, and what is wanted of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from lab.hierarchy.topology import Topology, load
from lab.lab import Lab
from lab.smb import samba
from logons import Way, tickets
from tickets import MISSING as MISSING_FOR_KERBEROS

from .places import REQUESTS, Place

PROVIDER, SERVER, OTHER = "ps1.corp.example", "srv1.corp.example", "srv2.corp.example"

Console = tuple[str, Mapping[str, Any]]
"""Something that another administrator does: an action of the lab's console, and its arguments."""


@dataclass(frozen=True)
class Scenario:
    """A module with options against a server, in a site with the service connection point on srv1."""

    module: str
    host: str = PROVIDER
    options: Mapping[str, Any] = field(default_factory=dict)
    """Those that depend on the lab are functions of it."""
    what: str = ""
    """What it is to do, where the module alone does not say."""
    place: Place = REQUESTS
    way: Way | None = None
    """To log on, if it is about that."""
    before: tuple[Console, ...] = ()
    prepare: Callable[[Lab], None] | None = None
    """What is done besides."""
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
        if self.way is not None:
            return self.way.name
        return f"{self.module}, {self.what}" if self.what else self.module

    @property
    def needs(self) -> str:
        """What this computer lacks for it; empty if nothing."""
        if self._logs_on_with_kerberos:
            return ", ".join(MISSING_FOR_KERBEROS)
        return samba.missing() if self.module == "file_transfer" else ""

    def options_in(self, lab: Lab) -> dict[str, Any]:
        return {name: value(lab) if callable(value) else value for name, value in self.options.items()}

    def variables(self, lab: Lab) -> dict[str, Any]:
        """Of the inventory, besides those that it has."""
        return self.way.host_variables(lab, self.host) if self.way else {}

    def environment(self, lab: Lab) -> dict[str, str]:
        """Variables of the environment that it needs."""
        if lab.kerberos:
            return tickets(lab, lab.directory).environment
        # CredSSP asks for Kerberos before it takes NTLM, which without this asks servers of names, and waits for them
        configuration = lab.directory / "krb5.conf"
        configuration.write_text("[libdefaults]\ndns_lookup_kdc = false\ndns_lookup_realm = false\n", encoding="utf-8")
        return {"KRB5_CONFIG": str(configuration)}

    @property
    def topology(self) -> Topology:
        found = load("offline" if self.module == "service_connection_tool" else "standalone")
        found = replace(found, service_connection_point=None)
        if self._logs_on_with_kerberos:
            found = found.with_kerberos()
        return found.with_service_connection_point(f"srv1:{self.mode}") if self.mode else found

    @property
    def _logs_on_with_kerberos(self) -> bool:
        return self.way is not None and self.way.seen == "Kerberos"
