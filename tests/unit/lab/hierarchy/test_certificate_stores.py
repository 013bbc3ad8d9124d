# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Root certificates in the registry: read as a client reads them, without the code that has written them."""

from __future__ import annotations

import struct
from datetime import UTC, datetime
from hashlib import sha1
from typing import Any, cast

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from lab.wmi.model import Caller

ANALYST = Caller("CORP\\analyst")
STORES = r"SOFTWARE\Microsoft\SystemCertificates"
DIGICERT = "DigiCert Global Root G2"
BALTIMORE = "Baltimore CyberTrust Root"
MICROSOFT = "Microsoft RSA Root Certificate Authority 2017"


def call(site: Any, method: str, **arguments: str) -> dict[str, Any]:
    return cast(dict[str, Any], site.wmi("srv1").invoke(ANALYST, "root/cimv2", "StdRegProv", {}, method, arguments))


def blobs(site: Any, store: str) -> dict[str, bytes]:
    """Every blob of a store by thumbprint."""
    key = rf"{STORES}\{store}\Certificates"
    return {
        thumbprint: bytes(call(site, "GetBinaryValue", sSubKeyName=rf"{key}\{thumbprint}", sValueName="Blob")["uValue"])
        for thumbprint in call(site, "EnumKey", sSubKeyName=key)["sNames"] or []
    }


def properties(blob: bytes) -> dict[int, bytes]:
    found = {}
    while blob:
        number, reserved, length = struct.unpack_from("<III", blob)
        assert reserved == 1
        assert len(blob) >= 12 + length, "the blob ends before its property does"
        found[number], blob = blob[12 : 12 + length], blob[12 + length :]
    return found


def certificates(site: Any, store: str) -> dict[str, x509.Certificate]:
    """Every certificate of a store by common name."""
    found = {}
    for thumbprint, blob in blobs(site, store).items():
        entry = properties(blob)
        certificate = x509.load_der_x509_certificate(entry[32])
        assert entry[3] == certificate.fingerprint(hashes.SHA1()) == bytes.fromhex(thumbprint)
        assert thumbprint == sha1(entry[32]).hexdigest().upper()
        name = certificate.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)[0].value
        found[str(name)] = certificate
    return found


def test_every_server_has_the_roots_of_the_cloud_services(site: Any) -> None:
    now = datetime.now(UTC)
    others, microsoft = certificates(site, "AuthRoot"), certificates(site, "ROOT")
    assert {DIGICERT, BALTIMORE} <= others.keys()
    assert MICROSOFT in microsoft
    assert certificates(site, "Disallowed") == {}
    for certificate in (*others.values(), *microsoft.values()):
        assert certificate.not_valid_before_utc < now < certificate.not_valid_after_utc
        certificate.verify_directly_issued_by(certificate)


@pytest.mark.parametrize(("name", "store"), [(DIGICERT, "AuthRoot"), (MICROSOFT, "ROOT"), ("Contoso Root", "AuthRoot")])
def test_states_of_a_certificate(site: Any, name: str, store: str) -> None:
    def set_state(state: str) -> None:
        site.console.perform({"action": "set_certificate", "server": "srv1", "name": name, "state": state})

    now = datetime.now(UTC)
    count = len(blobs(site, store)) - (name != "Contoso Root")
    set_state("expired")
    assert certificates(site, store)[name].not_valid_after_utc < now
    set_state("not_yet_valid")
    assert certificates(site, store)[name].not_valid_before_utc > now
    set_state("disallowed")
    assert certificates(site, "Disallowed").keys() == {name}
    assert certificates(site, store)[name] == certificates(site, "Disallowed")[name]
    set_state("missing")
    assert name not in certificates(site, store)
    assert len(blobs(site, store)) == count
    set_state("unreadable")
    with pytest.raises(AssertionError, match="ends before"):
        certificates(site, store)
    set_state("valid")
    assert certificates(site, store)[name].not_valid_after_utc > now
    assert len(blobs(site, store)) == count + 1
    assert certificates(site, "Disallowed") == {}
