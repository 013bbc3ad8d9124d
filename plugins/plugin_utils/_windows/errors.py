# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""What a Windows server answers when it cannot, or may not, do what was asked."""

from __future__ import annotations


class WindowsError(Exception):
    """A failure in words for an administrator: what was tried, what came back, what to do."""
