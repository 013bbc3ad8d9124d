# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lab serves a WinRM client that shares nothing with those of Python: winrmcp, in Go, which copies a file."""

from __future__ import annotations

import random
import shutil
import subprocess
from pathlib import Path

import pytest
from plays import Site

pytestmark = pytest.mark.skipif(
    shutil.which("winrmcp") is None, reason="winrmcp is not installed (tests/install-system-packages.sh installs it)"
)

SERVER = "srv1.corp.example"
DESTINATION = r"C:\Data\content.bin"
CONTENT = random.Random(0).randbytes(200_000)
"""More than thirty chunks, which winrmcp sends through three shells."""


def copy(site: Site, directory: Path, *, password: str = "", options: tuple[str, ...] = ()) -> tuple[int, str]:
    source = directory / "content.bin"
    source.write_bytes(CONTENT)
    account = site.lab.accounts[0]
    address = f"127.0.0.1:{site.lab.https_ports[SERVER]}"
    log_on = ["-user", account.name, "-pass", password or account.password]
    command = ["winrmcp", "-https", "-addr", address, *log_on, *options, str(source), DESTINATION]
    process = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    return process.returncode, process.stdout + process.stderr


def test_file_arrives_byte_for_byte(site: Site, tmp_path: Path) -> None:
    assert copy(site, tmp_path, options=("-cacert", str(site.lab.authority_file))) == (0, "")
    server = site.lab.hierarchy.servers[SERVER]
    assert server.files.read_bytes(DESTINATION) == CONTENT
    assert server.files.below(server.environment(site.lab.accounts[0].name)["TEMP"]) == [], "the temporary file is gone"
    assert len(server.powershell_starts) == 2, "what winrmcp starts is written down"


def test_wrong_password_is_refused(site: Site, tmp_path: Path) -> None:
    code, output = copy(site, tmp_path, password="wrong", options=("-cacert", str(site.lab.authority_file)))
    assert code != 0
    assert "401" in output
    assert DESTINATION not in site.lab.hierarchy.servers[SERVER].files


def test_certificate_of_the_lab_is_not_trusted_by_itself(site: Site, tmp_path: Path) -> None:
    code, output = copy(site, tmp_path)
    assert code != 0
    assert "certificate" in output
    assert DESTINATION not in site.lab.hierarchy.servers[SERVER].files
