# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A program that serves a port of loopback for as long as the lab runs."""

from __future__ import annotations

import socket
from collections.abc import Mapping, Sequence
from pathlib import Path
from subprocess import PIPE, STDOUT, Popen
from tempfile import TemporaryDirectory
from time import monotonic, sleep

_PATIENCE = 10.0
"""Seconds in which it begins to listen, or to end: usually some thousandths."""
_SCRIPT = '"$0" "$@" & read -r line; kill -KILL $!; wait'
"""Ends the program when it is told to, or when there is nobody left to do so: a lab that is killed closes nothing."""


class Daemon:
    """Runs from its construction, which returns when it listens, until `close`."""

    def __init__(
        self, command: Sequence[str | Path], address: tuple[str, int], environment: Mapping[str, str] | None = None
    ) -> None:
        """The command must not go into the background. RuntimeError, with what it has written, if it does not listen."""
        with TemporaryDirectory() as directory:
            log = Path(directory) / "log"
            with log.open("wb") as output:
                # A session of its own, as Ctrl-C is the lab's to answer
                self._process = Popen(
                    ["sh", "-c", _SCRIPT, *command],
                    stdin=PIPE,
                    stdout=output,
                    stderr=STDOUT,
                    env=environment,
                    start_new_session=True,
                )
            if not _is_reached(address):
                self.close()
                raise RuntimeError(f"{Path(command[0]).name} does not start: {log.read_text(errors='replace').strip()}")

    def close(self) -> None:
        """End the process."""
        self._process.communicate(b"\n")


def _is_reached(address: tuple[str, int]) -> bool:
    deadline = monotonic() + _PATIENCE
    while monotonic() < deadline:
        try:
            socket.create_connection(address, timeout=_PATIENCE).close()
        except ConnectionRefusedError:
            sleep(0.005)  # Nothing tells when it begins to listen
        else:
            return True
    return False
