#!/usr/bin/python

# SPDX-FileCopyrightText: configmgr.site contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# The documentation of the module; plugins/action has its code, which runs on the controller.

from __future__ import annotations

DOCUMENTATION = r"""
module: service_connection_point_health_report
short_description: Say what is wrong with a service connection point, and draw it
version_added: 0.1.0
description:
  - Takes what other modules have returned, finds what is wrong in it, and orders that by what to put right first. Writes it as
    one HTML page, if asked to, which needs nothing else and can be sent by mail.
  - Asks no server. The role P(configmgr.site.service_connection_point_health#role) collects everything and calls it; use it
    by itself for a collection of your own.
  - What another module could not do is a finding, so results of tasks that have failed (C(ignore_errors),
    C(ignore_unreachable)) or were skipped may be given as they are.
options:
  site:
    description: What M(configmgr.site.site_info) has returned.
    type: dict
    required: true
  role:
    description: What M(configmgr.site.service_connection_point_info) has returned.
    type: dict
    required: true
  messages:
    description: What M(configmgr.site.status_message_info) has returned, for the timeline.
    type: dict
    default: {}
  server:
    description: What M(configmgr.site.service_connection_point_server_info) has returned.
    type: dict
    default: {}
  connected:
    description: What M(configmgr.site.service_connection_point_follow_up_info) has returned, of which only a failure counts.
    type: dict
    default: {}
  prerequisites:
    description: What M(configmgr.site.site_system_prerequisites) has returned.
    type: dict
    default: {}
  internet:
    description: What M(configmgr.site.internet_access) has returned.
    type: dict
    default: {}
  logs:
    description:
      - What M(configmgr.site.log_info) has returned, once for each log, with the errors in it. A key C(item) is the name of the log,
        as a loop over names has it.
    type: list
    elements: dict
    default: []
  wanted:
    description: How the role shall be. What is left out may be anything.
    type: dict
    default: {}
    suboptions:
      state:
        description: Whether there shall be one.
        type: str
        choices: [present, absent]
        default: present
      site_system:
        description: The server that shall have it, a fully qualified domain name.
        type: str
      mode:
        description: The mode that it shall be in.
        type: str
        choices: [online, offline]
  path:
    description: A file on the controller that gets the page. Its directory must be there; what it had before is replaced.
    type: path
extends_documentation_fragment:
  - configmgr.site._attributes
attributes:
  check_mode:
    description: Can run in check_mode and return changed status prediction without modifying target.
    details: The page is not written then.
    support: full
  connection:
    description: Connections that the module can use.
    details: It uses none.
    support: full
  diff_mode:
    description: Will return details on what has changed (or possibly needs changing in check_mode), when in diff mode.
    details: The page has the time on it, and so is another one every time.
    support: none
  idempotent:
    description: When run twice in a row outside check mode, with the same arguments, the second invocation indicates no change.
    details: The page is written anew every time.
    support: none
seealso:
  - module: configmgr.site.service_connection_point_info
  - module: configmgr.site.internet_access
author:
  - configmgr.site contributors (!UNKNOWN)
"""

EXAMPLES = r"""
- name: Read the sites
  configmgr.site.site_info:
  register: site

- name: Read the role
  configmgr.site.service_connection_point_info:
  register: role

- name: Read what its components have reported
  configmgr.site.status_message_info:
  register: messages

- name: Look at its server
  configmgr.site.service_connection_point_server_info:
    mode: online
  delegate_to: srv1.corp.example
  register: server
  ignore_errors: true
  ignore_unreachable: true

- name: Try what it connects to
  configmgr.site.internet_access:
    fail_on: never
  delegate_to: srv1.corp.example
  register: internet
  ignore_errors: true
  ignore_unreachable: true

- name: Look at what its server has
  configmgr.site.site_system_prerequisites:
    site_server: ps1.corp.example
    fail_on: never
  delegate_to: srv1.corp.example
  register: prerequisites
  ignore_errors: true
  ignore_unreachable: true

- name: Read what the hierarchy is connected to
  configmgr.site.service_connection_point_follow_up_info:
  register: connected

- name: Read the errors in its log
  configmgr.site.log_info:
    name: "{{ item }}"
    severities: [error]
    since: 24h
  loop: [dmpdownloader.log]
  delegate_to: srv1.corp.example
  register: logs
  ignore_errors: true
  ignore_unreachable: true

- name: Say what is wrong
  configmgr.site.service_connection_point_health_report:
    site: "{{ site }}"
    role: "{{ role }}"
    messages: "{{ messages }}"
    server: "{{ server }}"
    internet: "{{ internet }}"
    prerequisites: "{{ prerequisites }}"
    connected: "{{ connected }}"
    logs: "{{ logs.results }}"
    wanted: {mode: online}
    path: "{{ playbook_dir }}/health.html"
  register: report

- name: Show it, what to put right first at the top
  ansible.builtin.debug:
    var: report.table
"""

RETURN = r"""
msg:
  description: The verdict in a sentence.
  returned: success
  type: str
  sample: "The service connection point on srv1.corp.example, online: nothing is wrong."
verdict:
  description: V(healthy), V(warning) or V(critical).
  returned: success
  type: str
  sample: healthy
findings:
  description: What is wrong, in the order in which to put it right.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: What kind of finding it is.
      type: str
      sample: restart_due
    severity:
      description: V(critical), V(warning), or V(information), which is no fault and does not count for RV(verdict).
      type: str
      sample: critical
    title:
      description: What is wrong.
      type: str
      sample: The mode on record is not in effect
    where:
      description: The server that it is wrong on, or the site.
      type: str
      sample: srv1.corp.example
    evidence:
      description: What shows it.
      type: list
      elements: str
      sample: [it is offline, but was last restarted for online]
    remedy:
      description: What to do.
      type: str
      sample: Restart the thread SMS_DMP_DOWNLOADER, which configmgr.site.set_mode does where it is due.
seen:
  description: What was looked at and how it is, in lines for people.
  returned: success
  type: list
  elements: str
  sample: ["restart due: no", "last looked for updates: 2026-11-24 18:00:00 UTC"]
table:
  description: RV(findings) as lines for people.
  returned: success
  type: list
  elements: str
  sample: [Nothing is wrong.]
path:
  description: The file with the page.
  returned: when O(path) is given
  type: str
  sample: /home/admin/health.html
"""
