# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Ansible inventory of a running lab."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from .hierarchy.accounts import Account
from .hierarchy.topology import Topology

if TYPE_CHECKING:
    from .kerberos.realm import KerberosRealm

_HEADER = """\
# The inventory of a running lab. It holds a password and is worthless as soon as the lab ends.
---
"""

_HTTP_VARIANT = """
# The same servers over HTTP, with messages encrypted by NTLM: put these in place of the above.
#   ansible_winrm_scheme: http
#   ansible_winrm_message_encryption: auto
#   (no ansible_winrm_ca_trust_path)
# ansible_port of each server:
"""

_KERBEROS_VARIANT = """
# Kerberos, after: export KRB5_CONFIG={configuration}
#   ansible_user: {user}
#   ansible_winrm_transport: kerberos
#   ansible_winrm_kinit_env_vars: [KRB5_CONFIG]
#   ansible_winrm_kerberos_hostname_override: "{{{{ inventory_hostname }}}}"
"""


def inventory(
    topology: Topology,
    account: Account,
    https_ports: Mapping[str, int],
    http_ports: Mapping[str, int],
    smb_ports: Mapping[str, int],
    authority_file: Path,
    kerberos: KerberosRealm | None = None,
) -> str:
    """The inventory file's text: servers by their FQDN, in the groups that a playbook for a site needs."""
    top_tier = next(site for site in topology.sites if not site.parent)
    providers = [site.sms_provider for site in topology.sites if site.sms_provider]
    groups = {
        "servers": {"hosts": {name: _ports(name, https_ports, smb_ports) for name in topology.servers}},
        "site_servers": _group(site.server for site in topology.sites),
        "sms_providers": _group(providers),
        "top_tier_sms_provider": _group([top_tier.sms_provider]),
        "site_systems": _group(
            [
                *(site.server for site in topology.sites),
                *providers,
                *(name for site in topology.sites for name in site.site_systems),
            ]
        ),
    }
    variables = {
        "ansible_connection": "winrm",
        "ansible_host": "127.0.0.1",
        "ansible_user": account.name,
        "ansible_password": account.password,
        "ansible_winrm_scheme": "https",
        "ansible_winrm_transport": "ntlm",
        "ansible_winrm_server_cert_validation": "validate",
        "ansible_winrm_ca_trust_path": str(authority_file),
    }
    text = yaml.safe_dump({"all": {"vars": variables, "children": groups}}, sort_keys=False)
    ports = "".join(f"#   {name}: {port}\n" for name, port in http_ports.items())
    return _HEADER + text + _HTTP_VARIANT + ports + (_kerberos_variant(account, kerberos) if kerberos else "")


def _kerberos_variant(account: Account, realm: KerberosRealm) -> str:
    user = f"{account.name.rpartition(chr(92))[2]}@{realm.name}"
    return _KERBEROS_VARIANT.format(configuration=realm.configuration_file, user=user)


def _ports(name: str, https_ports: Mapping[str, int], smb_ports: Mapping[str, int]) -> dict[str, int]:
    ports = {"ansible_port": https_ports[name]}
    return {**ports, "configmgr_smb_port": smb_ports[name]} if name in smb_ports else ports


def _group(names: Iterable[str]) -> dict[str, Any]:
    return {"hosts": dict.fromkeys(names)}
