# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""Where the logs of Configuration Manager are on a server."""

from __future__ import annotations

import ntpath

from .._windows.registry_listing import command_to_list, read_listing
from .._wsman.shell import CommandShell
from .errors import SiteError

_TRACING = r"SOFTWARE\Microsoft\SMS\Tracing"
_FILE = "tracefilename"
_TIMEOUT = 60.0


def find_log(shell: CommandShell, name: str) -> str:
    """The full path of a log by its file name. `SiteError` if the server has none of that name that it knows of.

    The registry has the file that each component writes; a log of none of them is taken to be beside those.
    """
    listing = read_listing(shell.run(command_to_list(_TRACING), timeout=_TIMEOUT).output)
    paths = sorted({data for (_key, value), data in (listing or {}).items() if value == _FILE and ntpath.isabs(data)})
    if not paths:
        raise SiteError(
            f"This server has no component of Configuration Manager (HKLM\\{_TRACING} names no logs), so it is not known where "
            f"{name} would be. Run the task on the server that writes it, or give its full path (option path)."
        )
    exact = [path for path in paths if ntpath.basename(path).casefold() == name.casefold()]
    return exact[0] if exact else ntpath.join(ntpath.dirname(paths[0]), name)
