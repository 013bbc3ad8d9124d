# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""What a site has on record of a site system server: how the site reaches it, and its proxy.

The settings are embedded properties of the role "SMS Site System". Their names, and in which of the three places of a
property each has its data, are known from published scripts (ConfigMgrCBDsc and others), not from Microsoft's reference.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from .provider import SiteProvider
from .roles import SITE_SYSTEM, Role, Setting, read_roles

PUBLIC_FQDN = "Server Remote Public Name"
INITIATED_BY_SITE_SERVER = "FDMOperation"
BY_COMPUTER_ACCOUNT = "UseMachineAccount"
ACCOUNT = "UserName"
USES_PROXY = "UseProxy"
PROXY = "ProxyName"
PROXY_PORT = "ProxyServerPort"
PROXY_ACCOUNT = "ProxyUserName"
ANONYMOUS_PROXY = "AnonymousProxyAccess"

DEFAULT_PROXY_PORT = 80
"""Of the console, as Microsoft's page on proxies says."""


@dataclass(frozen=True)
class Proxy:
    """The proxy that all roles of a server share."""

    server: str
    port: int
    account: str
    """``domain\\user``; empty where the server's own computer account is used."""


@dataclass(frozen=True)
class SiteSystem:
    """A site system server as the site has it."""

    role: Role

    @property
    def server(self) -> str:
        """FQDN, as the site spells it."""
        return self.role.server

    @property
    def public_fqdn(self) -> str:
        """The name by which it is reached from the internet; empty for none."""
        return self._setting(PUBLIC_FQDN).text1

    @property
    def is_initiated_by_site_server(self) -> bool:
        """Whether only the site server opens connections between the two."""
        return bool(self._setting(INITIATED_BY_SITE_SERVER).number)

    @property
    def account(self) -> str:
        """The installation account; empty where the site server's computer account installs."""
        if self._setting(BY_COMPUTER_ACCOUNT, Setting(1)).number:
            return ""
        return self._setting(ACCOUNT).text2

    @property
    def proxy(self) -> Proxy | None:
        """The proxy in use, if one is."""
        if not self._setting(USES_PROXY).number:
            return None
        is_anonymous = bool(self._setting(ANONYMOUS_PROXY).number)
        return Proxy(
            self._setting(PROXY).text2,
            self._setting(PROXY_PORT).number or DEFAULT_PROXY_PORT,
            "" if is_anonymous else self._setting(PROXY_ACCOUNT).text2,
        )

    @property
    def accounts(self) -> tuple[str, ...]:
        """The accounts that the site really uses, sorted; a name on record that is switched off is none of them."""
        used = {self.account, self.proxy.account if self.proxy else ""}
        return tuple(sorted(used - {""}))

    def _setting(self, name: str, default: Setting | None = None) -> Setting:
        return self.role.setting(name) or default or Setting()


def read_proxy(provider: SiteProvider, server: str) -> Proxy | None:
    """The proxy of a server in whichever site, if it uses one."""
    records = read_roles(provider, SITE_SYSTEM, server)
    return SiteSystem(records[0]).proxy if records else None


@dataclass(frozen=True)
class Wanted:
    """The wanted settings; None leaves a setting as it is, and an empty text stands for none."""

    public_fqdn: str | None = None
    is_initiated_by_site_server: bool | None = None
    account: str | None = None
    uses_proxy: bool | None = None
    proxy_server: str | None = None
    proxy_port: int | None = None
    proxy_account: str | None = None


def changes(wanted: Wanted, role: Role | None) -> dict[str, Setting]:
    """The settings that have to be written, with what else their properties hold left as it is.

    ValueError where a proxy is wanted and neither given nor on record, or settings of a proxy where none is in use.
    """
    has_proxy = role is not None and SiteSystem(role).proxy is not None
    uses_proxy = has_proxy if wanted.uses_proxy is None else wanted.uses_proxy
    if not uses_proxy:
        given = {"proxy_port": wanted.proxy_port, "proxy_account": wanted.proxy_account}
        useless = [name for name, value in given.items() if value]
        if useless:
            raise ValueError(f"{useless[0]}: no proxy is in use on this server. Give proxy_server or use_proxy: true, too.")
    target: dict[str, Mapping[str, int | str]] = {}
    if wanted.public_fqdn is not None:
        target[PUBLIC_FQDN] = {"text1": wanted.public_fqdn}
    if wanted.is_initiated_by_site_server is not None:
        target[INITIATED_BY_SITE_SERVER] = {"number": int(wanted.is_initiated_by_site_server)}
    if wanted.account is not None:
        target[BY_COMPUTER_ACCOUNT] = {"number": int(not wanted.account)}
        if wanted.account:
            target[ACCOUNT] = {"text2": wanted.account}
    if wanted.uses_proxy is not None:
        target[USES_PROXY] = {"number": int(wanted.uses_proxy)}
    if wanted.proxy_server is not None:
        target[PROXY] = {"text2": wanted.proxy_server}
    if wanted.proxy_port is not None:
        target[PROXY_PORT] = {"number": wanted.proxy_port}
    if wanted.proxy_account is not None and uses_proxy:
        target[ANONYMOUS_PROXY] = {"number": int(not wanted.proxy_account)}
        target[PROXY_ACCOUNT] = {"text2": wanted.proxy_account}
    if wanted.uses_proxy and not has_proxy:
        _complete_proxy(target, role)
    result = {}
    for name, parts in target.items():
        before = role.setting(name) if role else None
        after = replace(before or Setting(), **parts)  # type: ignore[arg-type]
        if before is None or not before.is_same(after):
            result[name] = after
    return result


def _complete_proxy(target: dict[str, Mapping[str, int | str]], role: Role | None) -> None:
    """What a proxy that is taken into use cannot be without."""
    on_record = (role.setting(PROXY) if role else None) or Setting()
    if PROXY not in target and not on_record.text2:
        raise ValueError("use_proxy: no proxy is on record for this server. Give proxy_server, too.")
    port = (role.setting(PROXY_PORT) if role else None) or Setting()
    if PROXY_PORT not in target and not port.number:
        target[PROXY_PORT] = {"number": DEFAULT_PROXY_PORT}
    if ANONYMOUS_PROXY not in target and (role is None or role.setting(ANONYMOUS_PROXY) is None):
        target[ANONYMOUS_PROXY] = {"number": 1}
