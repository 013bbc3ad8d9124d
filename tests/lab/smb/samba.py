# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Samba's smbd, a process for each connection, and its accounts: those of the lab, which this computer does not have.

smbd asks the system for users and switches between them. nss_wrapper and uid_wrapper, which Samba's own tests use, answer in
the system's place, so that it needs no rights.
"""

from __future__ import annotations

import itertools
import os
import shutil
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from ctypes.util import find_library
from pathlib import Path
from subprocess import PIPE, STDOUT, Popen, run
from threading import Lock

from . import configuration
from .configuration import SharedServer

_PROGRAMS = ("smbd", "smbpasswd", "setpriv")
_LIBRARIES = ("nss_wrapper", "uid_wrapper")


def missing() -> str:
    """What this computer lacks to serve SMB, as a sentence; empty if nothing."""
    found = (*(name for name in _PROGRAMS if not _program(name)), *(name for name in _LIBRARIES if not find_library(name)))
    return f"not installed: {', '.join(found)} (Debian: samba, libnss-wrapper, libuid-wrapper)" if found else ""


class Samba:
    """Serves connections. Its accounts are made as soon as there is one: that takes some tenths of a second."""

    def __init__(self, directory: Path, passwords: Mapping[str, str], dns_domain: str) -> None:
        """``directory`` is made; ``passwords`` are by names without domain."""
        self.names = tuple(passwords)
        self._directory = directory
        self._passwords = passwords
        self._dns_domain = dns_domain
        self._numbers = itertools.count()
        self._processes: set[Popen[bytes]] = set()
        self._lock = Lock()
        self._is_closed = False

    def close(self) -> None:
        """Serve nobody any more."""
        with self._lock:
            self._is_closed = True
        self.end_connections()

    def end_connections(self) -> None:
        """Cut all connections that are being served; their processes are gone then."""
        with self._lock:
            processes = list(self._processes)
        for process in processes:
            process.kill()
        for process in processes:
            process.wait()

    @contextmanager
    def serving(self, connection: socket.socket, server: SharedServer) -> Iterator[Popen[bytes]]:
        """A process that serves a connection, and ends with it, with this context, and with the thread that has begun it.

        ConnectionAbortedError once nobody is served any more.
        """
        with self._lock:
            if self._is_closed:
                raise ConnectionAbortedError("the lab has ended")
            if not self._directory.is_dir():
                self._make_accounts(server)
            process, folder = self._start(connection, server)
            self._processes.add(process)
        try:
            yield process
        finally:
            process.kill()
            process.wait()
            self._processes.discard(process)
            shutil.rmtree(folder, ignore_errors=True)

    def _start(self, connection: socket.socket, server: SharedServer) -> tuple[Popen[bytes], Path]:
        folder = self._directory / f"connection{next(self._numbers)}"
        folder.mkdir()
        settings = self._configure(server, folder)
        with (self._directory / "output").open("ab") as output:
            process = Popen(
                [_program("setpriv"), "--pdeathsig", "KILL", _program("smbd"), "-s", str(settings), "-l", str(self._directory)],
                stdin=connection.fileno(),
                stdout=connection.fileno(),
                stderr=output,
                env=self._environment(),
                start_new_session=True,
            )
        return process, folder

    def _make_accounts(self, server: SharedServer) -> None:
        directory = self._directory
        (directory / "ncalrpc").mkdir(parents=True, mode=0o700)
        (directory / "passwd").write_text(configuration.users(self._passwords, os.getuid(), os.getgid()), encoding="utf-8")
        (directory / "group").write_text(configuration.groups(os.getgid()), encoding="utf-8")
        (directory / "names").write_text(configuration.names_with_domain(self._passwords, self._dns_domain), encoding="utf-8")
        settings = self._configure(server, directory)
        for name, password in self._passwords.items():
            done = run(
                [_program("smbpasswd"), "-c", str(settings), "-s", "-a", name],
                input=f"{password}\n{password}\n".encode(),
                stdout=PIPE,
                stderr=STDOUT,
                env=self._environment(),
                check=False,
            )
            if done.returncode:
                raise RuntimeError(f"smbpasswd does not add {name}: {done.stdout.decode(errors='replace')}")

    def _configure(self, server: SharedServer, folder: Path) -> Path:
        programs = {}
        for share in server.shares:
            program = programs[share.letter] = folder / f"free-{share.letter}"
            program.write_text(configuration.free_space_program(share), encoding="utf-8")
            program.chmod(0o700)
        settings = folder / "smb.conf"
        settings.write_text(configuration.configuration(server, self._directory, programs), encoding="utf-8")
        return settings

    def _environment(self) -> dict[str, str]:
        libraries = ":".join(library for name in _LIBRARIES if (library := find_library(name)))
        return {
            **os.environ,
            "LD_PRELOAD": libraries,
            "NSS_WRAPPER_PASSWD": str(self._directory / "passwd"),
            "NSS_WRAPPER_GROUP": str(self._directory / "group"),
            "UID_WRAPPER": "1",
            "UID_WRAPPER_ROOT": "1",
        }


def _program(name: str) -> str:
    # Debian has daemons where the PATH of ordinary users does not look
    return shutil.which(name) or shutil.which(name, path="/usr/sbin:/sbin") or ""
