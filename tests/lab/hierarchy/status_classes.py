# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The classes through which the SMS Provider shows the status system: summaries and messages.

A site shows what its own servers and those of the sites below it reported.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from ..wmi.model import Caller, Instance, Value
from .provider import SiteClass
from .status import ComponentState, ComponentStatus, StatusMessage

_TALLY_INTERVALS = re.compile(r"0001128000100008|0001128000080008|00011280001[0-9A-F]2000|000A470000284400")
"""Since midnight, since the installation of the site, since a weekday, since the first of the month."""

_LEFT_OUT = {"all": (), "downloader": ("SMS_DMP_UPLOADER", "SMS_SERVICE_CONNECTOR", "SMS_CLOUDCONNECTION")}
"""Components that the summarizer does not show, by the values of the quirk."""


class ComponentSummaries(SiteClass):
    """SMS_ComponentSummarizer. A query must name a TallyInterval (its reference page): else the objects are empty."""

    def rows(self) -> Iterable[Instance]:
        return [self.provider.instance(self.class_name, {}) for _unused in self._visible()]

    def matching(self, caller: Caller, class_name: str, equalities: Mapping[str, Value]) -> Iterable[Instance]:
        """The instances that may match a query whose condition asks for these values."""
        if not self.hierarchy.access.may_read(caller.account):
            return ()
        interval = next((str(value) for name, value in equalities.items() if name.lower() == "tallyinterval"), None)
        if interval is None:
            return self.rows()
        if not _TALLY_INTERVALS.fullmatch(interval):
            return [self.provider.instance(self.class_name, {"TallyInterval": interval}) for _unused in self._visible()]
        return [self._shown(row, interval) for row in self._visible()]

    def _visible(self) -> Iterator[ComponentStatus]:
        codes = self.hierarchy.site_codes_below(self.provider.site.code)
        left_out = _LEFT_OUT[self.hierarchy.quirks.summarized_components]
        rows = (row for row in self.hierarchy.status.components if row.site_code in codes and row.component not in left_out)
        if self.hierarchy.quirks.states_on_the_way == "shown":
            return rows
        return (row for row in rows if row.state not in (ComponentState.INSTALLING, ComponentState.RE_INSTALLING))

    def _shown(self, row: ComponentStatus, interval: str) -> Instance:
        return self.provider.instance(
            self.class_name,
            {
                "AvailabilityState": int(row.health),
                "ComponentName": row.component,
                "Errors": row.errors,
                "HeartbeatInterval": 60,
                "Infos": row.infos,
                "LastContacted": row.last_contacted,
                "LastStarted": row.last_started,
                "MachineName": self._machine_name(row.machine),
                "SiteCode": row.site_code,
                "State": int(self._shown_state(row.state)),
                "Status": int(row.health),
                "TallyInterval": interval,
                "Type": int(row.type),
                "Warnings": row.warnings,
            },
        )

    def _shown_state(self, state: ComponentState) -> ComponentState:
        is_leaving = state is ComponentState.DE_INSTALLING
        return ComponentState.STARTED if is_leaving and self.hierarchy.quirks.states_on_the_way == "skipped" else state

    def _machine_name(self, fqdn: str) -> str:
        if self.hierarchy.quirks.summarizer_machine_name == "netbios":
            return fqdn.partition(".")[0].upper()
        return fqdn


class StatusMessages(SiteClass):
    """SMS_StatusMessage, and SMS_StatMsg, which shows the same faster."""

    def rows(self) -> Iterable[Instance]:
        codes = self.hierarchy.site_codes_below(self.provider.site.code)
        return [self._shown(message) for message in self.hierarchy.status.messages if message.site_code in codes]

    def _shown(self, message: StatusMessage) -> Instance:
        return self.provider.instance(
            self.class_name,
            {
                "RecordID": message.record_id,
                "MessageID": message.message_id,
                "Severity": int(message.severity),
                "SiteCode": message.site_code,
                "MachineName": message.machine,
                "Component": message.component,
                "ModuleName": "SMS Server",
                "MessageType": 256,
                "Time": message.time,
            },
        )


class StatusMessagesWithStrings(StatusMessages):
    """SMS_StatMsgWithInsStrings: messages with their first ten insertion strings."""

    def _shown(self, message: StatusMessage) -> Instance:
        shown = super()._shown(message)
        for number, text in enumerate(message.strings[:10], start=1):
            shown.properties[f"InsString{number}"] = text
        return shown


class InsertionStrings(SiteClass):
    """SMS_StatMsgInsStrings: the strings to be put into the text of a message."""

    def rows(self) -> Iterable[Instance]:
        codes = self.hierarchy.site_codes_below(self.provider.site.code)
        return [
            self.provider.instance(self.class_name, {"RecordID": message.record_id, "InsStrIndex": index, "InsStrValue": text})
            for message in self.hierarchy.status.messages
            if message.site_code in codes
            for index, text in enumerate(message.strings)
        ]
