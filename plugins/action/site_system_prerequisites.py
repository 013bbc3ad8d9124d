# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Action of the module ``site_system_prerequisites``; its documentation is in ``plugins/modules``."""

from __future__ import annotations

from ..plugin_utils._action import Options, Result, SiteAction
from ..plugin_utils._configmgr.accounts import check_account
from ..plugin_utils._configmgr.prerequisites.catalogue import catalogue
from ..plugin_utils._configmgr.prerequisites.expected import Expected
from ..plugin_utils._configmgr.prerequisites.report import PrerequisitesReport, Weights, judge, view_entry
from ..plugin_utils._configmgr.servers import check_fqdn, check_sql_server, same_server
from ..plugin_utils._configmgr.verdicts import FAIL_ON
from ..plugin_utils._windows.connections import Connection, Target
from ..plugin_utils._windows.directory_accounts import DirectoryAccess
from ..plugin_utils._wsman.client import WsmanClient

_DEFAULT_INSTANCE = "MSSQLSERVER"


class ActionModule(SiteAction):
    """Check whether a server is fit to be a site system with the service connection point; runs on that server."""

    MODULE = "site_system_prerequisites"
    ARGUMENT_SPEC = {
        "site_server": {"type": "str", "required": True},
        "passive_site_server": {"type": "str"},
        "site_system": {"type": "str"},
        "installation_account": {"type": "str"},
        "sql_server": {"type": "str"},
        "sql_server_port": {"type": "int"},
        "connections_from_site_server": {
            "type": "list",
            "elements": "dict",
            "default": [],
            "options": {
                "host": {"type": "str", "required": True},
                "port": {"type": "int", "required": True},
                "connected": {"type": "bool", "required": True},
                "seconds": {"type": "float"},
                "error": {"type": "str"},
            },
        },
        "connections_error": {"type": "str"},
        "ldap_server": {"type": "str"},
        "ldap_user": {"type": "str"},
        "ldap_password": {"type": "str", "no_log": True},
        "ldap_ca_path": {"type": "path"},
        "warn": {"type": "list", "elements": "str", "default": []},
        "require": {"type": "list", "elements": "str", "default": []},
        "skip": {"type": "list", "elements": "str", "default": []},
        "fail_on": {"type": "str", "choices": list(FAIL_ON), "default": "failed"},
    }

    _report: PrerequisitesReport | None = None

    def check_options(self, options: Options) -> None:
        for name in ("site_server", "passive_site_server", "site_system"):
            if options[name]:
                self.check_option(options, name, check_fqdn)
        if options["sql_server"]:
            self.check_option(options, "sql_server", check_sql_server)
        self.check_between(options, "sql_server_port", 1, 65535)
        self._check_ldap(options)
        if options["installation_account"]:
            self.check_option(options, "installation_account", check_account)
        for option in ("warn", "require", "skip"):
            unknown = [name for name in options[option] if name not in catalogue()]
            if unknown:
                raise ValueError(f"{option}: there is no check {unknown[0]!r}; there are {', '.join(catalogue())}")

    @staticmethod
    def _check_ldap(options: Options) -> None:
        if not options["ldap_server"]:
            given = [name for name in ("ldap_user", "ldap_password", "ldap_ca_path") if options[name]]
            if given:
                raise ValueError(f"{given[0]}: it has no use without ldap_server.")
            return
        for name in ("ldap_user", "ldap_password"):
            if not options[name]:
                raise ValueError(f"{name}: ldap_server needs it, because a domain controller tells nothing to strangers.")
        scheme, separator, host = options["ldap_server"].rpartition("://")
        if (separator and scheme.lower() not in ("ldap", "ldaps")) or not host:
            raise ValueError("ldap_server: it must be a host such as dc1.corp.example, or ldaps:// or ldap:// and a host.")
        if not separator:
            options["ldap_server"] = f"ldaps://{host}"
        # Imported here because it takes a while
        from ..plugin_utils._windows.domain_directory import HAS_LDAP3

        if not HAS_LDAP3:
            raise ValueError("ldap_server: it needs the Python library ldap3 on the controller: pip install ldap3.")

    def perform(self, client: WsmanClient, options: Options) -> Result:
        expected = _expected(options)
        self._report = report = judge(client, expected, Weights(options["warn"], options["require"], options["skip"]))
        if report.fails_on(options["fail_on"]):
            raise report.failure()
        return {"changed": False, "msg": report.summary, **self.partial_result()}

    def partial_result(self) -> Result:
        if self._report is None:
            return {}
        return {
            "verdict": self._report.verdict,
            "checks": [view_entry(entry) for entry in self._report.entries],
            "table": self._report.table,
        }


def _expected(options: Options) -> Expected:
    attempts = [
        Connection(
            Target(attempt["host"], attempt["port"]),
            (attempt["seconds"] or 0.0) if attempt["connected"] else None,
            attempt["error"] or "",
        )
        for attempt in options["connections_from_site_server"]
    ]
    name = options["site_system"]
    sql_host, _separator, sql_instance = (options["sql_server"] or "").partition("\\")
    sql_port = options["sql_server_port"] or catalogue()["sql_server_reach"].numbers["default_port"]
    directory = None
    if options["ldap_server"]:
        directory = DirectoryAccess(
            options["ldap_server"], options["ldap_user"], options["ldap_password"], options["ldap_ca_path"]
        )
    return Expected(
        options["site_server"],
        passive_site_server=options["passive_site_server"] or "",
        site_system=name or "",
        installation_account=options["installation_account"] or "",
        sql_server=Target(sql_host, sql_port) if sql_host else None,
        sql_instance="" if sql_instance.upper() == _DEFAULT_INSTANCE else sql_instance,
        is_sql_port_assumed=options["sql_server_port"] is None,
        from_site_server=tuple(attempt for attempt in attempts if not name or same_server(attempt.target.host, name)),
        site_server_error=options["connections_error"] or "",
        directory=directory,
    )
