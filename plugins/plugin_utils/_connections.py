# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""The connection plugins that tasks can use: winrm and psrp, logged on without the shell or PowerShell that modules need.

Both open one when they connect, to be ready for modules. They do not where they find one already, so there is a placeholder
in its place while they connect.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from typing import Any

from ansible.errors import AnsibleConnectionFailure

from ._connection_variables import PSRP, WINRM, Variables
from ._probes.endpoint import Endpoint
from ._wsman.client import Transport
from ._wsman.errors import AuthenticationRejected, Reason
from ._wsman.refusals import METHODS, reason_of
from ._wsman.transports import PypsrpTransport, PywinrmTransport

_PLACEHOLDER = "none: this task sends WMI requests only"
_PREFIX = re.compile(rf"^({'|'.join(METHODS)}|Kerberos auth failure for principal [^:]*): ")
"""With what the plugin winrm begins the text of a failure."""


class HostConnection(ABC):
    """What Ansible has set up for a host, as a transport for WMI and as words for people."""

    variables: Variables
    """The names of what people set up."""

    def __init__(self, plugin: Any) -> None:
        self._plugin = plugin

    @property
    def where(self) -> str:
        return f"{self._plugin.get_option('remote_addr')} port {self.port}"

    @property
    def user(self) -> str:
        return str(self._plugin.get_option("remote_user") or "")

    @property
    @abstractmethod
    def port(self) -> int:
        """The port that the plugin connects to."""

    @property
    @abstractmethod
    def methods(self) -> tuple[str, ...]:
        """What to log on with: the libraries' names of it."""

    @property
    def method_names(self) -> str:
        """What people call that."""
        return " or ".join(dict.fromkeys(METHODS.get(method, method) for method in self.methods))

    @property
    @abstractmethod
    def endpoint(self) -> Endpoint:
        """Where the plugin connects to."""

    @property
    @abstractmethod
    def gets_tickets(self) -> bool:
        """Whether tickets of Kerberos are got with the account's password, rather than before."""

    @abstractmethod
    def transport(self) -> Transport:
        """Connect. Nothing is sent to the server yet, but a ticket may be got from a key distribution center."""


class WinrmConnection(HostConnection):
    variables = WINRM

    @property
    def port(self) -> int:
        return int(self._plugin.get_option("port"))

    @property
    def methods(self) -> tuple[str, ...]:
        given = [method for method in self._plugin.get_option("transport") or () if method]
        if given:
            return tuple(map(str, given))
        return ("kerberos",) if "@" in self.user else ("ssl",)

    @property
    def endpoint(self) -> Endpoint:
        plugin = self._plugin
        plugin._build_winrm_kwargs()
        more = plugin._winrm_kwargs
        is_verified = more.get("server_cert_validation", "validate") == "validate"
        authority = more.get("ca_trust_path") or "legacy_requests"
        return Endpoint(
            plugin._winrm_scheme,
            plugin._winrm_host,
            int(plugin._winrm_port),
            plugin._winrm_path,
            verify=is_verified and (authority == "legacy_requests" or str(authority)),
            proxy=_proxy(more.get("proxy")),
        )

    @property
    def gets_tickets(self) -> bool:
        mode = self._plugin.get_option("kerberos_mode")
        return bool(mode == "managed" if mode else self._plugin.get_option("remote_password"))

    def transport(self) -> Transport:
        plugin = self._plugin
        if plugin.protocol is None:
            if self.methods == ("kerberos",):
                self._check_kerberos()
            # With several methods to log on, only opening the shell tells the plugin which of them works.
            has_several = len(self.methods) > 1
            if not has_several:
                plugin.shell_id = _PLACEHOLDER
            try:
                plugin._connect()
            except AnsibleConnectionFailure as error:
                text = _PREFIX.sub("", error.message)
                raise AuthenticationRejected(text.rstrip("."), reason_of(text)) from error
            finally:
                if not has_several:
                    plugin.shell_id = None
        return PywinrmTransport(plugin.protocol)

    def _check_kerberos(self) -> None:
        if self._plugin.get_option("kerberos_mode") == "managed" and not self._plugin.get_option("remote_password"):
            # The plugin would call kinit, and then show its answer in pieces with the empty password taken out of it
            text = "ansible_winrm_kinit_mode is managed, which takes a password"
            raise AuthenticationRejected(text, Reason.MISSING_ACCOUNT)


class PsrpConnection(HostConnection):
    variables = PSRP

    @property
    def port(self) -> int:
        port = self._plugin.get_option("port")
        if port is None:
            return 5985 if self._plugin.get_option("protocol") == "http" else 5986
        return int(port)

    @property
    def methods(self) -> tuple[str, ...]:
        return (str(self._plugin.get_option("auth")),)

    @property
    def endpoint(self) -> Endpoint:
        self._plugin._build_kwargs()
        settings = self._plugin._psrp_conn_kwargs
        return Endpoint(
            "https" if settings["ssl"] else "http",
            settings["server"],
            int(settings["port"]),
            settings["path"] or "wsman",
            verify=settings["cert_validation"],
            proxy=_proxy(settings["proxy"]),
        )

    @property
    def gets_tickets(self) -> bool:
        return bool(self._plugin.get_option("remote_password"))

    def transport(self) -> Transport:
        plugin = self._plugin
        if plugin.runspace is not None:
            return PypsrpTransport(plugin.runspace.connection)
        plugin.runspace = _PLACEHOLDER
        try:
            plugin._connect()
        finally:
            plugin.runspace = None
        # Imported here because pypsrp is needed only by those who use it; without it, the plugin has said so by now.
        from pypsrp.wsman import WSMan

        try:
            return PypsrpTransport(WSMan(**plugin._psrp_conn_kwargs))
        except ValueError as error:
            raise AuthenticationRejected(str(error), reason_of(str(error))) from error


def _proxy(setting: Any) -> str:
    # pywinrm takes a word for the environment's
    return "" if setting in (None, "legacy_requests") else str(setting)


CONNECTIONS: dict[str, type[HostConnection]] = {"winrm": WinrmConnection, "psrp": PsrpConnection}
"""By what the plugins call themselves."""
