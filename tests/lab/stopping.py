# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What tells a lab to stop: signals, and the end of the process that has started it."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from queue import Empty, SimpleQueue
from types import FrameType

_PARENT_CHECK_SECONDS = 0.3


@contextmanager
def received_signals(*more: signal.Signals) -> Iterator[Callable[[], int]]:
    """A function that waits for the next signal and returns its number; the end of the parent counts as SIGTERM.

    The signals that ask to stop, and ``more``, are kept for it, in place of what they do otherwise.
    """
    parent = os.getppid()
    received: SimpleQueue[int] = SimpleQueue()  # the one queue that a signal handler may put into at any moment

    def handle(number: int, frame: FrameType | None) -> None:
        received.put(number)

    def next_signal() -> int:
        while True:
            try:
                return received.get(timeout=_PARENT_CHECK_SECONDS)
            except Empty:
                # No event that all systems know tells of the end of a parent
                if os.getppid() != parent:
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
