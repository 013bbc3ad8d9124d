# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A lab: a hierarchy, listeners for each of its servers, a control endpoint, and the files that lead others to them."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Mapping
from contextlib import ExitStack, suppress
from datetime import datetime
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from .certificates import CertificateAuthority, ServerCertificate
from .client import CONTROL_FILE
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
from .smb import samba
from .smb.port import SmbPort
from .smb.relay import SmbInterference
from .smb.samba import Samba
from .wire.accounts import Accounts
from .wire.host import CommandHost
from .wire.listener import Listeners
from .wire.settings import ServiceSettings
from .wmi.model import WmiService

if TYPE_CHECKING:
    from .kerberos.realm import KerberosRealm
    from .ldap.server import LdapServer

CLIENT_CERTIFICATE_NAME = "administrator@localhost"
"""The user principal name in the client certificate of a lab."""

_PRIVATE_DIRECTORY, _AUTHORITY_FILE, _INVENTORY_FILE = "private", "ca.pem", "inventory.yml"
_FILES = (_PRIVATE_DIRECTORY, _AUTHORITY_FILE, _INVENTORY_FILE, CONTROL_FILE)
"""What a lab writes into its directory, and removes in the end; the last one says that it is all there."""


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

    @property
    def is_running(self) -> bool:
        return self._server().is_running

    @property
    def winrm(self) -> ServiceSettings:
        return self._server().winrm

    @property
    def clock_error(self) -> float:
        return self._server().clock_error

    def may_manage_remotely(self, account: str) -> bool:
        return self._server().may_manage_remotely(account)

    def _server(self) -> WindowsServer:
        return self._lab.hierarchy.servers[self.name]


class Lab:
    """Runs from its construction until `close`; use it as a context manager."""

    def __init__(
        self,
        topology: Topology,
        directory: Path,
        speed: float = 60.0,
        quirks: Quirks | None = None,
        clock: Callable[[], datetime] | None = None,
    ) -> None:
        """``clock`` stands in for the computer's, for tests that would not wait."""
        self._clock = clock
        self.topology = topology
        self.directory = directory.resolve()
        self.speed = speed
        self.quirks = quirks or Quirks()
        self.accounts = make_accounts(topology.netbios_domain)
        self.requests = RequestLog(self._perform)
        self.https_ports: dict[str, int] = {}
        self.http_ports: dict[str, int] = {}
        self.smb_listeners: dict[str, SmbPort] = {}
        """Empty where this computer has no Samba."""
        self.smb_interference: SmbInterference | None = None
        """What goes wrong with connections by SMB that are made from then on, for tests."""
        self.ldap: LdapServer | None = None
        """Where the domain can be asked by LDAP; None unless the topology wants it."""
        self.kerberos: KerberosRealm | None = None
        """The domain as a Kerberos realm; None unless the topology wants it."""
        with ExitStack() as undo:
            self._private = self._make_directories(undo)
            self._samba = Samba(self._private / "samba", self._passwords, topology.domain)
            self.hierarchy = self._make_hierarchy()
            undo.callback(self._close_hierarchy)
            self.listeners = self._listen(undo)
            self.control = ControlServer(self)
            undo.callback(self.control.close)
            self._write_files(undo)
            self._undo = undo.pop_all()

    def __enter__(self) -> Lab:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        self.close()

    @property
    def smb_ports(self) -> dict[str, int]:
        return {name: listener.address.port for name, listener in self.smb_listeners.items()}

    @property
    def authority_file(self) -> Path:
        """The certificate that clients have to trust, as PEM."""
        return self.directory / _AUTHORITY_FILE

    @property
    def inventory_file(self) -> Path:
        return self.directory / _INVENTORY_FILE

    @property
    def console(self) -> Console:
        """Another administrator of the present hierarchy."""
        return Console(self.hierarchy)

    def reset(self) -> None:
        """A fresh hierarchy, with counters at zero and nothing open; addresses, connections and passwords stay."""
        before, self.hierarchy = self.hierarchy, self._make_hierarchy()
        self._samba.end_connections()
        before.close()
        self.listeners.restart_services()
        self.requests.clear()

    def close(self) -> None:
        """Stop to listen, and remove every file, and the directory if the lab has made it and nothing else is in it."""
        self._undo.close()

    def _perform(self, request: Mapping[str, Any]) -> None:
        self.console.perform(request)

    def _make_hierarchy(self) -> Hierarchy:
        return Hierarchy(self.topology, self.accounts, Simulation(self.speed, self._clock), self.quirks, self._private)

    @property
    def _passwords(self) -> dict[str, str]:
        """By the names that the accounts have in their domain."""
        return {account.name.partition("\\")[2]: account.password for account in self.accounts}

    def _close_hierarchy(self) -> None:
        """The present one, whichever that is by then."""
        self.hierarchy.close()

    def _make_directories(self, undo: ExitStack) -> Path:
        present = [name for name in _FILES if (self.directory / name).exists()]
        if present and CONTROL_FILE not in present:
            raise ValueError(f"{self.directory / present[0]} exists and is not a lab's; name another directory")
        if not self.directory.is_dir():
            self.directory.mkdir(parents=True)
            undo.callback(_remove_if_empty, self.directory)
        private = self.directory / _PRIVATE_DIRECTORY
        undo.callback(shutil.rmtree, private, ignore_errors=True)
        private.mkdir(mode=0o700, exist_ok=True)
        return private

    def _listen(self, undo: ExitStack) -> Listeners:
        domain = self.topology.netbios_domain
        if self.topology.has_kerberos:
            self.kerberos = self._start_kerberos()
            undo.callback(self.kerberos.close)
        accounts = Accounts(self._private / "accounts", self.kerberos.keytab if self.kerberos else None)
        for user, password in self._passwords.items():
            accounts.add(domain, user, password, dns_domain=self.topology.domain)
        authority = CertificateAuthority(self._private)
        undo.callback(self.authority_file.unlink, missing_ok=True)
        shutil.copyfile(authority.certificate_file, self.authority_file)
        certificate = authority.issue(*self.topology.servers)
        self.client_certificate = authority.issue_client(CLIENT_CERTIFICATE_NAME, "clientcertificate")
        listeners = undo.enter_context(Listeners(accounts, self.requests, authority.certificate_file))
        for name in self.topology.servers:
            address = ServerAddress(self, name)
            self.https_ports[name] = listeners.listen(address, certificate).port
            self.http_ports[name] = listeners.listen(address).port
        self._listen_to_smb(undo)
        if self.topology.has_ldap:
            self.ldap = self._listen_to_ldap(certificate)
            undo.callback(self.ldap.close)
        return listeners

    def _start_kerberos(self) -> KerberosRealm:
        # Not needed by most labs, and needs programs that not every computer has
        from .kerberos.realm import KerberosRealm

        return KerberosRealm(self.topology.domain, self._passwords, self.topology.servers, self._private / "kerberos")

    def _listen_to_smb(self, undo: ExitStack) -> None:
        if samba.missing():
            return
        undo.callback(self._samba.close)
        for name in self.topology.servers:
            server = partial(self._server, name)
            port = SmbPort(self._samba, server, self.topology.netbios_domain, lambda: self.smb_interference)
            undo.callback(port.close)
            self.smb_listeners[name] = port

    def _server(self, name: str) -> WindowsServer:
        return self.hierarchy.servers[name]

    def _listen_to_ldap(self, certificate: ServerCertificate) -> LdapServer:
        # Not needed by most labs, and it takes a while to load
        from .ldap.server import LdapServer

        return LdapServer(lambda: self.hierarchy, certificate.server_context())

    def _write_files(self, undo: ExitStack) -> None:
        ports = self.https_ports, self.http_ports, self.smb_ports
        text = inventory(self.topology, self.accounts[0], *ports, self.authority_file, self.kerberos)
        undo.callback(self.inventory_file.unlink, missing_ok=True)
        _write_private(self.inventory_file, text)
        content: dict[str, Any] = {
            "url": self.control.url,
            "pid": os.getpid(),
            "accounts": {account.name: account.password for account in self.accounts},
            "servers": {
                name: {"https": self.https_ports[name], "http": self.http_ports[name], "smb": self.smb_ports.get(name)}
                for name in self.topology.servers
            },
        }
        if self.ldap is not None:
            base = self.hierarchy.directory.base
            content["ldap"] = {"url": self.ldap.url, "tls_url": self.ldap.tls_url, "base": base}
        if self.kerberos is not None:
            content["kerberos"] = {"realm": self.kerberos.name, "configuration": str(self.kerberos.configuration_file)}
        control_file = self.directory / CONTROL_FILE
        undo.callback(control_file.unlink, missing_ok=True)
        _write_private(control_file, json.dumps(content, indent=2) + "\n")


def _remove_if_empty(directory: Path) -> None:
    with suppress(OSError):
        directory.rmdir()


def _write_private(path: Path, text: str) -> None:
    path.unlink(missing_ok=True)
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
