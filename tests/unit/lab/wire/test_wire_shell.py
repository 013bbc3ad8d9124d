# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The cmd shell beyond what the clients' own happy paths need."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from lab.wire.host import CommandResult
from unit.lab.wire.fake_host import FakeHost, Recorder
from unit.lab.wire.soap import Soap
from winrm.exceptions import WinRMOperationTimeoutError, WSManFaultError
from winrm.protocol import Protocol

SHELL = "http://schemas.microsoft.com/wbem/wsman/1/windows/shell"
UNKNOWN = ("w:InvalidSelectors", 2150858843)


@pytest.fixture
def client(protocol: Callable[..., Protocol]) -> Protocol:
    return protocol("http")


def code(failure: pytest.ExceptionInfo[WSManFaultError]) -> tuple[str | None, int | None]:
    return failure.value.fault_subcode, failure.value.wsman_fault_code


def test_a_shell_dies_with_its_deletion(client: Protocol) -> None:
    shell, other = client.open_shell(), client.open_shell()
    client.close_shell(shell, close_session=False)
    with pytest.raises(WSManFaultError) as failure:
        client.run_command(shell, "echo")
    assert code(failure) == UNKNOWN
    assert client.run_command(other, "echo", ["x"])


def test_an_unknown_command_is_the_recorded_fault(client: Protocol) -> None:
    shell = client.open_shell()
    command = client.run_command(shell, "echo", ["x"])
    client.cleanup_command(shell, command)
    for call in (client.get_command_output_raw, client.cleanup_command):
        with pytest.raises(WSManFaultError) as failure:
            call(shell, command)
        assert code(failure) == UNKNOWN
        assert "command identifier that does not exist" in str(failure.value.reason)


def test_a_shell_belongs_to_its_account(
    client: Protocol, protocol: Callable[..., Protocol], host: FakeHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(host, "may_manage_remotely", lambda account: True)
    shell = client.open_shell()
    with pytest.raises(WSManFaultError) as failure:
        protocol(user="CORP\\guest").run_command(shell, "echo")
    assert code(failure) == UNKNOWN


def test_waiting_ends_with_the_operation_timeout(client: Protocol, host: FakeHost, recorder: Recorder) -> None:
    shell = client.open_shell()
    command = client.run_command(shell, "wait")
    with pytest.raises(WinRMOperationTimeoutError):
        client.get_command_output_raw(shell, command)
    assert recorder.records[-1].fault == "w:TimedOut 2150858793"
    host.commands.may_end.set()
    assert client.get_command_output(shell, command) == (b"waited", b"", 3)


@pytest.fixture
def waiting(
    client: Protocol, protocol: Callable[..., Protocol], host: FakeHost
) -> Iterator[tuple[str, str, Callable[[], object]]]:
    """A command whose output another connection waits for: shell, command, and how to get what that one got."""
    shell = client.open_shell()
    command = client.run_command(shell, "wait")
    other = protocol("https")
    other.operation_timeout_sec = 20
    with ThreadPoolExecutor() as pool:
        future = pool.submit(other.get_command_output, shell, command)
        assert host.commands.is_waiting.wait(20)
        yield shell, command, lambda: future.result(20)
        host.commands.may_end.set()


def test_output_comes_while_the_command_runs(client: Protocol, host: FakeHost) -> None:
    shell = client.open_shell()
    command = client.run_command(shell, "wait", ["for it"])
    assert client.get_command_output_raw(shell, command) == (b"for it", b"", -1, False)
    with pytest.raises(WinRMOperationTimeoutError):
        client.get_command_output_raw(shell, command)
    host.commands.may_end.set()
    assert client.get_command_output(shell, command) == (b"waited", b"", 3)


@pytest.mark.parametrize("ends_shell", [True, False])
def test_the_end_is_told_to_what_runs(client: Protocol, host: FakeHost, ends_shell: bool) -> None:
    shell = client.open_shell()
    command = client.run_command(shell, "wait", ["x"])
    client.get_command_output_raw(shell, command)
    assert not host.commands.was_ended.is_set()
    if ends_shell:
        client.close_shell(shell, close_session=False)
    else:
        client.cleanup_command(shell, command)
    assert host.commands.was_ended.wait(20)


def test_a_deleted_shell_ends_the_waiting(client: Protocol, waiting: tuple[str, str, Callable[[], object]]) -> None:
    shell, _unused, outcome = waiting
    client.close_shell(shell)
    with pytest.raises(WSManFaultError) as failure:
        outcome()
    assert code(failure) == ("w:InternalError", 995)


def test_control_c_ends_the_command(
    client: Protocol, soap: Soap, waiting: tuple[str, str, Callable[[], tuple[bytes, bytes, int]]]
) -> None:
    shell, command, outcome = waiting
    body = f'<rsp:Signal CommandId="{command}"><rsp:Code>{SHELL}/signal/ctrl_c</rsp:Code></rsp:Signal>'
    assert soap.request(f"{SHELL}/Signal", f"{SHELL}/cmd", body, ShellId=shell).status == 200
    assert outcome()[2] == 0xC000013A


def test_much_output_comes_in_pieces_that_fit(client: Protocol, host: FakeHost, recorder: Recorder) -> None:
    output = bytes(range(256)) * 1000
    host.commands.run = lambda *arguments: CommandResult(output, b"e" * 50_000, 7)  # type: ignore[method-assign]
    shell = client.open_shell()
    assert client.get_command_output(shell, client.run_command(shell, "big")) == (output, b"e" * 50_000, 7)
    received = [record for record in recorder.records if record.action == "Receive"]
    assert len(received) > 3
    assert max(record.bytes_out for record in received) <= 153600 // 2


def test_a_shell_has_what_2012_tells_of_it(soap: Soap) -> None:
    body = (
        "<rsp:Shell><rsp:InputStreams>stdin</rsp:InputStreams><rsp:OutputStreams>stdout stderr</rsp:OutputStreams></rsp:Shell>"
    )
    answer = soap.request("http://schemas.xmlsoap.org/ws/2004/09/transfer/Create", f"{SHELL}/cmd", body)
    assert answer.text_of(".//rsp:Shell/rsp:ShellId") == answer.text_of(".//w:Selector")
    assert answer.text_of(".//rsp:Shell/rsp:Owner") == "CORP\\admin"
    assert answer.text_of(".//rsp:Shell/rsp:OutputStreams") == "stdout stderr"


def test_thirty_one_shells_are_one_too_many(client: Protocol) -> None:
    shells = [client.open_shell() for _unused in range(30)]
    with pytest.raises(WSManFaultError) as failure:
        client.open_shell()
    assert code(failure) == ("w:QuotaLimit", 2150859173)
    client.close_shell(shells[0], close_session=False)
    client.open_shell()


@pytest.mark.parametrize(
    "stream",
    [
        '<rsp:Stream Name="stdin" CommandId="{}">*</rsp:Stream>',
        '<rsp:Stream Name="stdout" CommandId="{}"></rsp:Stream>',
    ],
)
def test_bad_input_is_an_invalid_parameter(client: Protocol, soap: Soap, stream: str) -> None:
    shell = client.open_shell()
    command = client.run_command(shell, "sort")
    body = f"<rsp:Send>{stream.format(command)}</rsp:Send>"
    answer = soap.request(f"{SHELL}/Send", f"{SHELL}/cmd", body, ShellId=shell)
    assert answer.fault == ("w:InvalidParameter", 87)
    assert 'provider="Shell cmd plugin"' in answer.text


def test_input_after_the_end_is_refused(client: Protocol) -> None:
    shell = client.open_shell()
    command = client.run_command(shell, "sort")
    client.send_command_input(shell, command, b"all", end=True)
    with pytest.raises(WSManFaultError) as failure:
        client.send_command_input(shell, command, b"more")
    assert code(failure) == ("w:InternalError", 232)


def test_a_receive_waits_for_the_end_of_the_input(client: Protocol, soap: Soap) -> None:
    shell = client.open_shell()
    command = client.run_command(shell, "sort")
    client.send_command_input(shell, command, b"first,")
    with pytest.raises(WinRMOperationTimeoutError):
        client.get_command_output_raw(shell, command)
    last = base64.b64encode(b"last").decode()
    body = f'<rsp:Send><rsp:Stream Name="stdin" CommandId="{command.lower()}" End="true">{last}</rsp:Stream></rsp:Send>'
    assert soap.request(f"{SHELL}/Send", f"{SHELL}/cmd", body, shellid=shell.lower()).status == 200
    assert client.get_command_output(shell, command) == (b"first,last", b"", 0)
