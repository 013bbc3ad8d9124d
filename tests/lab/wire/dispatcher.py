# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""From an envelope to its reply: each request of one server is recorded, checked, routed and answered here."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from ..wmi.model import Caller
from . import faults
from .authentication import Session
from .envelopes import Answer, Request, parse, render
from .faults import Fault
from .host import Host, Observer, RequestRecord
from .names import CMD_SHELL, ENUMERATION, IDENTITY, WMI_RESOURCES, WSMAN
from .quota import OperationQuota
from .shell import Shells
from .wmi_operations import WmiOperations

_log = logging.getLogger(__name__)

_CONTINUATIONS = (f"{ENUMERATION}/Pull", f"{ENUMERATION}/Release")
"""Belong to an enumeration that the quota has counted already."""


@dataclass(frozen=True)
class Reply:
    """The HTTP status and the envelope of a reply."""

    status: int
    envelope: bytes
    missing: int = 0
    """How many bytes of what is announced are not sent, because the connection breaks."""
    is_last: bool = False
    """Whether the connection is closed after it."""


@dataclass(frozen=True)
class Delivery:
    """How an envelope has come."""

    connection: int
    """Number of the TCP connection."""
    round_trips: int
    """HTTP requests that it took, with those of a log-on before it."""
    is_https: bool
    is_encrypted: bool


class Dispatcher:
    """WS-Management of one simulated server, whichever listener a request comes by."""

    def __init__(self, host: Host, observer: Observer) -> None:
        self._host = host
        self._observer = observer
        self.restart()

    @property
    def is_running(self) -> bool:
        """Whether the server answers at all."""
        return self._host.is_running

    def restart(self) -> None:
        """Start the service anew: enumerations and shells that were open are unknown from now on."""
        self._quota = OperationQuota()
        self._wmi = WmiOperations(self._host, self._quota)
        self._shells = Shells(self._host)

    def identify(self, envelope: bytes) -> Reply | None:
        """Answer a wsmid:Identify, for which nobody need be logged on; None for any other request."""
        try:
            body = parse(envelope).body
        except Fault:
            return None
        if body is None or body.tag != f"{{{IDENTITY}}}Identify":
            return None
        response = (
            f'<wsmid:IdentifyResponse xmlns:wsmid="{IDENTITY}">'
            f"<wsmid:ProtocolVersion>{WSMAN}</wsmid:ProtocolVersion>"
            "<wsmid:ProductVendor>Microsoft Corporation</wsmid:ProductVendor>"
            "<wsmid:ProductVersion>OS: 0.0.0 SP: 0.0 Stack: 3.0</wsmid:ProductVersion></wsmid:IdentifyResponse>"
        )
        return Reply(200, render("", "", response).encode())

    @property
    def host(self) -> Host:
        return self._host

    def handle(self, envelope: bytes, session: Session, delivery: Delivery) -> Reply:
        """Carry out the request in an envelope for an account that has logged on."""
        try:
            request = parse(envelope)
        except Fault as fault:
            return self._failed(fault, "")
        record = RequestRecord(
            server=self._host.name,
            account=session.account,
            method=session.method,
            action=request.action.rpartition("/")[2],
            resource_uri=request.resource_uri,
            detail=request.detail,
            connection=delivery.connection,
            round_trips=delivery.round_trips,
            is_https=delivery.is_https,
            is_encrypted=delivery.is_encrypted,
            delegates=session.delegates,
            bytes_in=len(envelope),
        )
        self._observer.before(record)
        try:
            reply = self._succeeded(self._carry_out(Caller(session.account, session.delegates), request), request)
        except Fault as fault:
            record.fault = fault.summary
            reply = self._failed(fault, request.message_id)
        except Exception:  # a defect of the lab must not leave a client waiting
            _log.exception("%s failed on %s", record.action, record.resource_uri)
            internal_error = Fault(faults.INTERNAL_ERROR)
            record.fault = internal_error.summary
            reply = self._failed(internal_error, request.message_id)
        record.bytes_out = len(reply.envelope)
        self._observer.after(record)
        return reply

    def _carry_out(self, caller: Caller, request: Request) -> Answer:
        request.check()
        if not self._host.may_manage_remotely(caller.account):
            raise Fault(faults.ACCESS_DENIED)
        if request.action in _CONTINUATIONS:
            return self._routed(caller, request)
        with self._quota.operation(caller.account):
            return self._routed(caller, request)

    def _routed(self, caller: Caller, request: Request) -> Answer:
        resource_uri = request.resource_uri.lower()
        if resource_uri.startswith(WMI_RESOURCES):
            return self._wmi.carry_out(caller, request)
        if resource_uri == CMD_SHELL:
            return self._shells.carry_out(caller, request)
        raise Fault(faults.RESOURCE_NOT_FOUND)

    def _succeeded(self, answer: Answer, request: Request) -> Reply:
        envelope = render(answer.action, request.message_id, answer.body)
        if len(envelope) > request.reply_limit:
            raise Fault(request.too_large)
        return Reply(200, envelope.encode())

    def _failed(self, fault: Fault, relates_to: str) -> Reply:
        envelope = render(fault.action, relates_to, fault.render(self._host.name))
        return Reply(int(self._host.quirks.fault_status), envelope.encode())
