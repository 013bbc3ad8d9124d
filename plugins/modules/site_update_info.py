#!/usr/bin/python

# SPDX-FileCopyrightText: configmgr.site contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# The documentation of the module; plugins/action has its code, which runs on the controller.

from __future__ import annotations

DOCUMENTATION = r"""
module: site_update_info
short_description: Show the updates that a site of Configuration Manager knows of, and how far they are
version_added: 0.1.0
description:
  - Returns what the console shows under Updates and Servicing - updates and hotfixes that apply to the site, are being
    downloaded, ready to install, being installed or installed -, with the state of each, in total and by site.
  - For an update that is being downloaded, checked or installed, it returns the steps of that stage with their progress, as the
    site describes them. For the other stages the site tells no more than the state.
  - It sends three requests for a site with two updates of which one is installed, one more without O(site_code), and one or two
    more for each stage that an update is going through.
options:
  guids:
    description:
      - Only the updates with these package GUIDs, with or without braces. All of them if it is empty.
      - A GUID that the site does not know is no error; the update is missing in RV(updates).
    type: list
    elements: str
    default: []
  installed:
    description: Whether updates that are installed are returned, too. The site remembers them for good.
    type: bool
    default: true
notes:
  - To see updates, the account needs a security role in Configuration Manager that may read B(Update packages), such as
    Read-only Analyst. Without it, the site shows no updates at all.
  - The license terms of the updates are not read.
extends_documentation_fragment:
  - configmgr.site._attributes
  - configmgr.site._attributes.info_module
  - configmgr.site._site
  - configmgr.site._site.query
seealso:
  - module: configmgr.site.site_update_check
  - module: configmgr.site.site_info
    description: Shows which version the sites have.
  - name: SMS_CM_UpdatePackages Server WMI Class
    description: Microsoft's documentation of what the site tells.
    link: https://learn.microsoft.com/en-us/intune/configmgr/develop/reference/sum/sms_cm_updatepackages-server-wmi-class
author:
  - configmgr.site contributors (!UNKNOWN)
"""

EXAMPLES = r"""
- name: Look at all updates
  configmgr.site.site_update_info:
  register: all

- name: Get the names of what could be installed now
  configmgr.site.site_update_info:
    site_code: PS1
    installed: false
    query: ready_to_install

- name: Wait until the site has done with an update what it does by itself
  configmgr.site.site_update_info:
    guids: [420E3E18-73C5-4BE9-88B0-6F1E30A012CA]
  register: update
  until: update.updates | rejectattr('in_progress') | length > 0
  retries: 10
  delay: 60
"""

RETURN = r"""
updates:
  description: The updates, those with the highest version first.
  returned: success
  type: list
  elements: dict
  contains:
    name:
      description: Its name, as the console shows it.
      type: str
      sample: Configuration Manager 2509
    guid:
      description: The GUID of its package, in capitals and without braces.
      type: str
      sample: 420E3E18-73C5-4BE9-88B0-6F1E30A012CA
    version:
      description: The full version that it brings.
      type: str
      sample: 5.00.9141.1000
    type:
      description: V(update), V(hotfix), V(weave), which Microsoft names and does not explain, or V(unknown).
      type: str
      sample: update
    state:
      description: Microsoft's name for the state of the update in the whole hierarchy, in lower case; V(unknown) for one that is
        in no list.
      type: str
      sample: download_success
    state_number:
      description: The number of that state; null if the site does not say.
      type: int
      sample: 262146
    state_text:
      description: The state in words.
      type: str
      sample: It is downloaded and ready to install.
    stage:
      description: V(applicability), V(download), V(replication), V(prerequisite_check) or V(installation), in the order in which an
        update goes through them; null if the state is not known.
      type: str
      sample: download
    ready_to_install:
      description: Whether it is downloaded, and its installation can be started. Also after a check of its prerequisites that
        was asked for alone and passed, if need be with warnings.
      type: bool
      sample: true
    in_progress:
      description: Whether the site works on it, or waits for something to go on by itself.
      type: bool
      sample: false
    failed:
      description: Whether it does not go on by itself - its stage has failed, or warnings of its prerequisites have stopped it.
      type: bool
      sample: false
    installed:
      description: Whether it is installed.
      type: bool
      sample: false
    description:
      description: What it brings, in Microsoft's words.
      type: str
      sample: Version 2509 of the current branch.
    released:
      description: When Microsoft has released it, in UTC; null if the site does not say.
      type: str
      sample: '2025-12-02T00:00:00+00:00'
    added:
      description: When the site has got to know of it, in UTC; null if the site does not say.
      type: str
      sample: '2026-11-24T18:00:00+00:00'
    last_update_time:
      description: When its state has last changed, in UTC; null if the site does not say.
      type: str
      sample: '2026-11-24T19:00:00+00:00'
    min_version:
      description: The lowest version of a site that it applies to; null if the site does not say.
      type: str
      sample: 5.00.9128.1000
    max_version:
      description: The highest version of a site that it applies to; null if the site does not say.
      type: str
      sample: 5.00.9140.9999
    more_info_link:
      description: Where more is written about it; null if the site does not say.
      type: str
      sample: https://go.microsoft.com/fwlink/?LinkId=2309003
    impact:
      description: What it changes or brings - V(site_server), V(console), V(client), V(new_features), V(bug_fixes).
      type: list
      elements: str
      sample: [site_server, console, client, new_features, bug_fixes]
    client_version:
      description: The version of the client in it; null if there is none.
      type: str
      sample: 5.00.9141.1000
    updates_boot_images:
      description: Whether boot image packages are updated, too; null if the site does not say.
      type: bool
      sample: true
    locale_id:
      description: The number of the language of its name and description.
      type: int
      sample: 1033
    prerequisite_package:
      description: The update that it depends on; null if there is none.
      type: dict
      contains:
        name:
          description: Name of that update.
          type: str
          sample: Configuration Manager 2503
        state:
          description: As RV(updates[].state).
          type: str
          sample: install_success
        state_number:
          description: As RV(updates[].state_number).
          type: int
          sample: 196612
        state_text:
          description: As RV(updates[].state_text).
          type: str
          sample: It is installed.
    prerequisite_flags:
      description: V(prerequisites_only) if only its prerequisites are to be checked, V(continue_on_warning) if warnings of that check
        do not stop the installation.
      type: list
      elements: str
      sample: []
    bypasses_warnings:
      description: Whether warnings are bypassed, by a flag of its own; null if the site does not say.
      type: bool
      sample: false
    sites:
      description:
        - How far each site is, sorted by code. A site that is missing has no state of the update, as all of them while it is
          only known or downloaded. Null if the SMS Provider is too old to tell.
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
        server:
          description: Its site server.
          type: str
          sample: ps1.corp.example
        state:
          description: As RV(updates[].state), at this site.
          type: str
          sample: install_success
        state_number:
          description: As RV(updates[].state_number), at this site.
          type: int
          sample: 196612
        state_text:
          description: As RV(updates[].state_text), at this site.
          type: str
          sample: It is installed.
        last_update_time:
          description: When that has last changed, in UTC; null if the site does not say.
          type: str
          sample: '2026-11-24T19:00:00+00:00'
    steps:
      description:
        - While it is being downloaded, checked or installed, the steps of that, by site and in their order. Null otherwise, and
          if the SMS Provider is too old to tell.
      type: list
      elements: dict
      contains:
        site_code:
          description: The site that is at it.
          type: str
          sample: PS1
        name:
          description: Name of the step.
          type: str
          sample: Download redistributable files
        description:
          description: What the site says of it.
          type: str
          sample: Download redistributable files of Configuration Manager 2509
        progress:
          description: How far the step is, as the site counts it. Most likely that is in percent, which Microsoft does not
            document; null if the site does not say.
          type: int
          sample: 40
        is_complete:
          description: A number by which the site says whether the step is complete. Microsoft does not document which there are.
          type: int
          sample: 0
        time:
          description: When the site has last heard of the step, in UTC; null if it has not.
          type: str
          sample: '2026-11-24T18:30:00+00:00'
ready_to_install:
  description: Names of the updates that are ready to install.
  returned: success
  type: list
  elements: str
  sample: [Configuration Manager 2509]
in_progress:
  description: Names of the updates that the site works on.
  returned: success
  type: list
  elements: str
  sample: []
result:
  description: The value of O(query).
  returned: when O(query) is given
  type: raw
  sample: [Configuration Manager 2509]
"""
