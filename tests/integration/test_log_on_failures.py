# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every way in which a log-on fails, in one playbook with a host for each: which way it was, and what to do."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import logons
import pytest
import yaml
from lab.certificates import CertificateAuthority
from lab.lab import Lab
from logons import SERVER, WAYS
from plays import Site
from programs import needs
from tickets import Tickets, needs_kerberos

STRICT, CLOSED, UNCHANGED = "srv1.corp.example", "srv2.corp.example", "prov1.corp.example"
"""A server that wants channel bindings, one that offers Basic only, and one that is as Windows sets it up."""
UPN = "administrator@CORP.EXAMPLE"
WRONG = "not-the-password"


class Case(NamedTuple):
    """A host of the inventory, and what is to be said of it."""

    way: str
    """The usual way that it differs from."""
    variables: dict[str, Any]
    words: tuple[str, ...]
    server: str = SERVER


def ansible(**variables: Any) -> dict[str, Any]:
    return {f"ansible_{name}": value for name, value in variables.items()}


NO_CREDENTIALS = ("the account or its password, and does not say which", "Check ansible_user", "ansible_password")
WINRM_METHOD, PSRP_METHOD = "ansible_winrm_transport", "ansible_psrp_auth"

CASES = {
    "a wrong password": Case(
        "winrm, NTLM, https",
        ansible(password=WRONG),
        (r"did not log on 'CORP\administrator' with NTLM", *NO_CREDENTIALS, WINRM_METHOD),
    ),
    "a wrong password, over HTTP": Case("winrm, NTLM, http", ansible(password=WRONG), NO_CREDENTIALS),
    "a wrong password, Basic": Case("winrm, Basic, https", ansible(password=WRONG), ("with Basic", *NO_CREDENTIALS)),
    "a wrong password, CredSSP": Case("winrm, CredSSP, http", ansible(password=WRONG), ("with CredSSP", "status 0x")),
    "a wrong password, Kerberos": Case(
        "winrm, Kerberos, https",
        ansible(password=WRONG),
        (f"did not log on '{UPN}' with Kerberos", "Password incorrect", "Check ansible_password."),
    ),
    "a wrong password, psrp": Case("psrp, NTLM, https", ansible(password=WRONG), (*NO_CREDENTIALS, PSRP_METHOD)),
    "a wrong password, psrp Negotiate": Case("psrp, Negotiate, http", ansible(password=WRONG), NO_CREDENTIALS),
    "a wrong password, psrp Basic": Case("psrp, Basic, https", ansible(password=WRONG), NO_CREDENTIALS),
    "a wrong password, psrp CredSSP": Case("psrp, CredSSP, https", ansible(password=WRONG), ("with CredSSP", "status 0x")),
    "a wrong password, psrp Kerberos": Case(
        "psrp, Kerberos, https", ansible(password=WRONG), ("Preauthentication failed", "Check ansible_password.")
    ),
    "an unknown account": Case("winrm, NTLM, https", ansible(user="CORP\\nobody"), (*NO_CREDENTIALS, r"'CORP\nobody'")),
    "an account without its domain": Case("winrm, NTLM, https", ansible(user="administrator"), NO_CREDENTIALS),
    "an unknown account, Kerberos": Case(
        "winrm, Kerberos, https",
        ansible(user="nobody@CORP.EXAMPLE"),
        ("Client 'nobody@CORP.EXAMPLE' not found in Kerberos database", "user@REALM"),
    ),
    "an unknown account, psrp Kerberos": Case(
        "psrp, Kerberos, https", ansible(user="nobody@CORP.EXAMPLE"), ("not found in Kerberos database", "user@REALM")
    ),
    "Kerberos, with the domain as for NTLM": Case(
        "winrm, Kerberos, https", ansible(user="CORP\\administrator"), ("not found in Kerberos database", "user@REALM")
    ),
    "Kerberos, the realm in lower case": Case(
        "winrm, Kerberos, https",
        ansible(user="administrator@corp.example"),
        ('Cannot find KDC for realm "corp.example"', "upper case", "krb5.conf"),
    ),
    "Kerberos, a realm that nobody answers for": Case(
        "winrm, Kerberos, https", ansible(user="administrator@DOWN.EXAMPLE"), ("Cannot contact any KDC", "krb5.conf", "port 88")
    ),
    "Kerberos, no ticket": Case(
        "winrm, Kerberos, ticket got before, https",
        ansible(user="stranger@CORP.EXAMPLE"),
        ("find client principal stranger@CORP.EXAMPLE", "kinit", "ansible_winrm_kinit_mode: manual"),
    ),
    "Kerberos, no ticket, psrp": Case(
        "psrp, Kerberos, ticket got before, https",
        ansible(user="stranger@CORP.EXAMPLE"),
        ("stranger@CORP.EXAMPLE", "get one with kinit before"),
    ),
    "Kerberos, an expired ticket": Case(
        "winrm, Kerberos, ticket got before, https", ansible(user="analyst@CORP.EXAMPLE"), ("expired", "kinit")
    ),
    "Kerberos, an expired ticket, psrp": Case(
        "psrp, Kerberos, ticket got before, https", ansible(user="analyst@CORP.EXAMPLE"), ("expired", "kinit")
    ),
    "Kerberos, an address for a name": Case(
        "winrm, Kerberos, https",
        ansible(winrm_kerberos_hostname_override=None),
        ("Server HTTP/127.0.0.1@CORP.EXAMPLE not found", "ansible_host", "ansible_winrm_kerberos_hostname_override"),
    ),
    "Kerberos, an address for a name, psrp": Case(
        "psrp, Kerberos, https",
        ansible(psrp_negotiate_hostname_override=None),
        ("/127.0.0.1@CORP.EXAMPLE not found", "ansible_host", "ansible_psrp_negotiate_hostname_override"),
    ),
    "Kerberos, a ticket for another server": Case(
        "winrm, Kerberos, http",
        ansible(winrm_kerberos_hostname_override=CLOSED),
        ("refused the ticket (Kerberos error 35)", "name of the server", "setspn"),
    ),
    "Kerberos, a ticket for another server, psrp": Case(
        "psrp, Kerberos, https", ansible(psrp_negotiate_hostname_override=CLOSED), ("ticket isn't for us", "setspn")
    ),
    "Kerberos, a clock that differs": Case(
        "winrm, Kerberos, https", ansible(winrm_kinit_cmd="{{ other_clock }}"), ("Clock skew too great", "five minutes")
    ),
    "Kerberos, a clock that differs on the server": Case(
        "winrm, Kerberos, https",
        ansible(),
        ("the server refused the ticket and did not say why", "compare the clocks"),
        server=STRICT,
    ),
    "Kerberos, no kinit": Case(
        "winrm, Kerberos, https", ansible(winrm_kinit_cmd="/nowhere/kinit"), ("/nowhere/kinit", "Install kinit")
    ),
    "Kerberos, a ticket to be got without a password": Case(
        "winrm, Kerberos, https",
        ansible(password="", winrm_kinit_mode="managed"),
        ("managed, which takes a password", "Set ansible_user"),
    ),
    "NTLM, not offered": Case(
        "winrm, NTLM, https", ansible(), ("does not offer it there; it offers Basic", WINRM_METHOD), server=CLOSED
    ),
    "NTLM, not offered, psrp": Case(
        "psrp, NTLM, https", ansible(), ("does not offer it there; it offers Basic", PSRP_METHOD), server=CLOSED
    ),
    "Kerberos, not offered": Case(
        "winrm, Kerberos, https", ansible(), ("does not offer it there; it offers Basic", WINRM_METHOD), server=CLOSED
    ),
    "Basic, not offered over HTTP": Case(
        "winrm, NTLM, http", ansible(winrm_transport="basic"), ("it offers Negotiate and Kerberos", WINRM_METHOD)
    ),
    "CredSSP, not allowed": Case(
        "winrm, CredSSP, https",
        ansible(),
        ("with CredSSP: the server does not offer it there; it offers Negotiate and Kerberos and Basic", WINRM_METHOD),
        server=STRICT,
    ),
    "CredSSP, not allowed, psrp": Case(
        "psrp, CredSSP, http", ansible(), ("with CredSSP: the server does not offer it", PSRP_METHOD), server=STRICT
    ),
    "a certificate that stands for nobody": Case(
        "winrm, client certificate, https",
        ansible(),
        (
            "did not log on anybody with a client certificate",
            "knows no account for the certificate",
            "WSMan:\\localhost\\ClientCertificate",
        ),
        server=STRICT,
    ),
    "a certificate with TLS 1.3": Case(
        "winrm, client certificate, https", ansible(), ("knows no account", "with TLS 1.3, a listener gets to see none"), CLOSED
    ),
    "a certificate where none is allowed, psrp": Case(
        "psrp, client certificate, https", ansible(), ("knows no account", "local account"), server=UNCHANGED
    ),
    "a certificate of an authority that is unknown there": Case(
        "winrm, client certificate, https",
        ansible(winrm_cert_pem="{{ foreign }}.pem", winrm_cert_key_pem="{{ foreign }}.key"),
        ("does not accept the client certificate", "unknown ca", "Have its issuer trusted there"),
    ),
    "a certificate of an authority that is unknown there, psrp": Case(
        "psrp, client certificate, https",
        ansible(psrp_certificate_pem="{{ foreign }}.pem", psrp_certificate_key_pem="{{ foreign }}.key"),
        ("does not accept the client certificate", "unknown ca", "Have its issuer trusted there"),
    ),
    "a certificate that is not there": Case(
        "winrm, client certificate, https",
        ansible(winrm_cert_pem="/nowhere.pem"),
        ("cert_pem file not found (/nowhere.pem)", "ansible_winrm_cert_pem", "ansible_winrm_cert_key_pem"),
    ),
    "a certificate that is not named, psrp": Case(
        "psrp, client certificate, https",
        ansible(psrp_certificate_pem=None),
        ("certificate pem file must be specified", "ansible_psrp_certificate_pem"),
    ),
    "no channel binding": Case(
        "winrm, NTLM, https",
        ansible(winrm_send_cbt=False),
        ("no channel binding was sent", "Set ansible_winrm_send_cbt to true"),
        server=STRICT,
    ),
    "no channel binding, psrp": Case(
        "psrp, NTLM, https",
        ansible(psrp_negotiate_send_cbt=False),
        ("no channel binding was sent", "Set ansible_psrp_negotiate_send_cbt to true"),
        server=STRICT,
    ),
    "a password that Basic cannot send": Case(
        "winrm, Basic, https", ansible(password="Sommer\u20ac"), ("cannot send", "NTLM or Kerberos")
    ),
    "a password that is not in ASCII": Case(
        "winrm, Basic, https", ansible(password="S\xf6mmer"), ("not in ASCII", "NTLM or Kerberos")
    ),
    "no password": Case("winrm, NTLM, https", ansible(password=None), ("requires a password", "Set ansible_user")),
    "psrp, Basic over HTTP": Case(
        "psrp, NTLM, http", ansible(psrp_auth="basic"), ("encryption", "Set ansible_psrp_protocol to https")
    ),
    "psrp, a certificate that is not trusted": Case(
        "psrp, NTLM, https", ansible(psrp_ca_cert=None), ("not trusted", "Set ansible_psrp_ca_cert")
    ),
    "psrp, the wrong port": Case(
        "psrp, NTLM, https", ansible(port=1), ("127.0.0.1 port 1 cannot be reached", "ansible_psrp_protocol")
    ),
    "several methods": Case(
        "winrm, NTLM, https",
        ansible(winrm_transport=["kerberos", "ntlm"], password=WRONG),
        ("with Kerberos or NTLM", "not found in Kerberos database"),
    ),
}


@pytest.fixture
def site(make_site: Callable[..., Site], tmp_path: Path) -> Site:
    site = make_site("remote_provider", kerberos=True)
    logons.allow_all(site.control)
    for name, value in {"Certificate": True, "DisableTLS13": True, "CbtHardeningLevel": "Strict"}.items():
        site.control.console("set_winrm", server=STRICT, name=name, value=value)
    site.control.console("set_clock", server=STRICT, seconds=600)
    logons.allow_all(site.control, CLOSED)
    for name in ("Negotiate", "Kerberos", "CredSSP", "DisableTLS13"):
        site.control.console("set_winrm", server=CLOSED, name=name, value=False)
    site.environment = caches(site.lab, tmp_path)
    return site


def caches(lab: Lab, directory: Path) -> dict[str, str]:
    """Tickets of two accounts: of one valid, of the other expired. And a realm whose key distribution center is down."""
    assert lab.kerberos is not None
    collection = directory / "tickets"
    collection.mkdir()
    passwords = {account.name.partition("\\")[2]: account.password for account in lab.accounts}
    for user, lifetime in (("administrator", "1h"), ("analyst", "1s")):
        found = Tickets(lab.kerberos, collection / f"tkt{user}")
        found.environment["KRB5CCNAME"] = f"DIR::{collection / f'tkt{user}'}"
        found.get(user, passwords[user], "-l", lifetime)
    found.wait_until_expired()
    down = directory / "down.conf"
    down.write_text("[realms]\n  DOWN.EXAMPLE = {\n    kdc = 127.0.0.1:1\n  }\n")
    return {"KRB5_CONFIG": f"{lab.kerberos.configuration_file}:{down}", "KRB5CCNAME": f"DIR:{collection}"}


@needs_kerberos
@needs("faketime")
def test_every_failure_says_which_it_is_and_what_to_do(site: Site, tmp_path: Path) -> None:
    other_clock = tmp_path / "kinit-an-hour-ago"
    other_clock.write_text('#!/bin/sh\nexec faketime -f -1h kinit "$@"\n')
    other_clock.chmod(0o700)
    CertificateAuthority(tmp_path).issue_client("somebody@localhost", "foreign")
    ways = {way.name: way for way in WAYS}
    hosts = {
        name: {
            variable: value
            for variable, value in (ways[case.way].host_variables(site.lab, case.server) | case.variables).items()
            if value is not None
        }
        for name, case in CASES.items()
    }
    inventory = tmp_path / "failures.yml"
    inventory.write_text(
        yaml.safe_dump(
            {"all": {"hosts": hosts, "vars": {"other_clock": str(other_clock), "foreign": str(tmp_path / "foreign")}}}
        )
    )
    play = site.play(logons.TASK, host="all", arguments=("--inventory", str(inventory), "--forks", "4", "-vvvvv"))
    results = {result.host: result for result in play.results}
    assert results.keys() == CASES.keys()
    wrong = [
        f"{name}: {results[name].outcome}: {results[name].message}"
        for name, case in CASES.items()
        if results[name].outcome != "unreachable" or not all(word in results[name].message for word in case.words)
    ]
    assert not wrong, "\n".join(wrong)
    assert site.requests() == [], "nothing was carried out"
    # At this verbosity, Ansible's plugin itself shows tracebacks on standard output
    assert "Traceback" not in play.stderr
    everything = play.stdout + play.stderr
    for secret in (WRONG, "Sommer", "S\xf6mmer", site.lab.accounts[0].password):
        assert secret not in everything
