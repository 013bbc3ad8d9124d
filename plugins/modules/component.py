#!/usr/bin/python

# SPDX-FileCopyrightText: configmgr.site contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# The documentation of the module; plugins/action has its code, which runs on the controller.

from __future__ import annotations

DOCUMENTATION = r"""
module: component
short_description: Start, stop or restart the thread of a Configuration Manager component
version_added: 0.1.0
description:
  - Most components of Configuration Manager are threads of the service SMS_EXECUTIVE. This module does with one of them what
    the Configuration Manager Service Manager does by hand - query, stop, query until it is stopped, start, query until it
    runs - through the same keys of the server's registry.
  - It must run on the server that has the thread. Run on another one, it fails and names the right server as far as that
    can be found out from there.
  - A stopped thread does not stay stopped, as Configuration Manager starts it again after about five minutes.
options:
  name:
    description: Name of the component, such as V(SMS_DMP_DOWNLOADER).
    type: str
    required: true
extends_documentation_fragment:
  - configmgr.site._attributes
  - configmgr.site._attributes.changes
  - configmgr.site._control
seealso:
  - module: configmgr.site.executive
  - module: configmgr.site.service_connection_point
author:
  - configmgr.site contributors (!UNKNOWN)
"""

EXAMPLES = r"""
- name: Look at the thread, and change nothing
  configmgr.site.component:
    name: SMS_DMP_DOWNLOADER
  delegate_to: srv1.corp.example

- name: Put a new mode into effect, once
  configmgr.site.component:
    name: SMS_DMP_DOWNLOADER
    state: restarted
    restarted_for: offline
    wait_timeout: 600
  delegate_to: srv1.corp.example

- name: Restart it in any case
  configmgr.site.component:
    name: SMS_DMP_DOWNLOADER
    state: restarted
  delegate_to: srv1.corp.example

- name: Restart it once more for a mode that it was restarted for before somebody changed it
  configmgr.site.component:
    name: SMS_DMP_DOWNLOADER
    state: restarted
    restarted_for: offline
    force: true
  delegate_to: srv1.corp.example
"""

RETURN = r"""
msg:
  description: What was done, or in check mode would be done, in a sentence.
  returned: success
  type: str
  sample: restarted SMS_DMP_DOWNLOADER for offline
component:
  description: The thread after the task; in check mode, as it would be.
  returned: success
  type: dict
  contains:
    name:
      description: Name of the component.
      type: str
      sample: SMS_DMP_DOWNLOADER
    state:
      description: V(running), V(stopping), V(stopped), or another word that the server uses.
      type: str
      sample: running
    restarted_for:
      description: What it was last restarted for, as noted on the server; null if that is not known.
      type: str
      sample: offline
    restart_due:
      description: Whether it is noted that a restart is due.
      type: bool
      sample: false
"""
