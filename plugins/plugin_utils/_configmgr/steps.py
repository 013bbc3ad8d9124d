# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""What is wanted of the service connection point, and the steps that there are to it."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import Literal

from .move_note import MoveNote
from .servers import same_server
from .service_connection_point import Mode, ServiceConnectionPoint


@dataclass(frozen=True)
class Desired:
    """The wanted state; None leaves things as they are."""

    state: Literal["present", "absent", "move_due"]
    """``move_due`` only notes a move to ``site_system``."""
    site_system: str | None = None
    mode: Mode | None = None
    allow_during_update: bool = False
    move: bool = False
    """Whether a role on another server than ``site_system`` is moved there."""
    timeout: float = inf
    """How many seconds an installation may take."""


@dataclass(frozen=True)
class Install:
    """Put the role on a server that has none, in a hierarchy that has none."""

    server: str
    mode: Mode
    is_site_system: bool = True
    """Whether the server is a site system already, as it must be; only a plan goes on without."""

    point = None


@dataclass(frozen=True)
class SetMode:
    """Change the mode of the role where it is."""

    point: ServiceConnectionPoint
    mode: Mode

    @property
    def server(self) -> str:
        """The server with the role."""
        return self.point.server


@dataclass(frozen=True)
class Remove:
    """Remove the role from its server."""

    point: ServiceConnectionPoint

    @property
    def server(self) -> str:
        """The server with the role."""
        return self.point.server


@dataclass(frozen=True)
class Keep:
    """Nothing to change: the role is as wanted."""

    point: ServiceConnectionPoint

    @property
    def server(self) -> str:
        """The server with the role."""
        return self.point.server


@dataclass(frozen=True)
class StayAbsent:
    """Nothing to change: the role is absent, from the hierarchy or from the server that was asked for."""

    server: str | None
    elsewhere: ServiceConnectionPoint | None
    """The role on another server than the one that was asked for."""

    @property
    def point(self) -> ServiceConnectionPoint | None:
        """The role as it is on record."""
        return self.elsewhere


@dataclass(frozen=True)
class Move:
    """Have the role on another server of the same site: remove it, install it there, and see that it works.

    It begins where an earlier run was cut off: with the role on its old server, without any, or on its new server.
    """

    point: ServiceConnectionPoint | None
    """The role as it is on record."""
    source: str
    """The server that it comes from, and goes back to if the new one does not get it to work."""
    server: str
    mode: Mode
    former_mode: Mode
    """The mode that it had on its old server."""
    source_site: str
    """The site that it belonged to there."""
    is_site_system: bool = True
    """As that of `Install`."""
    note: MoveNote | None = None
    """What is noted of a move that was begun."""

    @property
    def is_noted(self) -> bool:
        """Whether the site remembers exactly this move."""
        return self.note is not None and self.note.mode is self.former_mode and same_server(self.note.source, self.source)

    @property
    def has_left(self) -> bool:
        """Whether the role is off the record of its old server."""
        return self.point is None or self.has_arrived

    @property
    def has_arrived(self) -> bool:
        """Whether the role is on record on its new server."""
        return self.point is not None and self.point.role.is_on(self.server)


@dataclass(frozen=True)
class NoteMove:
    """Have the move noted, for the time in which the hierarchy has no role; everything else is up to the next step."""

    move: Move

    @property
    def point(self) -> ServiceConnectionPoint | None:
        """The role as it is on record."""
        return self.move.point

    @property
    def server(self) -> str:
        """The server that shall get the role."""
        return self.move.server


Step = Install | SetMode | Remove | Keep | StayAbsent | Move | NoteMove


def new_mode(step: Step) -> Mode | None:
    """The mode that a step gives a role which has another one; None if it changes none."""
    match step:
        case SetMode(mode=mode):
            return mode
        case Move(point=point, mode=mode, former_mode=former_mode):
            return mode if mode is not (point.mode if point else former_mode) else None
    return None
