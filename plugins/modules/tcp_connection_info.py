#!/usr/bin/python

# SPDX-FileCopyrightText: configmgr.site contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# The documentation of the module; plugins/action has its code, which runs on the controller.

from __future__ import annotations

DOCUMENTATION = r"""
module: tcp_connection_info
short_description: Try whether a Windows server can connect to TCP ports of others
version_added: 0.1.0
description:
  - Tries to connect from the host of the task, one port after the other, and says what came of it. So it sees the firewalls that the
    host sees, which the controller does not. Changes nothing.
  - It runs curl.exe on the host, which is a part of Windows Server 2019 and later. Nothing is sent but the first line of an HTTP
    request, which services other than web servers do not understand and drop.
options:
  targets:
    description: What to connect to.
    type: list
    elements: dict
    required: true
    suboptions:
      host:
        description: Host name, as the server resolves it.
        type: str
        required: true
      port:
        description: TCP port.
        type: int
        required: true
  timeout:
    description: How many seconds each attempt may take, between 1 and 60.
    type: int
    default: 5
extends_documentation_fragment:
  - configmgr.site._site.query
  - configmgr.site._attributes
  - configmgr.site._attributes.info_module
requirements:
  - pywinrm >= 0.5.0 on the controller, or pypsrp >= 0.8.1 for the connection P(ansible.builtin.psrp#connection)
  - curl.exe on the host
seealso:
  - module: configmgr.site.site_system_prerequisites
author:
  - configmgr.site contributors (!UNKNOWN)
"""

EXAMPLES = r"""
- name: See whether the site server reaches a server that shall become a site system
  configmgr.site.tcp_connection_info:
    targets:
      - {host: srv1.corp.example, port: 445}
      - {host: srv1.corp.example, port: 135}
    timeout: 10
    query: connections[?!connected].port
  delegate_to: ps1.corp.example
"""

RETURN = r"""
connections:
  description: Every attempt, in the order of O(targets).
  returned: success
  type: list
  elements: dict
  contains:
    host:
      description: The host that was tried.
      type: str
      sample: srv1.corp.example
    port:
      description: The port that was tried.
      type: int
      sample: 445
    connected:
      description: Whether a connection was established.
      type: bool
      sample: true
    seconds:
      description: How long that took; null if there was none.
      type: float
      sample: 0.002
    error:
      description: Why there was none, as curl.exe says it; empty if there was one.
      type: str
      sample: Connection timed out after 5000 milliseconds
result:
  description: The value of O(query).
  returned: when O(query) is given
  type: raw
  sample: [445]
"""
