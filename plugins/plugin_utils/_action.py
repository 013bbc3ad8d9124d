# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""The one base class of this collection's actions: options, connection, check mode, errors, progress.

An action runs on the controller and speaks WMI to the host over the WinRM connection that Ansible has set up for it, so
every authentication method, port, certificate and timeout of the inventory holds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import Any, ClassVar, Protocol

from ansible.errors import AnsibleActionFail, AnsibleConnectionFailure
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.module_utils.errors import UnsupportedError
from ansible.plugins.action import ActionBase
from ansible.utils.display import Display

from ._configmgr.classes import SCHEMA
from ._configmgr.errors import SiteError
from ._configmgr.servers import check_site_code
from ._configmgr.views import View
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
from ._wsman.transports import MISSING_LIBRARY, PywinrmTransport

try:
    import jmespath
    from jmespath.exceptions import JMESPathError
except ImportError:
    jmespath = None
    _QUERY_ERRORS = (ValueError, RecursionError)
else:
    _QUERY_ERRORS = (JMESPathError, ValueError, RecursionError)

Options = dict[str, Any]
Result = dict[str, Any]

SITE_CODE_OPTION: Mapping[str, Any] = {"site_code": {"type": "str"}}
QUERY_OPTION: Mapping[str, Any] = {"query": {"type": "str"}}

WEEK = 7 * 24 * 60 * 60
"""The longest wait, in seconds."""

_NO_SHELL = "none: this task sends WMI requests only"
"""Stands where the connection keeps its cmd shell while it connects, so that it does not open one."""

display = Display()


class Writer(Protocol):
    """What changes something on a server or a site."""

    has_written: bool
    """Whether it has, whatever happens afterwards."""


class SiteAction(ActionBase):
    """Subclasses declare their options and implement `perform`."""

    MODULE: ClassVar[str]
    """Name of the module, without the collection."""
    ARGUMENT_SPEC: ClassVar[Mapping[str, Any]]
    """The options; the documentation in ``plugins/modules`` says the same, and a test compares them."""

    writer: Writer | None = None
    """What changes something for a module that does; set before it runs."""

    _requires_connection = True
    _supports_check_mode = True
    _supports_async = False

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> Result:
        """Called by Ansible: check the options, connect, `perform`, and apply the option ``query`` to the result."""
        options = self._validated_options()
        self._refuse_what_is_not_supported()
        query = self._compile_query(options.get("query"))
        super().run(tmp, task_vars)
        host = (task_vars or {}).get("inventory_hostname", "")
        self._host = f"{host} -> {self._task.delegate_to}" if self._task.delegate_to else host
        try:
            result = self.perform(self._connect(), options)
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

    def progress(self, line: str) -> None:
        """Show a line while the task runs; on standard error, so that machine-readable output stays so."""
        if self._task.no_log:
            return
        display.display(f"[{self._host}] {line}", color="bright gray", stderr=True)

    def _validated_options(self) -> Options:
        """The options with their defaults. Fails with a sentence of our own, which never shows the other options' values."""
        validation = ArgumentSpecValidator(dict(self.ARGUMENT_SPEC)).validate(dict(self._task.args))
        if validation.error_messages:
            sentences = [
                f"unsupported option: {error.msg}" if isinstance(error, UnsupportedError) else error.msg
                for error in validation.errors.errors
            ]
            raise AnsibleActionFail(f"configmgr.site.{self.MODULE}: {'; '.join(sentences)}")
        options: Options = validation.validated_parameters
        try:
            if options.get("site_code") is not None:
                self.check_option(options, "site_code", check_site_code)
            self.check_options(options)
        except ValueError as error:
            raise AnsibleActionFail(f"configmgr.site.{self.MODULE}: {error}") from None
        return options

    def check_options(self, options: Options) -> None:
        """Raise ValueError for what the argument specification cannot say. No request has been sent yet."""

    @staticmethod
    def check_option(options: Options, name: str, check: Callable[[str], str]) -> None:
        """Replace a text option by what ``check`` makes of it; its ValueError gets the option's name."""
        try:
            options[name] = check(str(options[name]))
        except ValueError as error:
            raise ValueError(f"{name}: {error}") from None

    @staticmethod
    def check_between(options: Options, name: str, least: int, most: int) -> None:
        """ValueError for a number out of range; an option that was left out is none."""
        if options[name] is not None and not least <= options[name] <= most:
            raise ValueError(f"{name}: it must be between {least} and {most}.")

    @staticmethod
    def check_wait_timeout(options: Options, shortest: int, advice: str = "") -> None:
        """ValueError for an option ``wait_timeout`` below ``shortest`` seconds or above a week."""
        if not shortest <= options["wait_timeout"] <= WEEK:
            too_short = options["wait_timeout"] < shortest
            raise ValueError(f"wait_timeout: it must be between {shortest} and {WEEK} seconds.{advice if too_short else ''}")

    def _refuse_what_is_not_supported(self) -> None:
        transport = self._connection.transport
        if transport != "winrm":
            raise AnsibleActionFail(
                f"configmgr.site.{self.MODULE} speaks WMI over WinRM and cannot use the connection {transport!r} of this host. "
                "Set ansible_connection to winrm for it."
            )
        if self._task.become or self._connection.become is not None:
            raise AnsibleActionFail(
                f"configmgr.site.{self.MODULE} works with the account that it logs on with, which become cannot change. Set "
                "become to false, and log on with an account that has the rights (ansible_user)."
            )
        if MISSING_LIBRARY:
            raise AnsibleActionFail(
                f"The Python library {MISSING_LIBRARY} is missing on the controller. Install pywinrm: pip install pywinrm."
            )

    def _connect(self) -> WsmanClient:
        """The client on the host's connection, which is set up here without the cmd shell that modules would need."""
        connection = self._connection
        if connection.protocol is None:
            # With several methods to log on, only opening the shell tells the connection which of them works.
            several = len(connection.get_option("transport") or ()) > 1
            if several:
                connection._connect()
            else:
                connection.shell_id = _NO_SHELL
                try:
                    connection._connect()
                finally:
                    connection.shell_id = None
        return WsmanClient(PywinrmTransport(connection.protocol), SCHEMA)

    def _explain(self, error: WsmanError) -> AnsibleActionFail | AnsibleConnectionFailure:
        where = f"{self._connection.get_option('remote_addr')} port {self._connection.get_option('port')}"
        user = f"'{self._connection.get_option('remote_user')}'"
        if isinstance(error, CertificateNotTrusted):
            return AnsibleConnectionFailure(
                f"The certificate of the WinRM server at {where} is not trusted: {error}. Set ansible_winrm_ca_trust_path to "
                "the certificate of the authority that issued it."
            )
        if isinstance(error, AuthenticationRejected):
            return AnsibleConnectionFailure(
                f"The WinRM server at {where} did not log on {user}: {error}. Check ansible_user, ansible_password and "
                "ansible_winrm_transport."
            )
        if isinstance(error, ServerUnreachable):
            return AnsibleConnectionFailure(
                f"The WinRM server at {where} cannot be reached: {error}. Check ansible_host, ansible_port, "
                "ansible_winrm_scheme and, if it is set, ansible_winrm_ca_trust_path."
            )
        if isinstance(error, ConnectionLost):
            return AnsibleConnectionFailure(
                f"The connection to the WinRM server at {where} was lost: {error}. If that was the first request, "
                "ansible_winrm_scheme may not fit ansible_port; else run the task again: it goes on from the state that it "
                "finds."
            )
        if isinstance(error, WsmanFault) and error.is_access_denied:
            return self._failure(
                f"The server at {where} refused {user}: {error}. The account needs the right to log on by WinRM (local group "
                "Remote Management Users or Administrators), remote access to the WMI namespace (local group SMS Admins on the "
                "server with the SMS Provider), and a security role in Configuration Manager."
            )
        return self._failure(f"The server at {where} did not carry out a request: {error}.")

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
