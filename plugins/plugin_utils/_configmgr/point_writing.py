# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""Writing the service connection point on record: install, set the mode, remove; each write is proven by reading back."""

from __future__ import annotations

from contextlib import suppress

from .._wsman import codes
from .errors import Interference, SiteError
from .provider import SiteProvider
from .roles import SERVICE_CONNECTION_POINT, Role, create_role, delete_role, read_role, write_settings
from .service_connection_point import (
    OFFLINE_MODE,
    Mode,
    ServiceConnectionPoint,
    mode_setting,
    read_service_connection_points,
    settings_of_new_role,
)
from .settling import LOGS
from .writing import Overtaken, attempt, write_once


class PointWriter:
    """Writes to one site. Raises `SiteError` with words for an administrator, `WsmanError`, or `Overtaken`."""

    def __init__(self, provider: SiteProvider) -> None:
        self._provider = provider
        self.has_written = False
        """Whether the site has been changed, whatever happens afterwards."""
        self.has_changed_mode = False
        """Whether the mode of an installed role has been changed."""

    def read(self) -> tuple[ServiceConnectionPoint, ...]:
        """Every instance of the role that the provider knows of now."""
        return read_service_connection_points(self._provider)

    def install(self, site_system: Role, mode: Mode) -> ServiceConnectionPoint:
        """Put the role on a site system, in a hierarchy that has none; `Overtaken` if it has one by now."""
        server = site_system.server
        settings = settings_of_new_role(server, mode)

        def is_there() -> bool:
            return any(point.role.is_on(server) for point in self.read())

        def create() -> None:
            # Looked at right before the write: nothing says that the provider would refuse a second one.
            if self.read():
                raise Overtaken
            create_role(self._provider, SERVICE_CONNECTION_POINT, site_system.place, settings, is_there)

        with attempt(self._provider, f"Installing the service connection point on {server}"):
            write_once(create, is_there, means_overtaken=codes.ALREADY_EXISTS_CODES)
        wrote_before, self.has_written = self.has_written, True
        points = self.read()
        ours = next((point for point in points if point.role.is_on(server)), None)
        if ours is None:
            raise SiteError(
                f"The SMS Provider of site {self._provider.site_code} accepted the service connection point on {server}, "
                f"but does not list it. {LOGS}"
            )
        if len(points) > 1:
            self._take_back(ours)
            self.has_written = wrote_before
            raise Interference(
                f"In the same moment as this task, somebody else installed the service connection point on "
                f"{' and '.join(str(point) for point in points if point is not ours)}. There may be only one, so the one on "
                f"{server} was removed again. Run the task again to see what is to be done now."
            )
        self._verify_mode(ours, mode)
        return ours

    def set_mode(self, point: ServiceConnectionPoint, mode: Mode) -> ServiceConnectionPoint:
        """Change the mode on record; it takes effect when a thread is restarted."""
        role = point.role

        def is_done() -> bool:
            # Should the mode have to be written again, then with the other settings as they are now.
            nonlocal role
            role = read_role(self._provider, role)
            return ServiceConnectionPoint(role).mode is mode

        with attempt(self._provider, f"Setting the service connection point on {role.server} to {mode.value}"):
            write_once(
                lambda: write_settings(self._provider, role, {OFFLINE_MODE: mode_setting(role, mode)}),
                is_done,
                means_overtaken=codes.NOT_FOUND_CODES,
            )
            self.has_written = self.has_changed_mode = True
            after = ServiceConnectionPoint(read_role(self._provider, role))
        self._verify_mode(after, mode)
        return after

    def remove(self, point: ServiceConnectionPoint) -> None:
        """Take the role off the record of its server."""
        with attempt(self._provider, f"Removing the service connection point from {point.server}"):
            self._delete(point)
        self.has_written = True
        if not self._is_gone(point):
            raise SiteError(
                f"The SMS Provider of site {self._provider.site_code} accepted the removal of the service connection point "
                f"from {point.server}, but still lists it. {LOGS}"
            )

    def _take_back(self, ours: ServiceConnectionPoint) -> None:
        with (
            attempt(self._provider, f"Taking back the second service connection point, on {ours.server},"),
            suppress(Overtaken),
        ):
            self._delete(ours)

    def _verify_mode(self, point: ServiceConnectionPoint, wanted: Mode) -> None:
        if point.mode is not wanted:
            found = point.mode.value if point.mode else "no mode at all"
            raise Interference(
                f"The SMS Provider of site {self._provider.site_code} accepted mode {wanted.value} for the service connection "
                f"point on {point.server}, but now lists {found}. Another administrator may have changed it: run the "
                "task again."
            )

    def _delete(self, point: ServiceConnectionPoint) -> None:
        write_once(
            lambda: delete_role(self._provider, point.role),
            lambda: self._is_gone(point),
            means_overtaken=codes.NOT_FOUND_CODES,
        )

    def _is_gone(self, point: ServiceConnectionPoint) -> bool:
        return not any(left.role.keys == point.role.keys for left in self.read())
