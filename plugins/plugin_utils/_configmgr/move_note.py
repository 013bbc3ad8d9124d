# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""What a move has to remember while the hierarchy has no service connection point: where it came from, and in which mode.

The site itself remembers it, as an embedded property of the site system that gets the role, so that whoever runs the move
again finishes it. Site control items carry properties that Configuration Manager does not know of (published scripts add
some); the note is read back after it was written, and is gone when the move is over.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from .._wsman import codes
from .._wsman.errors import WsmanFault
from .provider import SiteProvider
from .roles import SITE_SYSTEM, Role, Setting, drop_setting, read_own_roles, read_role, write_settings
from .service_connection_point import Mode
from .writing import write_once

NOTE = "configmgr.site service connection point move"
"""Name of the embedded property: its number is the mode as `OfflineMode` has it, its texts are the server and its site."""


@dataclass(frozen=True)
class MoveNote:
    """A move that has begun."""

    source: str
    """The server that had the role."""
    mode: Mode
    """The mode that it had there."""
    site_code: str
    """The site that it belonged to."""
    holder: Role | None = field(default=None, compare=False, repr=False)
    """The site system that the note is on."""


def note_on(site_system: Role) -> MoveNote | None:
    """The note on a site system, if a move to it was begun and not ended."""
    setting = site_system.setting(NOTE)
    if setting is None or not setting.text1:
        return None
    return MoveNote(setting.text1, Mode.OFFLINE if setting.number else Mode.ONLINE, setting.text2, site_system)


def read_notes(provider: SiteProvider) -> list[MoveNote]:
    """The notes on all site systems of the provider's own site."""
    return [note for role in read_own_roles(provider, SITE_SYSTEM) if (note := note_on(role))]


def write_note(provider: SiteProvider, site_system: Role, note: MoveNote) -> bool:
    """Note a move on the site system that gets the role; False if the provider does not keep such a property.

    Raises `Overtaken` where the site system was removed meanwhile.
    """
    role = site_system

    def is_kept() -> bool:
        nonlocal role
        role = read_role(provider, role)
        return note_on(role) == note

    setting = Setting(note.mode.number, text1=note.source, text2=note.site_code)
    try:
        write_once(lambda: write_settings(provider, role, {NOTE: setting}), is_kept, means_overtaken=codes.NOT_FOUND_CODES)
    except WsmanFault as fault:
        if fault.is_temporary or fault.is_access_denied:
            raise
        return False
    return is_kept()


def forget_note(provider: SiteProvider, site_system: Role) -> None:
    """Take the note of a move that is over off the site system, if it has one."""
    role = read_role(provider, site_system)

    def is_gone() -> bool:
        nonlocal role
        role = read_role(provider, role)
        return role.setting(NOTE) is None

    if role.setting(NOTE) is not None:
        write_once(lambda: drop_setting(provider, role, NOTE), is_gone, means_overtaken=codes.NOT_FOUND_CODES)
