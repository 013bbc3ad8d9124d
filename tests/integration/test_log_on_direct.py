# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The client on both libraries, logged on with every method: large messages, lost connections, names and passwords."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import NamedTuple

import pytest
from ansible_collections.configmgr.site.plugins.plugin_utils._wsman.answer_limit import LARGEST_ANSWER
from ansible_collections.configmgr.site.plugins.plugin_utils._wsman.client import WsmanClient
from ansible_collections.configmgr.site.plugins.plugin_utils._wsman.errors import (
    AuthenticationRejected,
    CertificateNotTrusted,
    ConnectionLost,
    Reason,
    ServerUnreachable,
    UndecodableAnswer,
)
from ansible_collections.configmgr.site.plugins.plugin_utils._wsman.transports import PypsrpTransport, PywinrmTransport
from ansible_collections.configmgr.site.plugins.plugin_utils._wsman.values import CimInstance, Schema
from lab.certificates import CertificateAuthority
from lab.kerberos.realm import KerberosRealm
from lab.wire.dispatcher import Reply
from tickets import Tickets, needs_kerberos
from wmi_server import NAMESPACE, USER, WmiServer, serve

ASCII = "".join(map(chr, range(32, 127)))
"""A password with every printable character; so with colon, quotes, backslash and blanks around it."""
BEYOND = f"{ASCII}\xe4\xdf\u20ac\u6f22\U0001f600"
PASSWORDS = {"tester": ASCII, "beyond": BEYOND}

pytestmark = needs_kerberos


class Served(NamedTuple):
    server: WmiServer
    realm: KerberosRealm


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with ExitStack() as undo:
        realm = KerberosRealm("corp.example", PASSWORDS, ["test.corp.example"], tmp_path_factory.mktemp("realm"))
        undo.callback(realm.close)
        server = undo.enter_context(serve(tmp_path_factory.mktemp("server"), realm=realm, passwords=PASSWORDS))
        server.winrm.credssp = True
        yield Served(server, realm)


@pytest.fixture
def server(served: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> WmiServer:
    """The server, and no ticket to begin with."""
    Tickets(served.realm, tmp_path / "tickets").use(monkeypatch)
    served.server.requests.clear()
    return served.server


def connect(served: Served, way: str, user: str = USER, password: str = ASCII) -> WsmanClient:
    """A client by ``library method scheme``. Kerberos of pywinrm has a ticket got for it, as Ansible does."""
    library, method, scheme = way.split()
    https = scheme == "https"
    if library == "pypsrp":
        name = user.rpartition("\\")[2] + "@CORP.EXAMPLE" if method in ("kerberos", "negotiate") and "@" not in user else user
        wsman = served.server.pypsrp(https=https, method=method, user=name, password=password)
        return WsmanClient(PypsrpTransport(wsman), Schema())
    if method == "kerberos":
        cache = Path(os.environ["KRB5CCNAME"].removeprefix("FILE:"))
        user = user.rpartition("\\")[2]
        Tickets(served.realm, cache).get(user, password)
    return WsmanClient(
        PywinrmTransport(served.server.pywinrm(https=https, method=method, user=user, password=password)), Schema()
    )


WAYS = [
    f"{library} {method} {scheme}"
    for library, methods in {
        "pywinrm": ("ntlm", "kerberos", "credssp"),
        "pypsrp": ("ntlm", "negotiate", "kerberos", "credssp"),
    }.items()
    for method in methods
    for scheme in ("http", "https")
]
EVERY_WAY = pytest.mark.parametrize("way", WAYS)
BASIC = pytest.mark.parametrize("way", ["pywinrm basic https", "pypsrp basic https"])


def rows(client: WsmanClient) -> int:
    return len(list(client.query(NAMESPACE, "SELECT * FROM Lab_Row")))


@EVERY_WAY
def test_messages_of_any_size(served: Served, server: WmiServer, way: str) -> None:
    client = connect(served, way)
    text = "x" * 60_000
    client.create(NAMESPACE, CimInstance("Lab_Everything", {"Id": way, "StringValue": text}))
    assert client.get(NAMESPACE, "Lab_Everything", {"Id": way}).text("StringValue") == text
    assert max(request.bytes_in for request in server.requests) > 60_000
    assert max(request.bytes_out for request in server.requests) > 60_000
    assert {request.is_encrypted for request in server.requests} == {way.endswith("http")}
    # One log-on for all of them
    assert [request.round_trips for request in server.requests][1:] == [1]


@EVERY_WAY
def test_a_connection_that_was_cut_is_made_anew(served: Served, server: WmiServer, way: str) -> None:
    server.add_rows(1)
    client = connect(served, way)
    assert rows(client) == 1
    server.cut_connections()
    with suppress(ConnectionLost):
        rows(client)
    assert rows(client) == 1
    assert len({request.connection for request in server.requests}) == 2


@pytest.mark.parametrize("way", [*(way for way in WAYS if "kerberos" not in way), "pywinrm basic https", "pypsrp basic https"])
def test_a_wrong_password_is_tried_once(served: Served, server: WmiServer, way: str) -> None:
    before = server.accounts.attempts
    with pytest.raises(AuthenticationRejected) as caught:
        rows(connect(served, way, password="wrong"))
    assert caught.value.reason is Reason.CREDENTIALS
    # Or a few tasks would lock the account
    assert server.accounts.attempts == before + 1
    assert server.requests == []


@pytest.mark.parametrize(("user", "password"), [("CORP\\tester", ASCII), ("CORP\\beyond", BEYOND)])
@EVERY_WAY
def test_passwords_of_every_kind(served: Served, server: WmiServer, way: str, user: str, password: str) -> None:
    rows(connect(served, way, user, password))
    assert {request.account for request in server.requests} == {user}


@BASIC
def test_passwords_of_basic(served: Served, server: WmiServer, way: str) -> None:
    rows(connect(served, way))
    with pytest.raises(AuthenticationRejected) as caught:
        rows(connect(served, way, "CORP\\beyond", BEYOND))
    assert caught.value.reason is Reason.UNSENDABLE
    assert BEYOND not in str(caught.value)


@pytest.mark.parametrize("user", ["CORP\\tester", "corp\\TESTER", "tester@corp.example", "tester@CORP.EXAMPLE"])
@pytest.mark.parametrize("way", ["pywinrm ntlm http", "pywinrm credssp https", "pypsrp ntlm https", "pypsrp credssp http"])
def test_names_of_an_account(served: Served, server: WmiServer, way: str, user: str) -> None:
    rows(connect(served, way, user))
    assert {request.account for request in server.requests} == {"CORP\\tester"}


@BASIC
@pytest.mark.parametrize("user", ["CORP\\tester", "tester@corp.example"])
def test_names_of_an_account_with_basic(served: Served, server: WmiServer, way: str, user: str) -> None:
    rows(connect(served, way, user))
    assert {request.account for request in server.requests} == {"CORP\\tester"}


@pytest.mark.parametrize("user", ["tester", "tester@CORP.EXAMPLE"])
@pytest.mark.parametrize("way", ["pywinrm kerberos http", "pypsrp kerberos https"])
def test_names_of_an_account_with_kerberos(served: Served, server: WmiServer, way: str, user: str) -> None:
    rows(connect(served, way, user))
    assert {request.account for request in server.requests} == {"CORP\\tester"}


@pytest.mark.parametrize("way", [way for way in WAYS if way.endswith("http") and way != "pywinrm kerberos http"])
def test_a_server_that_wants_nobody_logged_on_and_is_not_winrm(served: Served, server: WmiServer, way: str) -> None:
    client = connect(served, way)
    server.interfere_with_log_ons(lambda name, act: Reply(200, b"<html>Welcome</html>"))
    try:
        with pytest.raises(ServerUnreachable, match="does not go on with the log-on"):
            rows(client)
    finally:
        server.interfere_with_log_ons(None)
    assert server.requests == []
    rows(client)


@EVERY_WAY
def test_an_answer_to_a_log_on_that_is_far_too_large_is_not_read(served: Served, server: WmiServer, way: str) -> None:
    client = connect(served, way)
    has_happened = False

    def answer(name: str, act: Callable[[], Reply]) -> Reply:
        nonlocal has_happened
        has_happened = True
        return Reply(401, b"", missing=LARGEST_ANSWER + 1)

    server.interfere_with_log_ons(answer)
    try:
        try:
            rows(client)
            assert not has_happened
        except UndecodableAnswer as error:
            assert "is larger than" in str(error)
    finally:
        server.interfere_with_log_ons(None)


@pytest.mark.parametrize("library", ["pywinrm", "pypsrp"])
def test_certificates_that_are_not_trusted(served: Served, server: WmiServer, library: str, tmp_path: Path) -> None:
    authority = CertificateAuthority(tmp_path)
    for issued, trusted, words in (
        (authority.issue_expired("expired.corp.example"), authority.certificate_file, "certificate has expired"),
        (authority.issue("other.corp.example"), server.authority_file, "certificate verify failed"),
        (authority.issue_self_signed("alone.corp.example"), authority.certificate_file, "self-signed certificate"),
    ):
        url = server.listen(issued)
        if library == "pywinrm":
            session = server.pywinrm(password=ASCII)
            session.transport.endpoint, session.transport.ca_trust_path = url, str(trusted)
            client = WsmanClient(PywinrmTransport(session), Schema())
        else:
            wsman = server.pypsrp(password=ASCII)
            wsman.transport.endpoint = url
            wsman.transport.cert_validation = str(trusted)  # type: ignore[assignment]  # a path is accepted, too
            client = WsmanClient(PypsrpTransport(wsman), Schema())
        with pytest.raises(CertificateNotTrusted, match=words):
            rows(client)
    assert server.requests == []
