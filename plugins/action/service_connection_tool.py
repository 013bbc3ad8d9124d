# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Action of the module ``service_connection_tool``; its documentation is in ``plugins/modules``."""

from __future__ import annotations

import re
from datetime import timedelta

from ..plugin_utils._action import Options, Result, SiteAction
from ..plugin_utils._checked_action import WEEK
from ..plugin_utils._configmgr.connection_tool.decision import Desired
from ..plugin_utils._configmgr.connection_tool.run import Download, Phase, Proxy, Run
from ..plugin_utils._configmgr.connection_tool.servicing import Servicing
from ..plugin_utils._configmgr.connection_tool.tool_views import view_serviced
from ..plugin_utils._configmgr.service_connection_point import Mode
from ..plugin_utils._windows.paths import check_path
from ..plugin_utils._wsman.client import WsmanClient

_DIGEST = re.compile(r"[0-9A-Fa-f]{64}")
_VERSION = re.compile(r"[0-9]+(\.[0-9]+){3}")
_NEEDED = {
    Phase.PREPARE: ("usage_data",),
    Phase.EXPORT: ("usage_data",),
    Phase.CONNECT: ("usage_data", "updates"),
    Phase.IMPORT: ("updates",),
}
_ONLY_FOR_CONNECT = ("download", "proxy_server", "proxy_user", "proxy_password", "site_version", "usage_data_sha256")
_SHORTEST = 60
_OLDEST = 24 * 365


class ActionModule(SiteAction):
    """Run a phase of the service connection tool, and watch it."""

    MODULE = "service_connection_tool"
    ARGUMENT_SPEC = {
        "phase": {"type": "str", "required": True, "choices": [phase.value for phase in Phase]},
        "usage_data": {"type": "str"},
        "updates": {"type": "str"},
        "tool": {"type": "str"},
        "role_mode": {"type": "str", "choices": [mode.value for mode in Mode]},
        "max_age": {"type": "int", "default": 24},
        "download": {"type": "str", "choices": [download.value for download in Download]},
        "site_version": {"type": "str"},
        "usage_data_sha256": {"type": "str"},
        "proxy_server": {"type": "str"},
        "proxy_user": {"type": "str"},
        "proxy_password": {"type": "str", "no_log": True},
        "force": {"type": "bool", "default": False},
        "timeout": {"type": "int", "default": 14400},
    }

    def check_options(self, options: Options) -> None:
        phase = Phase(options["phase"])
        for name in ("usage_data", "updates", "tool"):
            if options[name] is not None:
                self.check_option(options, name, check_path)
            elif name in _NEEDED[phase]:
                raise ValueError(f"{name}: phase {phase.value} needs it.")
            if options[name] is not None and name != "tool" and name not in _NEEDED[phase]:
                raise ValueError(f"{name}: phase {phase.value} does not use it. Leave it out.")
        for name in _ONLY_FOR_CONNECT:
            if options[name] is not None and phase is not Phase.CONNECT:
                raise ValueError(f"{name}: it goes with phase connect. Leave it out.")
        _check_file_type(phase, options["usage_data"])
        _check_form("usage_data_sha256", options["usage_data_sha256"], _DIGEST, "64 hexadecimal digits")
        _check_form("site_version", options["site_version"], _VERSION, "a version such as 5.00.9135.1000")
        if "@" in (options["proxy_server"] or ""):
            raise ValueError("proxy_server: it would be seen with its account. Give that as proxy_user and proxy_password.")
        if options["proxy_user"] and not options["proxy_server"]:
            raise ValueError("proxy_user: it goes with proxy_server. Give both.")
        if options["proxy_password"] and not options["proxy_user"]:
            raise ValueError("proxy_password: it goes with proxy_user. Give both.")
        if not (options["proxy_password"] or "").isprintable():
            raise ValueError("proxy_password: it has characters that cannot be typed.")
        self.check_between(options, "max_age", 0, _OLDEST)
        self.check_between(options, "timeout", _SHORTEST, WEEK)
        try:
            _run(options).command_line(options["tool"] or "")
        except ValueError as error:
            raise ValueError(f"an option cannot stand in a command line: {error}.") from None

    def perform(self, client: WsmanClient, options: Options) -> Result:
        servicing = Servicing(client, self.waiting(options["timeout"]))
        self.writer = servicing
        desired = Desired(
            _run(options),
            Mode(options["role_mode"]) if options["role_mode"] else None,
            options["site_version"] or "",
            options["usage_data_sha256"] or "",
            timedelta(hours=options["max_age"]),
            options["force"],
        )
        serviced = servicing.perform(desired, options["tool"], check_only=self._task.check_mode)
        before, after, result = view_serviced(desired, serviced)
        return self.with_diff(result, before, after)


def _run(options: Options) -> Run:
    server = options["proxy_server"]
    proxy = Proxy(server, options["proxy_user"] or "", options["proxy_password"] or "") if server else None
    return Run(
        Phase(options["phase"]),
        options["usage_data"] or "",
        options["updates"] or "",
        Download(options["download"] or Download.LATEST.value),
        proxy,
    )


def _check_file_type(phase: Phase, path: str | None) -> None:
    wanted = {Phase.PREPARE: ".cab", Phase.EXPORT: ".csv"}.get(phase)
    if path and wanted and not path.lower().endswith(wanted):
        raise ValueError(f"usage_data: phase {phase.value} writes a {wanted} file, and {path!r} is none. Give it that ending.")


def _check_form(name: str, value: str | None, pattern: re.Pattern[str], form: str) -> None:
    if value is not None and not pattern.fullmatch(value):
        raise ValueError(f"{name}: it must be {form}, and not {value!r}.")
