# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options of the modules that start, stop and restart something on a server."""

from __future__ import annotations


class ModuleDocFragment:
    """What they have in common."""

    DOCUMENTATION = r"""
options:
  state:
    description:
      - V(started) and V(stopped) make sure that it runs, or does not.
      - V(restarted) stops and starts it. With O(restarted_for), only if a restart is due.
      - V(restart_due) restarts nothing. It notes on the server that a restart is due, so that the next task with
        V(restarted) and O(restarted_for) restarts, whatever the last restart was for. Use it before a change that needs a
        restart, so that a run that is cut off between the two is completed by the next.
      - Where something is started or restarted without O(restarted_for), what it was restarted for is not known any more.
      - Without it, the module looks and changes nothing.
    type: str
    choices: [started, stopped, restarted, restart_due]
  restarted_for:
    description:
      - What a restart is for, such as the mode or the version that it puts into effect.
      - With O(state=restarted), restart only if the last restart noted on the server was for something else, or if none is
        noted. The text is noted when the restart is done.
      - With O(state=started), note it without a restart, where it is known that none is needed.
      - The note is in the server's registry, below C(HKLM\SOFTWARE\configmgr.site).
    type: str
  force:
    description:
      - With O(state=restarted) and O(restarted_for), restart although the note on the server says that it was done, because it
        is known that it was not enough.
    type: bool
    default: false
  wait_timeout:
    description:
      - How many seconds the whole operation may take, between 10 and 604800 (a week).
    type: int
    default: 900
requirements:
  - pywinrm >= 0.5.0 on the controller
notes:
  - The account needs to be a local administrator of the server.
attributes:
  idempotent:
    description: When run twice in a row outside check mode, with the same arguments, the second invocation indicates no change.
    details: O(state=restarted) restarts every time unless O(restarted_for) is given, and with O(force=true).
    support: partial
"""
