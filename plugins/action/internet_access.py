# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Action of the module ``internet_access``; its documentation is in ``plugins/modules``."""

from __future__ import annotations

from ..plugin_utils._action import QUERY_OPTION, Options, Result, SiteAction
from ..plugin_utils._configmgr.internet.features import check_endpoint, endpoints_of, features, usual_features
from ..plugin_utils._configmgr.internet.report import FAIL_ON, InternetReport, explore, view_finding, view_proxy
from ..plugin_utils._configmgr.servers import check_proxy
from ..plugin_utils._configmgr.site_systems import DEFAULT_PROXY_PORT
from ..plugin_utils._windows.https_attempts import HttpProxy
from ..plugin_utils._wsman.client import WsmanClient
from ..plugin_utils._wsman.shell import CommandShell

_LONGEST = 120
"""Seconds for one connection."""


class ActionModule(SiteAction):
    """Try the endpoints that the role connects to; runs on the server with the role."""

    MODULE = "internet_access"
    ARGUMENT_SPEC = {
        "features": {"type": "list", "elements": "str"},
        "endpoints": {"type": "list", "elements": "str", "default": []},
        "proxy_server": {"type": "str"},
        "proxy_port": {"type": "int"},
        "proxy_user": {"type": "str"},
        "proxy_password": {"type": "str", "no_log": True},
        "timeout": {"type": "int", "default": 10},
        "fail_on": {"type": "str", "choices": list(FAIL_ON), "default": "critical"},
        **QUERY_OPTION,
    }

    _report: InternetReport | None = None

    def check_options(self, options: Options) -> None:
        if options["features"] is None:
            options["features"] = usual_features()
        unknown = [name for name in options["features"] if name not in features()]
        if unknown:
            raise ValueError(f"features: there is no feature {unknown[0]!r}; there are {', '.join(features())}")
        try:
            options["endpoints"] = [check_endpoint(endpoint) for endpoint in options["endpoints"]]
        except ValueError as error:
            raise ValueError(f"endpoints: {error}") from None
        if not options["features"] and not options["endpoints"]:
            raise ValueError("features: name one at least, or give endpoints.")
        self.check_between(options, "timeout", 1, _LONGEST)
        self._check_proxy(options)

    def _check_proxy(self, options: Options) -> None:
        if not options["proxy_server"]:
            given = [name for name in ("proxy_port", "proxy_user", "proxy_password") if options[name]]
            if given:
                raise ValueError(f"{given[0]}: it has no use without proxy_server.")
            return
        self.check_option(options, "proxy_server", check_proxy)
        self.check_between(options, "proxy_port", 1, 65535)
        if bool(options["proxy_user"]) != bool(options["proxy_password"]):
            raise ValueError("proxy_user: give it with proxy_password, or give neither.")
        if options["proxy_user"] and ":" in options["proxy_user"]:
            raise ValueError("proxy_user: it must be a name such as CORP\\proxy, without a colon.")
        for name in ("proxy_user", "proxy_password"):
            if not (options[name] or "").isprintable():
                raise ValueError(f"{name}: it has characters that cannot be typed.")

    def perform(self, client: WsmanClient, options: Options) -> Result:
        proxy = None
        if options["proxy_server"]:
            port = options["proxy_port"] or DEFAULT_PROXY_PORT
            proxy = HttpProxy(options["proxy_server"], port, options["proxy_user"] or "", options["proxy_password"] or "")
        endpoints = endpoints_of(options["features"], options["endpoints"])
        self.progress(f"trying {len(endpoints)} endpoints at once, for {options['timeout']} seconds at the most")
        with CommandShell(client) as shell:
            self._report = report = explore(shell, endpoints, timeout=options["timeout"], proxy=proxy)
        if report.fails_on(options["fail_on"]):
            raise report.failure()
        return {"changed": False, "msg": report.summary, **self.partial_result()}

    def partial_result(self) -> Result:
        report = self._report
        if report is None:
            return {}
        return {
            "verdict": report.verdict,
            "message_id": report.message_id,
            "endpoints": [view_finding(finding) for finding in report.findings],
            "interceptors": report.interceptors,
            "proxy": view_proxy(report.proxy),
            "table": report.table,
        }
