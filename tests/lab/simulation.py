# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Time in the lab: what happens by itself, and when.

Nothing runs in the background. What is due is carried out when somebody looks: `Simulation.advance` runs every event
whose time has come, in the order of their times, and each sees its own time as `Simulation.now`. So the state that a
request meets is the state that a hierarchy busy all the while would have reached.
"""

from __future__ import annotations

import heapq
import itertools
import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from threading import RLock


@dataclass(order=True)
class Event:
    """Something that will happen; `cancel` prevents it."""

    due: datetime
    number: int
    action: Callable[[], None] = field(compare=False)
    is_cancelled: bool = field(default=False, compare=False)

    def cancel(self) -> None:
        self.is_cancelled = True


class ManualClock:
    """A clock for unit tests: stands still until it is moved."""

    def __init__(self) -> None:
        self.time = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.time

    def move(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)


class Simulation:
    """A discrete event simulation on the real clock, ``speed`` times faster than a site.

    ``speed`` 60 makes a minute of a site's work take one second. Everything that reads or changes the hierarchy does so
    within `moment`, one caller at a time.
    """

    def __init__(self, speed: float = 60.0, clock: Callable[[], datetime] | None = None) -> None:
        # What happens again and again, as a check every day, would never end at infinite speed
        if not 0 < speed < math.inf:
            raise ValueError("the speed must be greater than 0, and finite")
        self.speed = speed
        self._clock = clock or (lambda: datetime.now(UTC))
        self._lock = RLock()
        self._events: list[Event] = []
        self._numbers = itertools.count()
        self._event_time: datetime | None = None

    @property
    def now(self) -> datetime:
        """The time, in UTC; within an event, the time at which it was due."""
        return self._event_time or self._clock()

    def schedule(self, delay_seconds: float, action: Callable[[], None]) -> Event:
        """Carry out ``action`` after a delay given in the site's own (nominal) seconds."""
        with self._lock:
            event = Event(self.now + timedelta(seconds=delay_seconds / self.speed), next(self._numbers), action)
            heapq.heappush(self._events, event)
            return event

    def advance(self) -> None:
        """Carry out what is due by now, including what that makes due."""
        with self._lock:
            if self._event_time is not None:
                return
            now = self._clock()
            try:
                while self._events and self._events[0].due <= now:
                    event = heapq.heappop(self._events)
                    if not event.is_cancelled:
                        self._event_time = event.due
                        event.action()
            finally:
                self._event_time = None

    @contextmanager
    def moment(self) -> Iterator[None]:
        """Hold the hierarchy still, brought up to date, while it is read or changed."""
        with self._lock:
            self.advance()
            yield
