# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""HTTP proxies: a process of tinyproxy for each."""

from __future__ import annotations

import shutil
import socket
from pathlib import Path
from subprocess import PIPE, STDOUT, Popen
from tempfile import TemporaryDirectory
from time import monotonic, sleep

from .listeners import LOOPBACK, Address, Port

_PATIENCE = 10.0
"""Seconds in which tinyproxy begins to listen, or to end: usually some thousandths."""
_SCRIPT = '"$0" -d -c "$1" & read -r line; kill -KILL $!; wait'
"""Ends tinyproxy when it is told to, or when there is nobody left to do so: a lab that is killed closes nothing."""
_CONNECTIONS = 500
"""As many as tinyproxy has at once, which is 100 by default; programs try up to 300."""


class Proxy:
    """Runs from its construction until `close`."""

    def __init__(self, account: str = "", password: str = "", *, refuses: bool = False) -> None:
        """With an account, it wants it; or it refuses to connect to anywhere. RuntimeError if it cannot be started."""
        self.account, self.password, self.refuses = account, password, refuses
        program = shutil.which("tinyproxy")
        if program is None:
            raise RuntimeError("tinyproxy is not installed on this computer; it is each proxy of the lab")
        self._port = Port()
        settings = [f"Listen {LOOPBACK}", f"Port {self.address.port}", f"MaxClients {_CONNECTIONS}", "LogLevel Error"]
        if account:
            settings.append(f"BasicAuth {' '.join(credentials(account, password))}")
        if refuses:
            settings.append("ConnectPort 0")
        with TemporaryDirectory() as directory:
            file, log = Path(directory) / "tinyproxy.conf", Path(directory) / "log"
            file.write_text("\n".join(settings) + "\n", encoding="ascii")
            with log.open("wb") as output:
                # A session of its own, as Ctrl-C is the lab's to answer
                self._process = Popen(
                    ["sh", "-c", _SCRIPT, program, file], stdin=PIPE, stdout=output, stderr=STDOUT, start_new_session=True
                )
            if not self._is_reached():
                self.close()
                raise RuntimeError(f"tinyproxy does not start: {log.read_text(errors='replace').strip()}")

    @property
    def address(self) -> Address:
        return self._port.address

    def close(self) -> None:
        """End the process."""
        self._process.communicate(b"\n")
        self._port.close()

    def _is_reached(self) -> bool:
        deadline = monotonic() + _PATIENCE
        while monotonic() < deadline:
            try:
                socket.create_connection(self.address, timeout=_PATIENCE).close()
            except ConnectionRefusedError:
                sleep(0.005)  # Nothing tells when it begins to listen
            else:
                return True
        return False


def credentials(account: str, password: str) -> tuple[str, str]:
    """An account and its password as proxies of the lab know them, and so clients have to write them.

    tinyproxy takes a few characters only, and the backslash of a domain is none of them, so this is in hexadecimal digits.
    """
    return account.lower().encode().hex(), password.encode().hex()
