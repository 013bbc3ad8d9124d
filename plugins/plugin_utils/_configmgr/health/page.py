# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""The health of a service connection point as one HTML page that needs nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import jinja2

from ..internet.features import features, shown
from ..internet.judgement import VERDICTS
from ..views import View
from .catalogue import HealthFinding, moment
from .collected import Collected, has_failed, log_name
from .diagnosis import verdict_of
from .drawing import timeline, tree
from .lines import seen

_TEMPLATE = "page.html.j2"
_MOST_MESSAGES = 100
"""Lines of status messages on the page; the timeline has all."""


def render(collected: Collected, findings: Sequence[HealthFinding], now: datetime) -> str:
    """The page. Every text in it is escaped: what a server says is no HTML."""
    # Not with a loader of its own: templates of Ansible are another thing
    environment = jinja2.Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined)
    environment.filters |= {"moment": moment, "endpoint": shown, "log_name": log_name}
    template = environment.from_string(Path(__file__).with_name(_TEMPLATE).read_text(encoding="utf-8"))
    endpoints = sorted(collected.internet.get("endpoints") or (), key=lambda endpoint: VERDICTS.index(endpoint["verdict"]))
    messages = collected.messages.get("messages") or []
    return template.render(
        verdict=verdict_of(findings),
        findings=findings,
        point=collected.point,
        where=collected.server_name,
        seen=seen(collected),
        sites=tree(collected.site.get("sites") or ()),
        internet=collected.internet if endpoints else None,
        endpoints=endpoints,
        features=_features(endpoints),
        server=collected.server,
        timeline=timeline(messages, now),
        messages=messages[:_MOST_MESSAGES],
        has_older_messages=len(messages) > _MOST_MESSAGES or bool(collected.messages.get("more")),
        messages_failed=has_failed(collected.messages),
        logs=[log for log in collected.logs if log.get("records")],
        now=now.isoformat(timespec="seconds"),
    )


def _features(endpoints: Sequence[View]) -> list[tuple[str, str]]:
    """Names and titles of the features that the endpoints are of."""
    used = {name for endpoint in endpoints for name in endpoint["features"]}
    return [(name, feature.title) for name, feature in features().items() if name in used]
