# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""When SMS_DMP_DOWNLOADER looks for updates: when it starts, every 24 hours from then on, and when it is asked to.

Documented: the 24 hours of an online role, and that what was imported for an offline one appears within as many. From one
script, of people at Microsoft: the values of the component's key with the times of the last check and of the last request for
one, which count seconds since 1970, and that both set to 0 are a request. Their types are inferred, and the quirk
``last_synced_time`` has others. Inferred too: that the component looks at its key about every minute, or never, which is the
quirk ``update_check_request``; that each start is followed by a check; that the interval, minutes in the same key, is read
after every check; and that an offline role notes its checks as an online one does. Only a check that was asked for takes
time, which is invented, so that everything is in order when a lab starts.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from .executive import ComponentThread, Executive
from .update_check import DOWNLOAD_SECONDS, DOWNLOADER, KEY, REQUESTED, SYNCED, UpdateCheck

if TYPE_CHECKING:
    from .hierarchy import Hierarchy

USUAL_INTERVAL = 1440
"""Minutes, where the key does not say."""
LOOK_SECONDS, CHECK_SECONDS = 60, 20
"""From a request to its being seen, and how long a check that was asked for takes."""


class UpdateChecks:
    """The checks of every downloader of a hierarchy."""

    def __init__(self, hierarchy: Hierarchy) -> None:
        self._hierarchy = hierarchy
        self._requested: set[str] = set()
        """Names of the servers whose downloader has yet to see a request."""
        for executive in hierarchy.executives.values():
            executive.started.append(partial(self._thread_started, executive))
            executive.server.registry.watchers.append(partial(self._registry_written, executive))

    def _thread_started(self, executive: Executive, thread: ComponentThread) -> None:
        if thread.component == DOWNLOADER:
            executive.keep_at_work(thread, lambda: self._check_at_once(executive, thread))

    def _check_at_once(self, executive: Executive, thread: ComponentThread) -> float:
        """Returns the seconds to the next check."""
        if executive.server.is_running:
            check = UpdateCheck(self._hierarchy, executive.server, thread)
            check.begin()
            self._end(executive, thread, check)
        known = executive.server.registry.get(KEY, "EasySetupDownloadInterval")
        minutes = known.data if known and isinstance(known.data, int) and known.data > 0 else USUAL_INTERVAL
        return minutes * 60.0

    def _registry_written(self, executive: Executive, key: str, name: str) -> None:
        server = executive.server
        if key.lower() != KEY.lower() or name.lower() not in (REQUESTED.lower(), SYNCED.lower()):
            return
        values = [server.registry.get(KEY, value_name) for value_name in (REQUESTED, SYNCED)]
        is_request = all(value is not None and value.data in (0, "0") for value in values)
        if is_request and server.name not in self._requested and self._hierarchy.quirks.update_check_request == "times":
            self._requested.add(server.name)
            self._hierarchy.simulation.schedule(LOOK_SECONDS, partial(self._look, executive))

    def _look(self, executive: Executive) -> None:
        """Begin the check that was asked for; a thread that does not run sees no request."""
        self._requested.discard(executive.server.name)
        thread = executive.threads.get(DOWNLOADER)
        if thread is None or thread.state != "Running" or not executive.server.is_running:
            return
        check = UpdateCheck(self._hierarchy, executive.server, thread)
        check.begin()
        self._later(executive, thread, CHECK_SECONDS, lambda: self._end(executive, thread, check))

    def _end(self, executive: Executive, thread: ComponentThread, check: UpdateCheck) -> None:
        release = check.end()
        if release is not None:
            self._later(executive, thread, DOWNLOAD_SECONDS, lambda: check.download(release))

    def _later(self, executive: Executive, thread: ComponentThread, seconds: float, act: Callable[[], object]) -> None:
        """Have a thread go on after a while, unless it is stopped before."""
        start = thread.starts

        def go_on() -> None:
            is_same = executive.threads.get(DOWNLOADER) is thread and thread.starts == start
            if is_same and thread.state == "Running" and executive.server.is_running:
                act()

        self._hierarchy.simulation.schedule(seconds, go_on)
