# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What comes of imported updates: SMS_DMP_DOWNLOADER verifies them when it looks for updates, and its site gets to know them.

Documented: where imported updates are, that dmpdownloader.log is the log to read, and its lines, which Microsoft's article on
updates and servicing shows for the online mode; that the same ones come in the offline mode is inferred, as are their order and
the states that an update goes through. Whether the site learns of updates that the manifest names, but nobody has imported, is
up to the quirk ``offline_known_updates``. The seconds are invented.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from ..cloud.cabinets import NoCabinetError
from ..cloud.manifest import Offer, read_manifest
from ..cloud.releases import Release
from .hierarchy_manager import HIERARCHY_MANAGER
from .logs import legacy_line
from .service_connection_tool.connect import MANIFEST
from .service_connection_tool.import_packs import OFFLINE_FOLDER
from .site import VERSION
from .update_states import UpdateState

if TYPE_CHECKING:
    from .hierarchy import Hierarchy
    from .windows_server import WindowsServer

_DOWNLOADER = "SMS_DMP_DOWNLOADER"
_START_SECONDS, _VERIFICATION_SECONDS = 20, 60
"""From the manifest to the payload, and from there to the end, after which the update is ready to install."""
_NOBODY = "00000000-0000-0000-0000-000000000000"
_OPEN = (UpdateState.APPLICABILITY_SUCCESS, UpdateState.DOWNLOAD_IN_PROGRESS, UpdateState.DOWNLOAD_FAILED)
"""States of known updates whose payload is still wanted, unless it is being verified."""
_CHUNK = 2**20


class OfflinePayloads:
    """Those of a hierarchy: what waits on the server with the role."""

    def __init__(self, hierarchy: Hierarchy) -> None:
        self._hierarchy = hierarchy
        self._in_work: set[str] = set()
        """GUIDs of updates that are being verified."""

    def process(self, server: WindowsServer) -> list[Release]:
        """What an offline downloader does when it looks for updates; what the site will be able to install for that.

        The site knows of them at once, and has them ready to install a little later.
        """
        path = rf"{self._folder(server)}\{MANIFEST}"
        if path not in server.files:
            return []
        try:
            offers = read_manifest(server.files.read_bytes(path))
        except NoCabinetError as error:
            self._log(server, f"ERROR: Failed to verify {path}: {error}~~")
            return []
        known = [offer for offer in offers if offer.release.applies_to(VERSION) and self._is_wanted(offer)]
        imported = [offer for offer in known if rf"{self._folder(server)}\{offer.release.guid}.cab" in server.files]
        news = known if self._hierarchy.quirks.offline_known_updates == "all" else imported
        news = [offer for offer in news if offer in imported or self._hierarchy.updates.known(offer.release.guid) is None]
        if news:
            self._log_manifest(server, path)
        for offer in news:
            message = f"Configuration Manager Update (PackageGuid={offer.release.guid}) is applicable"
            self._hierarchy.log(self._hierarchy.top_tier_site.code, HIERARCHY_MANAGER, message)
            self._hierarchy.updates.add(offer.release, UpdateState.APPLICABILITY_SUCCESS)
        for offer in imported:
            self._in_work.add(offer.release.guid)
            self._later(server, offer, _START_SECONDS, partial(self._verify, server, offer))
        return [offer.release for offer in imported]

    def _is_wanted(self, offer: Offer) -> bool:
        update = self._hierarchy.updates.known(offer.release.guid)
        return offer.release.guid not in self._in_work and (update is None or update.state in _OPEN)

    def _later(self, server: WindowsServer, offer: Offer, seconds: float, act: Callable[[], None]) -> None:
        """Go on with a payload after a while; if the server is turned off then, the next look at what waits begins anew."""

        def go_on() -> None:
            if server.is_running:
                act()
            else:
                self._in_work.discard(offer.release.guid)

        self._hierarchy.simulation.schedule(seconds, go_on)

    def _verify(self, server: WindowsServer, offer: Offer) -> None:
        guid = offer.release.guid
        path = rf"{self._folder(server)}\{guid}.cab"
        actual = _sha256(server, path) if path in server.files else ""
        is_good = actual == offer.sha256
        self._log(
            server,
            "Checking IsPayloadLocal with HashAlgorithm = SHA256 ...~~",
            f"expected hash = {offer.sha256}~~",
            f"actual hash = {actual}~~",
            *self._package_data(server, guid, UpdateState.DOWNLOAD_IN_PROGRESS),
            f"The payload to be processed is at {path}~~",
            *_state_message(server, 9, guid),
        )
        self._hierarchy.updates.add(offer.release, UpdateState.DOWNLOAD_IN_PROGRESS)
        self._later(server, offer, _VERIFICATION_SECONDS, partial(self._finish, server, offer, path, is_good))

    def _finish(self, server: WindowsServer, offer: Offer, path: str, is_good: bool) -> None:
        guid = offer.release.guid
        self._in_work.discard(guid)
        state = UpdateState.DOWNLOAD_SUCCESS if is_good else UpdateState.DOWNLOAD_FAILED
        self._log(server, "Verify the payload signature, hash value and extract the payload~~")
        if is_good:
            self._log(
                server,
                f"File '{path}' is signed and trusted.",
                f"File '{path}' is signed with MS root cert.",
                f"File {path} has been extracted with 0~~",
                *_state_message(server, 11, guid),
            )
        else:
            self._log(server, f"ERROR: The hash of {path} is not the expected one~~")
        self._log(server, *self._package_data(server, guid, state))
        self._hierarchy.updates.add(offer.release, state)

    def _log_manifest(self, server: WindowsServer, path: str) -> None:
        self._log(
            server,
            *_state_message(server, 2, _NOBODY),
            f"File '{path}' is signed and trusted.",
            f"File '{path}' is signed with MS root cert.",
            "Finished calling verify manifest~~",
            *_state_message(server, 3, _NOBODY),
            "Manifest.cab was successfully moved to the connector outbox~~",
            *_state_message(server, 4, _NOBODY),
        )

    def _package_data(self, server: WindowsServer, guid: str, state: UpdateState) -> Iterable[str]:
        outbox = rf"{server.installation_directory}\inboxes\hman.box\ForwardingMsg"
        return (
            "Write the package meta data to connector's outbox~~",
            rf"The CMU file name is {outbox}\___CMU{guid.lower()}.MCM~~",
            f'outerxml is <ConfigurationManagerUpdateContent Guid="{guid.lower()}" State="{state:d}" '
            f'ReportTime="{self._time(server):%Y-%m-%dT%H:%M:%S}" />~~',
            f"Successfully write the update meta into outbox for package {guid.lower()}~~",
        )

    def _log(self, server: WindowsServer, *messages: str) -> None:
        thread = self._hierarchy.executives[server.name].threads.get(_DOWNLOADER)
        for message in messages:
            line = legacy_line(self._time(server), _DOWNLOADER, message, thread.thread_id if thread else 0)
            server.log(rf"{server.log_directory}\dmpdownloader.log", line)

    def _time(self, server: WindowsServer) -> datetime:
        """By the clock of the server."""
        return self._hierarchy.simulation.now + timedelta(seconds=server.clock_error)

    def _folder(self, server: WindowsServer) -> str:
        return rf"{server.installation_directory}\{OFFLINE_FOLDER}"


def _state_message(server: WindowsServer, state: int, guid: str) -> Iterable[str]:
    inbox = rf"{server.installation_directory}\inboxes\auth\statesys.box\incoming\high"
    return (
        f"Generating state message: {state} for package {guid.lower()}~~",
        rf"Write the state message in {inbox}\___CMU{secrets.token_hex(4)}.SMX~~",
        f"Successfully Dropped the state message {state}~~",
    )


def _sha256(server: WindowsServer, path: str) -> str:
    whole = hashlib.sha256()
    with server.files.location(path).open("rb") as file:
        while chunk := file.read(_CHUNK):
            whole.update(chunk)
    return whole.hexdigest().upper()
