# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every way to log on: what an inventory says for it, and what the lab then sees."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lab.client import LabControl
from lab.lab import Lab
from tickets import Tickets

SERVER = "ps1.corp.example"
REALM = "CORP.EXAMPLE"
ACCOUNT = "administrator"
TASK = {"name": "look", "configmgr.site.executive": {}}
"""Asks for nothing but services, so that any local administrator may."""


@dataclass(frozen=True)
class Way:
    """One way to log on."""

    connection: str
    """The connection plugin."""
    method: str
    """What people call it, with what was special."""
    setting: str
    """What the variable for the method is set to."""
    scheme: str
    seen: str
    """The method that the server then sees."""
    round_trips: int
    """HTTP requests that the library needs for a log-on and the first request together."""
    user: str = f"CORP\\{ACCOUNT}"
    has_password: bool = True
    delegates: bool = False
    variables: dict[str, Any] = field(default_factory=dict)
    needs: str = ""
    """What is installed for it besides the plugin's library."""

    @property
    def name(self) -> str:
        return f"{self.connection}, {self.method}, {self.scheme}"

    @property
    def encryption(self) -> str:
        """What keeps messages secret."""
        return "TLS" if self.scheme == "https" else self.seen

    def host_variables(self, lab: Lab, server: str = SERVER) -> dict[str, Any]:
        """What the inventory says of a host that is reached like this."""
        ports = lab.https_ports if self.scheme == "https" else lab.http_ports
        settings: dict[str, Any] = {
            "ansible_connection": self.connection,
            "ansible_host": "127.0.0.1",
            "ansible_port": ports[server],
            "ansible_user": self.user,
        }
        if self.has_password:
            settings["ansible_password"] = lab.accounts[0].password
        prefix = f"ansible_{self.connection}"
        if self.connection == "winrm":
            settings |= {
                "ansible_winrm_scheme": self.scheme,
                "ansible_winrm_transport": self.setting,
                "ansible_winrm_kinit_env_vars": ["KRB5_CONFIG"],
            }
            settings["ansible_winrm_kerberos_hostname_override"] = server
        else:
            settings |= {f"{prefix}_protocol": self.scheme, f"{prefix}_auth": self.setting}
            settings[f"{prefix}_negotiate_hostname_override"] = server
        if self.scheme == "https":
            settings[f"{prefix}_{'ca_trust_path' if self.connection == 'winrm' else 'ca_cert'}"] = str(lab.authority_file)
        if self.seen == "Certificate":
            name = "cert" if self.connection == "winrm" else "certificate"
            settings[f"{prefix}_{name}_pem"] = str(lab.client_certificate.certificate_file)
            settings[f"{prefix}_{name}_key_pem"] = str(lab.client_certificate.key_file)
        return settings | self.variables


def _winrm(method: str, setting: str, scheme: str, seen: str, round_trips: int, **more: Any) -> Way:
    needs = {"kerberos": "pywinrm[kerberos]", "credssp": "pywinrm[credssp]"}.get(setting, "")
    return Way("winrm", method, setting, scheme, seen, round_trips, needs=needs, **more)


def _psrp(method: str, setting: str, scheme: str, seen: str, round_trips: int, **more: Any) -> Way:
    is_kerberos = seen == "Kerberos"
    needs = "pypsrp[kerberos]" if is_kerberos else "pypsrp[credssp]" if setting == "credssp" else ""
    return Way("psrp", method, setting, scheme, seen, round_trips, needs=needs, **more)


_UPN = f"{ACCOUNT}@{REALM}"
WAYS = (
    _winrm("Basic", "basic", "https", "Basic", 1),
    _winrm("NTLM", "ntlm", "https", "NTLM", 3),
    _winrm("NTLM", "ntlm", "http", "NTLM", 4),
    _winrm("Kerberos", "kerberos", "https", "Kerberos", 1, user=_UPN),
    _winrm("Kerberos", "kerberos", "http", "Kerberos", 2, user=_UPN),
    _winrm(
        "Kerberos, with delegation",
        "kerberos",
        "http",
        "Kerberos",
        2,
        user=_UPN,
        delegates=True,
        variables={"ansible_winrm_kerberos_delegation": True},
    ),
    _winrm(
        "Kerberos, ticket got before",
        "kerberos",
        "https",
        "Kerberos",
        1,
        user=_UPN,
        has_password=False,
        variables={"ansible_winrm_kinit_mode": "manual"},
    ),
    _winrm("CredSSP", "credssp", "https", "CredSSP", 6, delegates=True),
    _winrm("CredSSP", "credssp", "http", "CredSSP", 7, delegates=True),
    _winrm("client certificate", "certificate", "https", "Certificate", 1, has_password=False),
    _psrp("Basic", "basic", "https", "Basic", 1),
    _psrp("NTLM", "ntlm", "https", "NTLM", 3),
    _psrp("NTLM", "ntlm", "http", "NTLM", 4),
    _psrp("Negotiate", "negotiate", "https", "Kerberos", 2, user=_UPN),
    _psrp("Negotiate", "negotiate", "http", "Kerberos", 3, user=_UPN),
    _psrp("Kerberos", "kerberos", "https", "Kerberos", 2, user=_UPN),
    _psrp("Kerberos", "kerberos", "http", "Kerberos", 3, user=_UPN),
    _psrp(
        "Kerberos, with delegation",
        "kerberos",
        "http",
        "Kerberos",
        3,
        user=_UPN,
        delegates=True,
        variables={"ansible_psrp_negotiate_delegate": True},
    ),
    _psrp("Kerberos, ticket got before", "kerberos", "https", "Kerberos", 2, user=_UPN, has_password=False),
    _psrp("CredSSP", "credssp", "https", "CredSSP", 6, delegates=True),
    _psrp("CredSSP", "credssp", "http", "CredSSP", 7, delegates=True),
    _psrp("client certificate", "certificate", "https", "Certificate", 1, has_password=False),
)


def allow_all(control: LabControl, server: str = SERVER) -> None:
    """Have a server allow what Windows allows on demand only, and know the lab's client certificate."""
    for name in ("Certificate", "CredSSP", "DisableTLS13"):
        control.console("set_winrm", server=server, name=name, value=True)
    account = f"{server.partition('.')[0].upper()}\\Administrator"
    control.console("map_client_certificate", server=server, name="administrator@localhost", account=account)


def tickets(lab: Lab, directory: Path) -> Tickets:
    """A cache with a ticket of the lab's administrator, that may be forwarded."""
    assert lab.kerberos is not None
    found = Tickets(lab.kerberos, directory / "tickets")
    found.get(_UPN, lab.accounts[0].password, "-f")
    return found
