# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""What the server with the service connection point itself tells of the role: its threads, restarts, and update checks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from .._windows.registry import Registry
from .._windows.system import read_operating_system
from .._wsman.client import WsmanClient
from .restart_reasons import read_reason
from .service_connection_point import COMPONENTS, DOWNLOADER, Mode
from .threads import Thread, read_thread
from .update_checks import UpdateCheck, read_update_check
from .whereabouts import explain_missing_thread


@dataclass(frozen=True)
class RoleServer:
    """The server on which the components of the role run."""

    threads: tuple[Thread, ...]
    """Of the role's components, those that the server has."""
    reason: str | None
    """What `DOWNLOADER` was last restarted for; see `read_reason`."""
    update_check: UpdateCheck
    time: datetime | None
    """The server's clock; None where it does not tell."""

    @property
    def mode_in_effect(self) -> Mode | None:
        """The mode that `DOWNLOADER` was last restarted for, as far as that is noted."""
        return Mode.named(self.reason)


def read_role_server(client: WsmanClient) -> RoleServer:
    """Read it: one request for each of up to four threads, and four or five more.

    `NoThread`, which names the right server where it can, if this is not the one. `WindowsError` where the registry is refused.
    """
    registry = Registry(client)
    threads = {name: read_thread(registry, name) for name in COMPONENTS}
    if threads[DOWNLOADER] is None:
        raise explain_missing_thread(client, registry, DOWNLOADER)
    return RoleServer(
        tuple(thread for thread in threads.values() if thread),
        read_reason(registry, DOWNLOADER),
        read_update_check(registry),
        read_operating_system(client).time,
    )
