# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Action of the module ``service_connection_point``; its documentation is in ``plugins/modules``."""

from __future__ import annotations

from ..plugin_utils._action import SITE_CODE_OPTION, Options, Result, SiteAction
from ..plugin_utils._configmgr.deployment import Deployment
from ..plugin_utils._configmgr.servers import check_fqdn
from ..plugin_utils._configmgr.service_connection_point import Mode
from ..plugin_utils._configmgr.steps import Desired
from ..plugin_utils._configmgr.views import describe, view_components, view_source, view_state
from ..plugin_utils._wsman.client import WsmanClient


class ActionModule(SiteAction):
    """Bring the service connection point into the wanted state; runs on the SMS Provider of the top-tier site."""

    MODULE = "service_connection_point"
    ARGUMENT_SPEC = {
        **SITE_CODE_OPTION,
        "state": {"type": "str", "choices": ["present", "absent", "move_due"], "default": "present"},
        "site_system": {"type": "str"},
        "mode": {"type": "str", "choices": ["online", "offline"]},
        "move": {"type": "bool", "default": False},
        "rollback": {"type": "bool", "default": True},
        "wait_for_removal": {"type": "bool", "default": True},
        "allow_during_update": {"type": "bool", "default": False},
        "wait": {"type": "bool", "default": True},
        "wait_timeout": {"type": "int", "default": 1800},
    }

    _deployment: Deployment | None = None

    def check_options(self, options: Options) -> None:
        if options["site_system"] is not None:
            self.check_option(options, "site_system", check_fqdn)
        if options["state"] == "absent" and options["mode"] is not None:
            raise ValueError("mode: a role that shall be absent has no mode. Leave out mode, or set state to present.")
        if self._is_move(options):
            if options["site_system"] is None:
                raise ValueError("site_system: a move needs it, the server that the role is moved to.")
            if options["state"] == "absent":
                raise ValueError("move: a role that shall be absent is not moved. Leave out move, or set state to present.")
            if not options["wait"]:
                raise ValueError("wait: a move has to wait between its steps. Leave out wait, or set it to true.")
        self.check_wait_timeout(options, 1, " To not wait at all, set wait to false.")

    @staticmethod
    def _is_move(options: Options) -> bool:
        return options["move"] or options["state"] == "move_due"

    def perform(self, client: WsmanClient, options: Options) -> Result:
        mode = options["mode"]
        desired = Desired(
            state=options["state"],
            site_system=options["site_system"],
            mode=Mode(mode) if mode is not None else None,
            allow_during_update=options["allow_during_update"],
            move=self._is_move(options),
            timeout=options["wait_timeout"],
        )
        waiting = self.waiting(options["wait_timeout"], enabled=options["wait"])
        self._deployment = Deployment(
            client,
            options["site_code"],
            waiting,
            takes_back=options["rollback"],
            waits_for_removal=options["wait_for_removal"],
        )
        outcome = self._deployment.run(desired, check_mode=self._task.check_mode)
        after = view_state(outcome, after=True)
        result = {
            "changed": outcome.changed,
            "msg": describe(outcome),
            "operation": outcome.operation,
            "mode_changed": outcome.mode_changed,
            "threads_remain": outcome.threads_remain,
            "consequences": list(outcome.consequences),
            "moved_from": view_source(outcome),
            "service_connection_point": {
                **after,
                "components_run_on": outcome.components_run_on,
                "components": view_components(outcome.components),
            },
        }
        return self.with_diff(result, view_state(outcome, after=False), after)

    def partial_result(self) -> Result:
        writer = self._deployment.writer if self._deployment else None
        return {"changed": True, "mode_changed": writer.has_changed_mode} if writer and writer.has_written else {}
