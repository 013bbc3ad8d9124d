# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which of the releases on offer the tool downloads. Documented, but for which of several updates is the latest: by version."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ...cloud.manifest import Offer
from ...cloud.releases import numbers
from .arguments import DOWNLOAD_ALL, DOWNLOAD_HOTFIX, DOWNLOAD_SITE_VERSION


def selected(offers: Sequence[Offer], site_versions: Iterable[str], selection: str) -> list[Offer]:
    """What is wanted for sites of these versions, in the order of the offers."""
    wanted = [offer for version in site_versions for offer in _for_one(offers, version, selection)]
    return [offer for offer in offers if offer in wanted]


def _for_one(offers: Sequence[Offer], site_version: str, selection: str) -> list[Offer]:
    match selection:
        case selection if selection == DOWNLOAD_ALL:
            return list(offers)
        case selection if selection == DOWNLOAD_HOTFIX:
            return [offer for offer in offers if offer.release.kind == "hotfix"]
        case selection if selection == DOWNLOAD_SITE_VERSION:
            return [offer for offer in offers if numbers(offer.release.full_version) > numbers(site_version)]
    updates = [offer for offer in offers if offer.release.kind == "update" and offer.release.applies_to(site_version)]
    return sorted(updates, key=lambda offer: numbers(offer.release.full_version))[-1:]
