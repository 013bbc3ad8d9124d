# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""Paths of files and folders of a server, as people give them."""

from __future__ import annotations


def check_path(path: str) -> str:
    """Return a full path with a drive letter, as it was given. ValueError for anything else."""
    is_full = len(path) > 3 and path[0].isascii() and path[0].isalpha() and path[1:3] == ":\\"
    if not is_full or any(character in '<>"|?*' or ord(character) < 32 for character in path) or ":" in path[2:]:
        raise ValueError(f"{path!r} is no full path, such as C:\\SMS\\Logs\\dmpdownloader.log")
    return path
