#!/usr/bin/python

# SPDX-FileCopyrightText: configmgr.site contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# The documentation of the module; plugins/action has its code, which runs on the controller.

from __future__ import annotations

DOCUMENTATION = r"""
module: site_account
short_description: Make an account known to a Configuration Manager site, or have it forgotten
version_added: 0.1.0
description:
  - A site can only use an account, to install roles on a site system or to log on to a proxy, that it knows with its password.
  - The password is encrypted by the SMS Provider before it is stored. It is sent on the connection to the host, so that should
    be HTTPS, or HTTP with encrypted messages.
  - An account that a site system of the site uses is not forgotten.
  - Every site of a hierarchy knows accounts of its own. Those of other sites are left alone.
options:
  account:
    description:
      - The account in the form C(domain\user). Microsoft recommends the fully qualified name of the domain, such as
        C(corp.example\cm-install).
    type: str
    required: true
  password:
    description: Its password. Needed for an account that the site does not know yet.
    type: str
  state:
    description: V(present) makes sure that the site knows the account, V(absent) that it does not.
    type: str
    choices: [present, absent]
    default: present
  update_password:
    description:
      - V(always) gives O(password) also to an account that the site knows already. As it cannot be read back and compared, the
        task is changed every time then.
      - V(on_create) leaves the password of a known account as it is.
    type: str
    choices: [always, on_create]
    default: always
attributes:
  check_mode:
    description: Can run in check_mode and return changed status prediction without modifying target.
    support: full
  diff_mode:
    description: Will return details on what has changed (or possibly needs changing in check_mode), when in diff mode.
    details: Whether the account is known is shown, its password never.
    support: full
  idempotent:
    description: When run twice in a row outside check mode, with the same arguments, the second invocation indicates no change.
    details: With a O(password), only with O(update_password=on_create).
    support: partial
extends_documentation_fragment:
  - configmgr.site._attributes
  - configmgr.site._site
notes:
  - To change accounts, the account of the connection also needs a security role in Configuration Manager that may change
    sites, such as Infrastructure Administrator or Full Administrator.
seealso:
  - module: configmgr.site.site_system
author:
  - configmgr.site contributors (!UNKNOWN)
"""

EXAMPLES = r"""
- name: Have the site know the account that installs roles, and leave the password of a known one alone
  configmgr.site.site_account:
    account: CORP\cm-install
    password: "{{ cm_install_password | default('from a vault') }}"
    update_password: on_create

- name: Have the site forget it
  configmgr.site.site_account:
    site_code: PS1
    account: CORP\cm-install
    state: absent
"""

RETURN = r"""
msg:
  description: What was done, or in check mode would be done, in a sentence.
  returned: success
  type: str
  sample: the account CORP\cm-install was made known at site PS1
account:
  description: The account, as the site spells it.
  returned: success
  type: str
  sample: CORP\cm-install
"""
