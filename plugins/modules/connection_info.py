#!/usr/bin/python

# SPDX-FileCopyrightText: configmgr.site contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# The documentation of the module; plugins/action has its code, which runs on the controller.

from __future__ import annotations

DOCUMENTATION = r"""
module: connection_info
short_description: Say what is wrong with the connection to a server
version_added: 0.1.0
description:
  - For when nothing works. Probes everything from the libraries on the controller to the security role of the account in the site,
    each on its own, with evidence and with what to do. The host never counts as unreachable; what is wrong is what the task returns.
  - The probes are, in this order, C(libraries), C(name), C(port), C(certificate), C(winrm), C(method), C(ticket), C(log_on), C(windows),
    C(registry), C(provider) and C(site).
  - The variables of the inventory are used as any other task uses them. The account is tried once, so that a wrong password does not
    lock it. Nothing is changed.
options:
  site_code:
    description:
      - Code of the site that the account shall see. Without it, the one that the SMS Provider on the host belongs to.
    type: str
  timeout:
    description: How many seconds the probes that need no account may wait for an answer, between 1 and 60.
    type: int
    default: 10
  fail_on:
    description:
      - From which verdict on the task fails. V(warning) is for both.
    type: str
    choices: [failed, warning, never]
    default: failed
extends_documentation_fragment:
  - configmgr.site._site.query
  - configmgr.site._attributes
  - configmgr.site._attributes.info_module
requirements:
  - pywinrm >= 0.5.0 on the controller, or pypsrp >= 0.8.1 for the connection P(ansible.builtin.psrp#connection)
notes:
  - A server without an SMS Provider is in order, and the probes C(provider) and C(site) are skipped there.
  - Windows may let somebody log on whom WMI then refuses, and WMI may answer to somebody whom Configuration Manager shows nothing. That
    is why there is a probe for each.
seealso:
  - module: configmgr.site.site_info
author:
  - configmgr.site contributors (!UNKNOWN)
"""

EXAMPLES = r"""
- name: Say what is wrong with the connection, if anything is
  configmgr.site.connection_info:

- name: See whether the account may use site PS1
  configmgr.site.connection_info:
    site_code: PS1

- name: Collect what is wrong with all hosts, and fail for none
  configmgr.site.connection_info:
    fail_on: never
    timeout: 5
    query: probes[?status=='failed'].[probe, evidence, remedy]
  register: found
"""

RETURN = r"""
msg:
  description: How many probes came out how.
  returned: success
  type: str
  sample: 9 passed, 3 skipped
verdict:
  description: The worst of them, V(failed), V(warning) or V(passed).
  returned: always
  type: str
  sample: passed
probes:
  description: Every probe, in their order.
  returned: always
  type: list
  elements: dict
  contains:
    probe:
      description: Its name.
      type: str
      sample: method
    status:
      description: V(passed), V(failed), V(warning), or V(skipped) where it had no sense.
      type: str
      sample: failed
    evidence:
      description: What was seen.
      type: str
      sample: CredSSP is asked for, and Negotiate, Kerberos is offered
    remedy:
      description: What to do; empty where there is nothing to do.
      type: str
      sample: Use a method that it offers, or have this one allowed there (winrm get winrm/config/service/auth).
table:
  description: The same as lines for people.
  returned: always
  type: list
  elements: str
  sample:
    - status   probe        evidence
    - passed   name         srv1.corp.example is 192.0.2.7
result:
  description: What O(query) selects of the above.
  returned: when O(query) is given
  type: raw
"""
