#!/usr/bin/python

# SPDX-FileCopyrightText: configmgr.site contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# The documentation of the module; plugins/action has its code, which runs on the controller.

from __future__ import annotations

DOCUMENTATION = r"""
module: service_connection_point_server_info
short_description: Show what the server with the service connection point knows of its role
version_added: 0.1.0
description:
  - Returns what no SMS Provider tells of the service connection point, from the registry of its server - which threads of the
    role run there, whether one has to be restarted, and when the role last looked for updates.
  - Run it on the server that RV(configmgr.site.service_connection_point_info#module:service_connection_points[].components_run_on)
    names. Run on another one, it fails and names the right server as far as that can be found out from there.
  - It sends nine requests at the most.
options:
  mode:
    description:
      - The mode of the role as the site has it on record, which M(configmgr.site.service_connection_point_info) returns. The
        server does not know it, and nobody waits for checks of an offline role.
      - Without it, the mode that is noted on the server as the one in effect counts, if there is one.
    type: str
    choices: [online, offline]
requirements:
  - pywinrm >= 0.5.0 on the controller, or pypsrp >= 0.8.1 for the connection P(ansible.builtin.psrp#connection)
notes:
  - The account needs to be a member of Remote Management Users or Administrators on the server, and the right to read its
    registry.
  - Where the server keeps the time of the last check is known from one published script, not from Microsoft.
extends_documentation_fragment:
  - configmgr.site._attributes
  - configmgr.site._attributes.info_module
  - configmgr.site._site.query
seealso:
  - module: configmgr.site.service_connection_point_info
  - module: configmgr.site.component
  - module: configmgr.site.site_update_check
    description: Has the role look for updates now.
  - module: configmgr.site.log_info
    description: Shows C(dmpdownloader.log), which has the details of every check.
author:
  - configmgr.site contributors (!UNKNOWN)
"""

EXAMPLES = r"""
- name: Look at the threads of the role
  configmgr.site.service_connection_point_server_info:
    query: threads
  delegate_to: srv1.corp.example

- name: Find the role
  configmgr.site.service_connection_point_info:
  register: role

- name: Fail if it has not looked for updates in time, or waits for a restart
  configmgr.site.service_connection_point_server_info:
    mode: "{{ role.service_connection_points[0].mode }}"
  delegate_to: "{{ role.service_connection_points[0].components_run_on }}"
  register: server
  failed_when: server.update_check_overdue is true or server.restart_due is true
"""

RETURN = r"""
threads:
  description: The threads of SMS_EXECUTIVE that belong to the role, as far as the server has them.
  returned: success
  type: list
  elements: dict
  contains:
    name:
      description: Name of the component.
      type: str
      sample: SMS_DMP_DOWNLOADER
    state:
      description: V(running), V(stopping), V(stopped), or another word that the server uses.
      type: str
      sample: running
mode_in_effect:
  description:
    - The mode that SMS_DMP_DOWNLOADER was last restarted for, as M(configmgr.site.component) and the roles of this collection note
      it. Null if that is not known.
  returned: success
  type: str
  sample: online
restart_due:
  description:
    - Whether a restart of SMS_DMP_DOWNLOADER is noted as due, or what it was last restarted for is something else than O(mode).
      Null if nothing is noted.
  returned: success
  type: bool
  sample: false
last_update_check:
  description: When the role last looked for updates, in UTC. Null if it has not done so yet, or if the server does not tell.
  returned: success
  type: str
  sample: '2026-11-24T18:00:00+00:00'
update_check_interval:
  description: Minutes from one check to the next. Null if the server does not tell, which stands for 1440.
  returned: success
  type: int
  sample: 1440
update_check_overdue:
  description:
    - Whether the last check is longer ago than the interval and an hour more, by the clock of the server. An offline role is never
      overdue.
    - Null if that is not known - where RV(last_update_check) is null, or where the last check is that long ago and the mode is not
      known.
  returned: success
  type: bool
  sample: false
result:
  description: The value of O(query).
  returned: when O(query) is given
  type: raw
  sample: []
"""
