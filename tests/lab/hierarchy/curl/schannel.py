# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the curl of Windows says of TLS, which Schannel does for it, where the real curl of this computer has OpenSSL.

From curl's sources (schannel.c, curl_sspi.c, x509asn1.c). What is wrong with a certificate is said in a sentence of Windows,
so in the server's language; the other sentences are curl's own.
"""

from __future__ import annotations

import re

from ..local_groups import Language
from .write_out import Transfer

_EXPIRED, _UNTRUSTED_ROOT, _WRONG_PRINCIPAL = (
    "SEC_E_CERT_EXPIRED (0x80090328)",
    "SEC_E_UNTRUSTED_ROOT (0x80090325)",
    "SEC_E_WRONG_PRINCIPAL (0x80090322)",
)
_SENTENCES: dict[str, dict[Language, str]] = {
    _EXPIRED: {
        "en": "The received certificate has expired.",
        "de": "Das empfangene Zertifikat ist abgelaufen.",
        "nl": "Het ontvangen certificaat is verlopen.",
    },
    _UNTRUSTED_ROOT: {
        "en": "The certificate chain was issued by an authority that is not trusted.",
        "de": "Die Zertifikatkette wurde von einer nicht vertrauenswürdigen Zertifizierungsstelle ausgestellt.",
        "nl": "De certificaatketen is verleend door een niet-vertrouwde instantie.",
    },
    _WRONG_PRINCIPAL: {
        "en": "The target principal name is incorrect.",
        "de": "Der Zielprinzipalname ist falsch.",
        "nl": "De doel-principal-naam is onjuist.",
    },
}
_FATAL_ALERT = (
    "schannel: next InitializeSecurityContext failed: SEC_E_ILLEGAL_MESSAGE (0x80090326) - This error usually occurs when a "
    "fatal SSL/TLS alert is received (e.g. handshake failed). More detail may be available in the Windows System event log."
)
_RESET = "Recv failure: Connection was reset"
_CLOSED = "schannel: failed to receive handshake, SSL/TLS connection failed"
_NAMES = re.compile(r"^(?:Subject|Issuer):.*$", re.MULTILINE)


def as_schannel(transfer: Transfer, language: Language) -> Transfer:
    """The same transfer as Schannel would have had it."""
    error = transfer.error
    match transfer.exit_code:
        case 60 if "expired" in error or "not yet valid" in error:
            return _refused(transfer, 35, "next InitializeSecurityContext failed: ", _EXPIRED, language)
        case 60 if "subject name" in error:
            return _refused(transfer, 60, "SNI or certificate check failed: ", _WRONG_PRINCIPAL, language)
        case 60:
            return _refused(transfer, 60, "", _UNTRUSTED_ROOT, language)
        case 35 if "reset by peer" in error:
            return transfer.but(errormsg=_RESET)
        case 35 if "SSL_ERROR_SYSCALL" in error or "unexpected eof" in error:
            return transfer.but(errormsg=_CLOSED)
        case 35:
            return transfer.but(errormsg=_FATAL_ALERT)
    return transfer.but(certs=_NAMES.sub(_name_of_a_certificate, transfer.values["certs"]))


def _refused(transfer: Transfer, exit_code: int, where: str, status: str, language: Language) -> Transfer:
    """For its certificate: Schannel looks at it before the handshake is over, so there is none to tell of."""
    sentence = f"schannel: {where}{status} - {_SENTENCES[status][language]}"
    return transfer.but(exitcode=str(exit_code), errormsg=sentence, certs="", num_certs="0", time_appconnect="0.000000")


def _name_of_a_certificate(line: re.Match[str]) -> str:
    """Without the spaces that OpenSSL puts around the sign, and the quotes around some values."""
    return re.sub(r'="([^"]*)"', r"=\1", line[0].replace(" = ", "="))
