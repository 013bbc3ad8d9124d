# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""Whether a check for updates is asked for, or waited for, or neither: pure functions of what the server with the role has."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from .._windows.registry import NUMBER_TYPE, TEXT_TYPE
from .errors import SiteError
from .service_connection_point import DOWNLOADER
from .threads import Thread
from .update_checks import RESTART, TIMES_SHOWN

_LONGEST_CHECK = timedelta(hours=1)
"""A check that was begun longer ago, and has not ended, does not go on any more."""


def refuse_idle_thread(thread: Thread) -> None:
    """`SiteError` for a thread that would not look for updates, whoever asks."""
    if thread.is_stopped or thread.is_stopping:
        raise SiteError(
            f"Nothing looks for updates on this server: the thread {DOWNLOADER} is {thread.state.lower()}. Start it, which "
            f"is followed by a check: configmgr.site.component with name {DOWNLOADER} and state started."
        )


def may_be_under_way(requested: datetime | None, last: datetime | None, now: datetime) -> bool:
    """Whether the times say so. One that has failed may not be noted as the last one, so the log has to be asked, too."""
    if requested is None or (last is not None and last >= requested):
        return False
    return now - requested <= _LONGEST_CHECK


def refuse_to_ask(types: Mapping[str, int], log_problem: str) -> None:
    """`SiteError` where asking might do harm, or where nothing would show what has come of it.

    ``types`` are those of the two times, which may be missing; ``log_problem`` is why the log cannot be read, if so.
    """
    if not set(types.values()) <= {TEXT_TYPE, NUMBER_TYPE}:
        raise SiteError(
            f"The times of the last check for updates ({TIMES_SHOWN}) are neither numbers nor text on this server, which "
            "nobody has seen before, so they are not written. Restart the thread instead, which is followed by a check: "
            f"{RESTART}."
        )
    if not types and log_problem:
        raise SiteError(
            f"This server does not keep the time of its last check for updates, and its log cannot be read: {log_problem} So "
            "the end of a check would not be seen, and none is asked for. To have one made nevertheless, restart the thread: "
            f"{RESTART}."
        )
