# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""Root certificates of a server, by name, as reg.exe shows them.

Documented (MS-GPEF, CertSerializeCertificateStoreElement): below the key of a store, each certificate has a key with a value
Blob, a row of properties: number, a reserved 1, length and data. Property 32 is the certificate itself.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone

_CERTIFICATE = 32
_HEADER = struct.Struct("<III")
_BLOB = re.compile(r"^\s+Blob\s+REG_BINARY\s+([0-9A-Fa-f]*)\s*$", re.MULTILINE)
_ROOT_STORES = (
    r"HKLM\SOFTWARE\Microsoft\SystemCertificates\AuthRoot",
    r"HKLM\SOFTWARE\Microsoft\SystemCertificates\ROOT",
    r"HKLM\SOFTWARE\Microsoft\EnterpriseCertificates\Root",
    r"HKLM\SOFTWARE\Policies\Microsoft\SystemCertificates\Root",
)
_DISALLOWED_STORES = (
    r"HKLM\SOFTWARE\Microsoft\SystemCertificates\Disallowed",
    r"HKLM\SOFTWARE\Microsoft\EnterpriseCertificates\Disallowed",
    r"HKLM\SOFTWARE\Policies\Microsoft\SystemCertificates\Disallowed",
)
_AUTOMATIC_UPDATE = r'reg query "HKLM\SOFTWARE\Policies\Microsoft\SystemCertificates\AuthRoot" /v DisableRootAutoUpdate 2>NUL'
_UPDATE_IS_OFF = re.compile(r"DisableRootAutoUpdate\s+REG_DWORD\s+0x0*1\b", re.IGNORECASE)


@dataclass(frozen=True)
class StoredCertificate:
    """A certificate that was found under a name. Without validity it is damaged."""

    name: str
    is_disallowed: bool
    not_before: datetime | None = None
    not_after: datetime | None = None

    @property
    def is_damaged(self) -> bool:
        return self.not_before is None or self.not_after is None

    def is_valid_at(self, time: datetime) -> bool:
        """Whether it can be read and has begun, but not ended, to be valid."""
        return self.not_before is not None and self.not_after is not None and self.not_before <= time <= self.not_after


@dataclass(frozen=True)
class RootCertificates:
    """What the stores of a server have of the names that were looked for."""

    found: tuple[StoredCertificate, ...]
    are_fetched_when_needed: bool
    """Whether Windows is left to fetch roots that it lacks from Windows Update, as it does by default."""
    is_complete: bool
    """Whether every certificate could be searched."""


def commands_to_find(names: Sequence[str]) -> list[str]:
    """The command lines that find the certificates with these common names.

    A store has up to 400 of them, so the server picks out those whose blob has the name's bytes.
    """
    needles = " ".join(name.encode("ascii").hex().upper() for name in names)
    return [
        rf'reg query "{store}\Certificates" /s /v Blob 2>NUL | findstr /l /i "{needles}" 2>&1'
        for store in _ROOT_STORES + _DISALLOWED_STORES
    ] + [_AUTOMATIC_UPDATE]


def read_certificates(names: Sequence[str], outputs: Sequence[str]) -> RootCertificates:
    """What the output of these command lines says."""
    stores = len(_ROOT_STORES + _DISALLOWED_STORES)
    found = [
        certificate
        for number, output in enumerate(outputs[:stores])
        for blob in _BLOB.findall(output)
        for certificate in _certificates(names, bytes.fromhex(blob[: len(blob) // 2 * 2]), number >= len(_ROOT_STORES))
    ]
    return RootCertificates(
        tuple(found),
        are_fetched_when_needed=not _UPDATE_IS_OFF.search(outputs[stores]),
        # findstr passes over lines that are too long for it, and says so.
        is_complete=not any("FINDSTR:" in output for output in outputs[:stores]),
    )


def _certificates(names: Sequence[str], blob: bytes, is_disallowed: bool) -> list[StoredCertificate]:
    """The certificate in a blob, under its name; a damaged one under every name that it has the bytes of."""
    # Imported here because only this needs it, and it takes its time.
    from cryptography import x509
    from cryptography.x509.oid import NameOID

    try:
        certificate = x509.load_der_x509_certificate(_properties(blob)[_CERTIFICATE])
        subject = [str(attribute.value) for attribute in certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)]
        validity = _utc(certificate, "not_valid_before"), _utc(certificate, "not_valid_after")
    except (ValueError, KeyError, x509.InvalidVersion):
        return [StoredCertificate(name, is_disallowed) for name in names if name.encode("ascii") in blob]
    return [StoredCertificate(name, is_disallowed, *validity) for name in names if name in subject]


def _properties(blob: bytes) -> Mapping[int, bytes]:
    """The properties of a blob by number; ValueError if it ends too early."""
    properties = {}
    position = 0
    while position < len(blob):
        if len(blob) - position < _HEADER.size:
            raise ValueError("the blob ends within a property")
        number, _reserved, length = _HEADER.unpack_from(blob, position)
        position += _HEADER.size
        if len(blob) - position < length:
            raise ValueError("the blob ends within a property")
        properties[number] = blob[position : position + length]
        position += length
    return properties


def _utc(certificate: object, name: str) -> datetime:
    """A point in time of a certificate; before version 42, the library had it without a time zone only."""
    time = getattr(certificate, f"{name}_utc", None)
    return time if isinstance(time, datetime) else getattr(certificate, name).replace(tzinfo=timezone.utc)
