# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is released at the moment, where it is downloaded from, and what is wrong with it.

Documented: the manifest's and the console content's numbers at go.microsoft.com, the hosts that these and a payload are
redirected to, and the form of their addresses. The other numbers are made up.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from threading import Event

from .payloads import MadeUp
from .releases import Release, first_releases

MANIFEST_LINK, CONSOLE_CONTENT_LINK = 2309745, 619849
LINKS = "https://go.microsoft.com/fwlink/?LinkId="
DOWNLOADS = "https://download.microsoft.com/download"
BITS = "https://configmgrbits.azureedge.net"
MANIFEST_URL = f"{DOWNLOADS}/6e09da86-4e81-4c36-a2f4-98b7bc4e261c/ConfigMgr.Update.Manifest.cab"
CONSOLE_CONTENT_URL = f"{BITS}/adminuicontent/ConfigMgr.AdminUIContent.cab"
REDISTRIBUTABLES = (
    MadeUp("SQLSysClrTypes.msi", 65536),
    MadeUp("msodbcsql.msi", 131072),
    MadeUp("vcredist_x64.exe", 98304),
)
"""What every release needs besides its payload."""

_FIRST_LINK = 2310000
_REDISTRIBUTABLES_FOLDER = f"{DOWNLOADS}/ab2e9c0d-6f0e-4b7a-8f3c-52f0a3a0c7de"


@dataclass
class Package:
    """A release as it is handed out."""

    release: Release
    payload_link: int
    redistributables_link: int
    is_damaged: bool = False
    """Whether its payload is not the one of the manifest."""
    breaks_at: int | None = None
    """After how many bytes of the payload connections break; None if they do not."""
    is_free: Event = field(default_factory=Event)
    """Set unless whoever asks for the payload has to wait."""

    def __post_init__(self) -> None:
        self.is_free.set()

    @property
    def payload(self) -> MadeUp:
        return MadeUp(self.release.guid, self.release.size, self.is_damaged)

    @property
    def payload_url(self) -> str:
        """Where its link leads."""
        guid = self.release.guid
        build = self.release.full_version.partition(".00.")[2]
        return f"{BITS}/release/{build}/{guid}/{guid}.cab"

    @property
    def redistributables_url(self) -> str:
        return f"{DOWNLOADS}/{self.release.guid.lower()}/ConfigMgr.Manifest.cab"


@dataclass
class Catalogue:
    """Whoever changes it does so while others read it, so its parts are replaced, never changed."""

    packages: Sequence[Package] = ()
    """The oldest first."""
    redistributable_links: dict[str, int] = field(init=False)
    """By the names of their files."""
    missing: frozenset[str] = frozenset()
    """Names of redistributables that are not there any more."""

    def __post_init__(self) -> None:
        self._numbers = itertools.count(_FIRST_LINK)
        self.redistributable_links = {file.name: next(self._numbers) for file in REDISTRIBUTABLES}
        for release in first_releases():
            self.publish(release)

    def publish(self, release: Release) -> None:
        """Release it. ValueError if there is one of this name or GUID already."""
        if any(release.name == known.release.name or release.guid == known.release.guid for known in self.packages):
            raise ValueError(f"{release.name} is released already, or its GUID {release.guid} is")
        self.packages = [*self.packages, Package(release, next(self._numbers), next(self._numbers))]

    def withdraw(self, name: str) -> None:
        """Have it be released no more. ValueError if it is not."""
        withdrawn = self.find(name)
        self.packages = [package for package in self.packages if package is not withdrawn]

    def find(self, name: str) -> Package:
        """What is released by this name. ValueError if nothing is."""
        for package in self.packages:
            if package.release.name == name:
                return package
        known = ", ".join(package.release.name for package in self.packages)
        raise ValueError(f"there is no release {name!r}; there are {known}")

    def destination(self, link: int) -> str | None:
        """Where a number at go.microsoft.com leads; None if it is not known here."""
        return dict(self._destinations()).get(link)

    def _destinations(self) -> Iterator[tuple[int, str]]:
        yield MANIFEST_LINK, MANIFEST_URL
        yield CONSOLE_CONTENT_LINK, CONSOLE_CONTENT_URL
        for name, number in self.redistributable_links.items():
            yield number, f"{_REDISTRIBUTABLES_FOLDER}/{name}"
        for package in self.packages:
            yield package.payload_link, package.payload_url
            yield package.redistributables_link, package.redistributables_url
