# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A server for each test, and three clients that may be opened: pywinrm, pypsrp, and one for envelopes written by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from lab.certificates import CertificateAuthority, ServerCertificate
from lab.wire.accounts import Accounts
from lab.wire.listener import Listeners
from lab.wire.settings import ServiceSettings
from pypsrp.wsman import WSMan
from unit.lab.wire.fake_host import PASSWORD, USER, FakeHost, Recorder, Wire
from unit.lab.wire.soap import Soap
from winrm.protocol import Protocol


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> CertificateAuthority:
    return CertificateAuthority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="session")
def certificate(authority: CertificateAuthority) -> ServerCertificate:
    return authority.issue("srv1.corp.example")


@pytest.fixture
def accounts(tmp_path: Path) -> Accounts:
    accounts = Accounts(tmp_path / "accounts")
    accounts.add("CORP", "admin", PASSWORD, "corp.example")
    accounts.add("CORP", "guest", PASSWORD)
    return accounts


@pytest.fixture
def host(settings: ServiceSettings) -> FakeHost:
    return FakeHost(winrm=settings)


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


@pytest.fixture
def settings() -> ServiceSettings:
    return ServiceSettings()


@pytest.fixture
def wire(
    host: FakeHost,
    recorder: Recorder,
    accounts: Accounts,
    authority: CertificateAuthority,
    certificate: ServerCertificate,
) -> Iterator[Wire]:
    with Listeners(accounts, recorder, authority.certificate_file) as listeners:
        yield Wire(listeners.listen(host), listeners.listen(host, certificate), str(authority.certificate_file), listeners)


@pytest.fixture
def protocol(wire: Wire) -> Iterator[Callable[..., Protocol]]:
    """pywinrm, which must verify the certificate."""
    opened: list[Protocol] = []

    def connect(scheme: str = "https", transport: str = "ntlm", user: str = USER, password: str = PASSWORD) -> Protocol:
        opened.append(
            Protocol(
                getattr(wire, scheme).url,
                transport,  # type: ignore[arg-type]
                user,
                password,
                ca_trust_path=wire.ca,
                operation_timeout_sec=1,
                proxy=None,
            )
        )
        return opened[-1]

    yield connect
    for client in opened:
        client.transport.close_session()


@pytest.fixture
def wsman(wire: Wire) -> Iterator[Callable[..., WSMan]]:
    """pypsrp, which must verify the certificate."""
    opened: list[WSMan] = []

    def connect(scheme: str = "https", auth: str = "negotiate", **options: object) -> WSMan:
        arguments: dict[str, object] = {"username": USER, "password": PASSWORD, "cert_validation": wire.ca} | options
        port = getattr(wire, scheme).port
        opened.append(WSMan("127.0.0.1", port=port, ssl=scheme == "https", auth=auth, no_proxy=True, **arguments))  # type: ignore[arg-type]
        return opened[-1]

    yield connect
    for client in opened:
        client.close()


@pytest.fixture
def soap(wire: Wire) -> Iterator[Soap]:
    soap = Soap(wire)
    yield soap
    soap.session.close()
