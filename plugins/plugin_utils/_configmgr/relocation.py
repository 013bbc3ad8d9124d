# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""Moving the role to another server, and back if that one does not get it to work.

Everything that can be known before is checked before (`plan`), so that the time without a role is what the site itself needs.
The site remembers the move (`move_note`), so that a run which is cut off anywhere is finished by the next.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from .._wsman.errors import WsmanError, WsmanFault
from .errors import Interference, Refusal, SiteError, WaitTimeout
from .move_note import MoveNote, forget_note, read_notes, write_note
from .point_writing import PointWriter
from .provider import SiteProvider
from .role_components import RoleComponents
from .roles import SITE_SYSTEM, Role, read_own_roles
from .servers import same_server, same_site
from .service_connection_point import Mode, ServiceConnectionPoint
from .settling import Components, until_it_works, until_removed, until_unlisted
from .steps import Move
from .waiting import Waiting
from .writing import Overtaken

_HURRY = 2
"""Seconds between two looks at what has to go before the role is installed again, at the most."""
_LOST_SERVER = (
    "If that server is lost for good, move the role with wait_for_removal set to false: then nothing of it is waited for."
)


@dataclass
class Relocation:
    """One move within one run. Raises as `PointWriter` does; `Overtaken` only before the old server has lost the role, or when
    the new one has it."""

    _provider: SiteProvider
    _writer: PointWriter
    _waiting: Waiting
    takes_back: bool
    """Whether the role is put back if the new server does not get it to work."""
    waits_for_removal: bool
    """Whether the new server gets the role only when the old one has lost its components."""
    is_mode_given: bool
    """Whether somebody else knows the mode, should the site not remember it."""
    _has_arrived: bool = field(default=False, init=False)
    _has_seen_removal: bool = field(default=False, init=False)
    """Whether the old server was seen to have lost the components of the role."""

    def run(self, move: Move, site_system: Role) -> tuple[ServiceConnectionPoint, Components, str]:
        """Carry the move out from wherever it is. Returns the role on its new server, its components, and where they run."""
        if not move.has_left:
            self.note(move, site_system)
            self._leave(move)
        try:
            point, components, run_on = self._arrive(move, site_system)
        except (SiteError, WsmanFault) as failure:
            if isinstance(failure, WsmanFault) and failure.reply_lost:
                raise
            raise self._after(failure, move, site_system) from failure
        if point.mode is not move.mode:
            # Somebody else was faster to install it here.
            point = self._writer.set_mode(point, move.mode)
        self.forget_all()
        return point, components, run_on

    def note(self, move: Move, site_system: Role) -> None:
        """Have the site remember the move. Where it cannot, the mode must be given, or a rerun would not know it."""
        if move.is_noted:
            return
        if write_note(self._provider, site_system, MoveNote(move.source, move.former_mode, move.source_site)):
            self._writer.has_written = True
            # What earlier moves have left would be taken for this one.
            self.forget_all(but=site_system)
        elif not self.is_mode_given:
            raise Refusal(
                f"The SMS Provider of site {self._provider.site_code} does not keep a note on {site_system.server}, so nobody "
                "would know the mode if the move were cut off; nothing was removed. Set mode, which is "
                f"{move.former_mode.value} now, and run the task again."
            )
        else:
            self._say(f"the site keeps no note of it: should it be cut off, run it again with the mode {move.mode.value}")

    def _leave(self, move: Move) -> None:
        """Take the role off its old server's record, if it still is what was planned on."""
        now = self._writer.read()
        if (
            len(now) != 1
            or move.point is None
            or now[0].role.keys != move.point.role.keys
            or now[0].mode is not move.point.mode
        ):
            raise Overtaken
        if same_site(move.point.site_code, self._provider.site_code):
            self._say(f"removing the service connection point from {move.source}")
            self._writer.remove(move.point)
        else:
            until_unlisted(self._writer.read, move.point, self._waiting)

    def _arrive(self, move: Move, site_system: Role) -> tuple[ServiceConnectionPoint, Components, str]:
        target = RoleComponents(self._provider, move.server)
        point = move.point if move.has_arrived else None
        if point is None:
            if self.waits_for_removal:
                # Meanwhile there is no role.
                source = RoleComponents(self._provider, move.source, site_code=move.source_site)
                until_removed(source, move.source, replace(self._waiting, longest_pause=_HURRY), _LOST_SERVER)
                self._has_seen_removal = True
            target.expect_installation()
            point = self._install(site_system, move.mode)
        self._has_arrived = True
        components = until_it_works(target, move.server, self._waiting, advice="")
        return point, components, target.run_on

    def _install(self, site_system: Role, mode: Mode) -> ServiceConnectionPoint:
        self._say(f"installing the service connection point on {site_system.server}, {mode.value}")
        try:
            return self._writer.install(site_system, mode)
        except Overtaken:
            found = self._writer.read()
            ours = next((point for point in found if point.role.is_on(site_system.server)), None)
            if ours and len(found) == 1:
                return ours
            places = " and ".join(map(str, found)) or "a server that has lost it again"
            raise Interference(
                f"While the service connection point was moved to {site_system.server}, somebody else installed it on "
                f"{places}, where it was left. Find out who, and run the task again to have it moved."
            ) from None

    def _after(self, failure: SiteError | WsmanFault, move: Move, site_system: Role) -> SiteError:
        """What to tell after a move failed: by then, the role is back where it was, if that can be."""
        what = f"Moving the service connection point from {move.source} to {move.server} failed: {failure}"
        if isinstance(failure, Interference):
            return failure
        if not self.takes_back:
            return SiteError(f"{what} Nothing was taken back (rollback is false): run the task again to go on.")
        if not same_site(move.source_site, self._provider.site_code):
            return SiteError(
                f"{what} It does not go back to {move.source}, because site {move.source_site} may not have it any more. "
                f"{self._whereabouts()} Put right what is wrong, and run the task again to go on."
            )
        if same_server(move.source, move.server):
            return SiteError(f"{what} {self._whereabouts()} Put right what is wrong, and run the task again to go on.")
        self._say(f"that failed, so the service connection point goes back to {move.source}")
        try:
            end = self._go_back(move, site_system)
        except (SiteError, WsmanError, Overtaken) as error:
            why = str(error) or "somebody else changed it meanwhile"
            return SiteError(
                f"{what} Taking it back to {move.source} failed, too: {why} {self._whereabouts()} Run the task again to have "
                f"it on {move.server}, or with site_system={move.source} and move=true to have it there."
            )
        return SiteError(f"{what} {end}")

    def _whereabouts(self) -> str:
        try:
            places = " and ".join(map(str, self._writer.read()))
        except WsmanError as error:
            return f"Where it is now could not be read ({error})."
        return f"It is on record on {places}." if places else "The hierarchy has none now."

    def _go_back(self, move: Move, site_system: Role) -> str:
        """Put the role back on its old server; returns a sentence that says so."""
        home = next(iter(read_own_roles(self._provider, SITE_SYSTEM, move.source)), None)
        if home is None:
            raise SiteError(f"{move.source} is no site system of site {self._provider.site_code}, where the role belongs.")
        found = self._writer.read()
        if any(point.role.is_on(move.source) for point in found):
            return f"It is on {move.source} again, where somebody else has put it."
        others = [point for point in found if not point.role.is_on(move.server)]
        if others or (self._has_arrived and not found):
            place = f"put it on {' and '.join(map(str, others))}" if others else f"removed it from {move.server}"
            raise Interference(f"somebody else has {place}, so it was left as it is.")
        for point in found:
            self._writer.remove(point)
            self._until_removed_or_late(move.server)
        self._writer.install(home, move.former_mode)
        end = f"It was taken back: it is on {move.source} again, {move.former_mode.value}"
        if self._has_seen_removal or self._has_arrived:
            until_it_works(RoleComponents(self._provider, move.source), move.source, self._waiting, advice="")
            end += ", and works."
        else:
            # What the site has on record of components that never went says nothing.
            end += " on record. Whether it works there cannot be told, since its components were not seen to go: look at it."
        self.forget_all()
        return end

    def _until_removed_or_late(self, server: str) -> None:
        """A server that could not install it may not be able to remove it either; the old one need not wait for that."""
        try:
            until_removed(RoleComponents(self._provider, server), server, self._waiting, advice="")
        except WaitTimeout as late:
            self._say(str(late))

    def forget_all(self, but: Role | None = None) -> bool:
        """Take the notes of moves off all site systems of this site; whether there were any.

        One that cannot be taken off is taken off by the next run that finds it.
        """
        holders = [note.holder for note in read_notes(self._provider) if note.holder]
        others = [holder for holder in holders if but is None or not holder.is_on(but.server)]
        for holder in others:
            try:
                forget_note(self._provider, holder)
            except (Overtaken, WsmanFault) as error:
                self._say(f"the note of a move stays on {holder.server} ({error})")
        return bool(others)

    def _say(self, line: str) -> None:
        self._waiting.progress(f"move: {line}")
