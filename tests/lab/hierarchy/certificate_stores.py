# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Root certificates of one server, where Windows keeps them: as blobs in the registry, in a key named by the thumbprint.

Documented (MS-GPEF, and CertSerializeCertificateStoreElement): a blob is a row of properties, each a number, a reserved 1, a
length and the data; number 3 is the SHA-1 hash, 32 the certificate itself. Documented, too: roots of Microsoft are in the
store ROOT, those of others in AuthRoot, and what Disallowed has is not trusted, wherever else it may be.

The certificates are really made, but with keys of the lab's own: nobody has those of the real authorities. So subjects
are those of the real ones, and thumbprints are not. Validity is that of the real ones, with one exception: the real
Baltimore CyberTrust Root has expired in May 2025, the lab's has not unless somebody wants it to.
"""

from __future__ import annotations

import struct
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Literal, get_args

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

if TYPE_CHECKING:
    from ..wmi.registry import Registry

STORES = r"HKLM\SOFTWARE\Microsoft\SystemCertificates"
Store = Literal["ROOT", "AuthRoot", "Disallowed"]
State = Literal["valid", "missing", "expired", "not_yet_valid", "disallowed", "unreadable"]

_SHA1_HASH, _CERTIFICATE = 3, 32
_RESERVED = 1
_HEADER = struct.Struct("<III")
"""Of a property: its number, what is reserved, the length of its data."""
_ORGANIZATIONS = {
    "DigiCert Global Root G2": "DigiCert Inc",
    "DigiCert Global Root CA": "DigiCert Inc",
    "Baltimore CyberTrust Root": "Baltimore",
    "Microsoft RSA Root Certificate Authority 2017": "Microsoft Corporation",
    "Microsoft ECC Root Certificate Authority 2017": "Microsoft Corporation",
}
ROOTS = tuple(_ORGANIZATIONS)
"""Common names of the roots that every server has."""
_PRIVATE_ORGANIZATIONS = {"Contoso Web Gateway CA": "Contoso"}
"""Of roots that a server has only where somebody has put them there."""

_VALID = (datetime(2017, 12, 18, tzinfo=UTC), datetime(2042, 7, 18, tzinfo=UTC))
_EXPIRED = (datetime(2000, 5, 12, tzinfo=UTC), datetime(2025, 5, 12, 23, 59, tzinfo=UTC))
_NOT_YET_VALID = (datetime(2090, 1, 1, tzinfo=UTC), datetime(2099, 1, 1, tzinfo=UTC))


@dataclass(frozen=True)
class RootCertificate:
    """A certificate as a store has it."""

    thumbprint: str
    blob: bytes


def serialized(certificate: x509.Certificate) -> bytes:
    """A certificate as an element of a store."""
    properties = {
        _SHA1_HASH: certificate.fingerprint(hashes.SHA1()),
        _CERTIFICATE: certificate.public_bytes(serialization.Encoding.DER),
    }
    return b"".join(_HEADER.pack(number, _RESERVED, len(data)) + data for number, data in properties.items())


def _deserialized(element: bytes) -> x509.Certificate | None:
    """The certificate of an element of a store; None if it cannot be read."""
    while len(element) > _HEADER.size:
        number, _reserved, length = _HEADER.unpack_from(element)
        data, element = element[_HEADER.size : _HEADER.size + length], element[_HEADER.size + length :]
        if number == _CERTIFICATE:
            with suppress(ValueError):
                return x509.load_der_x509_certificate(data)
    return None


@cache
def root_key() -> ec.EllipticCurvePrivateKey:
    """That of every root: one for all, as making one takes its time."""
    return ec.generate_private_key(ec.SECP256R1())


def root_subject(name: str) -> x509.Name:
    """The whole name of the root of this common name."""
    attributes = [x509.NameAttribute(NameOID.COMMON_NAME, name)]
    organization = _ORGANIZATIONS.get(name) or _PRIVATE_ORGANIZATIONS.get(name)
    if organization:
        attributes.insert(0, x509.NameAttribute(NameOID.ORGANIZATION_NAME, organization))
    return x509.Name(attributes)


@cache
def make_root(name: str, validity: tuple[datetime, datetime]) -> RootCertificate:
    """A root certificate of this common name; one for the whole process."""
    subject = root_subject(name)
    key = root_key()
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(validity[0])
        .not_valid_after(validity[1])
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    return RootCertificate(certificate.fingerprint(hashes.SHA1()).hex().upper(), serialized(certificate))


class CertificateStores:
    """The stores of one server."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        for store in get_args(Store):
            registry.create_key(rf"{STORES}\{store}\Certificates")
        for name in ROOTS:
            self._add(_store_of(name), make_root(name, _VALID))

    def set_state(self, name: str, state: State) -> None:
        """Have a root be as this says, whatever it was before. Any name will do: one that is not there is added."""
        if state not in get_args(State):
            raise ValueError(f"the state of a certificate must be one of {', '.join(get_args(State))}, not {state!r}")
        store = _store_of(name)
        for validity in (_VALID, _EXPIRED, _NOT_YET_VALID):
            for known in (store, "Disallowed"):
                self._remove(known, make_root(name, validity).thumbprint)
        match state:
            case "valid":
                self._add(store, make_root(name, _VALID))
            case "expired":
                self._add(store, make_root(name, _EXPIRED))
            case "not_yet_valid":
                self._add(store, make_root(name, _NOT_YET_VALID))
            case "disallowed":
                self._add(store, make_root(name, _VALID))
                self._add("Disallowed", make_root(name, _VALID))
            case "unreadable":
                root = make_root(name, _VALID)
                # Cut off in the middle of the certificate, whose length says otherwise
                self._add(store, RootCertificate(root.thumbprint, root.blob[: len(root.blob) // 2]))

    def trusted(self) -> list[x509.Certificate]:
        """The roots that the server trusts; whether they are valid now is another question."""
        blobs = {**self._blobs("ROOT"), **self._blobs("AuthRoot")}
        distrusted = self._blobs("Disallowed")
        certificates = (_deserialized(blob) for thumbprint, blob in blobs.items() if thumbprint not in distrusted)
        return [certificate for certificate in certificates if certificate is not None]

    def fill(self, count: int) -> None:
        """Add so many others."""
        for number in range(count):
            self._add("AuthRoot", make_root(f"Root Certificate Authority {number}", _VALID))

    def _blobs(self, store: Store) -> dict[str, bytes]:
        """Every element of a store by its thumbprint in lower case."""
        path = rf"{STORES}\{store}\Certificates"
        key = self._registry.key(path)
        values = {thumbprint: self._registry.get(rf"{path}\{thumbprint}", "Blob") for thumbprint in (key.keys if key else ())}
        return {thumbprint: value.data for thumbprint, value in values.items() if value and isinstance(value.data, bytes)}

    def _add(self, store: str, root: RootCertificate) -> None:
        self._registry.set(rf"{STORES}\{store}\Certificates\{root.thumbprint}", "Blob", root.blob)

    def _remove(self, store: str, thumbprint: str) -> None:
        path = rf"{STORES}\{store}\Certificates\{thumbprint}"
        if self._registry.key(path) is not None:
            self._registry.delete_key(path)


def _store_of(name: str) -> Store:
    return "ROOT" if name.startswith("Microsoft ") else "AuthRoot"
