#!/usr/bin/python

# Copyright: (c) configmgr.site contributors
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
  - The checks are V(local_administrator), V(operating_system), V(domain_membership), V(computer_name), V(dotnet_framework),
    V(visual_c_runtime), V(tls_12), V(strong_crypto), V(free_space), V(pending_restart) and V(clock).
  - What cannot be read, or not be proven, is a warning that says why, and never passes. A check that fails does not keep the
    others from being run.
options:
  site_server:
    description:
      - Fully qualified domain name of the site server. Its computer account installs the role, unless there is an
        O(installation_account); one of the two must be a local administrator.
    type: str
    required: true
  installation_account:
    description: The site system installation account, in the form C(domain\user), where the site system is set up with one.
    type: str
  warn:
    description: Checks that only warn where they would fail.
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
  - pywinrm >= 0.5.0 on the controller
notes:
  - The account needs to be a local administrator of the server.
seealso:
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
    skip: [clock, computer_name]
    fail_on: never
"""

RETURN = r"""
msg:
  description: How many checks came out how.
  returned: success
  type: str
  sample: 1 warning, 10 passed
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
      description: Its name, as O(warn) and O(skip) take it.
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
      sample: CORP\PS1$ is a member of SRV1\Administrators
    remedy:
      description: What to do where it does not pass.
      type: str
      sample: Restart the server before it gets a role.
    source:
      description: The page of Microsoft's documentation that asks for it, or what else it rests on.
      type: str
      sample: Site and site system prerequisites, "All site system servers"
"""
