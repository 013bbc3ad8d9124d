# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""What an administrator is told when something cannot, or must not, be done."""

from __future__ import annotations


class SiteError(Exception):
    """A failure or a refusal, in words for an administrator: what was tried, where, what came back, what to do."""


class Refusal(SiteError):
    """A plan that must not be carried out; nothing was written."""


class Interference(SiteError):
    """Somebody else has changed the same thing while the task ran. What they did is left as it is."""


class WaitTimeout(SiteError):
    """The site did not finish in time; it goes on by itself, and running the task again goes on waiting."""
