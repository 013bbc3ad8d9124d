# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which updates there are, and which sites they are for."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest
from lab.cloud.releases import first_releases, numbers
from lab.hierarchy.site import VERSION


def test_what_there_is_at_first() -> None:
    releases = first_releases()
    assert [release.full_version for release in releases] == sorted(release.full_version for release in releases)
    assert len({release.guid for release in releases}) == len({release.name for release in releases}) == len(releases)
    assert all(str(UUID(release.guid)).upper() == release.guid for release in releases)
    assert {release.kind for release in releases} == {"update", "hotfix"}


def test_what_is_for_the_site_of_the_lab() -> None:
    names = [release.name for release in first_releases() if release.applies_to(VERSION)]
    assert names == ["Configuration Manager 2503 Hotfix Rollup (KB32851084)", "Configuration Manager 2509"]


def test_versions_are_compared_as_numbers() -> None:
    assert numbers("5.00.9135.1000") == numbers("5.0.9135.1000") < numbers("5.00.10000.1000")


@pytest.mark.parametrize("version", ["", "2509", "5.00.9135", "5.00.9135.1000.1", "5.00.9135.x"])
def test_what_is_no_version(version: str) -> None:
    with pytest.raises(ValueError, match="is one like"):
        numbers(version)
    with pytest.raises(ValueError, match="is one like"):
        replace(first_releases()[0], max_version=version)


def test_what_is_no_release() -> None:
    release = first_releases()[0]
    with pytest.raises(ValueError, match="update or a hotfix, not 'feature'"):
        replace(release, kind="feature")  # type: ignore[arg-type]  # what is tried
    with pytest.raises(ValueError, match="at least one byte, not 0"):
        replace(release, size=0)
