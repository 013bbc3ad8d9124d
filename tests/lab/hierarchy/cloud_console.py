# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Microsoft's product group: releases updates, withdraws them, and has bad days."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import cast
from uuid import NAMESPACE_DNS, uuid5

from ..cloud.catalogue import REDISTRIBUTABLES, Catalogue
from ..cloud.releases import Kind, Release, numbers

_USUAL_SIZE = 2**21
_RELEASED = date(2026, 4, 14)
_OLDEST = "5.00.9122.1000"
"""Which sites an update is for, if nobody says."""
_IMPACT = {"update": 31, "hotfix": 20}
_LINK = "https://go.microsoft.com/fwlink/?LinkId=2309000"


class CloudConsole:
    """Acts that do not come over the wire of the lab. Anything wrong in the request is a ValueError."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self.actions: dict[str, Callable[..., None]] = {
            "publish_update": self.publish_update,
            "withdraw_update": self.withdraw_update,
            "damage_payload": self.damage_payload,
            "break_payload": self.break_payload,
            "hold_payload": self.hold_payload,
            "repair_payload": self.repair_payload,
            "withhold_redistributable": self.withhold_redistributable,
        }

    def publish_update(
        self,
        name: str,
        full_version: str,
        kind: str = "update",
        size: int = _USUAL_SIZE,
        guid: str = "",
        min_version: str = "",
        max_version: str = "",
        description: str = "",
    ) -> None:
        """Release an update, by default for all sites of older versions, or a hotfix, by default for those of its build."""
        major, minor, build, number = numbers(full_version)
        if kind == "hotfix":
            lowest, highest = f"{major}.{minor:02}.{build}.1000", f"{major}.{minor:02}.{build}.{number - 1}"
        else:
            lowest, highest = _OLDEST, f"{major}.{minor:02}.{build - 1}.9999"
        release = Release(
            name=name,
            guid=(guid or str(uuid5(NAMESPACE_DNS, name))).upper(),
            full_version=full_version,
            min_version=min_version or lowest,
            max_version=max_version or highest,
            kind=cast(Kind, kind),
            description=description or f"{name}.",
            size=size,
            released=_RELEASED,
            impact=_IMPACT.get(kind, 0),
            more_info_link=_LINK,
        )
        self._catalogue.publish(release)

    def withdraw_update(self, name: str) -> None:
        """Have an update not be offered any more, and its payload be gone."""
        self._catalogue.withdraw(name)

    def damage_payload(self, name: str) -> None:
        """Have the payload that is handed out not be the one that the manifest names."""
        self._catalogue.find(name).is_damaged = True

    def break_payload(self, name: str, after: int) -> None:
        """Have every connection break after so many bytes of the payload."""
        self._catalogue.find(name).breaks_at = int(after)

    def hold_payload(self, name: str) -> None:
        """Have whoever asks for the payload wait for it, for a minute at most."""
        self._catalogue.find(name).is_free.clear()

    def repair_payload(self, name: str) -> None:
        """Have the payload be handed out as it should be."""
        package = self._catalogue.find(name)
        package.is_damaged, package.breaks_at = False, None
        package.is_free.set()

    def withhold_redistributable(self, name: str, value: bool = True) -> None:
        """Have a file that every update needs be gone, or there again."""
        known = [file.name for file in REDISTRIBUTABLES]
        if name not in known:
            raise ValueError(f"there is no redistributable {name!r}; there are {', '.join(known)}")
        self._catalogue.missing = self._catalogue.missing | {name} if value else self._catalogue.missing - {name}
