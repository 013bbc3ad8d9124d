# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""How fast a site is: how long the last installation of the role took, as its status messages say."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from .provider import SiteProvider
from .servers import same_server
from .service_connection_point import COMPONENTS
from .status_messages import Question, pick_newest

_BEGUN, _DONE = 1013, 1015
"""Messages of a component that is being installed (published scripts wait for them; Microsoft does not document them)."""

_ENOUGH = 200
"""Messages of a few installations; older ones are of no interest."""

Period = tuple[datetime, datetime]


def read_installation_seconds(provider: SiteProvider) -> float | None:
    """How many seconds the site was busy with the last installation of the role's components; None if it does not say."""
    question = Question(components=COMPONENTS, message_ids=(_BEGUN, _DONE), limit=_ENOUGH)
    messages = [(message, message.time) for message in pick_newest(provider, question) if message.time]
    if not messages:
        return None
    server = messages[0][0].server
    periods = last_periods(
        (message.component, message.message_id, time) for message, time in messages if same_server(message.server, server)
    )
    return covered_seconds(periods) if periods else None


def last_periods(messages: Iterable[tuple[str, int, datetime]]) -> list[Period]:
    """The last installation of each component of one server that has begun and ended."""
    begun: dict[str, datetime] = {}
    periods: dict[str, Period] = {}
    for name, number, time in sorted(messages, key=lambda message: (message[2], message[1])):
        if number == _BEGUN:
            begun[name] = time
        elif name in begun:
            periods[name] = (begun.pop(name), time)
    return list(periods.values())


def covered_seconds(periods: Iterable[Period]) -> float:
    """How long at least one of the periods lasted: the site installs components side by side, or one after the other."""
    total, end = 0.0, None
    for first, last in sorted(periods):
        start = first if end is None else max(first, end)
        total += max(0.0, (last - start).total_seconds())
        end = last if end is None else max(end, last)
    return total
