#!/usr/bin/python

# SPDX-FileCopyrightText: configmgr.site contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# The documentation of the module; plugins/action has its code, which runs on the controller.

from __future__ import annotations

DOCUMENTATION = r"""
module: site_info
short_description: Show the sites of a Configuration Manager hierarchy
version_added: 0.1.0
description:
  - Returns the sites that an SMS Provider knows and how they hang together, which of them is at the top tier, where the SMS
    Providers are, and where the service connection point is.
options: {}
extends_documentation_fragment:
  - configmgr.site._attributes
  - configmgr.site._attributes.info_module
  - configmgr.site._site
  - configmgr.site._site.query
seealso:
  - module: configmgr.site.service_connection_point
  - module: configmgr.site.service_connection_point_info
author:
  - configmgr.site contributors (!UNKNOWN)
"""

EXAMPLES = r"""
- name: Ask the provider of a given site
  configmgr.site.site_info:
    site_code: PS1

- name: Read the hierarchy
  configmgr.site.site_info:
  register: hierarchy

- name: Say which site is at the top
  ansible.builtin.debug:
    var: hierarchy.top_tier_site_code

- name: Get the servers of all primary sites
  configmgr.site.site_info:
    query: sites[?type == 'primary'].server
  register: primary_site_servers
"""

RETURN = r"""
site_code:
  description: The site whose SMS Provider was asked.
  returned: success
  type: str
  sample: PS1
top_tier_site_code:
  description: The site at the top of the hierarchy, as far up as the provider knows it.
  returned: success
  type: str
  sample: PS1
sites:
  description: The sites that the provider knows, sorted by code.
  returned: success
  type: list
  elements: dict
  contains:
    site_code:
      description: Code of the site.
      type: str
      sample: PS1
    name:
      description: Name of the site.
      type: str
      sample: Headquarters
    type:
      description: V(central_administration_site), V(primary), V(secondary) or V(unknown).
      type: str
      sample: primary
    parent:
      description: Code of the site that it reports to; null at the top.
      type: str
      sample: CAS
    top_tier:
      description: Whether it is a central administration site or a stand-alone primary site.
      type: bool
      sample: true
    server:
      description: Its site server.
      type: str
      sample: ps1.corp.example
    passive_server:
      description: Its site server in passive mode; null if it has none.
      type: str
      sample: ps2.corp.example
    sql_server:
      description: The SQL Server with its database, as a host or C(host\instance); null if the site does not say.
      type: str
      sample: sql1.corp.example
    version:
      description: Version of Configuration Manager.
      type: str
      sample: 5.00.9141.1000
    status:
      description: V(active), V(pending), V(failed), V(deleted), V(upgrading), V(unknown), or the number that the site gives.
      type: str
      sample: active
    mode:
      description: V(normal), V(recovery), V(upgrading), V(expanding), V(unknown), or the number that the site gives.
      type: str
      sample: normal
    install_directory:
      description: Where Configuration Manager is installed on the site server.
      type: str
      sample: C:\Program Files\Microsoft Configuration Manager
providers:
  description: The SMS Providers that the host knows.
  returned: success
  type: list
  elements: dict
  contains:
    machine:
      description: Server with the provider.
      type: str
      sample: ps1.corp.example
    site_code:
      description: The site that it serves.
      type: str
      sample: PS1
    local_site:
      description: Whether that is the site that the host belongs to.
      type: bool
      sample: true
service_connection_points:
  description: Where the service connection point is. There is one at the most, unless somebody broke that rule.
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
result:
  description: The value of O(query).
  returned: when O(query) is given
  type: raw
  sample: [ps1.corp.example]
"""
