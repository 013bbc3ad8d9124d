# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the role service_connection_point does, task by task as in its tasks/main.yml, without Ansible."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr import restart_plan
from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.classes import SCHEMA
from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.components import INSTALLED_STATES
from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.deployment import Outcome
from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.errors import SiteError
from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.executive_control import ExecutiveControl
from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.steps import Desired
from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.thread_control import ThreadControl
from ansible_collections.configmgr.site.plugins.plugin_utils._configmgr.waiting import Clock, Waiting
from ansible_collections.configmgr.site.plugins.plugin_utils._wsman.client import Transport, WsmanClient
from ansible_collections.configmgr.site.plugins.plugin_utils._wsman.errors import WsmanError
from direct import run

DOWNLOADER = "SMS_DMP_DOWNLOADER"
Connect = Callable[[str], Transport]


class RoleSteps:
    """Runs of the role. ``timeout`` is in the seconds of ``clock``."""

    def __init__(self, connect: Connect, provider: str, clock: Clock, timeout: float) -> None:
        self._connect = connect
        self._provider = provider
        self._clock = clock
        self._timeout = timeout

    def have(self, desired: Desired, *, check_mode: bool = False) -> bool:
        """Bring it into the wanted state, and into effect: whether that has, or would have, changed anything."""
        plan = self._deploy(desired, check_mode=True)
        has_thread = bool(self._states(plan) & INSTALLED_STATES)
        if plan.mode_changed and not has_thread:
            raise SiteError("The role is still being installed, so its mode is not changed yet.")
        if check_mode:
            return plan.changed
        changed = False
        if plan.operation in ("set_mode", "remove", "move") and has_thread:
            try:
                changed = self.thread(plan.components_run_on or "", restart_plan.Desired("restart_due"))
            except (SiteError, WsmanError):
                # It is also removed from a server that does not answer any more
                if plan.operation == "set_mode":
                    raise
        if plan.threads_remain:
            with suppress(SiteError):
                changed |= self.thread(desired.site_system or "", restart_plan.Desired("restart_due"))
        arrives = plan.operation in ("install", "move")
        change = self._deploy(desired, wait=arrives or 0 not in self._states(plan))
        changed |= change.changed
        if desired.state == "absent" or change.after is None or change.after.mode is None:
            return changed
        mode = change.after.mode.value
        server = (change if change.operation in ("install", "move") else plan).components_run_on or ""
        if change.operation in ("install", "move") and not change.mode_changed and not plan.threads_remain:
            return self.thread(server, restart_plan.Desired("started", mode)) or changed
        is_unplanned = change.mode_changed and not plan.mode_changed
        return self.thread(server, restart_plan.Desired("restarted", mode, force=is_unplanned)) or changed

    def thread(self, server: str, desired: restart_plan.Desired) -> bool:
        """The module component, for the thread with the mode."""
        control = ThreadControl(WsmanClient(self._connect(server), SCHEMA), DOWNLOADER, self._waiting)
        return control.run(desired, check_mode=False).step.changes

    def executive(self, server: str, desired: restart_plan.Desired) -> bool:
        """The module executive."""
        control = ExecutiveControl(WsmanClient(self._connect(server), SCHEMA), self._waiting)
        return control.run(desired, check_mode=False).changed

    def _deploy(self, desired: Desired, *, wait: bool = True, check_mode: bool = False) -> Outcome:
        transport = self._connect(self._provider)
        return run(transport, desired, self._clock, wait=wait, timeout=self._timeout, check_mode=check_mode)

    @property
    def _waiting(self) -> Waiting:
        return Waiting(self._timeout, lambda line: None, clock=self._clock)

    @staticmethod
    def _states(plan: Outcome) -> set[int | None]:
        return {component.state for component in plan.components if component.name == DOWNLOADER}
