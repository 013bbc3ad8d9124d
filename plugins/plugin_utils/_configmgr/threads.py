# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""Threads of SMS_EXECUTIVE on one server: one for each component, controlled through the registry.

A key for each thread has its ``Current State``, and a ``Requested Operation`` that is acted on at once and falls back to
None (Microsoft's knowledge base article Q326589; Configuration Manager Service Manager does no other).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from .._windows.registry import Registry

SERVICE = "SMS_EXECUTIVE"
RUNNING, STOPPING, STOPPED = "Running", "Stopping", "Stopped"
START, STOP = "Start", "Stop"
AUTOMATIC = "Automatic"
"""The startup type of a thread that runs all the time; one source has seen it."""

_THREADS = r"SOFTWARE\Microsoft\SMS\COMPONENTS\SMS_EXECUTIVE\Threads"
_NAME = re.compile(r"[A-Za-z0-9_]{1,100}")


@dataclass(frozen=True)
class Thread:
    """A component's thread as the server has it now."""

    name: str
    state: str
    """Running, Stopping or Stopped, as far as is known; empty where the server does not say."""

    @property
    def is_running(self) -> bool:
        """Whether it is at work, and not asked to stop."""
        return self.state.casefold() == RUNNING.casefold()

    @property
    def is_stopping(self) -> bool:
        """Whether it was asked to stop, and ends what it is doing."""
        return self.state.casefold() == STOPPING.casefold()

    @property
    def is_stopped(self) -> bool:
        """Whether it has come to its end."""
        return self.state.casefold() == STOPPED.casefold()


def check_thread_name(name: str) -> str:
    """Return a component's name as it was given. ValueError for what cannot be one, as it becomes part of a registry path."""
    if name.upper() == SERVICE:
        raise ValueError(f"{name} is the service with all threads: use configmgr.site.executive for it")
    if not _NAME.fullmatch(name):
        raise ValueError(f"{name!r} is no component: its name has letters, digits and underscores, such as SMS_DMP_DOWNLOADER")
    return name


def read_thread(registry: Registry, name: str) -> Thread | None:
    """The thread of a component; None if the server has none."""
    state = registry.read_text(_key(name), "Current State")
    return None if state is None else Thread(name, state)


def read_thread_names(registry: Registry) -> list[str] | None:
    """The components that have a thread on the server; None if it has no threads of SMS_EXECUTIVE at all."""
    return registry.subkeys(_THREADS)


def runs_always(registry: Registry, name: str) -> bool:
    """Whether a thread is started with the service; others are started by schedule. In doubt, it is."""
    startup_type = registry.read_text(_key(name), "Startup Type")
    return not startup_type or startup_type.casefold() == AUTOMATIC.casefold()


def request(registry: Registry, name: str, operation: str) -> None:
    """Ask for an operation, `START` or `STOP`. A thread that is in that state already takes no notice."""
    registry.write_text(_key(name), "Requested Operation", operation)


def _key(name: str) -> str:
    return f"{_THREADS}\\{name}"
