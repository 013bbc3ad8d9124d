# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Action of the module ``status_message_info``; its documentation is in ``plugins/modules``."""

from __future__ import annotations

from datetime import datetime, timezone

from ..plugin_utils._action import QUERY_OPTION, SITE_CODE_OPTION, Options, Result, SiteAction
from ..plugin_utils._configmgr.components import read_summaries
from ..plugin_utils._configmgr.hierarchy import missing_provider_explained, read_hierarchy
from ..plugin_utils._configmgr.provider import SiteProvider
from ..plugin_utils._configmgr.servers import is_spelling
from ..plugin_utils._configmgr.service_connection_point import COMPONENTS
from ..plugin_utils._configmgr.status_messages import SEVERITIES, Question, read_status_messages
from ..plugin_utils._configmgr.views import view_components, view_status_message
from ..plugin_utils._moments import parse_period
from ..plugin_utils._wsman.client import WsmanClient

_MOST = 10_000


class ActionModule(SiteAction):
    """Read status messages, newest first; runs on the SMS Provider."""

    MODULE = "status_message_info"
    ARGUMENT_SPEC = {
        **SITE_CODE_OPTION,
        "components": {"type": "list", "elements": "str", "default": list(COMPONENTS)},
        "severities": {"type": "list", "elements": "str", "choices": list(SEVERITIES), "default": []},
        "message_ids": {"type": "list", "elements": "int", "default": []},
        "servers": {"type": "list", "elements": "str", "default": []},
        "since": {"type": "str", "default": "24h"},
        "until": {"type": "str"},
        "limit": {"type": "int", "default": 100},
        "offset": {"type": "int", "default": 0},
        **QUERY_OPTION,
    }

    _since: datetime | None = None
    _until: datetime | None = None

    def check_options(self, options: Options) -> None:
        self._since, self._until = parse_period(options["since"], options["until"], datetime.now(timezone.utc))
        self.check_between(options, "limit", 1, _MOST)
        if options["offset"] < 0:
            raise ValueError("offset: it must be 0 or more.")
        if any(number < 0 for number in options["message_ids"]):
            raise ValueError("message_ids: they must be 0 or more.")

    def perform(self, client: WsmanClient, options: Options) -> Result:
        provider = SiteProvider.connect(client, options["site_code"])
        question = Question(
            components=tuple(options["components"]),
            severities=tuple(options["severities"]),
            message_ids=tuple(options["message_ids"]),
            servers=tuple(options["servers"]),
            since=self._since,
            until=self._until,
            offset=options["offset"],
            limit=options["limit"],
        )
        with missing_provider_explained(provider):
            answer = read_status_messages(provider, question)
        if not answer.messages:
            # An account without rights is shown no messages, which must not pass for quiet.
            read_hierarchy(provider)
        messages = [view_status_message(message) for message in answer.messages]
        names = options["components"] or sorted({message.component for message in answer.messages})
        summaries = read_summaries(provider, names) if names else []
        servers = options["servers"]
        wanted = [one for one in summaries if not servers or any(is_spelling(one.server, server) for server in servers)]
        return {"changed": False, "messages": messages, "more": answer.has_more, "components": view_components(wanted)}
