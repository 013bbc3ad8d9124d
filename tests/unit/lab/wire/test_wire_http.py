# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What happens before SOAP: paths, sizes, logging on, encryption."""

from __future__ import annotations

import base64
import stat
import threading
from collections.abc import Callable

import pytest
import requests
import spnego
from lab.certificates import CertificateAuthority, ServerCertificate
from lab.wire.accounts import Accounts
from lab.wire.dispatcher import Reply
from lab.wire.encryption import encrypt
from lab.wire.interference import ConnectionCut
from lab.wire.listener import Listeners
from lab.wire.settings import ServiceSettings
from pypsrp.shell import WinRS
from pypsrp.wsman import WSMan
from spnego.channel_bindings import GssChannelBindings
from unit.lab.wire.fake_host import PASSWORD, USER, FakeHost, Recorder, Wire
from unit.lab.wire.soap import Soap
from winrm.protocol import Protocol

SHELL = "http://schemas.microsoft.com/wbem/wsman/1/windows/shell/cmd"
CREATE = "http://schemas.xmlsoap.org/ws/2004/09/transfer/Create"
SEALED = 'multipart/encrypted;protocol="application/HTTP-SPNEGO-session-encrypted";boundary="Encrypted Boundary"'


def session(wire: Wire) -> requests.Session:
    client = requests.Session()
    client.trust_env = False
    client.verify = wire.ca
    return client


def log_on(
    client: requests.Session, url: str, scheme: str, protocol: str, binding: bytes | None = None
) -> tuple[requests.Response, spnego.ContextProxy]:
    """The handshake by hand."""
    context = spnego.client(
        USER,
        PASSWORD,
        hostname="127.0.0.1",
        protocol=protocol,
        options=spnego.NegotiateOptions.use_ntlm if protocol == "ntlm" else spnego.NegotiateOptions.use_negotiate,
        channel_bindings=GssChannelBindings(application_data=binding) if binding else None,
    )
    token = context.step()
    while True:
        assert token is not None
        response = client.post(url, headers={"Authorization": f"{scheme} {base64.b64encode(token).decode()}"})
        challenge = response.headers.get("WWW-Authenticate", "").partition(",")[0].partition(" ")[2]
        if response.status_code == 200 or not challenge:
            return response, context
        token = context.step(base64.b64decode(challenge))


@pytest.mark.parametrize(("scheme", "offers"), [("http", "Negotiate"), ("https", 'Negotiate, Basic realm="WSMAN"')])
def test_who_has_not_logged_on_is_told_how_to(wire: Wire, scheme: str, offers: str) -> None:
    response = session(wire).post(getattr(wire, scheme).url, b"<x/>")
    assert (response.status_code, response.headers["WWW-Authenticate"]) == (401, offers)


@pytest.mark.parametrize("scheme", ["NTLM", "Negotiate"])
@pytest.mark.parametrize("protocol", ["ntlm", "negotiate"])
def test_an_empty_post_logs_the_connection_on(wire: Wire, recorder: Recorder, scheme: str, protocol: str) -> None:
    client = session(wire)
    response, _unused = log_on(client, wire.http.url, scheme, protocol)
    assert (response.status_code, response.content) == (200, b"")
    assert client.post(wire.http.url).status_code == 200
    assert recorder.records == []


def test_a_log_on_does_not_outlive_its_connection(wire: Wire) -> None:
    client = session(wire)
    log_on(client, wire.http.url, "Negotiate", "ntlm")
    assert client.post(wire.http.url, headers={"Connection": "close"}).status_code == 200
    assert client.post(wire.http.url).status_code == 401


@pytest.mark.parametrize("authorization", ["Negotiate", "Negotiate !", "Negotiate AAAA", "NTLM TlRMTVNTUAABAAAA", "Bearer x"])
def test_garbage_for_a_token_is_refused(wire: Wire, authorization: str) -> None:
    client = session(wire)
    for _unused in range(2):
        assert client.post(wire.http.url, headers={"Authorization": authorization}).status_code == 401


def test_basic_over_http_is_refused(wire: Wire) -> None:
    client = session(wire)
    client.auth = (USER, PASSWORD)
    assert client.post(wire.http.url).status_code == 401


def test_soap_in_the_clear_over_http_is_refused(wire: Wire, recorder: Recorder) -> None:
    client = session(wire)
    log_on(client, wire.http.url, "Negotiate", "ntlm")
    response = client.post(wire.http.url, b"<s:Envelope/>", headers={"Content-Type": "application/soap+xml"})
    assert (response.status_code, response.content) == (500, b"")
    assert recorder.records == []


class TestAllowUnencrypted:
    @pytest.fixture
    def settings(self) -> ServiceSettings:
        return ServiceSettings(allow_unencrypted=True)

    def test_soap_in_the_clear_with_basic(self, wire: Wire, soap: Soap) -> None:
        soap.url = wire.http.url
        body = "<rsp:Shell><rsp:InputStreams>stdin</rsp:InputStreams></rsp:Shell>"
        assert soap.request(CREATE, SHELL, body).status == 200


def test_an_encrypted_body_needs_a_security_context(wire: Wire) -> None:
    client = session(wire)
    client.auth = (USER, PASSWORD)
    assert client.post(wire.https.url, b"sealed", headers={"Content-Type": SEALED}).status_code == 400


def test_a_body_sealed_for_another_context_is_a_bad_request(wire: Wire) -> None:
    first, second = session(wire), session(wire)
    _unused, stale = log_on(first, wire.http.url, "Negotiate", "ntlm")
    log_on(second, wire.http.url, "Negotiate", "ntlm")
    content_type, body = encrypt(stale, "application/HTTP-SPNEGO-session-encrypted", b"<x/>")
    assert second.post(wire.http.url, body, headers={"Content-Type": content_type}).status_code == 400
    assert second.post(wire.http.url, b"--?", headers={"Content-Type": content_type}).status_code == 400


class TestStrictChannelBinding:
    @pytest.fixture
    def settings(self) -> ServiceSettings:
        return ServiceSettings(cbt_hardening_level="Strict")

    @pytest.mark.parametrize("protocol", ["ntlm", "negotiate"])
    def test_only_the_right_binding_is_accepted(self, wire: Wire, certificate: ServerCertificate, protocol: str) -> None:
        for binding, status in ((certificate.end_point_binding(), 200), (b"tls-server-end-point:x", 401), (None, 401)):
            response, _unused = log_on(session(wire), wire.https.url, "Negotiate", protocol, binding)
            assert response.status_code == status

    def test_pywinrm_and_pypsrp_send_it(
        self, protocol: Callable[..., Protocol], wsman: Callable[..., WSMan], recorder: Recorder
    ) -> None:
        protocol("https", "ntlm").open_shell()
        WinRS(wsman("https", "negotiate")).open()
        assert recorder.actions == ["Create", "Create"]


def test_a_wrong_channel_binding_is_refused_by_default(wire: Wire) -> None:
    for binding, status in ((b"tls-server-end-point:x", 401), (None, 200)):
        assert log_on(session(wire), wire.https.url, "Negotiate", "ntlm", binding)[0].status_code == status


def test_a_large_envelope_is_refused_without_a_look_at_it(soap: Soap, recorder: Recorder) -> None:
    answer = soap.post(b"x" * 512_001)
    assert (answer.status, answer.text) == (413, "")
    assert soap.post(b"x" * 512_000).fault == ("w:SchemaValidationError", 2150858817)
    assert recorder.records == []


def test_only_one_path_and_one_method_are_served(wire: Wire) -> None:
    client = session(wire)
    assert client.post(wire.http.url + "/other").status_code == 404
    assert client.get(wire.http.url).status_code == 405
    assert client.post(wire.http.url, (part for part in (b"chunked",))).status_code == 411


def test_identify_needs_no_log_on(wire: Wire, recorder: Recorder) -> None:
    envelope = (
        '<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Header/><s:Body><i:Identify '
        'xmlns:i="http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd"/></s:Body></s:Envelope>'
    )
    header = {"WSMANIDENTIFY": "unauthenticated", "Content-Type": "application/soap+xml;charset=UTF-8"}
    response = session(wire).post(wire.http.url, envelope, headers=header)
    assert response.status_code == 200
    assert "IdentifyResponse" in response.text
    other = envelope.replace("Identify", "Other")
    assert session(wire).post(wire.http.url, other, headers=header).status_code == 401
    assert recorder.records == []


def test_hundreds_of_listeners_in_one_process(
    host: FakeHost,
    recorder: Recorder,
    accounts: Accounts,
    authority: CertificateAuthority,
    certificate: ServerCertificate,
) -> None:
    threads = threading.active_count()
    with Listeners(accounts, recorder) as listeners:
        ports = [listeners.listen(host, certificate if number % 2 else None) for number in range(400)]
        assert threading.active_count() == threads + 1
        client = requests.Session()
        client.trust_env = False
        client.verify = str(authority.certificate_file)
        for listener in ports[::57]:
            assert client.post(listener.url).status_code == 401
    with pytest.raises(requests.ConnectionError):
        client.post(ports[1].url)


def test_keys_are_for_their_owner_only(authority: CertificateAuthority, certificate: ServerCertificate) -> None:
    assert stat.S_IMODE(certificate.key_file.stat().st_mode) == 0o600
    assert "PRIVATE" not in authority.certificate_file.read_text()


def test_an_account_that_would_break_the_user_file_is_refused(accounts: Accounts) -> None:
    with pytest.raises(ValueError, match="colon"):
        accounts.add("CORP", "ot:her", "pass:word")


class TestInterference:
    """What tests have go wrong on the way."""

    def test_a_server_that_does_not_listen_refuses_and_listens_again(
        self, wire: Wire, host: FakeHost, protocol: Callable[..., Protocol]
    ) -> None:
        wire.listeners.stop_listening(host.name)
        for listener in (wire.http, wire.https):
            with pytest.raises(requests.ConnectionError, match="refused"):
                session(wire).post(listener.url)
        wire.listeners.listen_again()
        assert protocol().open_shell()

    def test_a_connection_that_is_cut(self, wire: Wire, soap: Soap) -> None:
        replies = []

        def cut(name: str, act: Callable[[], Reply]) -> Reply:
            replies.append(act())
            raise ConnectionCut

        wire.listeners.interference = cut
        with pytest.raises(requests.ConnectionError, match="aborted"):
            soap.post("<no/>")
        assert [reply.status for reply in replies] == [500], "the server has acted"

    def test_an_answer_that_is_cut_short(self, wire: Wire, soap: Soap) -> None:
        wire.listeners.interference = lambda name, act: Reply(200, b"<half", missing=5)
        with pytest.raises(requests.RequestException, match="5 bytes read, 5 more expected"):
            soap.post("<no/>")
