# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The model of a long run: where the role has to be and in which mode, and what must hold after whatever happens.

That is what the README promises: never two, never below the top tier, a rerun changes nothing and finishes what was cut off,
changed means changed, restarts when they are due and not otherwise, and nobody else's settings are lost.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any, ClassVar

from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.errors import SiteError
from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.service_connection_point import Mode
from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.steps import Desired
from ansible_collections.configmgr.site.plugins.plugin_utils._wsman.errors import WsmanError
from direct import Countdown, Cut, Faulty
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant

from .role_steps import DOWNLOADER, RoleSteps
from .world import ROLE, SERVERS, SITE_SYSTEM, Point, World

FOREIGN = "Contoso"
"""A setting that somebody else has put on each site system, and on the role."""
STILL_BEING_INSTALLED = "still being installed"
"""What the role says where another mode is wanted of what somebody else has just installed."""


class Model(RuleBasedStateMachine):
    """``world`` is one for all runs, as it takes a while to start; each begins in a fresh hierarchy."""

    world: ClassVar[World]
    counts: ClassVar[Counter[str]] = Counter()
    """How often each rule was applied."""
    hours: ClassVar[float] = 0.0
    """Of the site, in all runs so far."""

    def __init__(self) -> None:
        super().__init__()
        self.point: Point | None = None
        self.is_foreign_on_role = False
        self.is_settled = False
        """Whether a run was the last to change the role and the thread, so that nothing can be due."""
        self.is_note_untrue = False

    @initialize()
    def begin(self) -> None:
        self.world.reset()
        self._began = self.world.time.now()
        for server in SERVERS:
            self.world.console("set_property", server=server, role=SITE_SYSTEM, name=FOREIGN, value=7, value2=server)

    def teardown(self) -> None:
        if hasattr(self, "_began"):
            Model.hours += (self.world.time.now() - self._began) * self.world.lab.speed / 3600

    @invariant()
    def nothing_forbidden_was_done(self) -> None:
        assert [violation.text for violation in self.world.lab.hierarchy.history.violations] == []

    @invariant()
    def it_is_where_it_has_to_be(self) -> None:
        found = [(role.server, role.mode) for role in self.world.roles(ROLE)]
        assert found == ([tuple(self.point)] if self.point else [])

    @invariant()
    def settings_of_others_are_kept(self) -> None:
        for role in self.world.roles(SITE_SYSTEM):
            if role.server in SERVERS:
                setting = role.value(FOREIGN)
                assert setting and (setting.value, setting.value2) == (7, role.server)
                assert self._notes_of(role) == [], f"left behind on {role.server}"
        for role in self.world.roles(ROLE):
            assert (role.value(FOREIGN) is not None) == self.is_foreign_on_role

    def have(self, target: Point | None, desired: Desired | None = None) -> None:
        """One run, and one more that has nothing to do."""
        wanted = desired or self.desired(target)
        self.look_at_note(target)
        before = self.world.record()
        changed = self.run_until_installed(wanted)
        after = self.world.record()
        assert changed == (before != after), f"changed is {changed}: {_difference(before, after)}"
        if self.is_settled and target == self.point:
            assert before == after, "nothing was due"
        self.reached(target, wanted)

    def run_until_installed(self, wanted: Desired) -> bool:
        """The role asks for two runs where another mode is wanted of what is still being installed."""
        try:
            return self.world.role().have(wanted)
        except SiteError as error:
            if STILL_BEING_INSTALLED not in str(error):
                raise
        changed = self.world.role().have(replace(wanted, mode=None))
        return self.world.role().have(wanted) or changed

    def fails(self, role: RoleSteps, wanted: Desired, *errors: type[Exception]) -> None:
        """A run that cannot do what is wanted, and does nothing."""
        before = self.world.record()
        try:
            role.have(wanted)
        except errors:
            assert self.world.record() == before
        else:
            raise AssertionError(f"it has not failed: {wanted}")

    def disturbed(self, target: Point | None, request: int, happening: Callable[[], None], moment: Any) -> None:
        """A run to which something happens at a request, and one more that gets there."""
        countdown = Countdown(request)
        wanted = self.desired(target)
        self.look_at_note(target)
        with suppress(Cut, SiteError, WsmanError):
            self.world.role(lambda server: Faulty(self.world.connect(server), countdown, happening, moment)).have(wanted)
        self.run_until_installed(wanted)
        self.reached(target, wanted)

    def look_at_note(self, target: Point | None) -> None:
        """Nothing but a note tells the mode of a thread. Somebody who changes the mode, has the thread restarted, and changes
        the mode back leaves a note that is not true, which nobody can know (ARCHITECTURE.md, "When a restart is due").
        """
        self.is_note_untrue = target is not None and self.world.note(target.server) == target.mode != self.world.effective_mode(
            target.server
        )

    def reached(self, target: Point | None, wanted: Desired) -> None:
        """What is wanted is there and in effect, and the same run finds nothing to do."""
        if target is None or self.point is None or target.server != self.point.server:
            self.is_foreign_on_role = False
        self.point, self.is_settled = target, True
        if target:
            (found,) = self.world.state()["service_connection_points"]
            assert found["effective_mode"] == target.mode or self.is_note_untrue, f"on record and not in effect: {found}"
            assert found["components"][DOWNLOADER] == "STARTED", found
        before = self.world.record()
        assert not self.world.role().have(wanted), "a rerun has changed something"
        assert self.world.record() == before
        for point in self.world.state()["service_connection_points"]:
            assert set(point["components"].values()) == {"STARTED"}, f"the rerun has not waited: {point}"

    def others(self, action: str, **arguments: Any) -> None:
        self.world.console(action, **arguments)
        self.is_settled = False

    @staticmethod
    def desired(target: Point | None) -> Desired:
        return Desired("absent") if target is None else Desired("present", target.server, Mode(target.mode), move=True)

    @staticmethod
    def _notes_of(role: Any) -> list[str]:
        return [prop.name for prop in role.properties if prop.name.startswith("configmgr.site")]

    @classmethod
    def count(cls, name: str) -> None:
        cls.counts[name] += 1


def _difference(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    return [
        f"{name}: {before.get(name)} -> {after.get(name)}" for name in before | after if before.get(name) != after.get(name)
    ]
