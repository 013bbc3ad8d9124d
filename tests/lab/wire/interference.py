# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What tests have go wrong between a client and a server."""

from __future__ import annotations

import errno
import socket
from collections.abc import Callable
from time import sleep

from .dispatcher import Reply

Interference = Callable[[str, Callable[[], Reply]], Reply]
"""Stands between a connection and the server of this name: lets it act, or not, and answers. `ConnectionCut` for no answer."""


class ConnectionCut(Exception):
    """The connection is reset, without an answer."""


def bound(port: int) -> socket.socket:
    """A socket that does not listen, so that connections are refused and nobody else gets the port."""
    while True:
        closed = socket.socket()
        closed.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            closed.bind(("127.0.0.1", port))
        except OSError as error:
            closed.close()
            if error.errno != errno.EADDRINUSE:
                raise
            # A process that is being forked has the one that listened, for a moment
            sleep(0.001)
        else:
            return closed
