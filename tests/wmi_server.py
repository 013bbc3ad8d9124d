# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One simulated server with the lab's test classes and a registry, for tests and benchmarks of the client alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from pathlib import Path

from lab.certificates import CertificateAuthority, ServerCertificate
from lab.kerberos.realm import KerberosRealm
from lab.quirks import Quirks
from lab.wire.accounts import Accounts
from lab.wire.host import CommandHost, CommandResult, Execution, RequestRecord
from lab.wire.interference import Interference
from lab.wire.listener import Listeners
from lab.wire.settings import ServiceSettings
from lab.wmi.model import Caller
from lab.wmi.registry import Registry
from lab.wmi.repository import Repository
from lab.wmi.std_reg_prov import StdRegProv
from lab.wmi.store import MemoryStore
from pypsrp.wsman import WSMan
from winrm.protocol import Protocol

NAMESPACE = "root/lab"
USER, PASSWORD = "CORP\\tester", "a pass-word"
CLASSES = ("Lab_Everything", "Lab_Derived", "Lab_Singleton", "Lab_Row")


class NoCommands:
    """The test server has no shell to speak of."""

    def run(self, caller: Caller, command_line: str, stdin: bytes, execution: Execution | None = None) -> CommandResult:
        return CommandResult(stderr=b"no commands here", exit_code=1)


@dataclass
class WmiServer:
    """Implements the lab's `Host` and `Observer`."""

    wmi: Repository
    registry: Registry
    quirks: Quirks
    authority_file: Path
    accounts: Accounts
    commands: CommandHost = field(default_factory=NoCommands)
    name: str = "test.corp.example"
    netbios_name: str = "TEST"
    is_running: bool = True
    winrm: ServiceSettings = field(default_factory=ServiceSettings)
    clock_error: float = 0.0
    https_url: str = ""
    http_url: str = ""
    requests: list[RequestRecord] = field(default_factory=list)
    cut_connections: Callable[[], None] = lambda: None
    interfere: Callable[[Interference | None], None] = lambda interference: None
    """Have something stand between the connections and the server, or nothing again."""
    interfere_with_log_ons: Callable[[Interference | None], None] = lambda interference: None
    """The same for what is exchanged before anybody is logged on."""
    listen: Callable[[ServerCertificate], str] = lambda certificate: ""
    """Have it listen once more, with another certificate; returns the URL."""

    def may_manage_remotely(self, account: str) -> bool:
        return True

    def before(self, record: RequestRecord) -> None:
        self.requests.append(record)

    def after(self, record: RequestRecord) -> None:
        """`before` kept the record, which is complete by now."""

    def add_rows(self, count: int) -> None:
        """Fill Lab_Row, 20 properties each."""
        store = MemoryStore(self.wmi.class_schema(NAMESPACE, "Lab_Row"))
        now = datetime(2026, 1, 1, tzinfo=timezone.utc)
        for number in range(count):
            store.add(
                self.wmi.new_instance(
                    NAMESPACE,
                    "Lab_Row",
                    Number=number,
                    Name=f"Row {number}",
                    Caption="A row of the benchmark",
                    Description=f"The row with the number {number}, which has as much text as rows have",
                    MachineName=f"srv{number}.corp.example",
                    SiteCode="PS1",
                    State="Running",
                    Status="OK",
                    Enabled=True,
                    Visible=number % 2 == 0,
                    Errors=number % 3,
                    Warnings=0,
                    Infos=number,
                    Size=2**40 + number,
                    Offset=-number,
                    Ratio=number / 7,
                    Created=now,
                    Changed=now + timedelta(seconds=number),
                    Tags=["one", "two"],
                )
            )
        self.wmi.provide(NAMESPACE, "Lab_Row", store)

    def pywinrm(self, *, https: bool = True, method: str = "ntlm", user: str = USER, password: str = PASSWORD) -> Protocol:
        """pywinrm's session as Ansible would make it."""
        return Protocol(
            self.https_url if https else self.http_url,
            transport=method,  # type: ignore[arg-type]  # one of those it knows
            username=user,
            password=password,
            ca_trust_path=str(self.authority_file),
            kerberos_hostname_override=self.name,
        )

    def pypsrp(self, *, https: bool = True, method: str = "ntlm", user: str = USER, password: str = PASSWORD) -> WSMan:
        """pypsrp's session."""
        port = int((self.https_url if https else self.http_url).split(":")[2].split("/")[0])
        return WSMan(
            "127.0.0.1",
            port=port,
            ssl=https,
            auth=method,
            username=user,
            password=password,
            negotiate_hostname_override=self.name,
            cert_validation=str(self.authority_file),  # type: ignore[arg-type]  # a path is accepted, too
        )


@contextmanager
def serve(
    directory: Path,
    quirks: Quirks | None = None,
    realm: KerberosRealm | None = None,
    passwords: Mapping[str, str] | None = None,
) -> Iterator[WmiServer]:
    """Run the server until the context ends; a Kerberos realm must have its accounts, which others can stand in for."""
    quirks = quirks or Quirks()
    repository = Repository(quirks)
    repository.add_namespace(NAMESPACE, ["lab.mof"])
    repository.add_namespace("root/cimv2", ["cimv2.mof", "registry.mof"])
    for name in CLASSES:
        repository.provide(NAMESPACE, name, MemoryStore(repository.class_schema(NAMESPACE, name)))
    registry = Registry({})
    repository.provide("root/cimv2", "StdRegProv", StdRegProv(registry, quirks))
    authority = CertificateAuthority(directory)
    accounts = Accounts(directory / "accounts", realm.keytab if realm else None)
    domain, _separator, user = USER.partition("\\")
    for name, password in (passwords or {user: PASSWORD}).items():
        accounts.add(domain, name, password, "corp.example")
    server = WmiServer(repository, registry, quirks, authority.certificate_file, accounts)
    with Listeners(accounts, server, authority.certificate_file) as listeners:
        server.cut_connections = listeners.cut_connections
        server.interfere = lambda interference: setattr(listeners, "interference", interference)
        server.interfere_with_log_ons = lambda interference: setattr(listeners, "log_on_interference", interference)
        server.listen = lambda certificate: listeners.listen(server, certificate).url
        server.https_url = listeners.listen(server, authority.issue(server.name)).url
        server.http_url = listeners.listen(server).url
        yield server
