#!/usr/bin/python

# SPDX-FileCopyrightText: configmgr.site contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# The documentation of the module; plugins/action has its code, which runs on the controller.

from __future__ import annotations

DOCUMENTATION = r"""
module: executive
short_description: Start, stop or restart SMS_EXECUTIVE of Configuration Manager
version_added: 0.1.0
description:
  - Controls the service SMS_EXECUTIVE of a site server or site system server. Services that depend on it are stopped before
    it and started after it.
  - A start is done when every thread that was running before runs again, not when the service says that it runs. Threads
    that run by schedule only are not waited for.
options:
  component:
    description:
      - The component for whose sake the service is controlled. O(restarted_for) is compared with what its thread was last
        restarted for, and noted for it; and the thread has to run, too.
    type: str
extends_documentation_fragment:
  - configmgr.site._attributes
  - configmgr.site._attributes.changes
  - configmgr.site._control
seealso:
  - module: configmgr.site.component
  - module: configmgr.site.service_connection_point
author:
  - configmgr.site contributors (!UNKNOWN)
"""

EXAMPLES = r"""
- name: Look at the service, and change nothing
  configmgr.site.executive:
  delegate_to: srv1.corp.example

- name: Do what the console asks for when Microsoft has changed the services that the site connects to
  configmgr.site.executive:
    state: restarted
    wait_timeout: 1800
  delegate_to: srv1.corp.example

- name: Put a new mode into effect, once, with all threads of the server
  configmgr.site.executive:
    state: restarted
    restarted_for: offline
    component: SMS_DMP_DOWNLOADER
  delegate_to: srv1.corp.example

- name: Restart it once more for a mode that it was restarted for before somebody changed it
  configmgr.site.executive:
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
  sample: restarted SMS_EXECUTIVE for offline; 4 threads run
executive:
  description: The service after the task; in check mode, as it would be.
  returned: success
  type: dict
  contains:
    state:
      description: V(running), V(stopped), V(start pending), V(stop pending), or another word that Windows uses.
      type: str
      sample: running
    start_mode:
      description: V(auto), V(manual) or V(disabled).
      type: str
      sample: auto
    restarted_for:
      description: What it was last restarted for, as noted on the server; null if that is not known.
      type: str
      sample: offline
    restart_due:
      description: Whether it is noted that a restart is due.
      type: bool
      sample: false
    threads:
      description: The threads that were waited for.
      type: list
      elements: str
      sample: [SMS_DMP_DOWNLOADER, SMS_DMP_UPLOADER]
    dependents:
      description: Services that depend on it and were stopped or started along with it.
      type: list
      elements: str
      sample: []
"""
