# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a hierarchy tells of itself: a few numbers. Which there are in a real one is documented by level; these are made up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...cloud.usage_data import UsageData
from ..site import VERSION

if TYPE_CHECKING:
    from ..hierarchy import Hierarchy


def usage_data(hierarchy: Hierarchy, support_id: str) -> UsageData:
    """The usage data of this moment."""
    counts = {
        "TEL_Sites": len(hierarchy.sites),
        "TEL_PrimarySites": sum(site.type == "primary" for site in hierarchy.sites.values()),
        "TEL_Servers": len(hierarchy.servers),
        "TEL_StatusMessages": len(hierarchy.status.messages),
        "TEL_CloudServices": len(hierarchy.cloud_services.services),
    }
    installed = [package.name for package in hierarchy.updates.packages if package.state.name == "INSTALL_SUCCESS"]
    values = [*((name, str(count)) for name, count in counts.items()), ("TEL_InstalledUpdates", "; ".join(installed))]
    return UsageData(support_id, VERSION, tuple(values))
