# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""The base class of the actions that ask a server: connection, check mode, errors, progress.

An action runs on the controller and speaks WMI to the host over the WinRM connection that Ansible has set up for it, so
every authentication method, port, certificate and timeout of the inventory holds.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import Any, Protocol

from ansible.errors import AnsibleActionFail, AnsibleConnectionFailure
from ansible.utils.display import Display

from ._checked_action import CheckedAction, Options, Result
from ._configmgr.classes import SCHEMA
from ._configmgr.errors import SiteError
from ._configmgr.views import View
from ._configmgr.waiting import Clock, Waiting
from ._connection_variables import advice, certificate_advice
from ._connections import CONNECTIONS, HostConnection
from ._windows.errors import WindowsError
from ._wsman.client import WsmanClient
from ._wsman.errors import (
    AuthenticationRejected,
    CertificateNotTrusted,
    ConnectionLost,
    ServerUnreachable,
    WsmanError,
    WsmanFault,
)
from ._wsman.transports import MISSING_LIBRARY

try:
    import jmespath
    from jmespath.exceptions import JMESPathError
except ImportError:
    jmespath = None
    _QUERY_ERRORS: tuple[type[Exception], ...] = (ValueError, RecursionError)
else:
    _QUERY_ERRORS = (JMESPathError, ValueError, RecursionError)

SITE_CODE_OPTION: Mapping[str, Any] = {"site_code": {"type": "str"}}
QUERY_OPTION: Mapping[str, Any] = {"query": {"type": "str"}}

display = Display()


class Writer(Protocol):
    """What changes something on a server or a site."""

    has_written: bool
    """Whether it has, whatever happens afterwards."""


class SiteAction(CheckedAction):
    """Subclasses declare their options and implement `perform`."""

    clock = Clock()
    """Time as what waits sees it."""
    writer: Writer | None = None
    """What changes something for a module that does; set before it runs."""

    _requires_connection = True

    def act(self, task_vars: dict[str, Any]) -> Result:
        """Check the options, connect, `perform`, and apply the option ``query`` to the result."""
        options = self._validated_options()
        self._refuse_what_is_not_supported()
        query = self._compile_query(options.get("query"))
        host = task_vars.get("inventory_hostname", "")
        self._server = self._task.delegate_to or host
        self._host = f"{host} -> {self._server}" if self._task.delegate_to else host
        try:
            result = self.perform(WsmanClient(self._host_connection.transport(), SCHEMA), options)
        except (SiteError, WindowsError) as error:
            # Ansible appends the messages of an error's causes to its own, and these sentences quote their causes already.
            raise self._failure(str(error)) from None
        except WsmanError as error:
            raise self._explain(error) from None
        if query is not None:
            result["result"] = self._search(query, result)
        return result

    def perform(self, client: WsmanClient, options: Options) -> Result:
        """Do the work. May raise `SiteError` and `WsmanError`, which become a failed or an unreachable host."""
        raise NotImplementedError

    def partial_result(self) -> Result:
        """What a failed run has to say besides its message: by default, that something was changed already."""
        return {"changed": True} if self.writer is not None and self.writer.has_written else {}

    def with_diff(self, result: Result, before: View, after: View) -> Result:
        """The result with a diff, if one is asked for."""
        return {**result, "diff": {"before": before, "after": after}} if self._task.diff else result

    def waiting(self, timeout: float, *, enabled: bool = True) -> Waiting:
        """How long to wait, in seconds, with progress shown."""
        return Waiting(timeout, self.progress, enabled=enabled, clock=self.clock)

    def progress(self, line: str) -> None:
        """Show a line while the task runs; on standard error, so that machine-readable output stays so."""
        if self._task.no_log:
            return
        display.display(self._masked.text(f"[{self._host}] {line}"), color="bright gray", stderr=True)

    def _refuse_what_is_not_supported(self) -> None:
        transport = self._connection.transport
        if transport not in CONNECTIONS:
            raise AnsibleActionFail(
                f"configmgr.site.{self.MODULE} speaks WMI over WinRM and cannot use the connection {transport!r} of this host. "
                "Set ansible_connection to winrm or psrp for it."
            )
        if self._task.become or self._connection.become is not None:
            raise AnsibleActionFail(
                f"configmgr.site.{self.MODULE} works with the account that it logs on with, which become cannot change. Set "
                "become to false, and log on with an account that has the rights (ansible_user)."
            )
        if MISSING_LIBRARY:
            raise AnsibleActionFail(
                f"The Python library {MISSING_LIBRARY} is missing on the controller. Install what the connection {transport} "
                f"needs: pip install {'pywinrm' if transport == 'winrm' else 'pypsrp'}."
            )

    @property
    def _host_connection(self) -> HostConnection:
        return CONNECTIONS[self._connection.transport](self._connection)

    def _explain(self, error: WsmanError) -> AnsibleActionFail | AnsibleConnectionFailure:
        connection = self._host_connection
        where, names = connection.where, connection.variables
        user = f"'{connection.user}'"
        if isinstance(error, CertificateNotTrusted):
            return AnsibleConnectionFailure(
                f"The certificate of the WinRM server at {where} is not trusted: {error}. "
                f"{certificate_advice(str(error), names)}."
            )
        if isinstance(error, AuthenticationRejected):
            todo = advice(error.reason, names, connection.methods[0])
            whom = user if connection.user and connection.methods != ("certificate",) else "anybody"
            return AnsibleConnectionFailure(
                f"The WinRM server at {where} did not log on {whom} with {connection.method_names}: {error}. {todo}."
            )
        if isinstance(error, ServerUnreachable):
            return AnsibleConnectionFailure(
                f"The WinRM server at {where} cannot be reached: {error}. Check ansible_host, ansible_port, {names.scheme} "
                f"and, if they are set, {names.authority} and {names.proxy} (or HTTPS_PROXY and the like of the environment)."
            )
        if isinstance(error, ConnectionLost):
            return AnsibleConnectionFailure(
                f"The connection to the WinRM server at {where} was lost: {error}. If that was the first request, "
                f"{names.scheme} may not fit ansible_port; else run the task again: it goes on from the state that it finds."
            )
        if isinstance(error, WsmanFault) and error.is_access_denied:
            return self._failure(
                f"The server at {where} refused {user}: {error}. The account needs the right to log on by WinRM (local group "
                "Remote Management Users or Administrators), remote access to the WMI namespace (local group SMS Admins on the "
                "server with the SMS Provider), and a security role in Configuration Manager."
            )
        later = " Run the task again in a while: it goes on from the state that it finds." if error.is_temporary else ""
        return self._failure(f"The server at {where} did not carry out a request: {error}.{later}")

    def _failure(self, message: str) -> AnsibleActionFail:
        return AnsibleActionFail(message, result=self.partial_result())

    def _compile_query(self, expression: str | None) -> Any:
        if expression is None:
            return None
        if jmespath is None:
            raise AnsibleActionFail("The option query needs the Python library jmespath: pip install jmespath.")
        try:
            return jmespath.compile(str(expression))
        except _QUERY_ERRORS as error:
            raise AnsibleActionFail(f"query is no valid JMESPath expression: {error}") from None

    def _search(self, query: Any, result: Result) -> Any:
        try:
            # A copy: the value may be, or contain, all of what it becomes a part of.
            return query.search(deepcopy(result))
        except _QUERY_ERRORS as error:
            raise AnsibleActionFail(f"query could not be applied to what the module returns: {error}") from None
