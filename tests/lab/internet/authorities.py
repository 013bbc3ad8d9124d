# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Certificates of endpoints, with names like those of public ones, and those that a gateway on the way shows instead.

Everything is made with keys of the lab's own. The roots are the ones that servers have in their stores, so what a server
trusts is decided by its stores.
"""

from __future__ import annotations

import ssl
import warnings
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from tempfile import NamedTemporaryFile

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from ..hierarchy.certificate_stores import root_key, root_subject
from .endpoints import Endpoint, TlsVersion

ISSUING_AUTHORITY = "Microsoft Azure RSA TLS Issuing CA 04"
"""Between a root and the certificates of endpoints."""
OLD_CIPHERS = "DEFAULT@SECLEVEL=0"
"""What OpenSSL needs for TLS 1.0 and 1.1. Windows still allows them by default, and endpoints may be that old."""

_OTHER_NAME = "a248.e.akamai.net"
"""Whose certificate somebody else may show by mistake."""
_LONGEST_COMMON_NAME = 64
_LIFETIME = timedelta(days=180)
_VERSIONS: dict[TlsVersion, ssl.TLSVersion] = {
    "1.0": ssl.TLSVersion.TLSv1,
    "1.1": ssl.TLSVersion.TLSv1_1,
    "1.2": ssl.TLSVersion.TLSv1_2,
    "1.3": ssl.TLSVersion.TLSv1_3,
}


@dataclass(frozen=True)
class _Issuer:
    """Who signs, and which certificates of its own a server has to send along."""

    name: x509.Name
    key: ec.EllipticCurvePrivateKey
    chain: tuple[x509.Certificate, ...] = ()


def tls_context(host: str, endpoint: Endpoint) -> ssl.SSLContext:
    """TLS as the endpoint of this host speaks it."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_ciphers(OLD_CIPHERS)
    lowest, highest = endpoint.tls_versions
    with warnings.catch_warnings():
        # The old versions are deprecated, which is why somebody wants to see what comes of them
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version, context.maximum_version = _VERSIONS[lowest], _VERSIONS[highest]
    with NamedTemporaryFile(suffix=".pem") as file:
        file.write(_key().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        file.write(b"".join(certificate.public_bytes(Encoding.PEM) for certificate in _chain(host, endpoint)))
        file.flush()
        context.load_cert_chain(file.name)
    return context


def _chain(host: str, endpoint: Endpoint) -> tuple[x509.Certificate, ...]:
    """What the endpoint sends: its certificate, then what leads to a root."""
    subject = _name(C="US", ST="WA", L="Redmond", O="Microsoft Corporation", CN=host[:_LONGEST_COMMON_NAME])
    issuer = _public_authority(endpoint.root)
    valid_until = datetime.now(UTC) + _LIFETIME
    if endpoint.intercepted_by:
        subject = _name(CN=host[:_LONGEST_COMMON_NAME])
        issuer = _Issuer(root_subject(endpoint.intercepted_by), root_key())
    elif endpoint.certificate == "self_signed":
        issuer = _Issuer(subject, _key())
    elif endpoint.certificate == "expired":
        valid_until = datetime.now(UTC) - timedelta(days=1)
    elif endpoint.certificate == "wrong_name":
        host = _OTHER_NAME
        subject = _name(C="US", ST="Massachusetts", L="Cambridge", O="Akamai Technologies, Inc.", CN=host)
    certificate = (
        _builder(subject, issuer, _key(), valid_until)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .sign(issuer.key, hashes.SHA256())
    )
    return certificate, *issuer.chain


@cache
def _public_authority(root: str) -> _Issuer:
    """The authority below a root that issues certificates of endpoints."""
    key = _key()
    subject = _name(C="US", O="Microsoft Corporation", CN=ISSUING_AUTHORITY)
    certificate = (
        _builder(subject, _Issuer(root_subject(root), root_key()), key, datetime.now(UTC) + _LIFETIME)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(root_key(), hashes.SHA256())
    )
    return _Issuer(subject, key, (certificate,))


@cache
def unused_root() -> x509.Certificate:
    """One that leads nowhere, for those who need one to trust."""
    name = _name(CN="Nobody")
    return _builder(name, _Issuer(name, _key()), _key(), datetime.now(UTC) + _LIFETIME).sign(_key(), hashes.SHA256())


@cache
def _key() -> ec.EllipticCurvePrivateKey:
    """One for all that is no root, as making one takes its time."""
    return ec.generate_private_key(ec.SECP256R1())


def _builder(
    subject: x509.Name, issuer: _Issuer, key: ec.EllipticCurvePrivateKey, valid_until: datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(valid_until - 2 * _LIFETIME)
        .not_valid_after(valid_until)
    )


def _name(**attributes: str) -> x509.Name:
    """From attributes in their order, by their short names."""
    known = {
        "C": NameOID.COUNTRY_NAME,
        "ST": NameOID.STATE_OR_PROVINCE_NAME,
        "L": NameOID.LOCALITY_NAME,
        "O": NameOID.ORGANIZATION_NAME,
        "CN": NameOID.COMMON_NAME,
    }
    return x509.Name([x509.NameAttribute(known[name], value) for name, value in attributes.items()])
