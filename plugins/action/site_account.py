# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Action of the module ``site_account``; its documentation is in ``plugins/modules``."""

from __future__ import annotations

from ..plugin_utils._action import SITE_CODE_OPTION, Options, Result, SiteAction
from ..plugin_utils._configmgr.account_deployment import AccountDeployment, AccountOutcome, Wanted
from ..plugin_utils._configmgr.accounts import check_account
from ..plugin_utils._wsman.client import WsmanClient

_DONE = {"create": "made known", "update": "given the password", "remove": "forgotten"}


class ActionModule(SiteAction):
    """Make an account known to a site, or have the site forget it."""

    MODULE = "site_account"
    ARGUMENT_SPEC = {
        **SITE_CODE_OPTION,
        "account": {"type": "str", "required": True},
        "password": {"type": "str", "no_log": True},
        "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
        "update_password": {"type": "str", "choices": ["always", "on_create"], "default": "always"},
    }

    def check_options(self, options: Options) -> None:
        self.check_option(options, "account", check_account)
        if options["state"] == "absent" and options["password"] is not None:
            raise ValueError("password: an account that shall be absent has none. Leave it out.")
        if options["password"] == "":
            raise ValueError("password: it must not be empty.")

    def perform(self, client: WsmanClient, options: Options) -> Result:
        wanted = Wanted(
            options["account"],
            options["state"],
            options["password"],
            updates_password=options["update_password"] == "always",
        )
        self.writer = deployment = AccountDeployment(client, options["site_code"])
        outcome = deployment.run(wanted, check_mode=self._task.check_mode)
        result: Result = {"changed": outcome.operation != "none", "msg": _describe(outcome), "account": outcome.name}
        # Whether the password differs cannot be read, and is not shown.
        before = {"create": "absent", "remove": "present"}.get(outcome.operation, options["state"])
        return self.with_diff(result, {"state": before}, {"state": options["state"]})


def _describe(outcome: AccountOutcome) -> str:
    if outcome.operation == "none":
        return f"the account {outcome.name} is as wanted at site {outcome.site_code}"
    would_be = "would be" if outcome.is_planned else "was"
    return f"the account {outcome.name} {would_be} {_DONE[outcome.operation]} at site {outcome.site_code}"
