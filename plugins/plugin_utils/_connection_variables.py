# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""What the variables of each connection plugin are called, and what to do with them when a log-on fails."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from ._wsman.errors import Reason


@dataclass(frozen=True)
class Variables:
    """Names of variables, by what they are for."""

    method: str
    scheme: str
    authority: str
    binding: str
    hostname: str
    certificate: str
    key: str
    proxy: str
    ticket: str
    """A sentence: how a ticket is got."""
    libraries: Mapping[str, str]
    """What to install for a method."""


WINRM = Variables(
    method="ansible_winrm_transport",
    scheme="ansible_winrm_scheme",
    authority="ansible_winrm_ca_trust_path",
    binding="ansible_winrm_send_cbt",
    hostname="ansible_winrm_kerberos_hostname_override",
    certificate="ansible_winrm_cert_pem",
    key="ansible_winrm_cert_key_pem",
    proxy="ansible_winrm_proxy",
    ticket="Set ansible_password to have Ansible get one, or get one with kinit before (ansible_winrm_kinit_mode: manual)",
    libraries={
        "ntlm": "requests-ntlm",
        "kerberos": "'pywinrm[kerberos]'",
        "credssp": "'pywinrm[credssp]'",
    },
)
PSRP = Variables(
    method="ansible_psrp_auth",
    scheme="ansible_psrp_protocol",
    authority="ansible_psrp_ca_cert",
    binding="ansible_psrp_negotiate_send_cbt",
    hostname="ansible_psrp_negotiate_hostname_override",
    certificate="ansible_psrp_certificate_pem",
    key="ansible_psrp_certificate_key_pem",
    proxy="ansible_psrp_proxy",
    ticket="Set ansible_password to have one got, or get one with kinit before",
    libraries={
        "kerberos": "'pypsrp[kerberos]'",
        "negotiate": "'pypsrp[kerberos]'",
        "credssp": "'pypsrp[credssp]'",
    },
)

_OWN_NAME = "Use the name of the server in its domain as ansible_host, or set {hostname} to that"
_CLOCKS = "the clocks of this computer, the server and its domain controller"
_ADVICE = {
    Reason.CREDENTIALS: "Check ansible_user, which is written DOMAIN\\user or user@REALM, ansible_password and {method}",
    Reason.UNKNOWN_ACCOUNT: "Check ansible_user: for Kerberos it is written user@REALM, the realm in upper case",
    Reason.WRONG_PASSWORD: "Check ansible_password",
    Reason.UNUSABLE_ACCOUNT: "Have the account unlocked or enabled, or its password changed, in the domain",
    Reason.MISSING_ACCOUNT: "Set ansible_user and ansible_password",
    Reason.NOT_OFFERED: "Set {method} to what it offers, or have the method allowed there (winrm/config/service/auth)",
    Reason.NOT_ASCII: "Check ansible_user and ansible_password, or log on with NTLM or Kerberos ({method}): with Basic, "
    "nothing says how such characters are to be sent",
    Reason.UNSENDABLE: "Log on with NTLM or Kerberos ({method}), which can send every character",
    Reason.CHANNEL_BINDING: "Set {binding} to true; if it is not that, check ansible_user, ansible_password and {method}",
    Reason.PROXY: "Set {scheme} to https, which a proxy passes on as it is; if it is not that, check ansible_user, "
    "ansible_password and {method}",
    Reason.NO_TICKET: "{ticket}",
    Reason.EXPIRED_TICKET: "{ticket}",
    Reason.FOREIGN_TICKET: f"{_OWN_NAME}. If the ticket is for that already, its service principal name may be registered for "
    "another account: setspn -Q",
    Reason.UNEXPLAINED_TICKET: f"{_OWN_NAME}, and compare {_CLOCKS}",
    Reason.UNKNOWN_SERVICE: f"{_OWN_NAME}: an address or an alias has no service principal name",
    Reason.UNKNOWN_REALM: "Write the realm in ansible_user in upper case, and check default_realm and realms in krb5.conf",
    Reason.KDC_UNREACHABLE: "Check the realm in krb5.conf, and that this computer reaches port 88 of a domain controller",
    Reason.CLOCK_SKEW: f"Set {_CLOCKS} by the same time server: they may differ by five minutes",
    Reason.UNPROVEN_SERVER: "Find out what answers there: it is not WinRM of the server that the ticket is for",
    Reason.UNENCRYPTED: "Set {scheme} to https, or log on with a method that encrypts messages ({method})",
    Reason.MISSING_LIBRARY: "Install it on the controller, for the Python that runs Ansible: pip install {library}",
    Reason.MISSING_PROGRAM: "Install kinit (krb5-user, krb5-workstation) here, or name it in ansible_winrm_kinit_cmd",
    Reason.MISSING_CERTIFICATE: "Set {certificate} and {key} to PEM files on the controller",
    Reason.UNMAPPED_CERTIFICATE: "Have client certificates allowed there (winrm set winrm/config/service/auth), and this one "
    "mapped to a local account (WSMan:\\localhost\\ClientCertificate) and its issuer trusted there; with TLS 1.3, a "
    "listener gets to see none",
    Reason.REFUSED_CERTIFICATE: "Have its issuer trusted there (Cert:\\LocalMachine\\Root), and check that the certificate in "
    "{certificate} is for client authentication, and neither expired nor revoked",
    Reason.OTHER: "Check ansible_user, ansible_password and {method}",
}

ABOUT_CERTIFICATES = {
    "in certificate chain": "Set {authority} to the certificate of the authority that issued it",
    "expired": "Have it renewed, or check the clock of this computer",
    "not yet valid": "Check the clocks of this computer and of the server",
    "doesn't match": "Use a name that stands in the certificate as ansible_host",
    "not valid for": "Use a name that stands in the certificate as ansible_host",
    "mismatch": "Use a name that stands in the certificate as ansible_host",
    "self-signed certificate": "Set {authority} to the certificate of the authority that issued it, or to itself if none did",
}
"""What to do, by what OpenSSL says of the server's certificate."""


def advice(reason: Reason, variables: Variables, method: str) -> str:
    """What to do about a log-on that has failed for this reason; ``method`` is the library's name of it."""
    names = {name: value for name, value in asdict(variables).items() if isinstance(value, str)}
    return _ADVICE[reason].format(**names, library=variables.libraries.get(method, method))


def certificate_advice(text: str, variables: Variables) -> str:
    """What to do about a server's certificate that is not trusted."""
    usual = "Set {authority} to the certificate of the authority that issued it"
    todo = next((todo for part, todo in ABOUT_CERTIFICATES.items() if part in text), usual)
    return todo.format(authority=variables.authority)
