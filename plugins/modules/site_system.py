#!/usr/bin/python

# SPDX-FileCopyrightText: configmgr.site contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# The documentation of the module; plugins/action has its code, which runs on the controller.

from __future__ import annotations

DOCUMENTATION = r"""
module: site_system
short_description: Make a server a site system of Configuration Manager, or change how the site reaches it
version_added: 0.1.0
description:
  - Does the half of the console's wizard that creates a site system server, without giving it a role; changes the settings of
    an existing one; or removes it.
  - Every setting is read and compared by its name. What is not given stays as it is.
  - A site system that still has other roles is not removed.
  - An account that the site does not know is refused, also where it is on record already and was forgotten since; but not in
    check mode, because a task before may be what makes it known.
options:
  site_system:
    description: Fully qualified domain name of the server, as it is known in the intranet.
    type: str
    required: true
  state:
    description: V(present) makes sure that the server is a site system of the site, V(absent) that it is none.
    type: str
    choices: [present, absent]
    default: present
  public_fqdn:
    description: The name by which the server is reached from the internet. An empty text takes it away.
    type: str
  site_server_initiates:
    description:
      - Whether the site server opens all connections between the two, as is needed where the site system is in a network that
        it must not leave. The site then uses O(installation_account).
    type: bool
  installation_account:
    description:
      - The account with which the site installs roles on the server, in the form C(domain\user). It must be a local
        administrator there, and known to the site.
      - An empty text stands for the site server's computer account, which is also what a new site system gets.
    type: str
  use_proxy:
    description: Whether the roles of the server reach the internet through a proxy. Giving O(proxy_server) implies V(true).
    type: bool
  proxy_server:
    description: Name or IPv4 address of the proxy, without protocol and port. All roles of the server share one.
    type: str
  proxy_port:
    description:
      - Port of the proxy, between 1 and 65535. A proxy that is taken into use without one gets 80, as in the console.
      - Refused where no proxy is in use nor taken into use.
    type: int
  proxy_account:
    description:
      - The account that logs on to the proxy, in the form C(domain\user). It must be known to the site.
      - An empty text stands for none; the computer account of the server is used then.
      - Refused where no proxy is in use nor taken into use, unless it is empty.
    type: str
attributes:
  idempotent:
    description: When run twice in a row outside check mode, with the same arguments, the second invocation indicates no change.
    support: full
extends_documentation_fragment:
  - configmgr.site._attributes
  - configmgr.site._attributes.changes
  - configmgr.site._site
notes:
  - To change the site, the account also needs a security role in Configuration Manager that may change sites, such as
    Infrastructure Administrator or Full Administrator.
seealso:
  - module: configmgr.site.site_account
  - module: configmgr.site.service_connection_point
author:
  - configmgr.site contributors (!UNKNOWN)
"""

EXAMPLES = r"""
- name: Make a server a site system, whose roles are installed with the site server's computer account
  configmgr.site.site_system:
    site_system: srv2.corp.example

- name: Install with an account, and reach the internet through a proxy
  configmgr.site.site_system:
    site_code: PS1
    site_system: srv2.corp.example
    installation_account: CORP\cm-install
    proxy_server: proxy.corp.example
    proxy_port: 8080
    proxy_account: CORP\cm-proxy

- name: A server in a perimeter network, without a proxy
  configmgr.site.site_system:
    site_system: srv2.corp.example
    public_fqdn: cm.example.com
    site_server_initiates: true
    use_proxy: false

- name: Remove it, once it has no other role
  configmgr.site.site_system:
    site_system: srv2.corp.example
    state: absent
"""

RETURN = r"""
msg:
  description: What was done, or in check mode would be done, in a sentence.
  returned: success
  type: str
  sample: made srv2.corp.example a site system of site PS1
site_system:
  description: The site system after the task; in check mode, as it would be.
  returned: success
  type: dict
  contains:
    state:
      description: V(present) or V(absent).
      type: str
      sample: present
    site_system:
      description: The server.
      returned: when it is a site system
      type: str
      sample: srv2.corp.example
    site_code:
      description: The site that it belongs to.
      returned: when it is a site system
      type: str
      sample: PS1
    public_fqdn:
      description: Its name in the internet; null for none.
      returned: when it is a site system
      type: str
      sample: null
    site_server_initiates:
      description: Whether the site server opens all connections.
      returned: when it is a site system
      type: bool
      sample: false
    installation_account:
      description: The account that installs roles; null for the site server's computer account.
      returned: when it is a site system
      type: str
      sample: CORP\cm-install
    proxy:
      description: The proxy with C(server), C(port) and C(account) (null for none); null if none is used.
      returned: when it is a site system
      type: dict
      sample: {server: proxy.corp.example, port: 8080, account: null}
    roles:
      description: The other roles of the server, as the site control data names them.
      type: list
      elements: str
      sample: [SMS Dmp Connector]
unknown_accounts:
  description:
    - Accounts that would have to be known to the site first. Only in check mode, because a task before may be what makes them known;
      otherwise, the task fails.
  returned: success
  type: list
  elements: str
  sample: []
"""
