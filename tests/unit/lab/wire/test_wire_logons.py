# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""CredSSP and client certificates on the wire; pywinrm and pypsrp, unchanged."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests
from lab.certificates import CertificateAuthority, ServerCertificate
from lab.wire.settings import ServiceSettings
from pypsrp.exceptions import AuthenticationError
from pypsrp.shell import WinRS
from pypsrp.wsman import WSMan
from requests_credssp.exceptions import AuthenticationException, NTStatusException
from unit.lab.wire.fake_host import FakeHost, Recorder, Wire
from winrm.exceptions import InvalidCredentialsError
from winrm.protocol import Protocol

USER_NAME = "operator@localhost"
SCHEMES = pytest.mark.parametrize("scheme", ["http", "https"])


class TestCredssp:
    @pytest.fixture
    def settings(self) -> ServiceSettings:
        return ServiceSettings(credssp=True)

    @SCHEMES
    def test_messages_of_any_size(self, protocol: Callable[..., Protocol], recorder: Recorder, scheme: str) -> None:
        client = protocol(scheme, "credssp")
        shell = client.open_shell()
        for size in (16384, 16385, 100_000):
            text = b"x" * size
            command = client.run_command(shell, "sort", console_mode_stdin=False)
            client.send_command_input(shell, command, text, end=True)
            assert client.get_command_output(shell, command) == (text, b"", 0)
        assert {(record.account, record.method, record.delegates) for record in recorder.records} == {
            ("CORP\\admin", "CredSSP", True)
        }
        assert {record.is_encrypted for record in recorder.records} == {scheme == "http"}
        assert max(record.bytes_in for record in recorder.records) > 100_000

    @SCHEMES
    def test_pypsrp(self, wsman: Callable[..., WSMan], recorder: Recorder, scheme: str) -> None:
        WinRS(wsman(scheme, "credssp")).open()
        assert [record.method for record in recorder.records] == ["CredSSP"]

    @SCHEMES
    def test_a_wrong_password_is_refused(self, protocol: Callable[..., Protocol], recorder: Recorder, scheme: str) -> None:
        with pytest.raises(NTStatusException):
            protocol(scheme, "credssp", password="wrong").open_shell()
        assert recorder.records == []


@SCHEMES
def test_credssp_is_off_by_default(protocol: Callable[..., Protocol], scheme: str) -> None:
    with pytest.raises(AuthenticationException):
        protocol(scheme, "credssp").open_shell()


class TestClientCertificate:
    @pytest.fixture
    def settings(self) -> ServiceSettings:
        return ServiceSettings(certificate=True, disable_tls13=True, client_certificates={USER_NAME: "SRV1\\operator"})

    @pytest.fixture
    def with_certificate(self, wire: Wire, authority: CertificateAuthority) -> Callable[..., Protocol]:
        def connect(name: str = USER_NAME, issuer: CertificateAuthority = authority) -> Protocol:
            shown = issuer.issue_client(name, "client")
            return Protocol(
                wire.https.url,
                "certificate",
                cert_pem=str(shown.certificate_file),
                cert_key_pem=str(shown.key_file),
                ca_trust_path=wire.ca,
                proxy=None,
            )

        return connect

    @pytest.mark.parametrize("name", [USER_NAME, USER_NAME.title()])
    def test_it_stands_for_an_account(self, with_certificate: Callable[..., Protocol], recorder: Recorder, name: str) -> None:
        with_certificate(name).open_shell()
        assert [(record.account, record.method) for record in recorder.records] == [("SRV1\\operator", "Certificate")]

    def test_pypsrp(self, wsman: Callable[..., Any], recorder: Recorder, authority: CertificateAuthority) -> None:
        shown = authority.issue_client(USER_NAME, "client")
        files = {"certificate_pem": str(shown.certificate_file), "certificate_key_pem": str(shown.key_file)}
        WinRS(wsman("https", "certificate", **files)).open()
        assert [record.method for record in recorder.records] == ["Certificate"]

    def test_one_that_stands_for_nobody_is_refused(self, with_certificate: Callable[..., Protocol]) -> None:
        with pytest.raises(InvalidCredentialsError):
            with_certificate("other@localhost").open_shell()

    def test_one_of_another_authority_is_refused(
        self, with_certificate: Callable[..., Protocol], tmp_path: Path, recorder: Recorder
    ) -> None:
        with pytest.raises(requests.exceptions.ConnectionError):
            with_certificate(issuer=CertificateAuthority(tmp_path)).open_shell()
        assert recorder.records == []

    def test_where_it_is_off(self, with_certificate: Callable[..., Protocol], host: FakeHost, recorder: Recorder) -> None:
        host.winrm.set("Certificate", False)
        with pytest.raises(InvalidCredentialsError):
            with_certificate().open_shell()
        assert recorder.records == []

    def test_with_tls_13_it_is_not_seen(
        self, with_certificate: Callable[..., Protocol], host: FakeHost, recorder: Recorder
    ) -> None:
        host.winrm.set("DisableTLS13", False)
        with pytest.raises(InvalidCredentialsError):
            with_certificate().open_shell()
        assert recorder.records == []

    def test_others_need_none(self, wsman: Callable[..., WSMan], recorder: Recorder) -> None:
        with pytest.raises(AuthenticationError):
            WinRS(wsman("https", "basic", password="wrong")).open()
        WinRS(wsman("https", "basic")).open()
        assert [record.method for record in recorder.records] == ["Basic"]


def test_settings_have_the_names_that_windows_has() -> None:
    settings = ServiceSettings()
    for name in ("Basic", "Kerberos", "Negotiate", "Certificate", "CredSSP", "AllowUnencrypted"):
        settings.set(name, True)
    settings.set("CbtHardeningLevel", "Strict")
    assert (settings.credssp, settings.allow_unencrypted, settings.cbt_hardening_level) == (True, True, "Strict")
    settings.set("URLPrefix", "a/b")
    assert settings.url_prefix == "a/b"
    for name, value in (
        ("URLPrefix", "/a"),
        ("URLPrefix", ""),
        ("URLPrefix", True),
        ("Digest", True),
        ("CbtHardeningLevel", "strict"),
        ("Basic", "yes"),
        ("client_certificates", True),
    ):
        with pytest.raises(ValueError, match=name):
            settings.set(name, value)


def test_an_expired_certificate_is_one(authority: CertificateAuthority, certificate: ServerCertificate) -> None:
    expired = authority.issue_expired("old.corp.example")
    assert expired.end_point_binding() != certificate.end_point_binding()
