# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""What the service connection point is: its mode, its components, and where it may be."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import Enum

from .components import STARTED, ComponentState
from .provider import SiteProvider
from .roles import SERVICE_CONNECTION_POINT, Role, Setting, read_roles

OFFLINE_MODE = "OfflineMode"
"""The embedded property with the mode: 0 is online, anything else offline."""

DOWNLOADER = "SMS_DMP_DOWNLOADER"
"""The component whose restart puts a mode change into effect; the role works when it runs."""
COMPONENTS = (DOWNLOADER, "SMS_DMP_UPLOADER", "SMS_SERVICE_CONNECTOR", "SMS_CLOUDCONNECTION")
"""Components that belong to the role. Which of them a site has depends on its version."""


class Mode(Enum):
    """Whether the role connects to the cloud by itself."""

    ONLINE = "online"
    OFFLINE = "offline"

    @classmethod
    def named(cls, name: str | None) -> Mode | None:
        """The mode with a name; None for any other text."""
        return next((mode for mode in cls if mode.value == name), None)

    @property
    def number(self) -> int:
        """Of the embedded property with the mode."""
        return 0 if self is Mode.ONLINE else 1


@dataclass(frozen=True)
class ServiceConnectionPoint:
    """An instance of the role."""

    role: Role

    @property
    def server(self) -> str:
        """FQDN of the site system server, as the site spells it."""
        return self.role.server

    @property
    def site_code(self) -> str:
        """The site that the role belongs to."""
        return self.role.site_code

    @property
    def mode(self) -> Mode | None:
        """The mode on record; None where the site does not say."""
        setting = self.role.setting(OFFLINE_MODE)
        if setting is None or setting.number is None:
            return None
        return Mode.ONLINE if setting.number == 0 else Mode.OFFLINE

    def __str__(self) -> str:
        return f"{self.server} (site {self.site_code})"


def read_service_connection_points(provider: SiteProvider) -> tuple[ServiceConnectionPoint, ...]:
    """Every instance that the provider knows of: one at the most, in a healthy hierarchy."""
    return tuple(ServiceConnectionPoint(role) for role in read_roles(provider, SERVICE_CONNECTION_POINT))


def works(components: Iterable[ComponentState]) -> bool:
    """Whether the role works: its downloader runs, and every other component that the site knows of is as it should be."""
    components = list(components)
    downloaders = [component for component in components if component.name == DOWNLOADER]
    return (
        bool(downloaders)
        and all(component.state == STARTED for component in downloaders)
        and all(component.is_as_it_should_be for component in components)
    )


def mode_setting(role: Role, mode: Mode) -> Setting:
    """The setting that gives a role another mode; whatever else its embedded property has stays as it is."""
    return replace(role.setting(OFFLINE_MODE) or Setting(), number=mode.number)


def settings_of_new_role(server: str, mode: Mode) -> dict[str, Setting]:
    """What a new instance is created with. Every sample of Microsoft's writes the server's name into the role, too."""
    return {OFFLINE_MODE: Setting(mode.number), "Server Remote Name": Setting(text1=server)}
