# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""The catalogue: what is checked, what to do about it, and who says so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from ..data_files import read_data_file


@dataclass(frozen=True)
class Check:
    """An entry of the catalogue."""

    id: str
    title: str
    remedy: str
    source: str
    numbers: Mapping[str, Any]


@cache
def catalogue() -> Mapping[str, Check]:
    """Every check by its id, in the order of the file."""
    entries = read_data_file(__file__, "catalogue.yml")
    return {
        name: Check(
            id=name,
            title=entry.pop("title"),
            remedy=entry.pop("remedy"),
            source=entry.pop("source"),
            numbers=entry,
        )
        for name, entry in entries.items()
    }
