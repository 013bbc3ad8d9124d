# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One check for updates by SMS_DMP_DOWNLOADER: what it gets, what it logs, and what the site knows after it.

Documented: the hosts, the lines of dmpdownloader.log and their order, those of failures, and that an online role downloads the
newest update that applies to the site by itself. Put together from samples: which of the two formats each line comes in.
Inferred: that what has failed is not noted as synchronized, which the quirk ``failed_check`` has otherwise. Left out: what the
hierarchy manager does in between, so that the site knows of updates at once; and the download of what it knew of before.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from ..cloud.releases import Release, numbers
from .component_manager import COMPONENT_KEYS
from .dotnet_web import failure_of_request
from .executive import ComponentThread
from .logs import cmtrace_line, legacy_line
from .site import VERSION
from .update_states import UpdateState

if TYPE_CHECKING:
    from .hierarchy import Hierarchy
    from .windows_server import WindowsServer

DOWNLOADER = "SMS_DMP_DOWNLOADER"
KEY = rf"{COMPONENT_KEYS}\{DOWNLOADER}"
REQUESTED, SYNCED = "LastSyncRequestTime", "LastSyncedTime"

DOWNLOAD_SECONDS = 120
"""How long an update is downloaded; invented."""

_LINK = "Easysetup fwlink to download the manifest: https://go.microsoft.com/fwlink/?LinkId=2309745~~"
_NOBODY = "00000000-0000-0000-0000-000000000000"
_RETRY = "WARNING: Retry in the next polling cycle~~"
_BITS = "configmgrbits.azureedge.net"


class UpdateCheck:
    """A check by one thread, which begins and ends."""

    def __init__(self, hierarchy: Hierarchy, server: WindowsServer, thread: ComponentThread) -> None:
        self._hierarchy = hierarchy
        self._server = server
        self._thread = thread

    def begin(self) -> None:
        self._note(REQUESTED)
        self._log("Hasn't synced recently.~")

    def end(self) -> Release | None:
        """Get what there is. Returns the update that is to be downloaded by itself, if one was found."""
        if self._thread.effective_mode != "online":
            self._hierarchy.offline_payloads.process(self._server)
            self._note(SYNCED)
            return None
        is_done = self._get_manifest() and self._get_console_content()
        if is_done or self._hierarchy.quirks.failed_check == "synced":
            self._note(SYNCED)
        return self._find_updates() if is_done else None

    def download(self, release: Release) -> None:
        """Have the download of an update come to its end."""
        guid = release.guid.lower()
        failure = failure_of_request(self._hierarchy, self._server, _BITS)
        if failure:
            self._log(f"WARNING: Failed to download easy setup payload with exception: {failure}~~", _RETRY)
        else:
            self._log(f"Redirected to URL https://{_BITS}/release/{release.guid}/{release.guid}.cab~~")
            self._log_states(guid, 10, 11, 12, 13)
        self._hierarchy.updates.add(release, UpdateState.DOWNLOAD_FAILED if failure else UpdateState.DOWNLOAD_SUCCESS)

    def _get_manifest(self) -> bool:
        self._log_states(_NOBODY, 0)
        self._log(_LINK, in_cmtrace_format=True)
        failure = failure_of_request(self._hierarchy, self._server, "go.microsoft.com")
        failure = failure or failure_of_request(self._hierarchy, self._server, "sccm.manage.microsoft.com")
        if failure is None:
            self._log("Redirected to URL https://sccm.manage.microsoft.com/SCCMConnectedService.svc~~")
            self._log_states(_NOBODY, 1)
            self._log("Download manifest.cab~~")
            failure = failure_of_request(self._hierarchy, self._server, "download.microsoft.com")
        if failure:
            self._log(f"WARNING: Failed to download easy setup payload with exception: {failure}~~", _RETRY)
            return False
        self._log_states(_NOBODY, 2, 3)
        self._log("Manifest.cab was successfully moved to the connector outbox~~")
        self._log_states(_NOBODY, 4)
        return True

    def _get_console_content(self) -> bool:
        self._log(f"Redirected to URL https://{_BITS}/adminuicontent/ConfigMgr.AdminUIContent.cab~~")
        failure = failure_of_request(self._hierarchy, self._server, _BITS)
        if failure:
            self._log(f"ERROR: Failed to download Admin UI content payload with exception: {failure}~~")
            self._log("Failed to call AdminUIContentDownload. error = Error -2146233079~")
        return failure is None

    def _find_updates(self) -> Release | None:
        """Have the site know of the releases that apply to it."""
        updates = self._hierarchy.updates
        applicable = [
            package.release for package in self._hierarchy.cloud.catalogue.packages if package.release.applies_to(VERSION)
        ]
        news = [release for release in applicable if updates.known(release.guid) is None]
        for release in news:
            updates.add(release, UpdateState.APPLICABILITY_SUCCESS)
        newest = max(applicable, key=lambda release: numbers(release.full_version), default=None)
        if newest not in news or newest is None:
            return None
        self._log("Found a new available update~~")
        self._log_states(newest.guid.lower(), 6, 8, 9)
        updates.add(newest, UpdateState.DOWNLOAD_IN_PROGRESS)
        return newest

    def _note(self, name: str) -> None:
        """Write a time by the server's own clock."""
        seconds = int(self._time.timestamp())
        if self._hierarchy.quirks.last_synced_time == "number":
            self._server.registry.set(KEY, name, seconds)
        elif self._hierarchy.quirks.last_synced_time == "text":
            self._server.registry.set(KEY, name, str(seconds))

    @property
    def _time(self) -> datetime:
        return self._hierarchy.simulation.now + timedelta(seconds=self._server.clock_error)

    def _log_states(self, guid: str, *states: int) -> None:
        self._log(*(f"Generating state message: {state} for package {guid}" for state in states))

    def _log(self, *messages: str, in_cmtrace_format: bool = False) -> None:
        write = cmtrace_line if in_cmtrace_format else legacy_line
        for message in messages:
            line = write(self._time, DOWNLOADER, message, self._thread.thread_id)
            self._server.log(rf"{self._server.log_directory}\dmpdownloader.log", line)
