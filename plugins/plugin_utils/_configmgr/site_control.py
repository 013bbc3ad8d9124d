# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""What all items of the site control data (``SMS_SiteControlItem``) have in common: their keys."""

from __future__ import annotations

from .._wsman.values import CimInstance, KeyValue

ACTUAL = 2
"""``FileType`` of the items that are in force; every published instance has it."""

_KEYS = ("FileType", "ItemName", "ItemType", "SiteCode")


def keys_of(row: CimInstance) -> dict[str, KeyValue]:
    """The keys of an item that was read."""
    return {key: row.number(key) or 0 if key == "FileType" else row.text(key) for key in _KEYS}
