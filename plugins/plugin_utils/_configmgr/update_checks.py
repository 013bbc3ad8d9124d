# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""When SMS_DMP_DOWNLOADER last looked for updates, from its registry key on the server with the service connection point.

That an online role looks every 24 hours by itself is Microsoft's page about the role. The value with the minutes in between is
in several published scripts. The one with the time of the last check is in a single one, which sets it to 0 to have a check
made; that it counts seconds since 1970 in UTC, and is a DWORD, is inferred. So it may be missing, or text.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from .._windows.registry import Registry
from .service_connection_point import DOWNLOADER, Mode

USUAL_INTERVAL = 1440
"""Minutes between two checks where the server does not say."""
GRACE = timedelta(hours=1)
"""How much later than expected a check may come, as it takes its time itself."""

_KEY = rf"SOFTWARE\Microsoft\SMS\COMPONENTS\{DOWNLOADER}"
_LATEST = 2**32
"""What is as large as this is no number of seconds since 1970, but something that nobody here knows."""


@dataclass(frozen=True)
class UpdateCheck:
    """The last check for updates, and how often there is one."""

    last: datetime | None
    """None where there was none, or where that is not known."""
    interval: int | None
    """Minutes; None where the server does not say."""

    def is_overdue(self, now: datetime | None, mode: Mode | None) -> bool | None:
        """Whether a check should have been made by now, by the server's own clock; None where that is not known.

        An offline role makes none. With a mode that is not known, only a check that is recent enough says something.
        """
        if mode is Mode.OFFLINE:
            return False
        if self.last is None or now is None:
            return None
        is_late = now - self.last > timedelta(minutes=self.interval or USUAL_INTERVAL) + GRACE
        return None if is_late and mode is None else is_late


def read_update_check(registry: Registry) -> UpdateCheck:
    """Read both values."""
    seconds = registry.read_number_or_digits(_KEY, "LastSyncedTime")
    last = datetime.fromtimestamp(seconds, timezone.utc) if seconds and seconds < _LATEST else None
    return UpdateCheck(last, registry.read_number_or_digits(_KEY, "EasySetupDownloadInterval"))
