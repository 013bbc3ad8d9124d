# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of ``site_system_prerequisites`` share: its task, and what it has found."""

from __future__ import annotations

import json
from typing import Any

from plays import Result, Site, Task

MODULE = "configmgr.site.site_system_prerequisites"
SERVER = "srv1.corp.example"


def check(**options: Any) -> Task:
    return {"name": "check it", MODULE: {"site_server": "ps1.corp.example", **options}}


def found(result: Result) -> dict[str, tuple[str, str]]:
    """Status and evidence by check."""
    return {entry["id"]: (entry["status"], entry["evidence"]) for entry in result["checks"]}


def ldap(site: Site, **options: Any) -> Task:
    """The check with the lab's own directory to ask."""
    server = json.loads((site.lab.directory / "control.json").read_text())["ldap"]["tls_url"]
    account = {"ldap_user": "CORP\\analyst", "ldap_password": site.password("CORP\\analyst")}
    ca_path = str(site.lab.directory / "ca.pem")
    return check(**{"ldap_server": server, "ldap_ca_path": ca_path, "fail_on": "never", **account, **options})


def without_groups(site: Site, server: str = "srv1") -> None:
    """Have only accounts be administrators of a server, so that it is known who is none: usually, Domain Admins is one."""
    site.control.console("add_local_group_member", server=server, member="CORP\\administrator")
    site.control.console("remove_local_group_member", server=server, member="CORP\\Domain Admins")
