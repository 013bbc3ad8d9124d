# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""What the modules return: the site's objects as plain dictionaries, with words instead of numbers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from .components import ComponentState
from .deployment import Outcome
from .hierarchy import Hierarchy, Site
from .plan import Install, Keep, Remove, SetMode
from .provider import ProviderLocation
from .service_connection_point import ServiceConnectionPoint

View = dict[str, Any]


def view_site(site: Site) -> View:
    return {
        "site_code": site.code,
        "name": site.name,
        "type": site.type.label if site.type else "unknown",
        "parent": site.parent or None,
        "top_tier": site.is_top_tier,
        "server": site.server,
        "version": site.version,
        "status": site.status,
        "mode": site.mode,
        "install_directory": site.install_directory,
    }


def view_hierarchy(hierarchy: Hierarchy) -> View:
    return {
        "site_code": hierarchy.local_site.code,
        "top_tier_site_code": hierarchy.top_tier_above(hierarchy.local_site),
        "sites": [view_site(site) for site in sorted(hierarchy.sites, key=lambda site: site.code)],
    }


def view_location(location: ProviderLocation) -> View:
    return {
        "machine": location.machine,
        "site_code": location.site_code,
        "local_site": location.is_for_local_site,
    }


def view_component(component: ComponentState) -> View:
    contacted = component.last_contacted
    return {
        "name": component.name,
        "server": component.server,
        "site_code": component.site_code,
        "state": component.state_name,
        "status": component.status_name,
        "last_contacted": contacted.isoformat() if contacted else None,
    }


def view_components(components: Iterable[ComponentState]) -> list[View]:
    return [view_component(component) for component in components]


def view_point(point: ServiceConnectionPoint) -> View:
    return {
        "site_system": point.server,
        "site_code": point.site_code,
        "mode": point.mode.value if point.mode else None,
    }


def view_state(outcome: Outcome, *, after: bool) -> View:
    """The role before or after a run; in check mode, as it would be."""
    step = outcome.step
    point = outcome.after if after else outcome.before
    if after and isinstance(step, Install) and point is None:
        return {
            "state": "present",
            "site_system": step.server,
            "site_code": outcome.site_code,
            "mode": step.mode.value,
        }
    if point is None or (after and isinstance(step, Remove)):
        return {"state": "absent", "site_system": None, "site_code": None, "mode": None}
    state = {"state": "present", **view_point(point)}
    if after and isinstance(step, SetMode):
        state["mode"] = step.mode.value
    return state


def describe(outcome: Outcome) -> str:
    """What a run did, or would do, in a sentence."""
    match outcome.step:
        case Install(server=server, mode=mode):
            return f"install the service connection point on {server}, {mode.value}"
        case SetMode(point=point, mode=mode):
            return (
                f"set the service connection point on {point.server} to {mode.value}; it takes effect when SMS_DMP_DOWNLOADER "
                "is restarted there"
            )
        case Remove(point=point):
            return f"remove the service connection point from {point.server}"
        case Keep(point=None):
            return "the service connection point is absent, as wanted"
        case Keep(point=point):
            return f"the service connection point on {point.server if point else ''} is as wanted"
    return ""
