# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Updates and hotfixes of Configuration Manager as they are released; those that there are at first come from releases.yml.

Documented: names and GUIDs of the updates and of the rollup, and that a release is for sites from one version to another.
From public lists: full versions and numbers of articles. Made up: sizes, dates, descriptions, and the GUID of the last one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

import yaml

Kind = Literal["update", "hotfix"]

_FILE = Path(__file__).parent / "releases.yml"


@dataclass(frozen=True)
class Release:
    """One of them; a wrong one is a ValueError."""

    name: str
    guid: str
    """In upper case."""
    full_version: str
    min_version: str
    """The lowest version of a site that it is for."""
    max_version: str
    """The highest one."""
    kind: Kind
    description: str
    size: int
    """Bytes of its payload."""
    released: date
    impact: int
    """As SMS_CM_UpdatePackages has it: 1 for the site server, 2 the console, 4 the client, 8 new features, 16 corrections."""
    more_info_link: str

    def __post_init__(self) -> None:
        if self.kind not in ("update", "hotfix"):
            raise ValueError(f"a release is an update or a hotfix, not {self.kind!r}")
        if self.size < 1:
            raise ValueError(f"the payload of a release has at least one byte, not {self.size!r}")
        for version in (self.full_version, self.min_version, self.max_version):
            numbers(version)

    def applies_to(self, site_version: str) -> bool:
        """Whether it is for sites of this version."""
        return numbers(self.min_version) <= numbers(site_version) <= numbers(self.max_version)


def numbers(version: str) -> tuple[int, ...]:
    """A version as what can be compared. ValueError if it is none."""
    parts = version.split(".")
    if len(parts) != 4 or not all(part.isdecimal() for part in parts):
        raise ValueError(f"a version of Configuration Manager is one like 5.00.9135.1000, not {version!r}")
    return tuple(map(int, parts))


def first_releases() -> tuple[Release, ...]:
    """What there is when nobody has published or withdrawn anything, the oldest first."""
    return tuple(Release(**entry) for entry in yaml.safe_load(_FILE.read_text(encoding="utf-8")))
