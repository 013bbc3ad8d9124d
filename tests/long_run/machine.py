# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A state machine: what people, servers and runs do, in any order, and what must hold after each of it.

The model is where the role has to be and in which mode. What must hold is what the README promises: never two, never below the
top tier, a rerun changes nothing and finishes what was cut off, changed means changed, restarts when they are due and not
otherwise, and nobody else's settings are lost.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any, ClassVar

from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr import restart_plan
from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.classes import SCHEMA
from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.errors import Refusal, SiteError
from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.reports import read_role_report, read_site_report
from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.service_connection_point import Mode
from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.steps import Desired
from ansible_collections.configmgr.site.plugins.plugin_utils._wsman.client import WsmanClient
from ansible_collections.configmgr.site.plugins.plugin_utils._wsman.errors import ConnectionLost, WsmanError
from direct import MOMENTS, Countdown, Cut, Faulty, raising
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from .role_steps import DOWNLOADER
from .world import LOWER_PROVIDER, PROVIDER, ROLE, SERVERS, SITE_SYSTEM, Point, World

FOREIGN = "Contoso"
"""A setting that somebody else has put on each site system, and on the role."""

servers = st.sampled_from(SERVERS)
modes = st.sampled_from(["online", "offline"])


def other(mode: str) -> str:
    return "offline" if mode == "online" else "online"


def _difference(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    return [
        f"{name}: {before.get(name)} -> {after.get(name)}" for name in before | after if before.get(name) != after.get(name)
    ]


class LongRun(RuleBasedStateMachine):
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
            LongRun.hours += (self.world.time.now() - self._began) * self.world.lab.speed / 3600

    # Runs

    @rule(server=servers, mode=modes)
    def have_it(self, server: str, mode: str) -> None:
        """Install, move, or change the mode, whatever it takes."""
        self._count("move" if self.point and self.point.server != server else "have" if self.point else "install")
        self._have(Point(server, mode))

    @precondition(lambda self: self.point)
    @rule(mode=modes)
    def set_mode(self, mode: str) -> None:
        self._count("set mode")
        assert self.point
        self._have(self.point._replace(mode=mode), Desired("present", None, Mode(mode)))

    @rule()
    def remove(self) -> None:
        self._count("remove")
        self._have(None)

    @rule(server=servers, mode=modes, absent=st.booleans())
    def check_mode(self, server: str, mode: str, absent: bool) -> None:
        self._count("check mode")
        target = None if absent else Point(server, mode)
        before = self.world.record()
        would_change = self.world.role().have(self._desired(target), check_mode=True)
        assert self.world.record() == before, "check mode has changed something"
        assert would_change == (target != self.point)

    @rule(server=servers, mode=modes, request=st.integers(1, 60), moment=st.sampled_from(MOMENTS), lost=st.booleans())
    def cut_off_and_run_again(self, server: str, mode: str, request: int, moment: Any, lost: bool) -> None:
        """The controller dies at a request, or a connection is lost there; then the same run comes once more."""
        self._count("connection lost" if lost else "cut off")
        failure: Exception = ConnectionLost("by the test") if lost else Cut()
        self._disturbed(Point(server, mode), request, raising(failure), moment)

    @precondition(lambda self: self.point)
    @rule(request=st.integers(1, 60), moment=st.sampled_from(MOMENTS))
    def cut_off_the_removal_and_run_again(self, request: int, moment: Any) -> None:
        self._count("removal cut off")
        self._disturbed(None, request, raising(Cut()), moment)

    @precondition(lambda self: self.point)
    @rule(mode=modes, request=st.integers(1, 30), act=st.sampled_from(["set_mode", "back_up_site", "restart_executive"]))
    def somebody_interferes(self, mode: str, request: int, act: str) -> None:
        """Somebody changes the mode, or restarts what a run is about, in the middle of it; then the same run comes again."""
        self._count(f"{act} meanwhile")
        assert self.point
        arguments = {"set_mode": {"mode": other(mode)}, "restart_executive": {"server": self.point.server}}.get(act, {})
        target = self.point._replace(mode=mode)
        self._disturbed(target, request, lambda: self.world.console(act, **arguments), MOMENTS[0])

    @rule(mode=modes)
    def install_below_the_top_tier(self, mode: str) -> None:
        self._count("refused below the top tier")
        before = self.world.record()
        try:
            self.world.role(provider=LOWER_PROVIDER).have(Desired("present", LOWER_PROVIDER, Mode(mode)))
        except Refusal:
            pass
        else:
            raise AssertionError("it was not refused")
        assert self.world.record() == before

    @precondition(lambda self: self.point)
    @rule(mode=modes)
    def install_a_second_one(self, mode: str) -> None:
        self._count("second one refused")
        assert self.point
        elsewhere = next(server for server in SERVERS if server != self.point.server)
        before = self.world.record()
        try:
            self.world.role().have(Desired("present", elsewhere, Mode(mode)))
        except Refusal:
            pass
        else:
            raise AssertionError("it was not refused")
        assert self.world.record() == before

    @precondition(lambda self: self.point and self.world.starts(self.point.server))
    @rule(of_service=st.booleans())
    def restart(self, of_service: bool) -> None:
        """The modules component and executive, without a reason: always a restart."""
        self._count("restart of the service" if of_service else "restart of the thread")
        assert self.point
        role, server = self.world.role(), self.point.server
        before = self.world.starts(server)
        wanted = restart_plan.Desired("restarted")
        assert role.executive(server, wanted) if of_service else role.thread(server, wanted)
        assert self.world.starts(server) > before
        self.is_settled = False

    @rule()
    def look(self) -> None:
        """What asks, and changes nothing."""
        self._count("look")
        before = self.world.record()
        client = WsmanClient(self.world.connect(PROVIDER), SCHEMA)
        found = [
            Point(report.point.server, report.point.mode.value)
            for report in read_role_report(client, None, None, 100)
            if report.point.mode
        ]
        assert found == ([self.point] if self.point else [])
        assert len(read_site_report(client, None).points) == len(found)
        if self.point and self.world.starts(self.point.server):
            assert not self.world.role().thread(self.point.server, restart_plan.Desired(None))
        assert self.world.record() == before

    # Others

    @rule(minutes=st.integers(1, 240))
    def time_passes(self, minutes: int) -> None:
        self._count("time passes")
        self.world.pass_time(60 * minutes)

    @rule()
    def back_up(self) -> None:
        self._count("backup")
        self._others("back_up_site")

    @rule(server=servers)
    def server_restarts(self, server: str) -> None:
        self._count("restart of a server")
        self._others("turn_off", server=server)
        self.world.pass_time(180)
        self._others("turn_on", server=server)
        self._others("restart_executive", server=server)

    @precondition(lambda self: self.point)
    @rule(mode=modes)
    def provider_is_off(self, mode: str) -> None:
        """Nothing can be done then, and nothing is."""
        self._count("provider off")
        self._others("turn_off", server=PROVIDER)
        before = self.world.record()
        try:
            self.world.role().have(Desired("present", None, Mode(mode)))
        except (WsmanError, SiteError):
            pass
        else:
            raise AssertionError("a server that is off has answered")
        self._others("turn_on", server=PROVIDER)
        assert self.world.record() == before

    @rule(mode=modes, server=servers)
    def somebody_uses_the_console(self, mode: str, server: str) -> None:
        """Change the mode, or remove it, or install it where there is none."""
        self._count("console")
        if self.point is None:
            self._others("add_role", server=server, mode=mode)
            self.point = Point(server, mode)
        elif self.point.server == server:
            self._others("remove_role", server=server)
            self.point = None
        else:
            self._others("set_mode", mode=mode)
            self.point = self.point._replace(mode=mode)
        self.is_foreign_on_role &= self.point is not None

    @precondition(lambda self: self.point)
    @rule()
    def somebody_sets_something_else(self) -> None:
        self._count("foreign setting")
        self._others("set_property", role=ROLE, name=FOREIGN, value=1, value1="of somebody else")
        self.is_foreign_on_role = True

    # What holds after each of it

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

    # Parts

    def _have(self, target: Point | None, desired: Desired | None = None) -> None:
        """One run, and one more that has nothing to do."""
        wanted = desired or self._desired(target)
        self._look_at_note(target)
        before = self.world.record()
        changed = self._run_until_installed(wanted)
        after = self.world.record()
        assert changed == (before != after), f"changed is {changed}: {_difference(before, after)}"
        if self.is_settled and target == self.point:
            assert before == after, "nothing was due"
        self._reached(target, wanted)

    def _run_until_installed(self, wanted: Desired) -> bool:
        """The role asks for two runs where another mode is wanted of what is still being installed."""
        try:
            return self.world.role().have(wanted)
        except SiteError as error:
            if "still being installed" not in str(error):
                raise
        changed = self.world.role().have(replace(wanted, mode=None))
        return self.world.role().have(wanted) or changed

    def _disturbed(self, target: Point | None, request: int, happening: Callable[[], None], moment: Any) -> None:
        """A run to which something happens at a request, and one more that gets there."""
        countdown = Countdown(request)
        wanted = self._desired(target)
        self._look_at_note(target)
        with suppress(Cut, SiteError, WsmanError):
            self.world.role(lambda server: Faulty(self.world.connect(server), countdown, happening, moment)).have(wanted)
        self._run_until_installed(wanted)
        self._reached(target, wanted)

    def _look_at_note(self, target: Point | None) -> None:
        """Nothing but a note tells the mode of a thread. Somebody who changes the mode, has the thread restarted, and changes
        the mode back leaves a note that is not true, which nobody can know (ARCHITECTURE.md, "When a restart is due").
        """
        self.is_note_untrue = target is not None and self.world.note(target.server) == target.mode != self.world.effective_mode(
            target.server
        )

    def _reached(self, target: Point | None, wanted: Desired) -> None:
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

    def _others(self, action: str, **arguments: Any) -> None:
        self.world.console(action, **arguments)
        self.is_settled = False

    @staticmethod
    def _desired(target: Point | None) -> Desired:
        return Desired("absent") if target is None else Desired("present", target.server, Mode(target.mode), move=True)

    @staticmethod
    def _notes_of(role: Any) -> list[str]:
        return [prop.name for prop in role.properties if prop.name.startswith("configmgr.site")]

    @classmethod
    def _count(cls, name: str) -> None:
        cls.counts[name] += 1
