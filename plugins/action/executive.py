# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Action of the module ``executive``; its documentation is in ``plugins/modules``."""

from __future__ import annotations

from ..plugin_utils._action import Options, Result
from ..plugin_utils._configmgr.executive_control import ExecutiveControl
from ..plugin_utils._configmgr.restart_views import describe_executive, view_executive
from ..plugin_utils._configmgr.threads import check_thread_name
from ..plugin_utils._control_action import CONTROL_OPTIONS, ControlAction
from ..plugin_utils._wsman.client import WsmanClient


class ActionModule(ControlAction):
    """Start, stop or restart SMS_EXECUTIVE; runs on any server that has it."""

    MODULE = "executive"
    ARGUMENT_SPEC = {"component": {"type": "str"}, **CONTROL_OPTIONS}

    def check_options(self, options: Options) -> None:
        if options["component"] is not None:
            self.check_option(options, "component", check_thread_name)
            if options["restarted_for"] is None:
                raise ValueError("component: it goes with restarted_for, which is noted for it. Set that, or leave it out.")
        super().check_options(options)

    def perform(self, client: WsmanClient, options: Options) -> Result:
        self.writer = control = ExecutiveControl(client, self.waiting(options["wait_timeout"]), options["component"])
        outcome = control.run(self.desired(options), check_mode=self._task.check_mode)
        after = view_executive(outcome.after)
        result = {
            "changed": outcome.changed,
            "msg": describe_executive(outcome),
            "executive": {**after, "threads": list(outcome.threads), "dependents": list(outcome.dependents)},
        }
        return self.with_diff(result, view_executive(outcome.before), after)
