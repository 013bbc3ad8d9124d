#!/usr/bin/python

# SPDX-FileCopyrightText: configmgr.site contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# The documentation of the module; plugins/action has its code, which runs on the controller.

from __future__ import annotations

DOCUMENTATION = r"""
module: service_connection_tool
short_description: Carry updates into an offline site with the service connection tool
version_added: 0.1.0
description:
  - Runs a phase of Microsoft's service connection tool (C(ServiceConnectionTool.exe)) as a command in the WinRM shell, and watches it
    to its end. Its log is read as it grows, with a line for each step; what its errors mean and what to do about them is said in
    the error of the task.
  - V(prepare), V(export) and V(import) run on the server with the service connection point, V(connect) on a computer with
    internet. Files get from one to the other with M(configmgr.site.file_transfer), and the playbook
    C(configmgr.site.offline_update) walks the whole circle.
  - What has been done is not done again - usage data that is young enough is kept, updates are not downloaded again for the same
    usage data, and the same folder is not imported twice. That is noted in the registry of the computer, below
    C(HKLM\SOFTWARE\configmgr.site\ServiceConnectionTool), and compared with the files that are there.
  - A run that was cut off runs on by itself. The same task run again waits for its end. Any other run at the same time is refused.
  - Microsoft does not document the exit codes of the tool. A run has failed if it ends with another code than 0, or if
    it has written of an error, but for the one that Microsoft says to ignore.
options:
  phase:
    description:
      - V(prepare) writes the usage data of the site into O(usage_data), a C(.cab) file that the other phases need.
      - V(export) writes the same data into O(usage_data), a C(.csv) file for people to look at.
      - V(connect) sends O(usage_data) to Microsoft, and downloads updates into the folder O(updates).
      - V(import) hands the updates in the folder O(updates) to the site.
    type: str
    required: true
    choices: [prepare, export, connect, import]
  usage_data:
    description:
      - Full path of the file with the usage data. For V(connect), it may be a folder, of which all C(.cab) files are sent.
    type: str
  updates:
    description: Full path of the folder with the updates.
    type: str
  tool:
    description:
      - Full path of the folder with the tool. Without it, that of the site server on which the task runs, below C(cd.latest) of its
        installation directory.
      - On any other computer, copy that folder there with all its files, as Microsoft asks, and anew after each update of the
        site, since the tool must match the version of the site.
    type: str
  role_mode:
    description:
      - The mode of the service connection point, as RV(configmgr.site.service_connection_point_info#module:service_connection_points)
        has it. Microsoft asks for an offline role to prepare, export and import, so V(online) is refused for these. Without it, the
        tool itself decides.
    type: str
    choices: [online, offline]
  max_age:
    description:
      - For V(prepare), how many hours old usage data may be that is kept as it is. With V(0), it is prepared anew every time.
    type: int
    default: 24
  download:
    description:
      - For V(connect), which updates are downloaded - V(latest), which is the default of the tool, the latest update for the version of
        the site and no hotfixes; V(site_version), updates and hotfixes with a later version than the site's; V(hotfixes), all
        hotfixes whatever the version; V(all), everything whatever the version.
    type: str
    choices: [latest, site_version, hotfixes, all]
  site_version:
    description:
      - For V(connect), the version that the site has, such as V(5.00.9135.1000). Usage data of a site of another version is refused.
    type: str
  usage_data_sha256:
    description:
      - For V(connect), the SHA-256 of the usage data that was prepared, as RV(usage_data) has it. Any other is refused as
        that of another site.
    type: str
  proxy_server:
    description: For V(connect), the name of the proxy to the internet.
    type: str
  proxy_user:
    description: The account for the proxy.
    type: str
  proxy_password:
    description:
      - Its password, which the tool gets on its standard input, and which is in no command line. How the tool asks for it is not
        documented. Should it want a keyboard, which there is none of over WinRM, the task fails and says so; then let the
        computer through the proxy without a log-on.
    type: str
  force:
    description: Run the tool although there is nothing new.
    type: bool
    default: false
  timeout:
    description: How many seconds the tool may take. It is ended then.
    type: int
    default: 14400
attributes:
  idempotent:
    description: When run twice in a row outside check mode, with the same arguments, the second invocation indicates no change.
    details: Not with O(force), with O(phase=export), or with O(max_age=0).
    support: partial
extends_documentation_fragment:
  - configmgr.site._attributes
  - configmgr.site._attributes.changes
requirements:
  - pywinrm >= 0.5.0 on the controller, or pypsrp >= 0.8.1 for the connection P(ansible.builtin.psrp#connection)
notes:
  - The account must be a local administrator of the computer. To prepare and export, it must be able to read the site database; if that
    is on another server, a log-on by NTLM does not reach it - use Kerberos with delegation, or CredSSP.
  - The computers need the x64 and x86 redistributables of Visual C++ 2013, and .NET Framework 4.6.2 or later since version 2107.
  - Where the computer has no C(curl.exe), the usage data is not looked into before it is sent.
seealso:
  - module: configmgr.site.file_transfer
  - module: configmgr.site.site_update_check
  - module: configmgr.site.site_update_info
  - name: Use the service connection tool
    description: Microsoft's page on the tool.
    link: https://learn.microsoft.com/intune/configmgr/core/servers/manage/use-the-service-connection-tool
author:
  - configmgr.site contributors (!UNKNOWN)
"""

EXAMPLES = r"""
- name: Write the usage data of the site, unless there is some from the last two days
  configmgr.site.service_connection_tool:
    phase: prepare
    usage_data: C:\ProgramData\configmgr.site\UsageData.cab
    tool: C:\ProgramData\configmgr.site\ServiceConnectionTool
    role_mode: offline
    max_age: 48
  register: prepared

- name: Write it for people to look at
  configmgr.site.service_connection_tool:
    phase: export
    usage_data: C:\ProgramData\configmgr.site\UsageData.csv
    tool: C:\ProgramData\configmgr.site\ServiceConnectionTool

- name: Download what there is for the site, on the computer with internet
  configmgr.site.service_connection_tool:
    phase: connect
    usage_data: C:\ProgramData\configmgr.site\UsageData.cab
    updates: C:\ProgramData\configmgr.site\UpdatePacks
    tool: C:\ProgramData\configmgr.site\ServiceConnectionTool
    download: site_version
    site_version: 5.00.9135.1000
    usage_data_sha256: "{{ prepared.usage_data[0].sha256 }}"
  delegate_to: "{{ internet_computer }}"
  register: connected

- name: Do it again through a proxy, although nothing is new, within an hour
  configmgr.site.service_connection_tool:
    phase: connect
    usage_data: C:\ProgramData\configmgr.site\UsageData.cab
    updates: C:\ProgramData\configmgr.site\UpdatePacks
    tool: C:\ProgramData\configmgr.site\ServiceConnectionTool
    proxy_server: "{{ proxy }}"
    proxy_user: CORP\proxy
    proxy_password: "{{ proxy_password }}"
    force: true
    timeout: 3600
  delegate_to: "{{ internet_computer }}"

- name: Hand the updates to the site, once they have been brought to the server with the role
  configmgr.site.service_connection_tool:
    phase: import
    updates: C:\ProgramData\configmgr.site\UpdatePacks
    tool: C:\ProgramData\configmgr.site\ServiceConnectionTool
    role_mode: offline
"""

RETURN = r"""
phase:
  description: The phase.
  returned: success
  type: str
  sample: connect
action:
  description:
    - V(start) if the tool was started, or would be in check mode; V(follow) if a run that was cut off was waited for; V(keep) if
      there was nothing to do.
  returned: success
  type: str
  sample: start
tool:
  description: The folder with the tool.
  returned: success
  type: str
  sample: C:\ProgramData\configmgr.site\ServiceConnectionTool
exit_code:
  description: The exit code of the tool; null if it was not run, or if the run was waited for.
  returned: success
  type: int
  sample: 0
log:
  description: The last records of its log, up to 200.
  returned: success
  type: list
  elements: dict
  contains:
    severity:
      description: V(information), V(warning) or V(error).
      type: str
      sample: information
    message:
      description: What it says.
      type: str
      sample: Downloaded Payload 420E3E18-73C5-4BE9-88B0-6F1E30A012CA size = 967280807
usage_data:
  description: The files with usage data that are there, after the run.
  returned: success
  type: list
  elements: dict
  contains:
    path:
      description: Full path.
      type: str
      sample: C:\ProgramData\configmgr.site\UsageData.cab
    size:
      description: Its size in bytes.
      type: int
      sample: 48216
    sha256:
      description: Its SHA-256; null where the computer does not tell.
      type: str
      sample: 6c3c912c1c79e3958a0d8ee7f306470a87058e5dc6936f3438bf812d367f976f
    site_version:
      description: The version of the site that it is of; null where that is not known.
      type: str
      sample: 5.00.9135.1000
imported_at:
  description: When the folder was imported, in UTC; null for other phases, and where the computer does not tell.
  returned: success
  type: str
  sample: '2026-11-24T18:00:00+00:00'
updates:
  description: The folder with the updates, after the run; null for phases that have none.
  returned: success
  type: dict
  contains:
    path:
      description: Full path.
      type: str
      sample: C:\ProgramData\configmgr.site\UpdatePacks
    files:
      description: How many files there are, in the folders below it, too.
      type: int
      sample: 214
    size:
      description: Their size together, in bytes.
      type: int
      sample: 1402763821
    packages:
      description: The files of updates, by the GUIDs that they are called after.
      type: list
      elements: dict
      contains:
        guid:
          description: GUID of the update.
          type: str
          sample: 420E3E18-73C5-4BE9-88B0-6F1E30A012CA
        size:
          description: Its size in bytes.
          type: int
          sample: 967280807
"""
