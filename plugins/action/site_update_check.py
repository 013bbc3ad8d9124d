# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Action of the module ``site_update_check``; its documentation is in ``plugins/modules``."""

from __future__ import annotations

from ..plugin_utils._action import Options, Result, SiteAction
from ..plugin_utils._configmgr.service_connection_point import Mode
from ..plugin_utils._configmgr.update_check_run import CheckOutcome, UpdateCheckRun
from ..plugin_utils._configmgr.update_check_views import describe_check, failure_of_check, view_check
from ..plugin_utils._configmgr.waiting import LONGEST_PAUSE
from ..plugin_utils._wsman.client import WsmanClient


class ActionModule(SiteAction):
    """Have the service connection point look for updates now; runs on the server with the role."""

    MODULE = "site_update_check"
    ARGUMENT_SPEC = {
        "mode": {"type": "str", "choices": [mode.value for mode in Mode]},
        "wait_timeout": {"type": "int", "default": 1800},
    }

    _outcome: CheckOutcome | None = None

    def check_options(self, options: Options) -> None:
        self.check_wait_timeout(options, LONGEST_PAUSE, " A shorter one would end before the server is looked at twice.")

    def perform(self, client: WsmanClient, options: Options) -> Result:
        self.writer = run = UpdateCheckRun(client, self.waiting(options["wait_timeout"]))
        mode = Mode(options["mode"]) if options["mode"] else None
        self._outcome = outcome = run.run(mode, check_mode=self._task.check_mode)
        if outcome.account and outcome.result == "failed":
            raise failure_of_check(outcome, outcome.account)
        changed = run.has_written or (outcome.is_planned and not outcome.was_under_way)
        return {"changed": changed, "msg": describe_check(outcome), **view_check(outcome)}

    def partial_result(self) -> Result:
        return {**super().partial_result(), **(view_check(self._outcome) if self._outcome else {})}
