#!/usr/bin/python

# SPDX-FileCopyrightText: configmgr.site contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# The documentation of the module; plugins/action has its code, which runs on the controller.

from __future__ import annotations

DOCUMENTATION = r"""
module: log_info
short_description: Show the end of a Configuration Manager log
version_added: 0.1.0
description:
  - Returns the newest records of a log that match, in the order of the log, in either of the two formats that Configuration
    Manager writes. Reads only as much of the end of the file as that needs, and goes on in the file that the log was
    renamed to when it was full (C(.lo_)).
  - Run it on the server that writes the log. Those of the service connection point (C(dmpdownloader.log), C(dmpuploader.log),
    C(SMS_CLOUDCONNECTION.log), C(EndpointConnectivityCheckWorker.log) and others) are on the server with the role, those
    of the site (C(sitecomp.log), C(hman.log)) on the site server.
options:
  name:
    description:
      - File name of the log, such as V(dmpdownloader.log). Its folder is found in the registry of the server.
      - Either this or O(path) is needed.
    type: str
  path:
    description: Full path of the log on the server.
    type: str
  limit:
    description: How many records are returned at the most, between 1 and 10000.
    type: int
    default: 200
  since:
    description:
      - Only records from this moment on - a time in ISO 8601, in UTC if it names no time zone, or an age such as V(90m), V(24h)
        or V(7d).
    type: str
  until:
    description: Only records before this moment, given as O(since).
    type: str
  severities:
    description:
      - Only records of these severities. One of the formats has none; its records count as error or warning if they have that
        word in them, as Microsoft's log viewer shows them.
    type: list
    elements: str
    choices: [information, warning, error]
    default: []
  components:
    description: Only records of these components.
    type: list
    elements: str
    default: []
  contains:
    description: Only records with this text in their message, in whatever letter case.
    type: str
    default: ''
  max_bytes:
    description: How many bytes of the log are read at the most, for records that are rare.
    type: int
    default: 16777216
requirements:
  - pywinrm >= 0.5.0 on the controller, or pypsrp >= 0.8.1 for the connection P(ansible.builtin.psrp#connection)
  - curl.exe on the server, which is a part of Windows Server 2019 and later
notes:
  - The account needs to be a member of Remote Management Users or Administrators on the server, and the right to read the log.
  - Of a record whose time names no time zone, the present one of the server is taken.
extends_documentation_fragment:
  - configmgr.site._attributes
  - configmgr.site._attributes.info_module
  - configmgr.site._site.query
seealso:
  - module: configmgr.site.status_message_info
author:
  - configmgr.site contributors (!UNKNOWN)
"""

EXAMPLES = r"""
- name: Look at what the downloads of updates have come to
  configmgr.site.log_info:
    name: dmpdownloader.log

- name: Find the errors of the last day
  configmgr.site.log_info:
    name: dmpdownloader.log
    severities: [error]
    since: 24h
    query: records[*].[time, message]
  register: errors

- name: Look for the installation of the role in the log of the site component manager, in a time that is past
  configmgr.site.log_info:
    path: C:\Program Files\Microsoft Configuration Manager\Logs\sitecomp.log
    components: [SMS_SITE_COMPONENT_MANAGER]
    contains: SMS_DMP_DOWNLOADER
    since: '2026-11-01'
    until: '2026-11-24T18:00:00Z'
    limit: 1000
    max_bytes: 4194304
"""

RETURN = r"""
records:
  description: The newest records that match, in the order of the log.
  returned: success
  type: list
  elements: dict
  contains:
    time:
      description: When it was written, in UTC; null if that cannot be read.
      type: str
      sample: '2026-11-24T18:00:00.123+00:00'
    severity:
      description: V(information), V(warning) or V(error).
      type: str
      sample: information
    component:
      description: The component that has written it.
      type: str
      sample: SMS_DMP_DOWNLOADER
    thread:
      description: The number of its thread.
      type: str
      sample: '4844'
    message:
      description: The text.
      type: str
      sample: Hasn't synced recently.
more:
  description: Whether there may be older records that match.
  returned: success
  type: bool
  sample: true
files:
  description: The files that were read, the newest first.
  returned: success
  type: list
  elements: str
  sample: ['C:\\SMS\\Logs\\dmpdownloader.log']
bytes_read:
  description: How many bytes of them were read.
  returned: success
  type: int
  sample: 65536
result:
  description: The value of O(query).
  returned: when O(query) is given
  type: raw
  sample: []
"""
