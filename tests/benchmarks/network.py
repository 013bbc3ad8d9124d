# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A network as slow as one between computers: the loopback of a network namespace of Linux, which takes root."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

_FRAME = "9000"
"""Bytes of the largest packet, instead of the 64 KiB of loopback: those of a network for servers (jumbo frames)."""
_WAITING = ("burst", "1mb", "limit", "100mb")
"""What may be sent at once, and what waits rather than being dropped, which would cost TCP a second or more."""


class NotPossible(Exception):
    """There can be no such network here, and why."""


@contextmanager
def network(rate: str) -> Iterator[list[str]]:
    """What to begin a command with to run it in such a network. ``rate`` is one of tc, such as 1gbit."""
    if os.name != "posix" or os.geteuid() != 0:
        raise NotPossible("it takes root")
    if missing := [program for program in ("ip", "tc") if not shutil.which(program)]:
        raise NotPossible(f"not installed: {', '.join(missing)} (iproute2)")
    name = f"configmgr-site-{os.getpid()}"
    inside = ["ip", "netns", "exec", name]
    _run("ip", "netns", "add", name)
    try:
        _run(*inside, "ip", "link", "set", "lo", "up", "mtu", _FRAME)
        _run(*inside, "tc", "qdisc", "add", "dev", "lo", "root", "tbf", "rate", rate, *_WAITING)
        yield inside
    finally:
        _run("ip", "netns", "delete", name)


def _run(*command: str) -> None:
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode != 0:
        raise NotPossible(f"{' '.join(command)}: {done.stderr.strip()}")
