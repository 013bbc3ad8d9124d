# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files of the lab's servers by SMB, with smbprotocol as the client: what is shared, with whom, and how it ends."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import pytest
import smbclient
from lab.hierarchy.topology import load
from lab.lab import Lab
from programs import needs_samba
from smbprotocol.exceptions import SMBException

pytestmark = needs_samba

SERVER = "srv1.corp.example"
FAILED = (SMBException, OSError, ValueError)
"""What the library raises, one for each layer of it."""


class Client:
    """Uses the files of a server as one account."""

    def __init__(self, lab: Lab, user: str = r"CORP\administrator", password: str | None = None, timeout: int = 10) -> None:
        self._port = lab.smb_ports[SERVER]
        self._cache: dict[str, Any] = {}
        passwords = {account.name.lower(): account.password for account in lab.accounts}
        smbclient.register_session(
            "127.0.0.1",
            username=user,
            password=passwords[user.lower()] if password is None else password,
            connection_timeout=timeout,
            **self._usual(),
        )

    def list(self, share: str) -> list[str]:
        return sorted(smbclient.listdir(f"\\\\127.0.0.1\\{share}", **self._usual()))

    def write(self, path: str, content: bytes) -> None:
        with smbclient.open_file(f"\\\\127.0.0.1\\{path}", "wb", **self._usual()) as file:
            file.write(content)

    def free(self, share: str) -> int:
        free: int = smbclient.stat_volume(f"\\\\127.0.0.1\\{share}", **self._usual()).caller_available_size
        return free

    def close(self) -> None:
        with contextlib.suppress(*FAILED):
            smbclient.reset_connection_cache(connection_cache=self._cache)

    def _usual(self) -> dict[str, Any]:
        return {"port": self._port, "connection_cache": self._cache}


@pytest.fixture(scope="module")
def running_lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    with Lab(load("standalone"), tmp_path_factory.mktemp("smb")) as lab:
        yield lab


@pytest.fixture
def lab(running_lab: Lab) -> Lab:
    running_lab.reset()
    return running_lab


@pytest.fixture
def log_on(lab: Lab) -> Iterator[Callable[..., Client]]:
    with contextlib.ExitStack() as stack:
        yield lambda *arguments, **options: stack.enter_context(contextlib.closing(Client(lab, *arguments, **options)))


def test_drives_are_shared_with_administrators(lab: Lab, log_on: Callable[..., Client]) -> None:
    client = log_on()
    assert client.list("C$") == ["Program Files", "Users", "Windows"]
    client.write(r"D$\Käse.cab", b"a cabinet")
    assert lab.hierarchy.servers[SERVER].files.read_bytes(r"d:\käse.cab") == b"a cabinet"
    with pytest.raises(FAILED, match="0xc00000cc"):
        client.list("E$")  # A compact disc
    # The lab's files are those of whoever runs it
    assert lab.hierarchy.servers[SERVER].files.location(r"D:\Käse.cab").stat().st_uid == os.getuid()


def test_an_account_goes_by_its_user_principal_name_too(lab: Lab, log_on: Callable[..., Client]) -> None:
    password = lab.accounts[0].password
    assert log_on("administrator@corp.example", password).list("D$") == []


def test_others_are_refused_until_they_are_administrators(lab: Lab, log_on: Callable[..., Client]) -> None:
    with pytest.raises(FAILED, match="0xc0000022"):
        log_on(r"CORP\analyst").list("C$")
    lab.console.perform({"action": "add_local_group_member", "server": "srv1", "member": r"CORP\analyst"})
    assert "Windows" in log_on(r"CORP\analyst").list("C$")


@pytest.mark.parametrize("user", [r"CORP\administrator", r"CORP\nobody-here"])
def test_a_wrong_log_on_is_refused(log_on: Callable[..., Client], user: str) -> None:
    with pytest.raises(FAILED, match="0xc000006d"):
        log_on(user, "wrong")


def test_what_is_free_follows_the_files_of_the_drive(lab: Lab, log_on: Callable[..., Client]) -> None:
    lab.console.perform({"action": "set_drive", "server": "srv1", "drive": "D:", "free": 1024 * 1024})
    client = log_on()
    assert client.free("D$") == 1024 * 1024
    client.write(r"D$\half", bytes(512 * 1024))
    assert client.free("D$") == 512 * 1024 == lab.hierarchy.servers[SERVER].files.free("D:")


def test_a_planned_cut_ends_the_next_connection_and_no_other(lab: Lab, log_on: Callable[..., Client]) -> None:
    lab.console.perform({"action": "cut_smb", "server": "srv1", "after": 500_000})
    client = log_on()
    with pytest.raises(FAILED):
        client.write(r"D$\large", bytes(2_000_000))
    assert lab.hierarchy.servers[SERVER].files.size(r"D:\large") < 2_000_000
    log_on().write(r"D$\large", bytes(2_000_000))
    assert lab.hierarchy.servers[SERVER].files.size(r"D:\large") == 2_000_000


def test_nobody_answers_on_a_closed_port_or_a_server_that_is_off(lab: Lab, log_on: Callable[..., Client]) -> None:
    lab.console.perform({"action": "close_port", "server": "srv1", "port": 445})
    with pytest.raises(FAILED):
        log_on()
    lab.console.perform({"action": "open_port", "server": "srv1", "port": 445})
    assert log_on().list("D$") == []
    lab.console.perform({"action": "turn_off", "server": "srv1"})
    with pytest.raises(FAILED):
        log_on(timeout=1)


def test_a_reset_ends_connections_and_the_end_of_the_lab_their_processes(tmp_path: Path) -> None:
    with Lab(load("standalone"), tmp_path / "lab") as lab:
        before = Client(lab)
        lab.reset()
        with pytest.raises(FAILED):
            before.list("C$")
        after = Client(lab)
        assert "Windows" in after.list("C$")
        assert _processes_with(tmp_path)
    deadline = monotonic() + 10
    while _processes_with(tmp_path) and monotonic() < deadline:
        sleep(0.01)  # Nothing tells when the kernel has taken a killed process away
    assert not _processes_with(tmp_path)
    before.close()
    after.close()


def _processes_with(directory: Path) -> list[str]:
    found = []
    for entry in Path("/proc").iterdir():
        with contextlib.suppress(OSError):
            if entry.name.isdecimal() and str(directory) in (entry / "cmdline").read_text():
                found.append(entry.name)
    return found
