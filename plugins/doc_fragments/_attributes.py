# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What all modules of the collection have in common, for the attributes section of their documentation."""

from __future__ import annotations


class ModuleDocFragment:
    """What all modules of this collection support."""

    DOCUMENTATION = r"""
options: {}
attributes:
  platform:
    description: Target OS/families that can be operated against.
    platforms: windows
    support: full
  action:
    description: Indicates this has a corresponding action plugin so some parts of the options can be executed on the controller.
    details: Runs entirely on the controller, and asks the host for everything over its WinRM connection.
    support: full
  async:
    description: Supports being used with the C(async) keyword.
    details: A task takes a few requests. Where there is something to wait for, the module waits by itself, and says for what.
    support: none
  become:
    description: Is usable alongside C(become) keywords.
    details: Works with the account that it logs on with, which C(become) cannot change. Log on with one that has the rights.
    support: none
  connection:
    description: Connections that the module can use.
    details: V(ansible.builtin.winrm) and V(ansible.builtin.psrp), with every method to log on that they support.
    support: partial
"""

    CHANGES = r"""
options: {}
attributes:
  check_mode:
    description: Can run in check_mode and return changed status prediction without modifying target.
    support: full
  diff_mode:
    description: Will return details on what has changed (or possibly needs changing in check_mode), when in diff mode.
    support: full
"""

    INFO_MODULE = r"""
options: {}
attributes:
  check_mode:
    description: Can run in check_mode and return changed status prediction without modifying target.
    details: This module does not change anything.
    support: full
  diff_mode:
    description: Will return details on what has changed (or possibly needs changing in check_mode), when in diff mode.
    details: This module does not change anything.
    support: N/A
  idempotent:
    description: When run twice in a row outside check mode, with the same arguments, the second invocation indicates no change.
    details: This module does not change anything.
    support: full
"""
