#!/usr/bin/python

# SPDX-FileCopyrightText: configmgr.site contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# The documentation of the module; plugins/action has its code, which runs on the controller.

from __future__ import annotations

DOCUMENTATION = r"""
module: service_connection_point
short_description: Install, reconfigure, move or remove the service connection point of Configuration Manager
version_added: 0.1.0
description:
  - Installs the service connection point role on a site system server, sets its mode, moves it to another server, or removes
    it, and waits until the site has carried that out.
  - A hierarchy has one service connection point at the most, at its top-tier site (a central administration site or a
    stand-alone primary site). The module refuses to install a second one, or one below the top tier, before it writes
    anything.
  - Where the role is on another server than O(site_system), the module fails and names that server, unless O(move=true).
options:
  state:
    description:
      - V(present) makes sure that the hierarchy has a service connection point, on O(site_system) if that is given.
      - V(absent) removes it, from O(site_system) if that is given, and otherwise from wherever it is.
      - V(move_due) only notes a move to O(site_system) on the record of that site system. A move from one site to another
        begins with it, see O(move).
    type: str
    choices: [present, absent, move_due]
    default: present
  site_system:
    description:
      - Fully qualified domain name of the site system server with the role.
      - Needed for an installation. The server must be a site system of the site already. In check mode it need not be, because a
        task before may be what makes it one; RV(msg) says so.
      - Without it, an existing role is kept or changed where it is.
    type: str
  mode:
    description:
      - V(online) looks for updates by itself, V(offline) never connects to the cloud.
      - Needed for an installation. Without it, the mode of an existing role stays as it is.
      - A new mode of an installed role takes effect when the thread SMS_DMP_DOWNLOADER of SMS_EXECUTIVE is restarted on its
        server; see RV(mode_changed).
      - What another mode stops, loses and brings is said before anything is written, in a warning line for each thing, and returned
        as RV(consequences), in check mode as well.
    type: str
    choices: [online, offline]
  move:
    description:
      - Where the role is on another server than O(site_system), move it to O(site_system) - remove it, wait until its components
        are gone, install it, wait until it works. Its mode is kept unless O(mode) says otherwise.
      - What can be checked is checked before the role is removed.
      - The site remembers the move, as an embedded property of the site system that gets the role, until it is over. So a run
        that is cut off at any moment is finished by running it again, without O(mode) as well, and with any O(site_system), be
        it the old server. A site that does not keep such a property is left alone unless O(mode) is given.
      - A role that is below the top-tier site, such as that of a primary site which was put under a central administration site,
        is moved in three steps, which the role P(configmgr.site.service_connection_point_move#role) does - O(state=move_due)
        on the SMS Provider of the top-tier site, O(state=absent) on that of the other site, and O(move=true) on that of
        the top-tier site.
    type: bool
    default: false
    version_added: 0.1.0
  rollback:
    description:
      - If a move fails after the old server has lost the role, put it back there. The task fails all the same, and says so.
      - A move from another site is never taken back, because the role may not be there.
      - V(false) leaves things as they are.
    type: bool
    default: true
    version_added: 0.1.0
  wait_for_removal:
    description:
      - Whether a move waits until the components of the role are gone from the old server, before it installs it on the new one.
      - V(false) is for a server that is lost for good, from which the site cannot remove anything any more.
    type: bool
    default: true
    version_added: 0.1.0
  allow_during_update:
    description:
      - Go ahead although the site is installing an update. Microsoft advises against it, so the module refuses by default.
    type: bool
    default: false
  wait:
    description:
      - After an installation or a removal, wait until the components of the role run, or are gone. A move always waits.
      - A run that finds the role installed but not running yet waits as well, so that a run that was cut off is completed
        by the next.
      - A new mode of an installed role is not waited for.
    type: bool
    default: true
  wait_timeout:
    description:
      - How many seconds to wait at the most, between 1 and 604800 (a week). The site goes on after that by itself.
      - Of a move, each part may take so long - the removal, the installation and, where that fails, taking it back. A move is
        refused if the last installation took the site longer.
    type: int
    default: 1800
attributes:
  check_mode:
    description: Can run in check_mode and return changed status prediction without modifying target.
    details: What the module refuses by itself is refused in check mode, too. Whether the account may change the role only shows
      when it does.
    support: full
  diff_mode:
    description: Will return details on what has changed (or possibly needs changing in check_mode), when in diff mode.
    support: full
  idempotent:
    description: When run twice in a row outside check mode, with the same arguments, the second invocation indicates no change.
    support: full
extends_documentation_fragment:
  - configmgr.site._attributes
  - configmgr.site._site
notes:
  - To change the role, the account also needs a security role in Configuration Manager that may change sites, such as
    Infrastructure Administrator or Full Administrator.
seealso:
  - module: configmgr.site.service_connection_point_info
  - module: configmgr.site.site_info
  - module: configmgr.site.site_update_info
    description: Shows which updates are being downloaded, or are not downloaded yet.
  - name: About the service connection point in Configuration Manager
    description: Microsoft's documentation of the role.
    link: https://learn.microsoft.com/en-us/intune/configmgr/core/servers/deploy/configure/about-the-service-connection-point
author:
  - configmgr.site contributors (!UNKNOWN)
"""

EXAMPLES = r"""
- name: Have the service connection point on a remote site system, online
  configmgr.site.service_connection_point:
    site_system: srv1.corp.example
    mode: online

- name: Take the service connection point offline, wherever it is
  configmgr.site.service_connection_point:
    mode: offline

- name: Show what would change, and change nothing
  configmgr.site.service_connection_point:
    site_system: srv1.corp.example
    mode: online
  check_mode: true
  diff: true

- name: Give a slow site two hours, and do not be stopped by an update that is being installed
  configmgr.site.service_connection_point:
    site_code: PS1
    site_system: srv1.corp.example
    mode: online
    allow_during_update: true
    wait_timeout: 7200

- name: Move the service connection point to another site system
  configmgr.site.service_connection_point:
    site_system: srv2.corp.example
    move: true

- name: Have it on another server, because the one that has it is lost for good
  configmgr.site.service_connection_point:
    site_system: srv2.corp.example
    move: true
    wait_for_removal: false
    rollback: false

- name: Start the removal, and go on without waiting for its end
  configmgr.site.service_connection_point:
    state: absent
    wait: false
"""

RETURN = r"""
msg:
  description: What was done, or in check mode would be done, in a sentence.
  returned: success
  type: str
  sample: installed the service connection point on srv1.corp.example, online
operation:
  description: What was done, or in check mode would be done - V(install), V(set_mode), V(move), V(note_move), V(remove) or
    V(none).
  returned: success
  type: str
  sample: install
mode_changed:
  description:
    - Whether the mode of an installed role was changed. If so, the thread SMS_DMP_DOWNLOADER on its server is to be restarted
      for the change to take effect. A new installation needs no restart, but for RV(threads_remain).
  returned: success, and when the task fails after the change
  type: bool
  sample: false
threads_remain:
  description:
    - Whether the server that would get the role still has threads of one that was removed a moment ago. They run on when it is
      put back before the site has removed them, with the mode of that one, so that SMS_DMP_DOWNLOADER is to be restarted then.
  returned: success; only check mode finds that out
  type: bool
  sample: false
consequences:
  description:
    - What a person should know of the new mode of an installed role, in sentences. When it gets offline, which updates stop being
      downloaded, which ones can only come by the service connection tool, and what the site uses in the cloud. When it gets
      online, what it does by itself, which access to the internet it needs, and what must be taken up before.
    - Empty if the mode is not changed.
  returned: success
  type: list
  elements: str
  sample:
    - "Updates that are known and not downloaded can only come by the service connection tool then: Configuration Manager 2509."
moved_from:
  description: Where the role is moved from; null if it is not moved.
  returned: success
  type: dict
  contains:
    site_system:
      description: The server that had the role.
      type: str
      sample: srv1.corp.example
    site_code:
      description: The site that it belongs to, or belonged to.
      type: str
      sample: PS1
    sms_providers:
      description: The servers with the SMS Provider of that site, if it is another one than that of the task.
      type: list
      elements: str
      sample: []
    mode:
      description: The mode that it had there.
      type: str
      sample: online
    stage:
      description:
        - Where the move begins - V(not_left), with the role on the old server, V(left), with none at all, or V(arrived), with the
          role on record on the new server.
      type: str
      sample: not_left
service_connection_point:
  description:
    - The role after the task; in check mode, as it would be. With O(state=absent) and O(site_system), that may be the role on
      another server.
  returned: success
  type: dict
  contains:
    state:
      description: V(present) or V(absent).
      type: str
      sample: present
    site_system:
      description: The server with the role; null if there is none.
      type: str
      sample: srv1.corp.example
    site_code:
      description: The site that the role belongs to; null if there is none.
      type: str
      sample: PS1
    mode:
      description: V(online) or V(offline), as the site has it on record; null if there is no role.
      type: str
      sample: online
    components_run_on:
      description:
        - The server on which the components of the role run, and on which a thread of theirs is restarted. That is the server
          with the role, unless the site has them on the site server. After a removal, the one that they ran on.
      type: str
      sample: srv1.corp.example
    components:
      description:
        - State of the components that was waited for, the last time it was read; in check mode, as they are now. Empty if
          nothing was waited for. When there was nothing to change, SMS_DMP_DOWNLOADER is listed, and what else is not started.
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
"""
