#!/usr/bin/python

# SPDX-FileCopyrightText: configmgr.site contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# The documentation of the module; plugins/action has its code, which runs on the controller.

from __future__ import annotations

DOCUMENTATION = r"""
module: site_update_check
short_description: Have the service connection point look for updates now, and wait for what comes of it
version_added: 0.1.0
description:
  - Asks the component SMS_DMP_DOWNLOADER to look for updates, as C(Check for Updates) in the console does, waits until it has, and
    says what its log C(dmpdownloader.log) tells of that.
  - An online role gets the list of updates from Microsoft. An offline role contacts nobody; it takes up what was imported with the
    service connection tool, which otherwise takes up to 24 hours.
  - If the check fails, the task fails, with the lines of the log, what they mean, and what to do.
  - Run it on the server that RV(configmgr.site.service_connection_point_info#module:service_connection_points[].components_run_on)
    names. Run on another one, it fails and names the right server as far as that can be found out from there.
  - If somebody else's check is under way, it waits for that one and asks for none.
options:
  mode:
    description:
      - The mode of the role as the site has it on record, which M(configmgr.site.service_connection_point_info) returns. It decides
        about the words, and whether what the log tells fits it, not about what the server does.
      - Without it, the mode that is noted on the server as the one in effect counts, if there is one.
    type: str
    choices: [online, offline]
  wait_timeout:
    description:
      - How many seconds to wait for the end of the check at the most, between 10 and 604800 (a week).
    type: int
    default: 1800
attributes:
  check_mode:
    description: Can run in check_mode and return changed status prediction without modifying target.
    details: Says whether it would ask for a check, and fails where it would refuse to. Nothing tells what would come of it.
    support: full
  diff_mode:
    description: Will return details on what has changed (or possibly needs changing in check_mode), when in diff mode.
    details: A check leaves nothing to compare. M(configmgr.site.site_update_info) shows the updates before and after.
    support: none
  idempotent:
    description: When run twice in a row outside check mode, with the same arguments, the second invocation indicates no change.
    details: Every run asks for a check, which does no harm.
    support: none
requirements:
  - pywinrm >= 0.5.0 on the controller, or pypsrp >= 0.8.1 for the connection P(ansible.builtin.psrp#connection)
  - curl.exe on the server, which is a part of Windows Server 2019 and later, to read the log; without it, the end of a check is
    waited for all the same
notes:
  - The account needs to be a local administrator of the server.
  - The server is asked by its registry, where the module sets two times of the component to 0. This is known from one published
    script of people at Microsoft, not from its documentation. Where it does not help, the module says so in the end; a restart of
    the thread (M(configmgr.site.component)) is followed by a check in any case.
  - What a check has found is known to the site some minutes later, and then returned by M(configmgr.site.site_update_info).
extends_documentation_fragment:
  - configmgr.site._attributes
seealso:
  - module: configmgr.site.site_update_info
  - module: configmgr.site.service_connection_point_server_info
    description: Shows when the role last looked for updates.
  - module: configmgr.site.internet_access
    description: Shows which endpoints the server cannot connect to, and why.
  - module: configmgr.site.log_info
author:
  - configmgr.site contributors (!UNKNOWN)
"""

EXAMPLES = r"""
- name: Find the role
  configmgr.site.service_connection_point_info:
  register: role

- name: Have it look for updates
  configmgr.site.site_update_check:
    mode: "{{ role.service_connection_points[0].mode }}"
  delegate_to: "{{ role.service_connection_points[0].components_run_on }}"

- name: Have what was imported be taken up, and give a slow server an hour
  configmgr.site.site_update_check:
    wait_timeout: 3600
  delegate_to: srv1.corp.example
"""

RETURN = r"""
msg:
  description: What was done, or in check mode would be done, in a sentence.
  returned: success
  type: str
  sample: "SMS_DMP_DOWNLOADER has looked for updates at Microsoft: the site gets the list of updates"
mode:
  description: The mode that counts, V(online) or V(offline); null if it is not known.
  returned: success, and when a check has failed
  type: str
  sample: online
asked:
  description: When a check was asked for, by the server's clock, in UTC; null in check mode, and if one was under way.
  returned: success, and when a check has failed
  type: str
  sample: '2026-11-24T18:00:00+00:00'
started:
  description: When the check was begun, by the server's clock, in UTC; null if that is not known.
  returned: success, and when a check has failed
  type: str
  sample: '2026-11-24T18:00:41+00:00'
finished:
  description: When it was over, likewise.
  returned: success, and when a check has failed
  type: str
  sample: '2026-11-24T18:01:12+00:00'
result:
  description:
    - V(manifest_updated) if the list of updates was downloaded, or taken up from what was imported. V(ended) if the check is over and
      the log does not tell more, as it is if nothing was imported. V(failed) if it has failed.
    - Null in check mode.
  returned: success, and when a check has failed
  type: str
  sample: manifest_updated
messages:
  description: What has come of it in sentences, such as the lines of a failure, each with what it means and what to do.
  returned: success, and when a check has failed
  type: list
  elements: str
  sample:
    - The list of updates was handed to the site server, which finds out what applies.
records:
  description: The records of the log since then that matter, in its order.
  returned: success, and when a check has failed
  type: list
  elements: dict
  contains:
    time:
      description: When it was written, in UTC.
      type: str
      sample: '2026-11-24T18:01:12.123+00:00'
    severity:
      description: V(information), V(warning) or V(error).
      type: str
      sample: information
    component:
      description: The component that has written it.
      type: str
      sample: SMS_DMP_DOWNLOADER
    thread:
      description: The number of its thread.
      type: str
      sample: '4844'
    message:
      description: The text.
      type: str
      sample: Manifest.cab was successfully moved to the connector outbox
"""
