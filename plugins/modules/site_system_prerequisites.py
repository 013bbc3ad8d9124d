#!/usr/bin/python

# SPDX-FileCopyrightText: configmgr.site contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# The documentation of the module; plugins/action has its code, which runs on the controller.

from __future__ import annotations

DOCUMENTATION = r"""
module: site_system_prerequisites
short_description: Check whether a server is fit for the service connection point
version_added: 0.1.0
description:
  - Runs on the server that shall get the role, and reads what an installation depends on. Each check has a status, what was read
    as evidence, and a remedy. Changes nothing.
  - The checks are V(local_administrator), V(site_server_pair), V(site_server_reach), V(sql_server_reach), V(operating_system),
    V(domain_membership), V(computer_name), V(dotnet_framework), V(visual_c_runtime), V(tls_12), V(strong_crypto),
    V(root_certificates), V(baltimore_root), V(free_space), V(pending_restart) and V(clock).
  - What cannot be read, or not be proven, is a warning that says why, and never passes. A check that fails does not keep the
    others from being run. What would need an option that was left out is skipped.
  - Most of it is read through WMI. Some of it is answered by programs of Windows (reg.exe, net.exe, curl.exe), which one command in
    a WinRM shell runs; no PowerShell is started.
options:
  site_server:
    description:
      - Fully qualified domain name of the site server. Its computer account installs the role, unless there is an
        O(installation_account); one of the two must be a local administrator.
    type: str
    required: true
  passive_site_server:
    description:
      - Fully qualified domain name of the site server in passive mode, where the site has one. Its computer account must be a
        local administrator, too, and neither of the two may have the role.
    type: str
  site_system:
    description:
      - Fully qualified domain name that the site knows the server by, or shall know it by. With it, a server that was renamed is
        found out.
    type: str
  installation_account:
    description:
      - The site system installation account, in the form C(domain\user), where the site system is set up with one.
      - Whether a site that has one also tries the computer account of the site server is not documented. So, where only the
        latter is a local administrator, nothing is proven.
    type: str
  sql_server:
    description:
      - The SQL Server with the site database, as a host or C(host\instance). With it, the server tries to connect to it.
    type: str
  sql_server_port:
    description:
      - The TCP port of that SQL Server.
      - Without it, 1433 is assumed. That nobody answers there proves nothing then, and that somebody does proves nothing of
        a named instance, which mostly has another port.
    type: int
  connections_from_site_server:
    description:
      - What M(configmgr.site.tcp_connection_info) has returned as RV(configmgr.site.tcp_connection_info#module:connections) when
        it ran on the site server and tried ports 445 and 135 of the server.
      - With O(site_system), attempts to connect to other hosts are left aside.
    type: list
    elements: dict
    default: []
    suboptions:
      host:
        description: The host that was tried.
        type: str
        required: true
      port:
        description: The port that was tried.
        type: int
        required: true
      connected:
        description: Whether there was a connection.
        type: bool
        required: true
      seconds:
        description: How long it took.
        type: float
      error:
        description: Why there was none.
        type: str
  connections_error:
    description:
      - Why M(configmgr.site.tcp_connection_info) has failed on the site server, where it was tried in vain, so that there are
        no O(connections_from_site_server). The check warns then, with this as its evidence, instead of being skipped.
    type: str
  ldap_server:
    description:
      - A domain controller that is asked which groups the accounts are in, as a host, or as a URL that begins with C(ldaps://) or
        C(ldap://). The latter is turned to TLS before anybody logs on.
      - Without it, an account that may be an administrator through a group of the domain is proven neither to be one nor to be
        none. On most servers, Domain Admins is such a group.
      - It has to be a domain controller of the server's own domain.
      - The controller asks it, not the server.
    type: str
  ldap_user:
    description:
      - The account to ask with, as C(domain\user), C(user@domain) or a distinguished name.
      - It must be allowed to read the attribute C(tokenGroups) of other accounts, as the members of Pre-Windows 2000 Compatible Access
        and of Windows Authorization Access Group are by default.
    type: str
  ldap_password:
    description: Its password.
    type: str
  ldap_ca_path:
    description: File with the certificates of the authorities that the domain controller's certificate may come from.
    type: path
  warn:
    description: Checks that only warn where they would fail.
    type: list
    elements: str
    default: []
  require:
    description:
      - Checks that fail where they would only warn, so that what is not proven is not good enough. O(warn) goes before.
    type: list
    elements: str
    default: []
  skip:
    description: Checks that are left out.
    type: list
    elements: str
    default: []
  fail_on:
    description:
      - When the task fails - if a check has V(failed), also if one has given a V(warning), or V(never).
    type: str
    choices: [failed, warning, never]
    default: failed
extends_documentation_fragment:
  - configmgr.site._attributes
  - configmgr.site._attributes.info_module
requirements:
  - pywinrm >= 0.5.0 on the controller, or pypsrp >= 0.8.1 for the connection P(ansible.builtin.psrp#connection)
  - ldap3 >= 2.9 on the controller, for O(ldap_server)
notes:
  - The account needs to be a local administrator of the server.
seealso:
  - module: configmgr.site.tcp_connection_info
  - module: configmgr.site.site_system
  - module: configmgr.site.service_connection_point
author:
  - configmgr.site contributors (!UNKNOWN)
"""

EXAMPLES = r"""
- name: Fail unless the server is fit for the role
  configmgr.site.site_system_prerequisites:
    site_server: ps1.corp.example

- name: Show what there is to know, with an account that installs, and fail on nothing
  configmgr.site.site_system_prerequisites:
    site_server: ps1.corp.example
    installation_account: CORP\cm-install
    warn: [pending_restart]
    require: [local_administrator]
    skip: [clock, computer_name]
    fail_on: never

- name: Look from the site server at a server of which everything is known
  configmgr.site.tcp_connection_info:
    targets:
      - {host: srv1.corp.example, port: 445}
      - {host: srv1.corp.example, port: 135}
  delegate_to: ps1.corp.example
  register: from_site_server
  ignore_errors: true

- name: Check it
  configmgr.site.site_system_prerequisites:
    site_server: ps1.corp.example
    site_system: srv1.corp.example
    passive_site_server: ps2.corp.example
    sql_server: sql1.corp.example
    sql_server_port: 14330
    connections_from_site_server: "{{ from_site_server.connections | default([]) }}"
    connections_error: "{{ from_site_server.msg if from_site_server is failed else omit }}"
    ldap_server: dc1.corp.example
    ldap_user: CORP\reader
    ldap_password: "{{ reader_password }}"
    ldap_ca_path: /etc/ssl/certs/corp-ca.pem
"""

RETURN = r"""
msg:
  description: How many checks came out how.
  returned: success
  type: str
  sample: 1 warning, 13 passed, 2 skipped
verdict:
  description: The worst status that a check has, V(failed), V(warning), V(passed), or V(skipped) where all were left out.
  returned: always, once the server was reached
  type: str
  sample: warning
checks:
  description: Every check, in a fixed order.
  returned: always, once the server was reached
  type: list
  elements: dict
  contains:
    id:
      description: Its name, as O(warn), O(require) and O(skip) take it.
      type: str
      sample: local_administrator
    title:
      description: What it checks.
      type: str
      sample: The site may install on the server
    status:
      description: V(passed), V(failed), V(warning) or V(skipped).
      type: str
      sample: passed
    evidence:
      description: What was read.
      type: str
      sample: corp.example\PS1$ is a member of SRV1\Administrators
    remedy:
      description: What to do where it does not pass.
      type: str
      sample: Restart the server before it gets a role.
    source:
      description: The page of Microsoft's documentation that asks for it, or what else it rests on.
      type: str
      sample: Site and site system prerequisites, "All site system servers"
table:
  description: The same as lines for people, the worst first, with the remedy below each check that did not pass.
  returned: always, once the server was reached
  type: list
  elements: str
  sample: ["status   check                evidence", "passed   clock                1 s ahead of the controller"]
"""
