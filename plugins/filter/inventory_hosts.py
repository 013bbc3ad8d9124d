# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Filters of the collection; ``inventory_hosts.yml`` has its documentation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any


def inventory_hosts(servers: str | list[str] | None, hostvars: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """The hosts of an inventory that stand for one of some servers, those of that name before those with that address."""
    wanted = {server.casefold() for server in ([servers] if isinstance(servers, str) else servers or []) if server}
    names = [host for host in hostvars if host.casefold() in wanted]
    addresses = [host for host in hostvars if str(hostvars[host].get("ansible_host", "")).casefold() in wanted]
    return list(dict.fromkeys(names + addresses))


class FilterModule:
    """What Ansible asks for filters."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"inventory_hosts": inventory_hosts}
