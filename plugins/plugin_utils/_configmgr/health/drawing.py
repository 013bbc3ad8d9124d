# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""Where things stand in the pictures of the page: the tree of sites, and the timeline of status messages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from ..views import View

LANE_HEIGHT = 44
"""Pixels of the timeline for each component."""
_TICKS = 6


@dataclass(frozen=True)
class SiteNode:
    """A site and those that report to it."""

    site: View
    below: tuple[SiteNode, ...]


@dataclass(frozen=True)
class Mark:
    """A status message in the timeline: ``x`` in percent of its width, ``y`` in pixels."""

    x: float
    y: int
    message: View


@dataclass(frozen=True)
class Timeline:
    """Status messages over time, with a lane for each component."""

    lanes: tuple[tuple[str, int], ...]
    """Components, each with the middle of its lane, in pixels."""
    marks: tuple[Mark, ...]
    ticks: tuple[tuple[float, str], ...]
    """Times, each with its place in percent."""
    height: int


def tree(sites: Sequence[View]) -> tuple[SiteNode, ...]:
    """The sites below each other. One whose parent is not among them stands at the top."""
    codes = {site["site_code"] for site in sites}
    by_parent: dict[str | None, list[View]] = {}
    for site in sites:
        parent = site["parent"] if site["parent"] in codes else None
        by_parent.setdefault(parent, []).append(site)
    return _below(None, by_parent, frozenset())


def _below(code: str | None, by_parent: Mapping[str | None, list[View]], above: frozenset[str]) -> tuple[SiteNode, ...]:
    return tuple(
        SiteNode(site, _below(site["site_code"], by_parent, above | {site["site_code"]}))
        for site in by_parent.get(code, ())
        if site["site_code"] not in above
    )


def timeline(messages: Sequence[View], now: datetime) -> Timeline | None:
    """The messages from the first of them, or an hour ago, until now; None where there are none with a time."""
    timed = [(datetime.fromisoformat(message["time"]), message) for message in messages if message["time"]]
    if not timed:
        return None
    # A site's clock may be ahead of the controller's
    end = max(now, *(time for time, _message in timed))
    start = min(end - timedelta(hours=1), *(time for time, _message in timed))
    length = end - start
    names = sorted({message["component"] for _time, message in timed})
    lanes = {name: LANE_HEIGHT * number + LANE_HEIGHT * 2 // 3 for number, name in enumerate(names)}
    marks = tuple(
        Mark(round(100 * ((time - start) / length), 2), lanes[message["component"]], message)
        for time, message in sorted(timed, key=lambda entry: (_RANK.get(entry[1]["severity"], 0), entry[0]))
    )
    moments = [(number / _TICKS, start + length * number / _TICKS) for number in range(_TICKS + 1)]
    form = "%H:%M" if length <= timedelta(days=1) else "%m-%d %H:%M"
    ticks = tuple((round(100 * part, 2), moment.astimezone(timezone.utc).strftime(form)) for part, moment in moments)
    return Timeline(tuple(lanes.items()), marks, ticks, LANE_HEIGHT * len(lanes))


_RANK = {"information": 0, "warning": 1, "error": 2}
"""What is worse is drawn later, and so in front."""
