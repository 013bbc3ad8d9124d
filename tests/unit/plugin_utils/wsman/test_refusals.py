# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Why a log-on failed, out of what libraries raise and servers answer that the lab does not have."""

from __future__ import annotations

import base64
import subprocess
import sys
from pathlib import Path

import pytest
import requests
from ansible_collections.configmgr.site.plugins.plugin_utils._connection_variables import (
    PSRP,
    WINRM,
    Variables,
    advice,
    certificate_advice,
)
from ansible_collections.configmgr.site.plugins.plugin_utils._wsman.errors import AuthenticationRejected, Reason
from ansible_collections.configmgr.site.plugins.plugin_utils._wsman.refusals import (
    METHODS,
    Attempt,
    explain,
    is_log_on_failure,
    reason_of,
)
from requests_credssp.exceptions import AuthenticationException, NTStatusException


def refused(header: str, method: str = "ntlm", **attempt: bool) -> AuthenticationRejected:
    """What comes of HTTP 401 with these methods offered."""
    response = requests.Response()
    response.status_code = 401
    response.headers["WWW-Authenticate"] = header
    settings = {"is_https": True, "sends_binding": True, "is_ascii": True} | attempt
    return explain(Attempt(method, **settings), requests.HTTPError(response=response))


@pytest.mark.parametrize(
    ("method", "header", "reason"),
    [
        ("ntlm", "Negotiate, Kerberos", Reason.CREDENTIALS),
        ("ntlm", "negotiate", Reason.CREDENTIALS),
        ("ntlm", "NTLM", Reason.CREDENTIALS),
        ("ntlm", 'Kerberos, Basic realm="Negotiate"', Reason.NOT_OFFERED),
        ("ntlm", "", Reason.NOT_OFFERED),
        ("kerberos", "Kerberos", Reason.UNEXPLAINED_TICKET),
        ("kerberos", "NTLM", Reason.NOT_OFFERED),
        ("negotiate", "NTLM", Reason.CREDENTIALS),
        ("basic", 'Basic realm="WSMAN"', Reason.CREDENTIALS),
        ("ssl", 'Negotiate, Basic realm="WSMAN"', Reason.CREDENTIALS),
        ("plaintext", "Negotiate", Reason.NOT_OFFERED),
        ("certificate", "Negotiate", Reason.UNMAPPED_CERTIFICATE),
    ],
)
def test_what_is_offered(method: str, header: str, reason: Reason) -> None:
    assert refused(header, method).reason is reason


@pytest.mark.parametrize(("method", "reason"), [("ntlm", Reason.PROXY), ("basic", Reason.CREDENTIALS)])
def test_a_proxy_matters_to_what_logs_on_a_connection(method: str, reason: Reason) -> None:
    assert refused("Negotiate, Basic", method, is_https=False, has_http_proxy=True).reason is reason


def test_what_is_offered_is_said_once_and_without_what_belongs_to_it() -> None:
    assert str(refused('Basic realm="a, b", Basic realm="c", CredSSP')).endswith("it offers Basic and CredSSP")
    assert str(refused("")).endswith("it offers nothing")


@pytest.mark.parametrize(
    ("code", "reason"), [(31, Reason.FOREIGN_TICKET), (37, Reason.CLOCK_SKEW), (32, Reason.EXPIRED_TICKET), (60, Reason.OTHER)]
)
@pytest.mark.parametrize("scheme", ["Negotiate", "Kerberos"])
def test_why_a_ticket_was_refused(scheme: str, code: int, reason: Reason) -> None:
    # What of a KRB-ERROR counts: version, type, time, code
    message = bytes.fromhex("7e2f302da003020105a10302011ea411180f32303236303130313030303030305aa503020163a6030201") + bytes(
        [code]
    )
    answer = refused(f"{scheme} {base64.b64encode(message).decode()}, Kerberos", "kerberos")
    assert (answer.reason, f"error {code}" in str(answer)) == (reason, True)


@pytest.mark.parametrize(("header", "is_sent"), [("Negotiate AAAA", True), ("Negotiate A", True), ("Negotiate", False)])
def test_a_token_that_explains_nothing(header: str, is_sent: bool) -> None:
    assert refused(header, "kerberos", sends_binding=is_sent).reason in (Reason.UNEXPLAINED_TICKET, Reason.CHANNEL_BINDING)


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (0xC000006D, Reason.CREDENTIALS),
        (0xC0000234, Reason.UNUSABLE_ACCOUNT),
        (0xC0000071, Reason.UNUSABLE_ACCOUNT),
        (0xC00000BB, Reason.OTHER),
    ],
)
def test_what_credssp_tells(status: int, reason: Reason) -> None:
    error = explain(Attempt("credssp", True, True, True), NTStatusException(status))
    assert (error.reason, f"0x{status:08x}" in str(error)) == (reason, True)


def test_credssp_that_breaks_off() -> None:
    text = "Server did not response with a CredSSP token after step Credential exchange - actual 'Negotiate'"
    assert explain(Attempt("credssp", True, True, True), AuthenticationException(text)).reason is Reason.CREDENTIALS


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("kinit: Password has expired while getting initial credentials", Reason.UNUSABLE_ACCOUNT),
        ("kinit: Client's credentials have been revoked while getting initial credentials", Reason.UNUSABLE_ACCOUNT),
        ("authGSSClientInit() failed: (('Unspecified', 1), ('No Kerberos credentials available', -1))", Reason.NO_TICKET),
        ("kinit: Configuration file does not specify default realm when parsing name x", Reason.UNKNOWN_REALM),
        ("Unable to authenticate <Response [200]>", Reason.UNPROVEN_SERVER),
        ("message encryption is set to 'always' but the selected auth method basic does not support it", Reason.UNENCRYPTED),
        ("something that nobody has heard of", Reason.OTHER),
    ],
)
def test_what_libraries_say(text: str, reason: Reason) -> None:
    assert reason_of(text) is reason


@pytest.mark.parametrize("variables", [WINRM, PSRP])
@pytest.mark.parametrize("reason", list(Reason))
def test_there_is_advice_for_every_reason(reason: Reason, variables: Variables) -> None:
    for method in METHODS:
        text = advice(reason, variables, method)
        assert text and "{" not in text and not text.endswith(".")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("certificate verify failed: certificate has expired (_ssl.c:1006)", "renewed"),
        ("certificate verify failed: self-signed certificate (_ssl.c:1006)", "or to itself"),
        ("certificate verify failed: self-signed certificate in certificate chain (_ssl.c:1006)", "authority that issued it"),
        ("certificate verify failed: unable to get local issuer certificate (_ssl.c:1006)", "authority that issued it"),
        ("Hostname mismatch, certificate is not valid for 'srv1'. (_ssl.c:1006)", "ansible_host"),
        ("IP address mismatch, certificate is not valid for '192.0.2.1'. (_ssl.c:1006)", "ansible_host"),
    ],
)
def test_what_to_do_about_a_certificate(text: str, words: str) -> None:
    assert words in certificate_advice(text, WINRM)


def test_a_failure_of_something_else_is_none_of_a_log_on() -> None:
    assert not is_log_on_failure(requests.ConnectionError())
    assert not is_log_on_failure(ValueError())


# Says what comes of a request by a connection whose library is not there: the reason, and what to do
MISSING = """
import sys
from pathlib import Path
missing, connection, method, directory = sys.argv[1:]
sys.modules[missing] = None
from ansible_collections.configmgr.site.plugins.plugin_utils import _connection_variables as variables
from ansible_collections.configmgr.site.plugins.plugin_utils._wsman import errors, transports
from wmi_server import serve
with serve(Path(directory)) as server:
    if connection == "winrm":
        session = server.pywinrm(method=method)
        transport, names = transports.PywinrmTransport(session), variables.WINRM
    else:
        transport, names = transports.PypsrpTransport(server.pypsrp(method=method)), variables.PSRP
    try:
        transport.send(b"<x/>")
    except errors.AuthenticationRejected as error:
        print(error.reason.name, variables.advice(error.reason, names, method))
"""


@pytest.mark.parametrize(
    ("missing", "connection", "method", "to_install"),
    [
        ("kerberos", "winrm", "kerberos", "'pywinrm[kerberos]'"),
        ("requests_credssp", "winrm", "credssp", "'pywinrm[credssp]'"),
        ("requests_ntlm", "winrm", "ntlm", "requests-ntlm"),
        ("gssapi", "psrp", "kerberos", "'pypsrp[kerberos]'"),
        ("requests_credssp", "psrp", "credssp", "'pypsrp[credssp]'"),
    ],
)
def test_a_library_that_is_not_installed(missing: str, connection: str, method: str, to_install: str, tmp_path: Path) -> None:
    command = [sys.executable, "-c", MISSING, missing, connection, method, str(tmp_path)]
    paths = ":".join(path for path in sys.path if path)
    process = subprocess.run(command, env={"PYTHONPATH": paths}, capture_output=True, text=True, check=False)
    assert process.stdout.startswith("MISSING_LIBRARY "), process.stderr
    assert f"pip install {to_install}" in process.stdout
