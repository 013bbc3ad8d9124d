# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Certificates of the lab: a private authority, what its HTTPS listeners show, and what clients can log on with."""

from __future__ import annotations

import os
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from ipaddress import IPv4Address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

_LIFETIME = timedelta(days=30)
_USER_PRINCIPAL_NAME = x509.ObjectIdentifier("1.3.6.1.4.1.311.20.2.3")
"""Of the name in a client certificate that Windows goes by."""


@dataclass(frozen=True)
class ServerCertificate:
    """A certificate and its key in PEM files."""

    certificate_file: Path
    key_file: Path

    def server_context(self, client_authority: Path | None = None, *, has_tls_13: bool = True) -> ssl.SSLContext:
        """TLS for a listener with this certificate; with an authority, it asks clients for a certificate of it."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        if not has_tls_13:
            context.maximum_version = ssl.TLSVersion.TLSv1_2
        context.load_cert_chain(self.certificate_file, self.key_file)
        if client_authority is not None:
            context.verify_mode = ssl.CERT_OPTIONAL
            context.load_verify_locations(client_authority)
            # With TLS 1.3, Windows asks for it later, which no client of Python's answers (ansible/ansible pull request 79434)
            context.post_handshake_auth = True
        return context

    def end_point_binding(self) -> bytes:
        """The channel binding ``tls-server-end-point`` of RFC 5929; all certificates here are signed with SHA-256."""
        return _end_point_binding(self)


@cache
def _end_point_binding(shown: ServerCertificate) -> bytes:
    certificate = x509.load_pem_x509_certificate(shown.certificate_file.read_bytes())
    return b"tls-server-end-point:" + certificate.fingerprint(hashes.SHA256())


class CertificateAuthority:
    """A certificate authority that lives as long as the lab: its key is never written to disk."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = _common_name("configmgr.site lab authority")
        certificate = (
            self._builder(self._name, self._key.public_key(), (self._name, self._key))
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_key_usage(is_authority=True), critical=True)
            .sign(self._key, hashes.SHA256())
        )
        self.certificate_file = directory / "authority.pem"
        self.certificate_file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))

    def issue(self, *names: str) -> ServerCertificate:
        """A certificate for these DNS names, ``localhost`` and 127.0.0.1; its files are named after the first name."""
        return self._issue_server(names, _LIFETIME)

    def issue_self_signed(self, *names: str) -> ServerCertificate:
        """As `issue`, but the certificate has issued itself, as that of a listener that nobody has cared for."""
        return self._issue_server(names, _LIFETIME, is_self_signed=True)

    def _issue_server(self, names: tuple[str, ...], lifetime: timedelta, *, is_self_signed: bool = False) -> ServerCertificate:
        alternatives: list[x509.GeneralName] = [x509.DNSName(name) for name in (*names, "localhost")]
        alternatives.append(x509.IPAddress(IPv4Address("127.0.0.1")))
        subject, usage = _common_name(names[0][:64]), ExtendedKeyUsageOID.SERVER_AUTH
        return self._issue(subject, names[0], usage, alternatives, lifetime, is_self_signed=is_self_signed)

    def _issue(
        self,
        subject: x509.Name,
        file_name: str,
        usage: x509.ObjectIdentifier,
        alternatives: list[x509.GeneralName],
        lifetime: timedelta,
        *,
        is_self_signed: bool = False,
    ) -> ServerCertificate:
        key = ec.generate_private_key(ec.SECP256R1())
        issuer = (subject, key) if is_self_signed else (self._name, self._key)
        certificate = (
            self._builder(subject, key.public_key(), issuer, lifetime)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_key_usage(is_authority=False), critical=True)
            .add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
            .add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
            .sign(issuer[1], hashes.SHA256())
        )
        issued = ServerCertificate(self._directory / f"{file_name}.pem", self._directory / f"{file_name}.key")
        issued.certificate_file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        _write_secret(
            issued.key_file,
            key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()),
        )
        return issued

    def issue_client(self, user_principal_name: str, file_name: str) -> ServerCertificate:
        """A certificate with which a client logs on to WinRM."""
        name = x509.OtherName(_USER_PRINCIPAL_NAME, _der_text(user_principal_name))
        return self._issue(
            _common_name(user_principal_name[:64]), file_name, ExtendedKeyUsageOID.CLIENT_AUTH, [name], _LIFETIME
        )

    def issue_expired(self, *names: str) -> ServerCertificate:
        """As `issue`, but its time is over."""
        return self._issue_server(names, timedelta(minutes=-1))

    def _builder(
        self,
        subject: x509.Name,
        public_key: ec.EllipticCurvePublicKey,
        issuer: tuple[x509.Name, ec.EllipticCurvePrivateKey],
        lifetime: timedelta = _LIFETIME,
    ) -> x509.CertificateBuilder:
        now = datetime.now(UTC)
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(issuer[0])
            .public_key(public_key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(hours=1))
            .not_valid_after(now + lifetime)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer[1].public_key()), critical=False)
        )


def user_principal_name(certificate: bytes) -> str | None:
    """The name in a client certificate that Windows finds the account by, in lower case; None without one."""
    try:
        names = x509.load_der_x509_certificate(certificate).extensions.get_extension_for_class(x509.SubjectAlternativeName)
    except x509.ExtensionNotFound:
        return None
    for name in names.value.get_values_for_type(x509.OtherName):
        if name.type_id == _USER_PRINCIPAL_NAME:
            return name.value[2:].decode().lower()
    return None


def _der_text(text: str) -> bytes:
    """A UTF8String, short enough that its length is one byte."""
    content = text.encode()
    if len(content) > 127:
        raise ValueError(f"{text} is too long for a certificate")
    return bytes((0x0C, len(content))) + content


def _common_name(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _key_usage(*, is_authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not is_authority,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=is_authority,
        crl_sign=is_authority,
        encipher_only=False,
        decipher_only=False,
    )


def _write_secret(path: Path, content: bytes) -> None:
    path.unlink(missing_ok=True)
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
