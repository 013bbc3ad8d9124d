# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Filters of the collection; ``inventory_hosts.yml`` has its documentation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ansible.errors import AnsibleError


def inventory_hosts(servers: str | list[str] | None, hostvars: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """The hosts of an inventory that are called like one of some servers; if there are none, those with such an address."""
    wanted = {server.casefold() for server in ([servers] if isinstance(servers, str) else servers or []) if server}
    named = [host for host in hostvars if host.casefold() in wanted]
    return named or [host for host in hostvars if wanted and _address(hostvars[host]) in wanted]


def _address(variables: Mapping[str, Any]) -> str:
    try:
        return str(variables.get("ansible_host", "")).casefold()
    except AnsibleError:
        # One whose address cannot be worked out is none of them, and no reason to fail
        return ""


class FilterModule:
    """What Ansible asks for filters."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"inventory_hosts": inventory_hosts}
