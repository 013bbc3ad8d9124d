# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""What the modules return: the site's objects as plain dictionaries, with words instead of numbers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from .components import ComponentState
from .deployment import Outcome
from .hierarchy import Hierarchy, Site
from .log_tail import Entry
from .provider import ProviderLocation
from .service_connection_point import ServiceConnectionPoint
from .site_servers import SiteServers
from .status_messages import StatusMessage
from .status_texts import sentence
from .steps import Install, Keep, Move, NoteMove, Remove, SetMode, StayAbsent

View = dict[str, Any]


def view_site(site: Site, servers: SiteServers) -> View:
    """A site as ``site_info`` returns it."""
    return {
        "site_code": site.code,
        "name": site.name,
        "type": site.type.label if site.type else "unknown",
        "parent": site.parent or None,
        "top_tier": site.is_top_tier,
        "server": site.server,
        "passive_server": servers.passive_server or None,
        "sql_server": servers.sql_server or None,
        "version": site.version,
        "status": site.status,
        "mode": site.mode,
        "install_directory": site.install_directory,
    }


def view_hierarchy(hierarchy: Hierarchy, servers: Mapping[str, SiteServers]) -> View:
    """The sites with their servers, and which of them is asked and which is at the top."""
    return {
        "site_code": hierarchy.local_site.code,
        "top_tier_site_code": hierarchy.top_tier_above(hierarchy.local_site),
        "sites": [
            view_site(site, servers.get(site.code.upper(), SiteServers()))
            for site in sorted(hierarchy.sites, key=lambda site: site.code)
        ],
    }


def view_location(location: ProviderLocation) -> View:
    """Where an SMS Provider is."""
    return {
        "machine": location.machine,
        "site_code": location.site_code,
        "local_site": location.is_for_local_site,
    }


def view_component(component: ComponentState) -> View:
    """A component's state; times are in ISO 8601."""
    return {
        "name": component.name,
        "server": component.server,
        "site_code": component.site_code,
        "state": component.state_name,
        "status": component.status_name,
        "last_started": view_time(component.last_started),
        "last_contacted": view_time(component.last_contacted),
    }


def view_time(moment: datetime | None) -> str | None:
    """A moment in ISO 8601, to the second."""
    return moment.isoformat(timespec="seconds") if moment else None


def view_components(components: Iterable[ComponentState]) -> list[View]:
    """The states of components, in the order given."""
    return [view_component(component) for component in components]


def view_status_message(message: StatusMessage) -> View:
    """A status message, in words as far as there are any."""
    return {
        "time": view_time(message.time),
        "severity": message.severity,
        "component": message.component,
        "server": message.server,
        "site_code": message.site_code,
        "id": message.message_id,
        "text": sentence(message.message_id, message.component, message.server, message.strings),
        "strings": list(message.strings),
        "record_id": message.record_id,
    }


def view_log_entry(entry: Entry) -> View:
    """A record of a log."""
    record = entry.record
    return {
        "time": entry.time.isoformat(timespec="milliseconds") if entry.time else None,
        "severity": record.severity,
        "component": record.component,
        "thread": record.thread,
        "message": record.message,
    }


def view_point(point: ServiceConnectionPoint) -> View:
    """Where the service connection point is, and its mode."""
    return {
        "site_system": point.server,
        "site_code": point.site_code,
        "mode": point.mode.value if point.mode else None,
    }


def view_state(outcome: Outcome, *, after: bool) -> View:
    """The role before or after a run; in check mode, as it would be."""
    step = outcome.step
    if after and outcome.is_planned:
        if isinstance(step, (Install, Move)):
            return _view(step.server, outcome.site_code, step.mode.value)
        if isinstance(step, SetMode):
            return _view(step.point.server, step.point.site_code, step.mode.value)
        if isinstance(step, Remove):
            return _view(None, None, None)
    point = outcome.after if after else outcome.before
    if point is None:
        return _view(None, None, None)
    return _view(point.server, point.site_code, point.mode.value if point.mode else None)


def _view(server: str | None, site_code: str | None, mode: str | None) -> View:
    return {"state": "present" if server else "absent", "site_system": server, "site_code": site_code, "mode": mode}


def view_source(outcome: Outcome) -> View | None:
    """Where a role is moved from; None for any other step."""
    step = outcome.step.move if isinstance(outcome.step, NoteMove) else outcome.step
    if not isinstance(step, Move):
        return None
    return {
        "site_system": step.source,
        "site_code": step.source_site,
        "sms_providers": list(outcome.providers_of_source),
        "mode": step.former_mode.value,
        "stage": "arrived" if step.has_arrived else "left" if step.has_left else "not_left",
    }


def describe(outcome: Outcome) -> str:
    """What a run did, or in check mode would do, in a sentence."""
    tidied = "; the note of a move that is over is taken away" if outcome.has_tidied else ""
    return _describe_step(outcome) + tidied


def _describe_step(outcome: Outcome) -> str:
    def did(done: str, planned: str) -> str:
        return f"would {planned}" if outcome.is_planned else done

    match outcome.step:
        case Install(server=server, mode=mode):
            first = "" if outcome.step.is_site_system else ", once it is a site system, which it is not yet"
            return f"{did('installed', 'install')} the service connection point on {server}, {mode.value}{first}"
        case Move(source=source, server=server, mode=mode):
            return f"{did('moved', 'move')} the service connection point from {source} to {server}, {mode.value}"
        case NoteMove(move=move):
            what = f"a move of the service connection point from {move.source} to {move.server}, {move.mode.value}"
            return f"{what}, is noted already" if move.is_noted else f"{did('noted', 'note')} {what}"
        case SetMode(point=point, mode=mode):
            return (
                f"{did('set', 'set')} the service connection point on {point.server} to {mode.value}; that takes effect when "
                "SMS_DMP_DOWNLOADER is restarted there"
            )
        case Remove(point=point):
            return f"{did('removed', 'remove')} the service connection point from {point.server}"
        case StayAbsent(elsewhere=None):
            return "the service connection point is absent, as wanted"
        case StayAbsent(server=server, elsewhere=elsewhere):
            return f"the service connection point is not on {server}, as wanted; it is on {elsewhere}"
        case Keep(point=point):
            return f"the service connection point on {point.server} is as wanted"
