# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""What the actions have in common that start, stop and restart something on a server."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ._action import SiteAction
from ._checked_action import Options
from ._configmgr.restart_plan import Desired
from ._configmgr.restart_reasons import check_reason
from ._configmgr.waiting import LONGEST_PAUSE

CONTROL_OPTIONS: Mapping[str, Any] = {
    "state": {"type": "str", "choices": ["started", "stopped", "restarted", "restart_due"]},
    "restarted_for": {"type": "str"},
    "force": {"type": "bool", "default": False},
    "wait_timeout": {"type": "int", "default": 900},
}
"""Of what is started, stopped and restarted."""


class ControlAction(SiteAction):
    """Starts, stops and restarts something."""

    def check_options(self, options: Options) -> None:
        if options["restarted_for"] is not None:
            if options["state"] not in ("started", "restarted"):
                raise ValueError("restarted_for: it goes with state restarted or started. Set one of them, or leave it out.")
            self.check_option(options, "restarted_for", check_reason)
        if options["force"] and options["state"] != "restarted":
            raise ValueError("force: it goes with state restarted. Set that, or leave out force.")
        self.check_wait_timeout(options, LONGEST_PAUSE, " A shorter one would end before the state is looked at twice.")

    def desired(self, options: Options) -> Desired:
        """What is wanted, as the options say."""
        return Desired(options["state"], options["restarted_for"], options["force"])
