# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What tells a lab to stop: signals, the end of the process that has started it, and that nobody uses it any more."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from queue import Empty, SimpleQueue
from time import monotonic
from types import FrameType

from .lab import Lab

_CHECK_SECONDS = 0.3

Condition = Callable[[], bool]


def end_of_parent() -> Condition:
    """Whether the process that is the parent now has ended."""
    parent = os.getppid()
    return lambda: os.getppid() != parent


class Idleness:
    """Whether a lab has met no request for some time; one to its control endpoint counts as much as one of WS-Man."""

    def __init__(self, lab: Lab, seconds: float, clock: Callable[[], float] = monotonic) -> None:
        self._lab = lab
        self._seconds = seconds
        self._clock = clock
        self._last_seen = self._requests()
        self._since = clock()

    def __call__(self) -> bool:
        if (requests := self._requests()) != self._last_seen:
            self._last_seen, self._since = requests, self._clock()
        return self._clock() - self._since >= self._seconds

    def _requests(self) -> tuple[int, int]:
        # A reset takes the first back to zero, but is itself a request that the second counts
        return self._lab.requests.count, self._lab.control.count


@contextmanager
def received_signals(*more: signal.Signals) -> Iterator[Callable[[Condition], int]]:
    """A function that waits for the next signal and returns its number; that its argument comes true counts as SIGTERM.

    The signals that ask to stop, and ``more``, are kept for it, in place of what they do otherwise.
    """
    received: SimpleQueue[int] = SimpleQueue()  # the one queue that a signal handler may put into at any moment

    def handle(number: int, frame: FrameType | None) -> None:
        received.put(number)

    def next_signal(is_over: Condition) -> int:
        while True:
            try:
                return received.get(timeout=_CHECK_SECONDS)
            except Empty:
                # No event that all systems know tells of the end of a parent, and none of requests that do not come
                if is_over():
                    return signal.SIGTERM

    numbers = [signal.SIGINT, signal.SIGQUIT, signal.SIGTERM, *more]
    if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:  # which is how nohup says that a closed terminal shall not matter
        numbers.append(signal.SIGHUP)
    before = {number: signal.signal(number, handle) for number in numbers}
    try:
        yield next_signal
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
