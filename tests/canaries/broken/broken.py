# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""An action with an error that nobody has foreseen, whose text has an option's value."""

from __future__ import annotations

from typing import Any

from ansible_collections.configmgr.site.plugins.plugin_utils._action import SiteAction
from ansible_collections.configmgr.site.plugins.plugin_utils._checked_action import Options, Result


class ActionModule(SiteAction):
    MODULE = "broken"
    ARGUMENT_SPEC = {"password": {"type": "str", "no_log": True}}

    def perform(self, client: Any, options: Options) -> Result:
        try:
            raise KeyError(options["password"])
        except KeyError as error:
            raise RuntimeError(f"cannot work with {options}") from error
