# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""When SMS_DMP_DOWNLOADER last looked for updates, from its registry key on the server with the service connection point.

That an online role looks every 24 hours by itself is Microsoft's page about the role. The value with the minutes in between is
in several published scripts. The ones with the times of the last check and of the last request for one are in a single one, by
people at Microsoft, which sets both to 0 to have a check made; that they count seconds since 1970 in UTC, and are DWORD, is
inferred. So they may be missing, or text.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from .._windows.registry import TEXT_TYPE, Registry
from .service_connection_point import DOWNLOADER, Mode

USUAL_INTERVAL = 1440
"""Minutes between two checks where the server does not say."""
GRACE = timedelta(hours=1)
"""How much later than expected a check may come, as it takes its time itself."""

_KEY = rf"SOFTWARE\Microsoft\SMS\COMPONENTS\{DOWNLOADER}"
RESTART = f"configmgr.site.component with name {DOWNLOADER} and state restarted"
"""What has a check made for sure."""

_SYNCED, _REQUESTED = "LastSyncedTime", "LastSyncRequestTime"
TIMES = (_SYNCED, _REQUESTED)
TIMES_SHOWN = f"HKLM\\{_KEY}, {_SYNCED} and {_REQUESTED}"
"""For sentences."""
_TIMES = frozenset(name.lower() for name in TIMES)
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

        Nobody waits for one of an offline role. With a mode that is not known, only a check that is recent says something.
        """
        if mode is Mode.OFFLINE:
            return False
        if self.last is None or now is None:
            return None
        is_late = now - self.last > timedelta(minutes=self.interval or USUAL_INTERVAL) + GRACE
        return None if is_late and mode is None else is_late


def read_update_check(registry: Registry) -> UpdateCheck:
    """Read both values."""
    return UpdateCheck(CheckTimes(registry).last, registry.read_number_or_digits(_KEY, "EasySetupDownloadInterval"))


class CheckTimes:
    """The times of the last check and of the last request for one, as the server keeps them. Each look is a request or two."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry

    @property
    def last(self) -> datetime | None:
        """When the last check came to its end; None where none has since one was asked for, or where that is not known."""
        return self._read(_SYNCED)

    @property
    def requested(self) -> datetime | None:
        """When a check was last begun; None likewise."""
        return self._read(_REQUESTED)

    def types(self) -> dict[str, int]:
        """How the server keeps them: the types of those that there are, by their names in lower case."""
        return {name: kind for name, kind in self._registry.value_types(_KEY).items() if name in _TIMES}

    def reset(self, name: str, types: Mapping[str, int]) -> None:
        """Set one of `TIMES` to 0; as what it is, and as a number if it is not there. Both at 0 ask for a check."""
        if types.get(name.lower()) == TEXT_TYPE:
            self._registry.write_text(_KEY, name, "0")
        else:
            self._registry.write_number(_KEY, name, 0)

    def _read(self, name: str) -> datetime | None:
        seconds = self._registry.read_number_or_digits(_KEY, name)
        return datetime.fromtimestamp(seconds, timezone.utc) if seconds and seconds < _LATEST else None
