#!/usr/bin/python

# SPDX-FileCopyrightText: configmgr.site contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# The documentation of the module; plugins/action has its code, which runs on the controller.

from __future__ import annotations

DOCUMENTATION = r"""
module: service_connection_point_info
short_description: Show the service connection point of a Configuration Manager hierarchy
version_added: 0.1.0
description:
  - Returns where the service connection point is, its mode on record, the proxy that it uses, the state of its components,
    what the role itself says of its internet endpoints, and the worst status messages of its components.
  - It sends seven requests where nothing was reported but that all endpoints can be reached, nine where there are problems, and
    one less with O(site_code). Only very many status messages, and components on another server than the role, need more.
options:
  since:
    description:
      - Only status messages from this moment on - a time in ISO 8601, in UTC if it names no time zone, or an age such as V(90m),
        V(24h) or V(7d). Empty for no limit.
    type: str
    default: 24h
  limit:
    description: How many problems of each service connection point are returned at the most, between 1 and 10000.
    type: int
    default: 10
extends_documentation_fragment:
  - configmgr.site._attributes
  - configmgr.site._attributes.info_module
  - configmgr.site._site
  - configmgr.site._site.query
seealso:
  - module: configmgr.site.service_connection_point
  - module: configmgr.site.service_connection_point_server_info
    description: Shows what only the server with the role knows.
  - module: configmgr.site.site_info
  - module: configmgr.site.status_message_info
author:
  - configmgr.site contributors (!UNKNOWN)
"""

EXAMPLES = r"""
- name: Ask the provider of a given site
  configmgr.site.service_connection_point_info:
    site_code: PS1

- name: Look at the service connection point
  configmgr.site.service_connection_point_info:
  register: role

- name: Fail if it does not work
  ansible.builtin.assert:
    that: role.service_connection_points | map(attribute='working') | list == [true]

- name: Fail if it reported in the last week that endpoints cannot be reached
  configmgr.site.service_connection_point_info:
    since: 7d
    limit: 100
  register: role
  failed_when: >-
    role.service_connection_points[0].unreachable is not none
    or role.service_connection_points[0].validation.result | default('passed') != 'passed'

- name: Get the name of its server alone
  configmgr.site.service_connection_point_info:
    query: service_connection_points[0].site_system
  register: server
"""

RETURN = r"""
service_connection_points:
  description:
    - The instances of the role in the hierarchy. There is one at the most, unless somebody broke that rule.
  returned: success
  type: list
  elements: dict
  contains:
    site_system:
      description: The server with the role.
      type: str
      sample: srv1.corp.example
    site_code:
      description: The site that the role belongs to.
      type: str
      sample: PS1
    mode:
      description: V(online) or V(offline), as the site has it on record; null if it does not say.
      type: str
      sample: online
    working:
      description:
        - Whether SMS_DMP_DOWNLOADER is started, and every other component of the role that the site knows is started or only
          runs by schedule. Null where the role belongs to another site than the one that is asked, which cannot know.
      type: bool
      sample: true
    status:
      description:
        - The worst status of its components, V(ok), V(warning), V(critical) or V(unknown). It is unknown as well where no
          components are known.
      type: str
      sample: ok
    components_run_on:
      description:
        - The server on which the components of the role run, and on which a thread of theirs is restarted. That is the server
          with the role, unless the site has them on the site server.
      type: str
      sample: srv1.corp.example
    components:
      description: The components of the role on its server.
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
          description: V(ok), V(warning), V(critical) or V(unknown), from the component status summarizer.
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
    proxy:
      description: The proxy that the server with the role uses, for all of its roles; null for none.
      type: dict
      contains:
        server:
          description: Name or address of the proxy.
          type: str
          sample: proxy.corp.example
        port:
          description: Its port.
          type: int
          sample: 8080
        account:
          description: The account that logs on to it; null for the computer account of the server.
          type: str
          sample: CORP\proxy
    validation:
      description:
        - What the role itself found the last time that it checked its endpoints. Null where it has reported nothing of that
          since O(since).
      type: dict
      contains:
        result:
          description: V(passed), V(warning) if endpoints could not be reached that are not critical, or V(failed).
          type: str
          sample: passed
        id:
          description: The number of the status message, 11410, 11411 or 11412.
          type: int
          sample: 11410
        time:
          description: When it was reported, in UTC.
          type: str
          sample: '2026-11-24T18:00:00+00:00'
        text:
          description: The message in words.
          type: str
          sample: All internet endpoints that the service connection point checks can be reached.
        strings:
          description: The insertion strings of the message.
          type: list
          elements: str
          sample: []
    unreachable:
      description:
        - The last status message 11488, by which the site says that it cannot reach an endpoint that it needs. Null where there is
          none since O(since), and where all endpoints could be reached after it (11410).
      type: dict
      contains:
        time:
          description: When it was reported, in UTC.
          type: str
          sample: '2026-11-24T18:00:00+00:00'
        severity:
          description: V(error).
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
    problems:
      description:
        - The worst status messages of the components since O(since), errors before warnings, and of each the newest first. Null
          where the role belongs to another site than the one that is asked, which cannot know.
      type: list
      elements: dict
      contains:
        time:
          description: When it was reported, in UTC.
          type: str
          sample: '2026-11-24T18:00:00+00:00'
        severity:
          description: V(error) or V(warning).
          type: str
          sample: error
        component:
          description: The component that reported it.
          type: str
          sample: SMS_DMP_DOWNLOADER
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
          sample: 1016
        text:
          description: The message in words; its insertion strings where there are none for it.
          type: str
          sample: "SMS_DMP_DOWNLOADER could not be installed on srv1.corp.example: access is denied"
        strings:
          description: The insertion strings.
          type: list
          elements: str
          sample: []
        record_id:
          description: The number of the record.
          type: int
          sample: 72057594037927941
result:
  description: The value of O(query).
  returned: when O(query) is given
  type: raw
  sample: srv1.corp.example
"""
