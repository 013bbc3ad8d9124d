# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What trials change in their own process."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

from ansible_collections.configmgr.site.plugins.plugin_utils._windows import smb, smb_streams

_SECONDS = 4
"""For an answer by SMB."""


@contextmanager
def impatient_smb() -> Iterator[None]:
    """Without the minutes that a busy server is given to answer by SMB: no variable sets them, as for WinRM."""
    with (
        patch.object(smb, "_CONNECT_SECONDS", _SECONDS),
        patch.object(smb, "_ANSWER_SECONDS", _SECONDS),
        patch.object(smb_streams, "_ANSWER_SECONDS", _SECONDS),
    ):
        yield
