# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The port by which a server's files are reached by SMB."""

from __future__ import annotations

import socket
from collections.abc import Callable
from contextlib import suppress
from threading import Lock, Thread
from typing import TYPE_CHECKING

from ..hierarchy.drives import LOCAL_DISK
from ..hierarchy.network import SMB
from ..internet.listeners import LOOPBACK, ServingPort, reset_on_close
from .configuration import Share, SharedServer
from .samba import Samba

if TYPE_CHECKING:
    from ..hierarchy.windows_server import WindowsServer

_PIECE = 1024 * 1024
_CONTROLLER = ""
"""Whom the network has as the source of what comes from no server."""


class SmbPort(ServingPort):
    """Has Samba serve each connection, as the server is at that moment; a planned cut ends one in the middle."""

    def __init__(self, samba: Samba, server: Callable[[], WindowsServer], netbios_domain: str) -> None:
        self._samba = samba
        self._server = server
        self._netbios_domain = netbios_domain
        super().__init__()

    def serve(self, connection: socket.socket) -> None:
        connection.settimeout(None)
        server = self._server()
        with server.simulation.moment():
            attempt = server.network.connect(_CONTROLLER, server.name, SMB) if server.is_running else "timed_out"
            cut_after = server.smb_cuts.popleft() if attempt == "connected" and server.smb_cuts else None
            shared = self._shared(server)
        if attempt == "timed_out":
            # As if nothing had come through, until the client loses its patience
            while connection.recv(_PIECE):
                pass
        elif attempt == "refused":
            reset_on_close(connection)
        elif cut_after is None:
            with self._samba.serving(connection, shared) as process:
                connection.close()
                process.wait()
        else:
            self._serve_until(cut_after, connection, shared)

    def _serve_until(self, cut_after: int, connection: socket.socket, shared: SharedServer) -> None:
        ours, theirs = _pair()
        with ours, self._samba.serving(theirs, shared):
            theirs.close()
            cut = _Cut(cut_after, connection, ours)
            back = Thread(target=cut.pass_on, args=(ours, connection), daemon=True)
            back.start()
            cut.pass_on(connection, ours)
            back.join()
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


class _Cut:
    """Ends a connection after so many bytes of both directions; where they are in between, nobody can say."""

    def __init__(self, after: int, *ends: socket.socket) -> None:
        self._left = after
        self._ends = ends
        self._lock = Lock()

    def pass_on(self, source: socket.socket, target: socket.socket) -> None:
        """Until either side has enough, or the cut."""
        with suppress(OSError):
            while self._left > 0 and (piece := source.recv(_PIECE)):
                with self._lock:
                    self._left -= len(piece)
                target.sendall(piece)
        for end in self._ends:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
