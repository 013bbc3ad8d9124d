# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A lab: a hierarchy, listeners for each of its servers, a control endpoint, and the files that lead others to them."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

from .certificates import CertificateAuthority
from .control import ControlServer
from .hierarchy.accounts import make_accounts
from .hierarchy.console import Console
from .hierarchy.hierarchy import Hierarchy
from .hierarchy.moment import WmiAtOneMoment
from .hierarchy.topology import Topology
from .hierarchy.windows_server import WindowsServer
from .inventory import inventory
from .quirks import Quirks
from .requests_log import RequestLog
from .simulation import Simulation
from .wire.authentication import Accounts
from .wire.host import CommandHost
from .wire.listener import Listeners
from .wmi.model import WmiService


class ServerAddress:
    """What the listeners of a server serve: the server of this name in the present hierarchy.

    A reset makes new servers and leaves listeners, ports and open connections as they are.
    """

    def __init__(self, lab: Lab, name: str) -> None:
        self._lab = lab
        self.name = name
        self.netbios_name = name.partition(".")[0].upper()
        self.quirks = lab.quirks
        self.wmi: WmiService = WmiAtOneMoment(self._server)

    @property
    def commands(self) -> CommandHost:
        return self._server().commands

    def may_manage_remotely(self, account: str) -> bool:
        return self._server().may_manage_remotely(account)

    def _server(self) -> WindowsServer:
        return self._lab.hierarchy.servers[self.name]


class Lab:
    """Runs from its construction until `close`; use it as a context manager."""

    def __init__(self, topology: Topology, directory: Path, speed: float = 60.0, quirks: Quirks | None = None) -> None:
        self.topology = topology
        self.directory = directory.resolve()
        self.speed = speed
        self.quirks = quirks or Quirks()
        self.accounts = make_accounts(topology.netbios_domain)
        self.hierarchy = self._make_hierarchy()
        self.requests = RequestLog(self._perform)
        self.directory.mkdir(parents=True, exist_ok=True)
        self._private = self.directory / "private"
        self._private.mkdir(mode=0o700, exist_ok=True)
        self.https_ports: dict[str, int] = {}
        self.http_ports: dict[str, int] = {}
        self._listeners = self._listen()
        self.control = ControlServer(self)
        self._write_files()

    def __enter__(self) -> Lab:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        self.close()

    @property
    def authority_file(self) -> Path:
        return self.directory / "ca.pem"

    @property
    def inventory_file(self) -> Path:
        return self.directory / "inventory.yml"

    @property
    def console(self) -> Console:
        """Another administrator of the present hierarchy."""
        return Console(self.hierarchy)

    def reset(self) -> None:
        """A fresh hierarchy, with counters at zero and nothing open; addresses, connections and passwords stay."""
        self.hierarchy = self._make_hierarchy()
        self._listeners.restart_services()
        self.requests.clear()

    def close(self) -> None:
        """Stop to listen, and remove what says that the lab runs."""
        self._listeners.close()
        self.control.close()
        (self.directory / "control.json").unlink(missing_ok=True)
        shutil.rmtree(self._private, ignore_errors=True)

    def _perform(self, request: Mapping[str, Any]) -> None:
        self.console.perform(request)

    def _make_hierarchy(self) -> Hierarchy:
        return Hierarchy(self.topology, self.accounts, Simulation(self.speed), self.quirks)

    def _listen(self) -> Listeners:
        domain = self.topology.netbios_domain
        accounts = Accounts(self._private / "accounts")
        for account in self.accounts:
            accounts.add(domain, account.name.partition("\\")[2], account.password, dns_domain=self.topology.domain)
        authority = CertificateAuthority(self._private)
        shutil.copyfile(authority.certificate_file, self.authority_file)
        certificate = authority.issue(*self.topology.servers)
        listeners = Listeners(accounts, self.requests)
        for name in self.topology.servers:
            address = ServerAddress(self, name)
            self.https_ports[name] = listeners.listen(address, certificate).port
            self.http_ports[name] = listeners.listen(address).port
        return listeners

    def _write_files(self) -> None:
        text = inventory(self.topology, self.accounts[0], self.https_ports, self.http_ports, self.authority_file)
        _write_private(self.inventory_file, text)
        content = {
            "url": self.control.url,
            "pid": os.getpid(),
            "accounts": {account.name: account.password for account in self.accounts},
            "servers": {
                name: {"https": self.https_ports[name], "http": self.http_ports[name]} for name in self.topology.servers
            },
        }
        _write_private(self.directory / "control.json", json.dumps(content, indent=2) + "\n")


def _write_private(path: Path, text: str) -> None:
    path.unlink(missing_ok=True)
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
