#!/usr/bin/python

# Copyright: (c) configmgr.site contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# The documentation of the module; plugins/action has its code, which runs on the controller.

from __future__ import annotations

DOCUMENTATION = r"""
module: service_connection_point_info
short_description: Show the service connection point of a Configuration Manager hierarchy
version_added: 0.1.0
description:
  - Returns where the service connection point is, its mode on record, and the state of its components.
options: {}
extends_documentation_fragment:
  - configmgr.site._attributes
  - configmgr.site._attributes.info_module
  - configmgr.site._site
  - configmgr.site._site.query
seealso:
  - module: configmgr.site.service_connection_point
  - module: configmgr.site.site_info
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
result:
  description: The value of O(query).
  returned: when O(query) is given
  type: raw
  sample: srv1.corp.example
"""
