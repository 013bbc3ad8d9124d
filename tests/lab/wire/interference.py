# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What tests have go wrong between a client and a server."""

from __future__ import annotations

from collections.abc import Callable

from .dispatcher import Reply

Interference = Callable[[str, Callable[[], Reply]], Reply]
"""Stands between a connection and the server of this name: lets it act, or not, and answers. `ConnectionCut` for no answer."""


class ConnectionCut(Exception):
    """The connection is reset, without an answer."""
