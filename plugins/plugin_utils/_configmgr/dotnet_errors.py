# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""Sentences of .NET Framework, which more than one log has in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from .data_files import read_data_file


def parts_of(entry: Mapping[str, Any]) -> Sequence[str]:
    """What an entry of a data file goes by: parts of its own, and those of the kinds in ``dotnet_errors.yml`` that it names."""
    return [*entry.get("parts", ()), *(part for kind in entry.get("dotnet", ()) for part in _sentences()[kind])]


@cache
def _sentences() -> Any:
    return read_data_file(__file__, "dotnet_errors.yml")
