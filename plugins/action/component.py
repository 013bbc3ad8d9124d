# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Action of the module ``component``; its documentation is in ``plugins/modules``."""

from __future__ import annotations

from ..plugin_utils._action import Options, Result
from ..plugin_utils._configmgr.restart_views import describe_thread, view_thread
from ..plugin_utils._configmgr.thread_control import ThreadControl
from ..plugin_utils._configmgr.threads import check_thread_name
from ..plugin_utils._control_action import CONTROL_OPTIONS, ControlAction
from ..plugin_utils._wsman.client import WsmanClient


class ActionModule(ControlAction):
    """Start, stop or restart the thread of a component; runs on the server with the thread."""

    MODULE = "component"
    ARGUMENT_SPEC = {"name": {"type": "str", "required": True}, **CONTROL_OPTIONS}

    def check_options(self, options: Options) -> None:
        self.check_option(options, "name", check_thread_name)
        super().check_options(options)

    def perform(self, client: WsmanClient, options: Options) -> Result:
        self.writer = control = ThreadControl(client, options["name"], self.waiting(options["wait_timeout"]))
        outcome = control.run(self.desired(options), check_mode=self._task.check_mode)
        after = view_thread(outcome.after)
        result = {"changed": outcome.step.changes, "msg": describe_thread(outcome), "component": after}
        return self.with_diff(result, view_thread(outcome.before), after)
