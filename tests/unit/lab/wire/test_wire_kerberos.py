# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Kerberos on the wire: a real key distribution center, and pywinrm and pypsrp, unchanged."""

from __future__ import annotations

import base64
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
import requests
import spnego
from lab.kerberos.realm import KerberosRealm
from lab.quirks import Quirks
from lab.wire.accounts import Accounts
from lab.wire.settings import ServiceSettings
from pypsrp.exceptions import AuthenticationError
from pypsrp.shell import WinRS
from pypsrp.wsman import WSMan
from tickets import Tickets, needs_kerberos
from unit.lab.wire.fake_host import PASSWORD, FakeHost, Recorder, Wire
from winrm.exceptions import InvalidCredentialsError
from winrm.protocol import Protocol

pytestmark = needs_kerberos
SERVER, OTHER = "srv1.corp.example", "srv2.corp.example"
PRINCIPAL = "admin@CORP.EXAMPLE"


@pytest.fixture(scope="module")
def realm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KerberosRealm]:
    accounts = {"admin": PASSWORD, "unknown": PASSWORD}
    running = KerberosRealm("corp.example", accounts, (SERVER, OTHER), tmp_path_factory.mktemp("realm"))
    yield running
    running.close()


@pytest.fixture
def accounts(tmp_path: Path, realm: KerberosRealm) -> Accounts:
    accounts = Accounts(tmp_path / "accounts", realm.keytab)
    accounts.add("CORP", "admin", PASSWORD, "corp.example")
    return accounts


@pytest.fixture(autouse=True)
def tickets(realm: KerberosRealm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tickets:
    tickets = Tickets(realm, tmp_path / "tickets")
    tickets.use(monkeypatch)
    tickets.get("admin", PASSWORD, "-f")
    return tickets


@pytest.fixture
def log_on(wire: Wire) -> Callable[..., None]:
    """pywinrm opens a shell with the ticket that is there."""

    def log_on(scheme: str = "http", hostname: str = SERVER, **options: object) -> None:
        client = Protocol(
            getattr(wire, scheme).url,
            "kerberos",
            PRINCIPAL,
            ca_trust_path=wire.ca,
            kerberos_hostname_override=hostname,
            proxy=None,
            **options,  # type: ignore[arg-type]
        )
        client.open_shell()
        client.transport.close_session()

    return log_on


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("delegation", [False, True])
def test_pywinrm(log_on: Callable[..., None], recorder: Recorder, scheme: str, delegation: bool) -> None:
    log_on(scheme, kerberos_delegation=delegation)
    (record,) = recorder.records
    assert (record.account, record.method, record.delegates) == ("CORP\\admin", "Kerberos", delegation)
    assert (record.is_https, record.is_encrypted) == (scheme == "https", scheme == "http")


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("auth", ["kerberos", "negotiate"])
def test_pypsrp(wsman: Callable[..., WSMan], recorder: Recorder, scheme: str, auth: str) -> None:
    WinRS(wsman(scheme, auth, username=PRINCIPAL, negotiate_hostname_override=SERVER)).open()
    (record,) = recorder.records
    assert (record.account, record.method) == ("CORP\\admin", "Kerberos")
    assert record.is_encrypted == (scheme == "http")


def test_negotiate_falls_back_to_ntlm(wsman: Callable[..., WSMan], recorder: Recorder) -> None:
    WinRS(wsman("http", "negotiate", username=PRINCIPAL)).open()
    assert [record.method for record in recorder.records] == ["NTLM"]


@pytest.mark.parametrize("scheme", ["Negotiate", "Kerberos"])
def test_a_ticket_by_itself(wire: Wire, scheme: str) -> None:
    context = spnego.client(PRINCIPAL, hostname=SERVER, service="HTTP", protocol="kerberos")
    token = context.step()
    assert token is not None
    response = requests.post(wire.http.url, headers={"Authorization": f"{scheme} {base64.b64encode(token).decode()}"})
    assert response.status_code == 200
    context.step(base64.b64decode(response.headers["WWW-Authenticate"].removeprefix(f"{scheme} ")))
    assert context.complete


class TestRefused:
    """The session is not there, and nothing was carried out."""

    @pytest.fixture(autouse=True)
    def nothing_is_carried_out(self, recorder: Recorder) -> Iterator[None]:
        yield
        assert recorder.records == []

    def test_a_ticket_for_another_server(self, log_on: Callable[..., None]) -> None:
        with pytest.raises(InvalidCredentialsError):
            log_on(hostname=OTHER)

    @pytest.mark.parametrize(("refusal", "is_explained"), [("explained", True), ("silent", False)])
    def test_why_is_in_the_answer(self, wire: Wire, host: FakeHost, refusal: str, is_explained: bool) -> None:
        host.quirks = Quirks(kerberos_refusal=refusal)  # type: ignore[arg-type]
        context = spnego.client(PRINCIPAL, hostname=OTHER, service="HTTP", protocol="negotiate")
        token = base64.b64encode(context.step() or b"").decode()
        response = requests.post(wire.http.url, headers={"Authorization": f"Negotiate {token}"})
        assert response.status_code == 401
        first = response.headers["WWW-Authenticate"].partition(",")[0].partition(" ")[2]
        # KRB-ERROR is the thirtieth of the messages of Kerberos (RFC 4120 5.10)
        assert (b"\x02\x01\x1e" in base64.b64decode(first)) is is_explained

    def test_an_account_that_the_lab_does_not_know(self, wsman: Callable[..., WSMan], tickets: Tickets) -> None:
        tickets.get("unknown", PASSWORD)
        client = wsman("http", "kerberos", username="unknown@CORP.EXAMPLE", negotiate_hostname_override=SERVER)
        with pytest.raises(AuthenticationError):
            WinRS(client).open()

    def test_a_server_whose_clock_is_wrong(self, log_on: Callable[..., None], host: FakeHost) -> None:
        host.clock_error = -301.0
        with pytest.raises(InvalidCredentialsError):
            log_on()

    def test_where_it_is_off(self, log_on: Callable[..., None], wire: Wire, settings: ServiceSettings) -> None:
        settings.set("Kerberos", False)
        assert requests.post(wire.http.url).headers["WWW-Authenticate"] == "Negotiate"
        with pytest.raises(InvalidCredentialsError):
            log_on()

    def test_a_binding_that_is_not_sent_where_it_must_be(self, log_on: Callable[..., None], settings: ServiceSettings) -> None:
        settings.cbt_hardening_level = "Strict"
        with pytest.raises(InvalidCredentialsError):
            log_on("https", send_cbt=False)


def test_a_binding_that_must_be_sent_is(log_on: Callable[..., None], recorder: Recorder, settings: ServiceSettings) -> None:
    settings.cbt_hardening_level = "Strict"
    log_on("https")
    # The first ticket is sent before the server's certificate is known
    assert [record.round_trips for record in recorder.records] == [2]


def test_it_is_offered_where_there_is_a_realm(wire: Wire) -> None:
    assert requests.post(wire.http.url).headers["WWW-Authenticate"] == "Negotiate, Kerberos"


def test_passwords_of_every_kind(tmp_path: Path) -> None:
    password = "".join(map(chr, range(32, 127))) + "äß€漢😀"
    directory = tmp_path / "realm"
    realm = KerberosRealm("corp.example", {"odd": password}, (), directory)
    try:
        Tickets(realm, tmp_path / "odd").get("odd", password)
    finally:
        realm.close()
    with pytest.raises(ValueError, match="line break"):
        KerberosRealm("corp.example", {"odd": "a\nb"}, (), tmp_path / "other")


def test_without_the_programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lab.kerberos.realm.SYSTEM_DIRECTORIES", "/nowhere")
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(RuntimeError, match="kdb5_util is not installed on this computer"):
        KerberosRealm("corp.example", {}, (), tmp_path / "realm")


def test_it_ends_when_its_lab_is_killed(tmp_path: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from lab.kerberos.realm import KerberosRealm\n"
        "realm = KerberosRealm('corp.example', {}, (), Path(sys.argv[1]))\n"
        "print(realm.configuration_file.read_text().partition('kdc = 127.0.0.1:')[2].split()[0], flush=True); input()"
    )
    command = [sys.executable, "-c", script, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as lab:
        assert lab.stdout is not None
        port = int(lab.stdout.readline())
        with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
            lab.kill()
            # Hangs up in the end, as the process does not live on; a connection that it has not taken yet is reset
            connection.settimeout(10)
            with suppress(ConnectionResetError):
                assert connection.recv(1) == b""
