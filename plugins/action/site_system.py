# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Action of the module ``site_system``; its documentation is in ``plugins/modules``."""

from __future__ import annotations

from ..plugin_utils._action import SITE_CODE_OPTION, Options, Result, SiteAction
from ..plugin_utils._configmgr.accounts import check_account
from ..plugin_utils._configmgr.servers import check_fqdn, check_proxy
from ..plugin_utils._configmgr.site_system_deployment import SiteSystemDeployment
from ..plugin_utils._configmgr.site_system_views import describe_site_system, view_site_system
from ..plugin_utils._configmgr.site_systems import Wanted
from ..plugin_utils._wsman.client import WsmanClient

_SETTINGS = (
    "public_fqdn",
    "site_server_initiates",
    "installation_account",
    "use_proxy",
    "proxy_server",
    "proxy_port",
    "proxy_account",
)


class ActionModule(SiteAction):
    """Make a server a site system, change how the site reaches it and its proxy, or remove it."""

    MODULE = "site_system"
    ARGUMENT_SPEC = {
        **SITE_CODE_OPTION,
        "site_system": {"type": "str", "required": True},
        "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
        "public_fqdn": {"type": "str"},
        "site_server_initiates": {"type": "bool"},
        "installation_account": {"type": "str"},
        "use_proxy": {"type": "bool"},
        "proxy_server": {"type": "str"},
        "proxy_port": {"type": "int"},
        "proxy_account": {"type": "str"},
    }

    def check_options(self, options: Options) -> None:
        self.check_option(options, "site_system", check_fqdn)
        if options["public_fqdn"]:
            self.check_option(options, "public_fqdn", check_fqdn)
        for name in ("installation_account", "proxy_account"):
            if options[name]:
                self.check_option(options, name, check_account)
        given = [name for name in _SETTINGS if options[name] is not None]
        if options["state"] == "absent" and given:
            raise ValueError(f"{given[0]}: a site system that shall be absent has no settings. Leave it out.")
        self._check_proxy(options)

    def _check_proxy(self, options: Options) -> None:
        self.check_between(options, "proxy_port", 1, 65535)
        if options["proxy_server"] is not None:
            self.check_option(options, "proxy_server", check_proxy)
            if options["use_proxy"] is None:
                options["use_proxy"] = True
        if options["use_proxy"] is False:
            for name in ("proxy_server", "proxy_port", "proxy_account"):
                if options[name] is not None:
                    raise ValueError(f"{name}: it has no use with use_proxy false. Leave out one of them.")

    def perform(self, client: WsmanClient, options: Options) -> Result:
        wanted = Wanted(
            public_fqdn=options["public_fqdn"],
            is_initiated_by_site_server=options["site_server_initiates"],
            account=options["installation_account"],
            uses_proxy=options["use_proxy"],
            proxy_server=options["proxy_server"],
            proxy_port=options["proxy_port"],
            proxy_account=options["proxy_account"],
        )
        self.writer = deployment = SiteSystemDeployment(client, options["site_code"])
        outcome = deployment.run(options["site_system"], options["state"], wanted, check_mode=self._task.check_mode)
        after = view_site_system(outcome.after)
        result = {
            "changed": outcome.step.operation != "none",
            "msg": describe_site_system(outcome),
            "site_system": {**after, "roles": list(outcome.roles)},
            "unknown_accounts": list(outcome.unknown_accounts),
        }
        return self.with_diff(result, view_site_system(outcome.before), after)
