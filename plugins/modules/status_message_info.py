#!/usr/bin/python

# SPDX-FileCopyrightText: configmgr.site contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# The documentation of the module; plugins/action has its code, which runs on the controller.

from __future__ import annotations

DOCUMENTATION = r"""
module: status_message_info
short_description: Show status messages of a Configuration Manager site
version_added: 0.1.0
description:
  - Returns status messages of components, newest first, by default those of the service connection point in the last 24 hours.
  - Returns what the component status summarizer says of the same components, too.
  - Messages that have to do with the service connection point come with a sentence in words of this collection, others with their
    insertion strings.
options:
  components:
    description:
      - The components whose messages are wanted. An empty list stands for all, which can be very many.
    type: list
    elements: str
    default: [SMS_DMP_DOWNLOADER, SMS_DMP_UPLOADER, SMS_SERVICE_CONNECTOR, SMS_CLOUDCONNECTION]
  severities:
    description: Only messages of these severities; V(information), V(warning) or V(error). All of them if it is empty.
    type: list
    elements: str
    choices: [information, warning, error]
    default: []
  message_ids:
    description: Only messages with one of these numbers. All of them if it is empty.
    type: list
    elements: int
    default: []
  servers:
    description: Only messages from these servers. All of them if it is empty.
    type: list
    elements: str
    default: []
  since:
    description:
      - Only messages from this moment on - a time in ISO 8601, in UTC if it names no time zone, or an age such as V(90m), V(24h)
        or V(7d). Empty for no limit.
    type: str
    default: 24h
  until:
    description: Only messages before this moment, given as O(since).
    type: str
  limit:
    description: How many messages are returned at the most, between 1 and 10000.
    type: int
    default: 100
  offset:
    description:
      - How many of the newest messages are left out, to get the next page. Give O(until) as well, so that messages which come
        meanwhile do not shift the pages.
    type: int
    default: 0
extends_documentation_fragment:
  - configmgr.site._attributes
  - configmgr.site._attributes.info_module
  - configmgr.site._site
  - configmgr.site._site.query
seealso:
  - module: configmgr.site.service_connection_point_info
author:
  - configmgr.site contributors (!UNKNOWN)
"""

EXAMPLES = r"""
- name: Look at what the service connection point has said today
  configmgr.site.status_message_info:
  register: said

- name: Fail if it could not reach an endpoint in the last week
  configmgr.site.status_message_info:
    components: [SMS_SERVICE_CONNECTOR]
    message_ids: [11411, 11412, 11488]
    since: 7d
  register: endpoints
  failed_when: endpoints.messages | length > 0

- name: Get the second hundred of the warnings and errors of a server until a given moment
  configmgr.site.status_message_info:
    site_code: PS1
    components: []
    servers: [srv1.corp.example]
    severities: [warning, error]
    since: '2026-11-01'
    until: '2026-11-24T18:00:00Z'
    limit: 100
    offset: 100
    query: messages[*].[time, component, text]
"""

RETURN = r"""
messages:
  description: The messages, newest first.
  returned: success
  type: list
  elements: dict
  contains:
    time:
      description: When it was reported, in UTC.
      type: str
      sample: '2026-11-24T18:00:00+00:00'
    severity:
      description: V(information), V(warning), V(error) or V(unknown).
      type: str
      sample: error
    component:
      description: The component that reported it.
      type: str
      sample: SMS_SERVICE_CONNECTOR
    server:
      description: The server that it comes from.
      type: str
      sample: srv1.corp.example
    site_code:
      description: The site that it comes from.
      type: str
      sample: PS1
    id:
      description: The number of the message.
      type: int
      sample: 11488
    text:
      description: The message in words; its insertion strings where there are none for it.
      type: str
      sample: The site cannot reach an internet endpoint that it needs.
    strings:
      description: The insertion strings.
      type: list
      elements: str
      sample: []
    record_id:
      description: The number of the record.
      type: int
      sample: 72057594037927941
more:
  description: Whether there are older messages that match.
  returned: success
  type: bool
  sample: false
components:
  description:
    - What the component status summarizer of the site has of the components in O(components), on the servers in O(servers) or
      on all. Where O(components) is empty, of those that have messages.
  returned: success
  type: list
  elements: dict
  contains:
    name:
      description: Name of the component.
      type: str
      sample: SMS_DMP_DOWNLOADER
    server:
      description: The server that it runs on.
      type: str
      sample: srv1.corp.example
    site_code:
      description: The site that it belongs to.
      type: str
      sample: PS1
    state:
      description: V(stopped), V(started), V(paused), V(installing), V(re-installing), V(de-installing) or V(unknown).
      type: str
      sample: started
    status:
      description: V(ok), V(warning), V(critical) or V(unknown).
      type: str
      sample: ok
    last_started:
      description: When the component was last started, in UTC; null if that is not known.
      type: str
      sample: '2026-11-23T04:05:06+00:00'
    last_contacted:
      description: When the component was last heard of, in UTC; null if that is not known.
      type: str
      sample: '2026-11-23T04:05:06+00:00'
result:
  description: The value of O(query).
  returned: when O(query) is given
  type: raw
  sample: []
"""
