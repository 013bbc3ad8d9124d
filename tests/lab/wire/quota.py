# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How many operations an account may have under way at a time on one server."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

from . import faults
from .faults import Fault

MAX_OPERATIONS = 15
"""MaxConcurrentOperationsPerUser of Windows Server 2008 R2; newer ones allow 1500, which hides forgotten enumerations."""


class OperationQuota:
    """Counts requests being carried out and enumerations left open, for each account."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._lock = Lock()

    @contextmanager
    def operation(self, account: str) -> Iterator[None]:
        """One request, refused beyond the quota."""
        with self._lock:
            if self._counts[account] >= MAX_OPERATIONS:
                raise Fault(faults.OPERATIONS_QUOTA)
            self._counts[account] += 1
        try:
            yield
        finally:
            self.leave(account)

    def keep(self, account: str) -> None:
        """Count on what the current request leaves open, until `leave`."""
        with self._lock:
            self._counts[account] += 1

    def leave(self, account: str) -> None:
        """What `keep` has counted is closed."""
        with self._lock:
            self._counts[account] -= 1
