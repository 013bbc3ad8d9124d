# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Action of the module ``site_system_prerequisites``; its documentation is in ``plugins/modules``."""

from __future__ import annotations

from ..plugin_utils._action import Options, Result, SiteAction
from ..plugin_utils._configmgr.accounts import check_account
from ..plugin_utils._configmgr.prerequisites.checks import Expected, catalogue
from ..plugin_utils._configmgr.prerequisites.report import FAIL_ON, PrerequisitesReport, judge, view_entry
from ..plugin_utils._configmgr.servers import check_fqdn
from ..plugin_utils._wsman.client import WsmanClient


class ActionModule(SiteAction):
    """Check whether a server is fit to be a site system with the service connection point; runs on that server."""

    MODULE = "site_system_prerequisites"
    ARGUMENT_SPEC = {
        "site_server": {"type": "str", "required": True},
        "installation_account": {"type": "str"},
        "warn": {"type": "list", "elements": "str", "default": []},
        "skip": {"type": "list", "elements": "str", "default": []},
        "fail_on": {"type": "str", "choices": list(FAIL_ON), "default": "failed"},
    }

    _report: PrerequisitesReport | None = None

    def check_options(self, options: Options) -> None:
        self.check_option(options, "site_server", check_fqdn)
        if options["installation_account"]:
            self.check_option(options, "installation_account", check_account)
        for option in ("warn", "skip"):
            unknown = [name for name in options[option] if name not in catalogue()]
            if unknown:
                raise ValueError(f"{option}: there is no check {unknown[0]!r}; there are {', '.join(catalogue())}")

    def perform(self, client: WsmanClient, options: Options) -> Result:
        expected = Expected(options["site_server"], options["installation_account"] or "")
        self._report = report = judge(client, expected, warn=options["warn"], skip=options["skip"])
        if report.fails_on(options["fail_on"]):
            raise report.failure()
        return {"changed": False, "msg": report.summary, **self.partial_result()}

    def partial_result(self) -> Result:
        if self._report is None:
            return {}
        return {"verdict": self._report.verdict, "checks": [view_entry(entry) for entry in self._report.entries]}
