# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Payloads and what they need, from the cloud into a folder.

Real lines: those of a payload and of redistributables in the tool's log, and in ConfigMgrSetup.log, in the root of the system
drive, the three of each file. Documented: the folder GUID\\Redist, and that the tool fails from version 2509 on where it cannot
download a redistributable, and did not before. Inferred: that a payload is named after its GUID.
"""

from __future__ import annotations

from ...cloud.cabinets import NoCabinetError
from ...cloud.manifest import Offer, Redistributable, read_redistributables
from ...cloud.releases import numbers
from ..logs import legacy_line
from .run import Run, ToolError
from .web import Web, WebError

_STRICT_SINCE = numbers("5.00.9141.1000")
"""The version of the tool that fails without redistributables."""
_SETUP_LOG = r"C:\ConfigMgrSetup.log"


class Downloads:
    """Those of one run."""

    def __init__(self, run: Run, web: Web, folder: str) -> None:
        self._run = run
        self._web = web
        self._folder = folder

    def download(self, offer: Offer) -> bool:
        """Have a release there as a whole; whether it is. `ToolError` if the run has to end."""
        guid, version = offer.release.guid, offer.release.full_version
        log = self._run.log
        # The real line has the version without leading zeros
        plain = ".".join(map(str, numbers(version)))
        log.info(f"Downloading Payload {guid} version {plain}. More information: {offer.release.more_info_link}")
        path = rf"{self._folder}\{guid}.cab"
        if self._is_kept(path, offer.sha256):
            log.info(f"Payload {guid} exists already")
        else:
            self._get_payload(offer, path)
            log.info(f"Downloaded Payload {guid} size = {self._run.server.files.size(path)}")
        log.info(f"Downloading Redists for {guid}")
        try:
            self._get_redistributables(offer)
        except (WebError, NoCabinetError) as error:
            log.error(f"Failed to download Redists for {guid} with exception: {error}")
            return numbers(self._run.version) < _STRICT_SINCE
        log.info(f"Successfully downloaded Redists for {guid}")
        return True

    def _get_payload(self, offer: Offer, path: str) -> None:
        guid = offer.release.guid
        try:
            self._get(offer.payload_url, path)
        except WebError as error:
            raise ToolError(f"Failed to download Payload {guid} with exception: {error}") from error
        if self._run.sha256(path) != offer.sha256:
            raise ToolError(f"The hash of Payload {guid} does not match the manifest.")

    def _get_redistributables(self, offer: Offer) -> None:
        folder = rf"{self._folder}\{offer.release.guid}\Redist"
        for file in read_redistributables(self._web.fetch(offer.redistributables_url)):
            if not self._is_kept(rf"{folder}\{file.name}", file.sha256):
                self._get_redistributable(file, rf"{folder}\{file.name}")

    def _get_redistributable(self, file: Redistributable, path: str) -> None:
        self._log_setup(f"INFO: Downloading {file.url} as {file.name}")
        try:
            self._get(file.url, path)
        except WebError as error:
            self._log_setup(f"ERROR: Download() failed with exception: {error}")
            raise
        self._log_setup("INFO: WinHttpQueryHeaders() in Download() returned OK (200)")
        self._log_setup(f"INFO: Verifying hash for file '{path}'")
        if self._run.sha256(path) != file.sha256:
            raise WebError(f"The hash of {file.name} does not match its manifest.")

    def _get(self, url: str, path: str) -> None:
        """Download into a file, which has what came before if that does not work."""
        files = self._run.server.files
        with self._run.writing(path):
            files.write(path, b"")
            self._web.download(url, lambda chunk: files.append(path, chunk))

    def _is_kept(self, path: str, sha256: str) -> bool:
        """Whether it is there from an earlier run, complete, and so is not downloaded again."""
        run = self._run
        return run.server.quirks.tool_downloads == "missing" and path in run.server.files and run.sha256(path) == sha256

    def _log_setup(self, text: str) -> None:
        run = self._run
        with run.hierarchy.simulation.moment():
            line = legacy_line(run.server.simulation.now, "Configuration Manager Setup", text, run.process.id)
            run.server.log(_SETUP_LOG, line)
