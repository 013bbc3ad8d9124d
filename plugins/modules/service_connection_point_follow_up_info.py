#!/usr/bin/python

# SPDX-FileCopyrightText: configmgr.site contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# The documentation of the module; plugins/action has its code, which runs on the controller.

from __future__ import annotations

DOCUMENTATION = r"""
module: service_connection_point_follow_up_info
short_description: List what to look after when the service connection point has moved
version_added: 0.1.0
description:
  - After a move of the service connection point, Microsoft advises to check the functions of the site, and to renew the secret
    keys of connected Entra (Azure AD) tenants where that is needed. This lists what there is to check, from what the
    site has - tenants and applications, services of Azure, updates in flight, firewall and proxy.
  - The SMS Provider's classes for tenants and services are hardly documented. What a site does not tell is null, and the list
    says so.
options:
  moved_from:
    description:
      - The server that the role was moved from. If it still is a site system and has no other role, the list says so.
    type: str
extends_documentation_fragment:
  - configmgr.site._attributes
  - configmgr.site._attributes.info_module
  - configmgr.site._site
  - configmgr.site._site.query
seealso:
  - module: configmgr.site.service_connection_point
author:
  - configmgr.site contributors (!UNKNOWN)
"""

EXAMPLES = r"""
- name: List what to look after
  configmgr.site.service_connection_point_follow_up_info:
    moved_from: srv1.corp.example
  register: follow_up

- name: Show it
  ansible.builtin.debug:
    var: follow_up.lines

- name: Get the applications whose secret has an expiry date
  configmgr.site.service_connection_point_follow_up_info:
    site_code: PS1
    query: applications[?secret_expires].[name, secret_expires]
"""

RETURN = r"""
site_system:
  description: The server with the service connection point; null if the hierarchy has none.
  returned: success
  type: str
  sample: srv2.corp.example
checklist:
  description: What to look after, most important first.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: Short name.
      type: str
      sample: entra_secrets
    title:
      description: What it is about.
      type: str
      sample: Secret keys of the connected Entra (Azure AD) tenants
    found:
      description: What the site has of it.
      type: list
      elements: str
      sample: ['ConfigMgr server app of Contoso, expires 2027-03-01T00:00:00Z']
    action:
      description: What to do.
      type: str
      sample: See whether the site still logs on.
    source:
      description: Microsoft's page that says so.
      type: str
      sample: Proxy server support
lines:
  description: RV(checklist) in sentences, for people.
  returned: success
  type: list
  elements: str
  sample: ['Firewalls between the new server and the internet (srv2.corp.example): Let it connect to ...']
features_in_use:
  description:
    - The features whose endpoints the role connects to, as O(configmgr.site.internet_access#module:features) takes them, as far
      as the SMS Provider tells what the hierarchy is connected to. Null where there is no role.
  returned: success
  type: list
  elements: str
  sample: [updates, links, console_notifications, tenant_attach]
tenants:
  description: The connected Entra tenants, with C(name) and C(tenant_id); null if the site does not tell.
  returned: success
  type: list
  elements: dict
  sample: [{name: Contoso, tenant_id: 11111111-2222-3333-4444-555555555555}]
applications:
  description:
    - The applications that the site logs on as, with C(name), C(client_id), C(tenant) and C(secret_expires), the last of which
      is null where the class has no such property. Null if the site does not tell. Secrets are never returned.
  returned: success
  type: list
  elements: dict
  sample: [{name: ConfigMgr server app, client_id: 11111111-2222-3333-4444-555555555555, tenant: Contoso, secret_expires: null}]
azure_services:
  description: The services of Azure in use, with C(name) and C(type), a number; null if the site does not tell.
  returned: success
  type: list
  elements: dict
  sample: [{name: Contoso, type: 5}]
result:
  description: The value of O(query).
  returned: when O(query) is given
  type: raw
  sample: []
"""
