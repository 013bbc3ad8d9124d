# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""HTTP proxies: a process of tinyproxy for each."""

from __future__ import annotations

import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

from ..daemon import Daemon
from ..sockets import LOOPBACK
from .listeners import Address, Port

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
            file = Path(directory) / "tinyproxy.conf"
            file.write_text("\n".join(settings) + "\n", encoding="ascii")
            try:
                self._daemon = Daemon([program, "-d", "-c", file], self.address)
            except RuntimeError:
                self._port.close()
                raise

    @property
    def address(self) -> Address:
        return self._port.address

    def close(self) -> None:
        """End the process."""
        self._daemon.close()
        self._port.close()


def credentials(account: str, password: str) -> tuple[str, str]:
    """An account and its password as proxies of the lab know them, and so clients have to write them.

    tinyproxy takes a few characters only, and the backslash of a domain is none of them, so this is in hexadecimal digits.
    """
    return account.lower().encode().hex(), password.encode().hex()
