# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a fault happens between a module and a server."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from lab.lab import Lab

from .faults import FAULTS, Scene, WireCount
from .smb_faults import SMB_FAULTS, SmbCount


class Happening(Protocol):
    """Stands between a module and a server until something has gone wrong."""

    has_happened: bool


class Fault(Protocol):
    """Something that goes wrong at one message of a client."""

    @property
    def name(self) -> str: ...

    @property
    def most_memory(self) -> int | None:
        """Megabytes by which the memory of a run may grow; None if it is not watched."""

    @property
    def may_hide(self) -> bool:
        """Whether a module may take it for something that the account is not to see, which its result then leaves unknown."""

    @property
    def before(self) -> object:
        """What happens right before the message, so that this must be there; None if nothing does."""

    def at(self, scene: Scene, request: int) -> Happening:
        """What has it happen at one message."""


class Count(Protocol):
    """Counts messages of clients, and lets them be."""

    number: int


@dataclass(frozen=True)
class Place:
    """One kind of messages, and what can go wrong with them."""

    name: str
    """Who sends them."""
    title: str
    faults: Sequence[Fault]
    count: Callable[[], Count]
    put: Callable[[Lab, Any], None]
    """Has something stand between clients and servers there; None for nothing."""


def _at_requests(lab: Lab, interference: Any) -> None:
    lab.listeners.interference = interference


def _at_log_ons(lab: Lab, interference: Any) -> None:
    lab.listeners.log_on_interference = interference


def _at_smb(lab: Lab, interference: Any) -> None:
    lab.smb_interference = interference


REQUESTS = Place("module", "Requests of modules", FAULTS, WireCount, _at_requests)
"""Those of modules, once they are logged on."""
LOG_ON = Place("way to log on", "Logging on", FAULTS, WireCount, _at_log_ons)
"""HTTP requests until somebody is logged on."""
BY_SMB = Place("module by SMB", "Files by SMB", SMB_FAULTS, SmbCount, _at_smb)
PLACES = (REQUESTS, LOG_ON, BY_SMB)
