# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Enumerations that are under way: what a client has yet to pull."""

from __future__ import annotations

import time
from collections.abc import Iterator
from threading import Lock

from . import faults
from .envelopes import new_id
from .faults import Fault, FaultKind
from .quota import OperationQuota

_TIMEOUT = 240.0
"""EnumerationTimeoutms of the service: what nobody pulls from for that long is closed."""


class Enumeration:
    """The items of one enumeration as XML, of which only the next one is ever held.

    Where the end is not foreseen, it takes a page without items to find it.
    """

    def __init__(self, owner: str, items: Iterator[str], *, foresees_end: bool) -> None:
        self.owner = owner
        self.is_finished = False
        self._foresees_end = foresees_end
        self.last_used = time.monotonic()
        self._items = items
        self._next = next(items, None)

    def page(self, count: int, room: int, too_large: FaultKind) -> str:
        """At most ``count`` items in at most ``room`` characters."""
        page: list[str] = []
        while self._next is not None and len(page) < count and len(self._next) <= room:
            page.append(self._next)
            room -= len(self._next)
            self._next = next(self._items, None)
        if not page and self._next is not None:
            raise Fault(too_large)
        self.is_finished = self._next is None and (self._foresees_end or not page)
        return "".join(page)


class Enumerations:
    """The open enumerations of one server, by their contexts. Each context is good for one Pull or Release."""

    def __init__(self, quota: OperationQuota) -> None:
        self._quota = quota
        self._open: dict[str, Enumeration] = {}
        self._lock = Lock()

    def open(self, enumeration: Enumeration) -> str:
        """Keep an enumeration; returns its context."""
        self._quota.keep(enumeration.owner)
        return self._store(enumeration)

    def pull(self, context: str, owner: str, count: int, room: int, too_large: FaultKind) -> tuple[str, str]:
        """The next page, and the context for the page after it, empty at the end."""
        enumeration = self._take(context, owner)
        try:
            page = enumeration.page(count, room, too_large)
        except BaseException:
            self._quota.leave(owner)
            raise
        if enumeration.is_finished:
            self._quota.leave(owner)
            return page, ""
        return page, self._store(enumeration)

    def release(self, context: str, owner: str) -> None:
        """Close an enumeration before its end. `Fault` if this owner has none with the context."""
        self._take(context, owner)
        self._quota.leave(owner)

    def _store(self, enumeration: Enumeration) -> str:
        context = f"uuid:{new_id()}"
        with self._lock:
            self._close_abandoned()
            enumeration.last_used = time.monotonic()
            self._open[context] = enumeration
        return context

    def _take(self, context: str, owner: str) -> Enumeration:
        with self._lock:
            self._close_abandoned()
            enumeration = self._open.get(context)
            if enumeration is None or enumeration.owner != owner:
                raise Fault(faults.INVALID_ENUMERATION_CONTEXT)
            return self._open.pop(context)

    def _close_abandoned(self) -> None:
        # Stored in the order of their last use.
        limit = time.monotonic() - _TIMEOUT
        while self._open:
            context, enumeration = next(iter(self._open.items()))
            if enumeration.last_used > limit:
                return
            del self._open[context]
            self._quota.leave(enumeration.owner)
