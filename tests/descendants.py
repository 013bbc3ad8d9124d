# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A process and all that it has started, where Linux tells."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path


def with_descendants(pid: int) -> Iterator[int]:
    """Its number, and those of all processes that it and they have started, in whichever of their threads."""
    yield pid
    for child in _children(pid):
        yield from with_descendants(child)


def _children(pid: int) -> list[int]:
    """What a process has started; nothing for one that is gone, or on a computer without /proc."""
    found: list[int] = []
    # Processes and threads may end at any moment
    with suppress(OSError):
        for children in Path(f"/proc/{pid}/task").glob("*/children"):
            with suppress(OSError):
                found += map(int, children.read_text().split())
    return found
