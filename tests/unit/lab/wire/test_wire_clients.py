# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""pywinrm and pypsrp, unchanged, against the wire."""

from __future__ import annotations

from collections.abc import Callable
from xml.etree import ElementTree

import pytest
from pypsrp.exceptions import AuthenticationError
from pypsrp.exceptions import WSManFaultError as PsrpFaultError
from pypsrp.shell import Process, WinRS
from pypsrp.wsman import SelectorSet, WSMan
from unit.lab.wire.fake_host import FakeHost, Recorder
from winrm.exceptions import InvalidCredentialsError, WSManFaultError
from winrm.protocol import Protocol

SERVICE = "http://schemas.microsoft.com/wbem/wsman/1/wmi/root/cimv2/Win32_Service"
NAMES = {
    "p": SERVICE,
    "n": "http://schemas.xmlsoap.org/ws/2004/09/enumeration",
    "w": "http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd",
    "f": "http://schemas.microsoft.com/wbem/wsman/1/wsmanfault",
}
PYWINRM = pytest.mark.parametrize(("scheme", "transport"), [("https", "ntlm"), ("http", "ntlm"), ("https", "basic")])
PYPSRP = pytest.mark.parametrize(
    ("scheme", "auth"), [("http", "negotiate"), ("http", "ntlm"), ("https", "negotiate"), ("https", "basic")]
)


def selectors(**keys: str) -> SelectorSet:
    selector_set = SelectorSet()
    for name, value in keys.items():
        selector_set.add_option(name, value)
    return selector_set


@PYWINRM
def test_pywinrm_runs_a_command(protocol: Callable[..., Protocol], recorder: Recorder, scheme: str, transport: str) -> None:
    client = protocol(scheme, transport)
    shell = client.open_shell()
    command = client.run_command(shell, "echo", ["hello", "world"])
    assert client.get_command_output(shell, command) == (b"hello world\r\n", b"", 0)
    client.cleanup_command(shell, command)
    client.close_shell(shell)
    assert recorder.actions == ["Create", "Command", "Receive", "Signal", "Delete"]
    assert {record.account for record in recorder.records} == {"CORP\\admin"}
    assert len({record.connection for record in recorder.records}) == 1
    assert recorder.records[1].detail == "echo hello world"
    assert all(record.bytes_in > 500 and record.bytes_out > 500 for record in recorder.records)


def test_pywinrm_over_http_is_encrypted(protocol: Callable[..., Protocol]) -> None:
    client = protocol("http")
    client.open_shell()
    assert client.transport.encryption is not None


@PYWINRM
def test_a_wrong_password_is_refused(
    protocol: Callable[..., Protocol], recorder: Recorder, scheme: str, transport: str
) -> None:
    with pytest.raises(InvalidCredentialsError):
        protocol(scheme, transport, password="wrong").open_shell()
    assert recorder.actions == []


@pytest.mark.parametrize("user", ["corp\\ADMIN", "admin@corp.example"])
@PYWINRM
def test_every_spelling_of_an_account_is_the_same_account(
    protocol: Callable[..., Protocol], recorder: Recorder, scheme: str, transport: str, user: str
) -> None:
    protocol(scheme, transport, user).open_shell()
    assert [record.account for record in recorder.records] == ["CORP\\admin"]


def test_an_account_without_the_right_to_manage_is_denied(protocol: Callable[..., Protocol], recorder: Recorder) -> None:
    with pytest.raises(WSManFaultError) as failure:
        protocol(user="CORP\\guest").open_shell()
    assert (failure.value.fault_subcode, failure.value.wsman_fault_code) == ("w:AccessDenied", 5)
    assert recorder.records[0].fault == "w:AccessDenied 5"


def test_pywinrm_sends_input_in_pieces(protocol: Callable[..., Protocol]) -> None:
    client = protocol("http")
    shell = client.open_shell()
    command = client.run_command(shell, "sort", console_mode_stdin=False)
    client.send_command_input(shell, command, b"b\r\n")
    client.send_command_input(shell, command, b"a\r\n", end=True)
    assert client.get_command_output(shell, command) == (b"b\r\na\r\n", b"", 0)


@PYPSRP
def test_pypsrp_gets_an_instance(wsman: Callable[..., WSMan], recorder: Recorder, scheme: str, auth: str) -> None:
    client = wsman(scheme, auth)
    body = client.get(SERVICE, selector_set=selectors(Name="service003"))
    assert body.findtext("p:Win32_Service/p:Name", namespaces=NAMES) == "Service003"
    assert recorder.actions == ["Get"]
    assert recorder.records[0].detail == 'Name="service003"'


def test_pypsrp_encrypts_within_tls(wsman: Callable[..., WSMan]) -> None:
    client = wsman("https", "negotiate", encryption="always")
    assert client.get(SERVICE, selector_set=selectors(Name="Service001")).find("p:Win32_Service", NAMES) is not None


@pytest.mark.parametrize("auth", ["negotiate", "basic"])
def test_pypsrp_is_refused_with_a_wrong_password(wsman: Callable[..., WSMan], auth: str) -> None:
    with pytest.raises(AuthenticationError):
        wsman("https", auth, password="wrong").get(SERVICE, selector_set=selectors(Name="Service001"))


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_pypsrp_enumerates_and_pulls(wsman: Callable[..., WSMan], recorder: Recorder, scheme: str) -> None:
    client = wsman(scheme)
    enumerate_ = ElementTree.Element(f"{{{NAMES['n']}}}Enumerate")
    body = client.enumerate(SERVICE, enumerate_)
    names: list[str | None] = []
    while (context := body.findtext(".//n:EnumerationContext", namespaces=NAMES)) is not None:
        pull = ElementTree.Element(f"{{{NAMES['n']}}}Pull")
        ElementTree.SubElement(pull, f"{{{NAMES['n']}}}EnumerationContext").text = context
        ElementTree.SubElement(pull, f"{{{NAMES['n']}}}MaxElements").text = "32000"
        body = client.pull(SERVICE, pull)
        names += [name.text for name in body.iterfind("n:PullResponse/n:Items/p:Win32_Service/p:Name", NAMES)]
    assert names == [f"Service{number:03}" for number in range(200)]
    assert recorder.actions == ["Enumerate", "Pull", "Pull", "Pull", "Pull"]
    assert max(record.bytes_out for record in recorder.records) <= 153600 // 2


def test_pypsrp_invokes_a_method(wsman: Callable[..., WSMan], host: FakeHost, recorder: Recorder) -> None:
    stop = ElementTree.Element(f"{{{SERVICE}}}StopService_INPUT")
    ElementTree.SubElement(stop, f"{{{SERVICE}}}Grace").text = "5"
    envelope = wsman("http").invoke(f"{SERVICE}/StopService", SERVICE, stop, selector_set=selectors(Name="Service007"))
    output = envelope.find(".//p:StopService_OUTPUT", NAMES)
    assert output is not None
    assert output.findtext("p:ReturnValue", namespaces=NAMES) == "0"
    assert host.wmi.stopped == [("Service007", {"Grace": 5})]
    assert recorder.actions == ["StopService"]


def test_pypsrp_creates_puts_and_deletes(wsman: Callable[..., WSMan], host: FakeHost) -> None:
    client = wsman("http")
    instance = ElementTree.Element(f"{{{SERVICE}}}Win32_Service")
    ElementTree.SubElement(instance, f"{{{SERVICE}}}Name").text = "New"
    created = client.create(SERVICE, instance)
    selector = created.find(".//w:Selector", NAMES)
    assert selector is not None
    assert (selector.get("Name"), selector.text) == ("Name", "New")
    change = ElementTree.Element(f"{{{SERVICE}}}Win32_Service")
    ElementTree.SubElement(change, f"{{{SERVICE}}}Description").text = "changed"
    put = client.put(SERVICE, change, selector_set=selectors(Name="New"))
    assert put.findtext("p:Win32_Service/p:Description", namespaces=NAMES) == "changed"
    assert len(client.delete(SERVICE, selector_set=selectors(Name="New"))) == 0
    assert "new" not in host.wmi.services


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_missing_instance_is_the_recorded_fault(wsman: Callable[..., WSMan], scheme: str) -> None:
    with pytest.raises(PsrpFaultError) as failure:
        wsman(scheme).get(SERVICE, selector_set=selectors(Name="None"))
    assert failure.value.code == 2150858752
    assert failure.value.provider == "WMI Provider"
    assert failure.value.machine == "srv1.corp.example"
    envelope = ElementTree.fromstring(failure.value.__context__.response_text)  # type: ignore[union-attr]
    status = envelope.find(".//f:ProviderFault/f:ExtendedError/*", NAMES)
    assert status is not None
    namespace = "{http://schemas.microsoft.com/wbem/wsman/1/wmi/root/cimv2/__ExtendedStatus}"
    assert status.tag == f"{namespace}__ExtendedStatus"
    assert status.findtext(f"{namespace}Operation") == "GetObject"
    assert status.findtext(f"{namespace}ParameterInfo") == 'Win32_Service.Name="None"'
    assert status.findtext(f"{namespace}ProviderName") == "CIMWin32"


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_pypsrp_runs_a_command_with_several_arguments(wsman: Callable[..., WSMan], scheme: str) -> None:
    with WinRS(wsman(scheme), codepage=65001, no_profile=True) as shell:
        process = Process(shell, "echo", ["hello", "world"])
        process.invoke()
        process.signal("http://schemas.microsoft.com/wbem/wsman/1/windows/shell/signal/terminate")
    assert (process.stdout, process.stderr, process.rc) == (b"hello world\r\n", b"", 0)


def test_pypsrp_sends_input(wsman: Callable[..., WSMan]) -> None:
    with WinRS(wsman("http")) as shell:
        process = Process(shell, "sort")
        process.begin_invoke()
        process.send(b"one\r\n", end=False)
        process.send(b"two\r\n")
        process.end_invoke()
    assert process.stdout == b"one\r\ntwo\r\n"
