# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sockets of loopback as the servers of the lab need them."""

from __future__ import annotations

import errno
import socket
import struct
from time import sleep

LOOPBACK = "127.0.0.1"


def reset_on_close(connection: socket.socket) -> None:
    """Have the other side see a reset, and no orderly end."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def bound(port: int) -> socket.socket:
    """A socket that does not listen, so that connections are refused and nobody else gets the port; 0 for any."""
    while True:
        closed = socket.socket()
        closed.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            closed.bind((LOOPBACK, port))
        except OSError as error:
            closed.close()
            if error.errno != errno.EADDRINUSE or port == 0:
                raise
            # A process that is being forked has the one that listened, for a moment
            sleep(0.001)
        else:
            return closed
