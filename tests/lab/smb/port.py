# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The port by which a server's files are reached by SMB."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import TYPE_CHECKING

from ..hierarchy.drives import LOCAL_DISK
from ..hierarchy.network import SMB
from ..internet.listeners import ServingPort
from ..sockets import LOOPBACK, reset_on_close
from .configuration import Share, SharedServer
from .relay import CutAfter, SmbInterference, relay
from .samba import Samba

if TYPE_CHECKING:
    from ..hierarchy.windows_server import WindowsServer

_PIECE = 1024 * 1024
_CONTROLLER = ""
"""Whom the network has as the source of what comes from no server."""


class SmbPort(ServingPort):
    """Has Samba serve each connection, as the server is at that moment; a planned cut ends one in the middle."""

    def __init__(
        self,
        samba: Samba,
        server: Callable[[], WindowsServer],
        netbios_domain: str,
        interference: Callable[[], SmbInterference | None],
    ) -> None:
        self._samba = samba
        self._server = server
        self._netbios_domain = netbios_domain
        self._interference = interference
        super().__init__()

    def serve(self, connection: socket.socket) -> None:
        connection.settimeout(None)
        server = self._server()
        with server.simulation.moment():
            attempt = server.network.connect(_CONTROLLER, server.name, SMB) if server.is_running else "timed_out"
            is_cut = attempt == "connected" and server.smb_cuts
            interference = CutAfter(server.smb_cuts.popleft()) if is_cut else self._interference()
            shared = self._shared(server)
        if attempt == "timed_out":
            # As if nothing had come through, until the client loses its patience
            while connection.recv(_PIECE):
                pass
        elif attempt == "refused":
            reset_on_close(connection)
        elif interference is None:
            with self._samba.serving(connection, shared) as process:
                connection.close()
                process.wait()
        else:
            ours, theirs = _pair()
            with ours, self._samba.serving(theirs, shared):
                theirs.close()
                relay(connection, ours, interference)
            reset_on_close(connection)

    def _shared(self, server: WindowsServer) -> SharedServer:
        files = server.files
        shares = (
            Share(name[0], files.location(f"{name}\\"), drive.size, files.free(name), files.taken(name))
            for name, drive in server.drives.items()
            if drive.type == LOCAL_DISK
        )
        administrators = (name for name in self._samba.names if server.is_administrator(f"{self._netbios_domain}\\{name}"))
        return SharedServer(server.netbios_name, self._netbios_domain, tuple(shares), tuple(administrators))


def _pair() -> tuple[socket.socket, socket.socket]:
    """Two sockets that are connected, by TCP: smbd wants its client to have an address."""
    with socket.create_server((LOOPBACK, 0)) as listening:
        return socket.create_connection(listening.getsockname()), listening.accept()[0]
