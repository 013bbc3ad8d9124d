# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""An update package from one server to another by way of the controller, beside plain SMB and a local copy.

Measured twice: on this computer, whose processors are all that there is to wait for, and over a network of 1 Gbit/s.
``python -m benchmarks.transfer`` measures once, in the network that it is in, and prints that for this module to read.
"""

from __future__ import annotations

import hashlib
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from lab.hierarchy.topology import load
from lab.lab import Lab
from lab.smb import samba

from .network import NotPossible, network
from .page import Table
from .running import play

SIZE = 2 * 1024**3
SMALL = 64 * 1024**2
SOURCE, DESTINATION = "srv1.corp.example", "srv2.corp.example"
FILE = r"C:\Packages\package.cab"
_BLOCK = 16 * 1024**2
_TIMEOUT = "--timeout=120"
"""Seconds; its own 20 are not enough for a disk that is busy with what was written before."""

OURS, CHECKED, PLAIN = "file_transfer", "smbclient, and then the same SHA-256", "smbclient"
ROWS = (OURS, CHECKED, PLAIN, "smbclient, not signed", "cp")
OVER_NETWORK = (OURS, CHECKED, PLAIN)
"""Those that a network slows down, each once."""


def run() -> None:
    """Print how fast each way is, and the memory of the controller's processes."""
    if missing := samba.missing() or ("" if shutil.which("smbclient") else "not installed: smbclient"):
        print(f"Transfers are not measured, {missing}")
        return
    print(f"Carrying {SIZE >> 30} GiB from one server to another by way of the controller, in {len(ROWS)} ways ...", flush=True)
    here, memory = measure(ROWS, rounds=2)
    print("The same over a network of 1 Gbit/s, in two minutes or three ...\n", flush=True)
    try:
        with network("1gbit") as inside:
            command = [*inside, sys.executable, "-m", "benchmarks.transfer", *OVER_NETWORK]
            there = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    except NotPossible as reason:
        print(f"A network is not measured: {reason}")
        there = {}
    rows = [(name, *_cells(name, here), *(_cells(name, there) if name in there else ("-", "-"))) for name in ROWS]
    head = ("there and back again", "this computer", "we have", "1 Gbit/s", "we have")
    small, large = (f"{memory[size]:.0f} MiB" for size in (SMALL, SIZE))
    notes = (
        f"The speed is that of the last {SIZE - SMALL >> 20} of {SIZE >> 20} MiB: the start of a program does not count.",
        f"Both servers, the controller and SHA-256 at both ends share {os.cpu_count()} processors here, and not elsewhere.",
        f"The memory of ansible-playbook at its peak is {large}, and {small} with a file of {SMALL >> 20} MiB.",
    )
    Table("transfer", head, rows, notes).publish()


def measure(names: Sequence[str], rounds: int) -> tuple[dict[str, float], dict[int, float]]:
    """Bytes a second of each way, the best of some rounds; and by the size of the file, MiB of memory of the controller."""
    seconds: dict[tuple[str, int], float] = {}
    memory: dict[int, float] = {}
    with tempfile.TemporaryDirectory() as directory, Lab(load("standalone"), Path(directory), speed=1000) as lab:
        through = Path(directory) / "controller"
        for size in (SMALL, SIZE):
            _write_package(_on(lab, SOURCE), size)
            for name in (name for _round in range(rounds) for name in names):
                taken = _timed(lambda way=_WAYS[name]: way(lab, through))  # type: ignore[misc]
                _clear(lab, through)
                memory.setdefault(size, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024)
                seconds[name, size] = min(taken, seconds.get((name, size), taken))
    return {name: 2 * (SIZE - SMALL) / (seconds[name, SIZE] - seconds[name, SMALL]) for name in names}, memory


def _cells(name: str, speeds: dict[str, float]) -> tuple[str, str]:
    return f"{speeds[name] / 1e6:.0f} MB/s", f"{speeds[OURS] / speeds[name]:.0%}"


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
        options = ("//127.0.0.1/C$", f"--port={lab.smb_ports[server]}", f"--client-protection={protection}", _TIMEOUT)
        files = f'"{remote}" "{local}"' if command == "get" else f'"{local}" "{remote}"'
        done = subprocess.run(
            ["smbclient", *options, "-c", f"{command} {files}"],
            env={**os.environ, "USER": account.name, "PASSWD": account.password},
            check=False,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        if done.returncode != 0:
            raise RuntimeError(f"smbclient ended with {done.returncode}: {done.stdout}")
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


_WAYS: dict[str, Callable[[Lab, Path], None]] = {
    OURS: _ours,
    CHECKED: partial(_plain, protection="sign", is_checked=True),
    PLAIN: partial(_plain, protection="sign"),
    "smbclient, not signed": partial(_plain, protection="off"),
    "cp": _copied,
}


def _clear(lab: Lab, through: Path) -> None:
    shutil.rmtree(through)
    shutil.rmtree(_on(lab, DESTINATION).parent)


def _timed(way: Callable[[], None]) -> float:
    # What one way has left to be written to the disk is not the next one's to wait for
    os.sync()
    started = time.monotonic()
    way()
    return time.monotonic() - started


if __name__ == "__main__":
    print(json.dumps(measure(sys.argv[1:], rounds=1)[0]))
