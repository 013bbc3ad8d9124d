# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How much memory processes have, where Linux tells (proc(5))."""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path

CLEAR = Path("/proc/self/clear_refs")
"""What this process has its peak forgotten by; not there on other systems."""


def size(process: int | str, file: str, name: str) -> int:
    """Bytes that a file of a process says of its memory; 0 for one that is gone. This process is ``self``."""
    with suppress(OSError):
        found = re.search(rf"^{name}:\s+(\d+) kB", Path(f"/proc/{process}/{file}").read_text(), re.MULTILINE)
        return int(found[1]) * 1024 if found else 0
    return 0


def peak_of(process: int | str) -> int:
    """Bytes that a process has had in memory at its peak, with what it shares with others."""
    return size(process, "status", "VmHWM")


class Growth:
    """Of this process, from now on."""

    def __init__(self) -> None:
        CLEAR.write_text("5", encoding="ascii")
        self._before = size("self", "status", "VmRSS")

    @property
    def most(self) -> int:
        """Bytes by which it was more at some moment."""
        peak = peak_of("self")
        assert peak and self._before, "Linux does not tell"
        return peak - self._before
