# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""Where the service connection tool is: in the folder that somebody names, or in the media that the site keeps of itself.

A site server has the sources of its own version in the folder ``cd.latest`` of its installation directory (Microsoft's page
"The CD.Latest folder"), which the registry names (``Setup``, ``UI Installation Directory``; seen in published scripts, one of
which reads ``Installation Directory`` there).
"""

from __future__ import annotations

from ..._windows.files import exists
from ..._windows.registry import Registry
from ..._wsman.shell import CommandShell
from ..errors import SiteError
from .run import PROGRAM

_SETUP = r"SOFTWARE\Microsoft\SMS\Setup"
_DIRECTORIES = ("UI Installation Directory", "Installation Directory")
_IN_MEDIA = r"SMSSETUP\TOOLS\ServiceConnectionTool"
_ADVICE = (
    r"The site server has it in cd.latest\SMSSETUP\TOOLS\ServiceConnectionTool below its installation directory. Copy that "
    "folder with all its files (configmgr.site.file_transfer), and name the copy (option tool)."
)


def find_tool(shell: CommandShell, registry: Registry, folder: str | None) -> str:
    """The folder with the tool. `SiteError` if it is not there, or not known."""
    if folder:
        found = folder.rstrip("\\")
        if not exists(shell, f"{found}\\{PROGRAM}"):
            raise SiteError(f"There is no {PROGRAM} in {found} on this computer. {_ADVICE}")
        return found
    directory = next(filter(None, (registry.read_text(_SETUP, name) for name in _DIRECTORIES)), None)
    if directory is None:
        raise SiteError(
            f"This computer is no site server (HKLM\\{_SETUP} names no installation directory), so it has no {PROGRAM} of its "
            f"own. {_ADVICE}"
        )
    found = f"{directory.rstrip(chr(92))}\\cd.latest\\{_IN_MEDIA}"
    if not exists(shell, f"{found}\\{PROGRAM}"):
        raise SiteError(f"There is no {PROGRAM} in {found}, where this site server should have it. {_ADVICE}")
    return found
