#!/usr/bin/python

# SPDX-FileCopyrightText: configmgr.site contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# The documentation of the module; plugins/action has its code, which runs on the controller.

from __future__ import annotations

DOCUMENTATION = r"""
module: file_transfer
short_description: Copy large files between a server and the controller
version_added: 0.1.0
description:
  - Copies a file, or all files of a folder and the folders below it, from a server to the controller or the other way round, over
    SMB, since WinRM is too slow for gigabytes. Update packages travel so from a computer with internet to a site without, through
    a directory of the controller, which may be on a disk that people carry.
  - A file that is there already, with the same size and SHA-256, is not copied. One that was cut off goes on where it was,
    in the same run while the connection comes back, and in the next run otherwise. What is not whole yet has a name that ends in
    C(.part).
  - A file counts as copied when its SHA-256 is the same at both ends; on the server it is counted by C(certutil.exe), in a
    command over WinRM. A file that was damaged on the way is copied once more. Before anything is copied, the
    destination is asked whether it has room for all of it.
  - Nothing is deleted at the destination.
options:
  mode:
    description: V(pull) copies from the server to the controller, V(push) from the controller to the server.
    type: str
    required: true
    choices: [pull, push]
  src:
    description:
      - The file or folder to copy. On a server, a full path with a drive letter; on the controller, any path, from the directory
        of the playbook if it is relative.
    type: str
    required: true
  dest:
    description:
      - For a folder, the folder that its files go into. For a file, what it shall be called; or, with a slash or backslash at
        its end, the folder that it goes into. Folders are made as needed, on the controller for the user alone.
    type: str
    required: true
  exclude:
    description: Files that are left alone, as patterns of their names such as V(*.log).
    type: list
    elements: str
    default: []
  smb_server:
    description:
      - The name or address of the server for SMB. Without it, that of the WinRM connection. Kerberos needs a name, not an address.
    type: str
  smb_port:
    description: The port of the server for SMB.
    type: int
    default: 445
  smb_user:
    description:
      - The account for SMB, in the form C(domain\user). Without it, that of the WinRM connection, with its password; or with the
        ticket of Kerberos that it has, if it has no password.
    type: str
  smb_password:
    description: Its password.
    type: str
  timeout:
    description: How many seconds the transfer may take. What was copied by then stays, and the next run goes on from there.
    type: int
    default: 14400
attributes:
  idempotent:
    description: When run twice in a row outside check mode, with the same arguments, the second invocation indicates no change.
    support: full
extends_documentation_fragment:
  - configmgr.site._attributes
  - configmgr.site._attributes.changes
requirements:
  - pywinrm >= 0.5.0 on the controller, or pypsrp >= 0.8.1 for the connection P(ansible.builtin.psrp#connection)
  - smbprotocol >= 1.13 on the controller
notes:
  - Drives are reached by their administrative shares (C(C$)), so the account must be a local administrator of the server, and the
    controller must reach its TCP port 445. Messages are signed.
  - In check mode, files of the same size are compared by their SHA-256 as well.
seealso:
  - module: configmgr.site.service_connection_tool
author:
  - configmgr.site contributors (!UNKNOWN)
"""

EXAMPLES = r"""
- name: Bring the usage data of the site to the controller
  configmgr.site.file_transfer:
    mode: pull
    src: C:\ProgramData\configmgr.site\UsageData.cab
    dest: offline/
    smb_port: "{{ configmgr_smb_port | default(445) }}"

- name: Bring it to the server again, under another name and as another account
  configmgr.site.file_transfer:
    mode: push
    src: offline/UsageData.cab
    dest: C:\ProgramData\configmgr.site\UsageData-PS1.cab
    smb_server: "{{ ansible_host }}"
    smb_port: "{{ configmgr_smb_port | default(445) }}"
    smb_user: "{{ ansible_user }}"
    smb_password: "{{ ansible_password }}"

- name: Bring a folder with all its files to the controller, within an hour, but for logs
  configmgr.site.file_transfer:
    mode: pull
    src: C:\ProgramData\configmgr.site
    dest: offline/all
    exclude: ["*.log", "*.lock"]
    smb_port: "{{ configmgr_smb_port | default(445) }}"
    timeout: 3600
"""

RETURN = r"""
way:
  description: How the files travelled.
  returned: success
  type: str
  sample: SMB to srv1.corp.example port 445
source:
  description: Where the files are copied from.
  returned: success
  type: str
  sample: C:\ProgramData\configmgr.site on srv1.corp.example
destination:
  description: Where they are copied to.
  returned: success
  type: str
  sample: /srv/offline on the controller
files:
  description: Every file; in check mode, those that are there already.
  returned: success
  type: list
  elements: dict
  contains:
    path:
      description: Its path in the folder, with slashes.
      type: str
      sample: 420E3E18-73C5-4BE9-88B0-6F1E30A012CA.cab
    size:
      description: Its size in bytes.
      type: int
      sample: 967280807
    sha256:
      description: Its SHA-256, which is the same at both ends.
      type: str
      sample: 6c3c912c1c79e3958a0d8ee7f306470a87058e5dc6936f3438bf812d367f976f
    state:
      description:
        - V(unchanged) if it was there already, V(copied), or V(resumed) if a part of it was there from an earlier run.
      type: str
      sample: copied
missing:
  description: In check mode, the paths of the files that would be copied.
  returned: success
  type: list
  elements: str
  sample: []
size:
  description: The size of all files together, in bytes.
  returned: success
  type: int
  sample: 967280807
sent:
  description: How many bytes have travelled.
  returned: success
  type: int
  sample: 967280807
"""
