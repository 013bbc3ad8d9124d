# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""An update package from one server to another by way of the controller, beside plain SMB and a local copy, in one run."""

from __future__ import annotations

import hashlib
import os
import resource
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from lab.hierarchy.topology import load
from lab.lab import Lab
from lab.smb import samba

from .running import play

SIZE = 2 * 1024**3
SMALL = 64 * 1024**2
ROUNDS = 2
SOURCE, DESTINATION = "srv1.corp.example", "srv2.corp.example"
FILE = r"C:\Packages\package.cab"
_BLOCK = 16 * 1024**2


def run() -> None:
    """Print how fast each way is, and the memory of the controller's processes."""
    if missing := samba.missing() or ("" if shutil.which("smbclient") else "not installed: smbclient"):
        print(f"Transfers are not measured, {missing}")
        return
    print(f"Carrying {SIZE / 1024**3:.0f} GiB from one server to another by way of the controller ...\n")
    with tempfile.TemporaryDirectory() as directory, Lab(load("standalone"), Path(directory), speed=1000) as lab:
        through = Path(directory) / "controller"
        ways: dict[str, Callable[[], None]] = {
            "file_transfer": lambda: _ours(lab, through),
            "smbclient, signed; then SHA-256": lambda: _plain(lab, through, "sign", is_checked=True),
            "smbclient, signed": lambda: _plain(lab, through, "sign"),
            "smbclient, not signed": lambda: _plain(lab, through, "off"),
            "cp": lambda: _copied(lab, through),
        }
        memory: dict[int, float] = {}
        seconds: dict[str, dict[int, float]] = {name: {} for name in ways}
        for size in (SMALL, SIZE):
            _write_package(_on(lab, SOURCE), size)
            for number in range(ROUNDS):
                for name, way in ways.items():
                    taken = _timed(way)
                    _clear(lab, through)
                    memory.setdefault(size, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024)
                    seconds[name][size] = min(taken, seconds[name].get(size, taken)) if number else taken
    speeds = {name: 2 * (SIZE - SMALL) / (taken[SIZE] - taken[SMALL]) / 1e6 for name, taken in seconds.items()}
    ours = speeds["file_transfer"]
    print(f"{'there and back again':<38}{'wall':>9}{'speed':>12}{'file_transfer has':>20}")
    for name, speed in speeds.items():
        print(f"{name:<38}{seconds[name][SIZE]:>7.1f} s{speed:>7.0f} MB/s{ours / speed:>19.0%}")
    small, large = (f"{memory[size]:.0f} MiB" for size in (SMALL, SIZE))
    print(f"{'peak memory of ansible-playbook':<38}{large:>9}   (with {SMALL // 1024**2} MiB: {small})")
    print(
        f"\nThe speed is that of the last {SIZE - SMALL >> 20} MiB, so that the start of a program does not count. Both"
        f"\nservers, the controller and SHA-256 at both ends share this computer's {os.cpu_count()} processors."
    )


def _on(lab: Lab, server: str) -> Path:
    return lab.hierarchy.servers[server].files.location(FILE)


def _write_package(path: Path, size: int) -> None:
    path.parent.mkdir(exist_ok=True)
    with path.open("wb") as file:
        for _block in range(size // _BLOCK):
            file.write(os.urandom(_BLOCK))


def _ours(lab: Lab, through: Path) -> None:
    def task(**options: str) -> dict[str, object]:
        return {"configmgr.site.file_transfer": {"smb_port": "{{ configmgr_smb_port }}", **options}}

    play(lab, [task(mode="pull", src=FILE, dest=f"{through}/")], hosts=SOURCE)
    play(lab, [task(mode="push", src=str(through / "package.cab"), dest=FILE)], hosts=DESTINATION)


def _plain(lab: Lab, through: Path, protection: str, *, is_checked: bool = False) -> None:
    through.mkdir()
    _on(lab, DESTINATION).parent.mkdir()
    account = lab.accounts[0]
    local, remote = through / "package.cab", FILE[3:]
    for server, command in ((SOURCE, "get"), (DESTINATION, "put")):
        options = ("//127.0.0.1/C$", f"--port={lab.smb_ports[server]}", f"--client-protection={protection}")
        files = f'"{remote}" "{local}"' if command == "get" else f'"{local}" "{remote}"'
        subprocess.run(
            ["smbclient", *options, "-c", f"{command} {files}"],
            env={**os.environ, "USER": account.name, "PASSWD": account.password},
            check=True,
            capture_output=True,
        )
        if is_checked:
            digests = {_sha256(path) for path in (Path(local), _on(lab, server))}
            assert len(digests) == 1


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _copied(lab: Lab, through: Path) -> None:
    through.mkdir()
    _on(lab, DESTINATION).parent.mkdir()
    for source, target in ((_on(lab, SOURCE), through), (through / "package.cab", _on(lab, DESTINATION))):
        subprocess.run(["cp", source, target], check=True)


def _clear(lab: Lab, through: Path) -> None:
    shutil.rmtree(through)
    shutil.rmtree(_on(lab, DESTINATION).parent)


def _timed(way: Callable[[], None]) -> float:
    # What one way has left to be written to the disk is not the next one's to wait for
    os.sync()
    started = time.monotonic()
    way()
    return time.monotonic() - started
