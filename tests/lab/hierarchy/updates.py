# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Updates of the site itself, as the console lists them under Updates and Servicing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum
from uuid import NAMESPACE_DNS, uuid5

from ..simulation import Simulation
from ..wmi.model import Instance
from .provider import SiteClass


class UpdateState(IntEnum):
    """A few of the states that UpdatePrereqAndStateFlags documents."""

    DOWNLOAD_IN_PROGRESS = 262145
    DOWNLOAD_SUCCESS = 262146
    APPLICABILITY_SUCCESS = 327682
    INSTALL_IN_PROGRESS = 196609
    INSTALL_SUCCESS = 196612


@dataclass
class Update:
    """An update package."""

    name: str
    full_version: str
    state: UpdateState
    changed: datetime
    guid: str = field(init=False)

    def __post_init__(self) -> None:
        self.guid = str(uuid5(NAMESPACE_DNS, self.name)).upper()


class Updates:
    """The update packages that a hierarchy knows of."""

    def __init__(self, simulation: Simulation) -> None:
        self._simulation = simulation
        now = simulation.now
        self.packages = [
            Update("Configuration Manager 2503", "5.00.9135.1000", UpdateState.INSTALL_SUCCESS, now),
            Update("Configuration Manager 2509", "5.00.9141.1000", UpdateState.APPLICABILITY_SUCCESS, now),
        ]

    def set_state(self, name: str, state: UpdateState) -> None:
        """Note the progress of an update."""
        package = next((package for package in self.packages if package.name == name), None)
        if package is None:
            known = ", ".join(package.name for package in self.packages)
            raise ValueError(f"there is no update {name!r}; there are {known}")
        package.state = state
        package.changed = self._simulation.now


class UpdatePackages(SiteClass):
    """SMS_CM_UpdatePackages."""

    def rows(self) -> Iterable[Instance]:
        return [
            self.provider.instance(
                self.class_name,
                {
                    "PackageGuid": package.guid,
                    "Name": package.name,
                    "FullVersion": package.full_version,
                    "State": int(package.state),
                    "UpdateType": 0,
                    "LastUpdateTime": package.changed,
                },
            )
            for package in self.hierarchy.updates.packages
        ]
