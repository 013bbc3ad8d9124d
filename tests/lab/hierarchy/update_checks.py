# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How SMS_DMP_DOWNLOADER looks for updates: when it starts, and every 24 hours from then on, in online mode only.

Documented: the 24 hours, and the lines of dmpdownloader.log; their order, the address of the redirection, and which of the two
formats each of them comes in are put together from samples. From one script: the values of the component's key with the times
of the last check and of the last request for one, which count seconds since 1970. Their types are inferred, and the quirk
``last_synced_time`` has others. Inferred too: that each start is followed by a check, and that the interval, minutes in the
same key, is read after every check. What a check finds is not played: it always gets its manifest, and no new update.
"""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from .component_manager import COMPONENT_KEYS
from .executive import ComponentThread, Executive
from .logs import cmtrace_line, legacy_line

if TYPE_CHECKING:
    from .hierarchy import Hierarchy
    from .windows_server import WindowsServer

DOWNLOADER = "SMS_DMP_DOWNLOADER"
KEY = rf"{COMPONENT_KEYS}\{DOWNLOADER}"
USUAL_INTERVAL = 1440
"""Minutes, where the key does not say."""

_LINK = "Easysetup fwlink to download the manifest: https://go.microsoft.com/fwlink/?LinkId=2309745~~"
_STATES = (0, 1, 2, 3, 4)
"""From the start of the process to a manifest that is downloaded and verified."""


class UpdateChecks:
    """The checks of every downloader of a hierarchy."""

    def __init__(self, hierarchy: Hierarchy) -> None:
        self._simulation = hierarchy.simulation
        self._quirks = hierarchy.quirks
        for executive in hierarchy.executives.values():
            executive.started.append(partial(self._thread_started, executive))

    def _thread_started(self, executive: Executive, thread: ComponentThread) -> None:
        if thread.component == DOWNLOADER and thread.effective_mode == "online":
            executive.keep_at_work(thread, lambda: self._check(executive.server, thread))

    def _check(self, server: WindowsServer, thread: ComponentThread) -> float:
        """Returns the seconds to the next check."""
        if server.is_running:
            self._note(server, "LastSyncRequestTime")
            self._log(server, thread)
            self._note(server, "LastSyncedTime")
        known = server.registry.get(KEY, "EasySetupDownloadInterval")
        minutes = known.data if known and isinstance(known.data, int) and known.data > 0 else USUAL_INTERVAL
        return minutes * 60.0

    def _note(self, server: WindowsServer, name: str) -> None:
        """Write a time by the server's own clock."""
        seconds = int((self._simulation.now + timedelta(seconds=server.clock_error)).timestamp())
        if self._quirks.last_synced_time == "number":
            server.registry.set(KEY, name, seconds)
        elif self._quirks.last_synced_time == "text":
            server.registry.set(KEY, name, str(seconds))

    def _log(self, server: WindowsServer, thread: ComponentThread) -> None:
        now, number = self._simulation.now, thread.thread_id
        states = [f"Generating state message: {state} for package 00000000-0000-0000-0000-000000000000" for state in _STATES]
        first, *others = (legacy_line(now, DOWNLOADER, message, number) for message in states)
        lines = [
            legacy_line(now, DOWNLOADER, "Hasn't synced recently.~", number),
            first,
            cmtrace_line(now, DOWNLOADER, _LINK, number),
            legacy_line(now, DOWNLOADER, "Redirected to URL https://sccm.manage.microsoft.com/Manifest.cab~~", number),
            *others,
            legacy_line(now, DOWNLOADER, "Manifest.cab was successfully moved to the connector outbox~~", number),
        ]
        for line in lines:
            server.log(rf"{server.log_directory}\dmpdownloader.log", line)
