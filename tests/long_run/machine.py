# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A state machine: what people, servers and runs do, in any order; `model` has what must hold after each of it."""

from __future__ import annotations

from typing import Any

from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr import restart_plan
from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.classes import SCHEMA
from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.errors import Refusal, SiteError
from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.reports import read_role_report, read_site_report
from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.service_connection_point import Mode
from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.steps import Desired
from ansible_collections.configmgr.site.plugins.plugin_utils._wsman.client import WsmanClient
from ansible_collections.configmgr.site.plugins.plugin_utils._wsman.errors import ConnectionLost, WsmanError
from direct import MOMENTS, Cut, raising
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from .model import FOREIGN, STILL_BEING_INSTALLED, Model
from .world import LOWER_PROVIDER, PROVIDER, ROLE, SERVERS, Point

servers = st.sampled_from(SERVERS)
modes = st.sampled_from(["online", "offline"])


def other(mode: str) -> str:
    return "offline" if mode == "online" else "online"


class LongRun(Model):
    """Whatever may happen to a site."""

    # Runs

    @rule(server=servers, mode=modes)
    def have_it(self, server: str, mode: str) -> None:
        """Install, move, or change the mode, whatever it takes."""
        self.count("move" if self.point and self.point.server != server else "have" if self.point else "install")
        self.have(Point(server, mode))

    @precondition(lambda self: self.point)
    @rule(mode=modes)
    def set_mode(self, mode: str) -> None:
        self.count("set mode")
        assert self.point
        self.have(self.point._replace(mode=mode), Desired("present", None, Mode(mode)))

    @rule()
    def remove(self) -> None:
        self.count("remove")
        self.have(None)

    @rule(server=servers, mode=modes, absent=st.booleans())
    def check_mode(self, server: str, mode: str, absent: bool) -> None:
        self.count("check mode")
        target = None if absent else Point(server, mode)
        before = self.world.record()
        try:
            would_change = self.world.role().have(self.desired(target), check_mode=True)
        except SiteError as error:
            if STILL_BEING_INSTALLED not in str(error):
                raise
        else:
            assert would_change == (target != self.point)
        assert self.world.record() == before, "check mode has changed something"

    @rule(server=servers, mode=modes, request=st.integers(1, 60), moment=st.sampled_from(MOMENTS), lost=st.booleans())
    def cut_off_and_run_again(self, server: str, mode: str, request: int, moment: Any, lost: bool) -> None:
        """The controller dies at a request, or a connection is lost there; then the same run comes once more."""
        self.count("connection lost" if lost else "cut off")
        failure: Exception = ConnectionLost("by the test") if lost else Cut()
        self.disturbed(Point(server, mode), request, raising(failure), moment)

    @precondition(lambda self: self.point)
    @rule(request=st.integers(1, 60), moment=st.sampled_from(MOMENTS))
    def cut_off_the_removal_and_run_again(self, request: int, moment: Any) -> None:
        self.count("removal cut off")
        self.disturbed(None, request, raising(Cut()), moment)

    @precondition(lambda self: self.point)
    @rule(mode=modes, request=st.integers(1, 30), act=st.sampled_from(["set_mode", "back_up_site", "restart_executive"]))
    def somebody_interferes(self, mode: str, request: int, act: str) -> None:
        """Somebody changes the mode, or restarts what a run is about, in the middle of it; then the same run comes again."""
        self.count(f"{act} meanwhile")
        assert self.point
        arguments = {"set_mode": {"mode": other(mode)}, "restart_executive": {"server": self.point.server}}.get(act, {})
        target = self.point._replace(mode=mode)
        self.disturbed(target, request, lambda: self.world.console(act, **arguments), MOMENTS[0])

    @rule(mode=modes)
    def install_below_the_top_tier(self, mode: str) -> None:
        self.count("refused below the top tier")
        self.fails(self.world.role(provider=LOWER_PROVIDER), Desired("present", LOWER_PROVIDER, Mode(mode)), Refusal)

    @precondition(lambda self: self.point)
    @rule(mode=modes)
    def install_a_second_one(self, mode: str) -> None:
        self.count("second one refused")
        assert self.point
        elsewhere = next(server for server in SERVERS if server != self.point.server)
        self.fails(self.world.role(), Desired("present", elsewhere, Mode(mode)), Refusal)

    @precondition(lambda self: self.point and self.world.starts(self.point.server))
    @rule(of_service=st.booleans())
    def restart(self, of_service: bool) -> None:
        """The modules component and executive, without a reason: always a restart."""
        self.count("restart of the service" if of_service else "restart of the thread")
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
        self.count("look")
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
        self.count("time passes")
        self.world.pass_time(60 * minutes)

    @rule()
    def back_up(self) -> None:
        self.count("backup")
        self.others("back_up_site")

    @rule(server=servers)
    def server_restarts(self, server: str) -> None:
        self.count("restart of a server")
        self.others("turn_off", server=server)
        self.world.pass_time(180)
        self.others("turn_on", server=server)
        self.others("restart_executive", server=server)

    @precondition(lambda self: self.point)
    @rule(mode=modes)
    def provider_is_off(self, mode: str) -> None:
        """Nothing can be done then, and nothing is."""
        self.count("provider off")
        self.others("turn_off", server=PROVIDER)
        before = self.world.record()
        self.fails(self.world.role(), Desired("present", None, Mode(mode)), WsmanError, SiteError)
        self.others("turn_on", server=PROVIDER)
        assert self.world.record() == before

    @rule(mode=modes, server=servers)
    def somebody_uses_the_console(self, mode: str, server: str) -> None:
        """Change the mode, or remove it, or install it where there is none."""
        self.count("console")
        if self.point is None:
            self.others("add_role", server=server, mode=mode)
            self.point = Point(server, mode)
        elif self.point.server == server:
            self.others("remove_role", server=server)
            self.point = None
        else:
            self.others("set_mode", mode=mode)
            self.point = self.point._replace(mode=mode)
        self.is_foreign_on_role &= self.point is not None

    @precondition(lambda self: self.point)
    @rule()
    def somebody_sets_something_else(self) -> None:
        self.count("foreign setting")
        self.others("set_property", role=ROLE, name=FOREIGN, value=1, value1="of somebody else")
        self.is_foreign_on_role = True
