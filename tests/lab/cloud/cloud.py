# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The hosts of Microsoft that Configuration Manager gets its updates from, and gives its usage data to.

Documented: which host does what, and that sccm.manage.microsoft.com has a service SCCMConnectedService.svc. Made up: where that
takes usage data.
"""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from urllib.parse import urlsplit

from ..internet.web import Answer, Content, Service, Text, WebRequest, redirection, refusal
from .cabinets import NoCabinetError, pack
from .catalogue import CONSOLE_CONTENT_URL, MANIFEST_URL, REDISTRIBUTABLES, Catalogue
from .manifest import manifest, redistributables_manifest
from .usage_data import UsageData, read_usage_data, receipt

UPLOAD_URL = "https://sccm.manage.microsoft.com/SCCMConnectedService.svc/UsageData"

_LARGEST_UPLOAD = 2**24
_LONGEST_WAIT = 60.0
"""Seconds for a payload that is held back and never let go."""


class Cloud:
    """All of them. Their answers are those of the moment."""

    def __init__(self) -> None:
        self.catalogue = Catalogue()
        self.uploads: list[UsageData] = []
        """What was given to it, in order."""

    @property
    def services(self) -> Mapping[str, Service]:
        """By the names of the hosts."""
        hosts = {urlsplit(url).hostname or "": self._download for url in (MANIFEST_URL, CONSOLE_CONTENT_URL)}
        return {**hosts, "go.microsoft.com": self._link, urlsplit(UPLOAD_URL).hostname or "": self._upload}

    def _link(self, request: WebRequest) -> Answer:
        number = request.query("LinkId")
        destination = self.catalogue.destination(int(number)) if number.isdecimal() else None
        if request.path.rstrip("/").lower() != "/fwlink" or destination is None:
            return refusal(HTTPStatus.NOT_FOUND)
        return redirection(destination)

    def _download(self, request: WebRequest) -> Answer:
        wanted = request.path.lower()
        if wanted == _path(MANIFEST_URL):
            return Answer(Text(manifest(self.catalogue.packages)))
        if wanted == _path(CONSOLE_CONTENT_URL):
            return Answer(Text(pack({"CAMPServicingStates.xml": b"<ServicingStates/>\r\n"})))
        for package in self.catalogue.packages:
            if wanted == _path(package.payload_url):
                package.is_free.wait(_LONGEST_WAIT)
                return Answer(package.payload, breaks_at=package.breaks_at)
            if wanted == _path(package.redistributables_url):
                return Answer(Text(redistributables_manifest(self.catalogue)))
        return self._redistributable(wanted)

    def _redistributable(self, wanted: str) -> Answer:
        for file in REDISTRIBUTABLES:
            url = self.catalogue.destination(self.catalogue.redistributable_links[file.name])
            if url and wanted == _path(url) and file.name not in self.catalogue.missing:
                content: Content = file
                return Answer(content)
        return refusal(HTTPStatus.NOT_FOUND)

    def _upload(self, request: WebRequest) -> Answer:
        if request.path != urlsplit(UPLOAD_URL).path:
            return refusal(HTTPStatus.NOT_FOUND)
        if request.method == "GET":
            return refusal(HTTPStatus.METHOD_NOT_ALLOWED)
        data = request.body.read(_LARGEST_UPLOAD + 1)
        if len(data) > _LARGEST_UPLOAD:
            return refusal(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        try:
            usage_data = read_usage_data(data)
        except NoCabinetError:
            return refusal(HTTPStatus.BAD_REQUEST)
        self.uploads.append(usage_data)
        return Answer(Text(receipt(usage_data.support_id)))


def _path(url: str) -> str:
    return urlsplit(url).path.lower()
