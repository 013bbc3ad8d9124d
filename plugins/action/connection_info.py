# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Action of the module ``connection_info``; its documentation is in ``plugins/modules``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ansible.errors import AnsibleActionFail

from ..plugin_utils._action import QUERY_OPTION, SITE_CODE_OPTION, Options, Result, SiteAction
from ..plugin_utils._configmgr.classes import SCHEMA
from ..plugin_utils._configmgr.verdicts import FAIL_ON, counted, fails, worst_of
from ..plugin_utils._connection_variables import advice
from ..plugin_utils._connections import HostConnection
from ..plugin_utils._probes.before_log_on import probe_libraries, probe_network, probe_ticket
from ..plugin_utils._probes.probe import Finding, failed, passed, skipped, table_of
from ..plugin_utils._probes.rights import log_on, probe_rights
from ..plugin_utils._wsman.client import WsmanClient
from ..plugin_utils._wsman.errors import AuthenticationRejected, WsmanError

_BEHIND_THE_LOG_ON = ("windows", "registry", "provider", "site")


class ActionModule(SiteAction):
    """Say what is wrong with the connection to a server, and with the rights of the account there."""

    MODULE = "connection_info"
    ARGUMENT_SPEC = {
        "timeout": {"type": "int", "default": 10},
        "fail_on": {"type": "str", "choices": list(FAIL_ON), "default": "failed"},
        **SITE_CODE_OPTION,
        **QUERY_OPTION,
    }

    def check_options(self, options: Options) -> None:
        self.check_between(options, "timeout", 1, 60)

    def act(self, task_vars: dict[str, Any]) -> Result:
        # A connection that cannot be used is what this module is for, so none is made before it begins
        options = self._validated_options()
        self._refuse_what_is_not_supported()
        query = self._compile_query(options["query"])
        findings = []
        for finding in self._probe(self._host_connection, options):
            findings.append(finding)
            if finding.status in ("failed", "warning"):
                self._host = task_vars.get("inventory_hostname", "")
                self.progress(f"{finding.probe}: {finding.evidence}")
        statuses = [finding.status for finding in findings]
        verdict = worst_of(statuses)
        result = {
            "changed": False,
            "msg": counted(statuses),
            "verdict": verdict,
            "probes": [vars(finding) for finding in findings],
            "table": table_of(findings),
        }
        if query is not None:
            result["result"] = self._search(query, result)
        if fails(verdict, options["fail_on"]):
            table = "\n".join(result["table"])
            raise AnsibleActionFail(f"The connection does not work as it should: {result['msg']}.\n{table}", result=result)
        return result

    def _probe(self, connection: HostConnection, options: Options) -> Iterator[Finding]:
        names = connection.variables
        yield probe_libraries(self._connection.transport, connection.methods, names)
        yield from probe_network(connection.endpoint, connection.methods, names, options["timeout"])
        yield probe_ticket(connection.methods, names, gets_tickets=connection.gets_tickets)
        try:
            client = WsmanClient(connection.transport(), SCHEMA)
            log_on(client)
        except AuthenticationRejected as error:
            yield failed("log_on", str(error), f"{advice(error.reason, names, connection.methods[0])}.")
        except WsmanError as error:
            yield failed("log_on", f"no answer came to it: {error}", "Put right what is said above.")
        else:
            who = f"'{connection.user}'" if connection.user else "the account"
            yield passed("log_on", f"{who} is logged on with {connection.method_names}")
            yield from probe_rights(client, options["site_code"])
            return
        yield from (skipped(probe, "nobody is logged on") for probe in _BEHIND_THE_LOG_ON)
