# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults: the kinds that the lab can answer with, and their XML.

The XML is as recorded from Windows Server 2012 R2. Recorded with their subcodes are RESOURCE_NOT_FOUND (with its text),
CANNOT_PROCESS_FILTER, UNKNOWN_COMMAND, INVALID_SHELL_PARAMETER and TIMED_OUT; of OPERATIONS_QUOTA and NOT_A_SINGLETON only
the code. The other codes are those of the header wsmerror.h, or of Win32. Their subcodes and details are from MS-WSMV and
DSP0226 where these say it, and inferred where not. Texts of one short sentence are this lab's own words.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal
from xml.sax.saxutils import escape, quoteattr

from ..wmi.codes import TEXTS, Wbem, Wsman
from ..wmi.model import WmiError
from .names import FAULT_ACTIONS, FAULT_DETAIL, WSMAN_FAULT, XSI

if TYPE_CHECKING:
    from ..quirks import Quirks
    from ..wmi.encoding import Encoder


@dataclass(frozen=True)
class FaultKind:
    """What is the same in all faults of one kind."""

    code: int
    subcode: str
    reason: str
    detail: str = ""
    """The last part of w:FaultDetail."""
    role: Literal["Sender", "Receiver", "MustUnderstand"] = "Sender"


def _unsupported(code: int, reason: str, detail: str) -> FaultKind:
    return FaultKind(code, "w:UnsupportedFeature", reason, detail)


RESOURCE_NOT_FOUND = FaultKind(
    2150858752,
    "a:DestinationUnreachable",
    "The WS-Management service cannot process the request. The service cannot find the resource identified by the "
    "resource URI and selectors. ",
    "InvalidResourceURI",
)
INVALID_RESOURCE_URI = FaultKind(
    2150858811, "a:DestinationUnreachable", "The resource URI is missing or malformed. ", "InvalidResourceURI"
)
NOT_A_SINGLETON = FaultKind(
    Wsman.INVALID_URI_WMI_SINGLETON,
    "w:InvalidSelectors",
    TEXTS[Wsman.INVALID_URI_WMI_SINGLETON],
    "InsufficientSelectors",
)
INSUFFICIENT_SELECTORS = FaultKind(
    Wsman.INSUFFCIENT_SELECTORS,
    "w:InvalidSelectors",
    TEXTS[Wsman.INSUFFCIENT_SELECTORS],
    "InsufficientSelectors",
)
UNEXPECTED_SELECTORS = FaultKind(
    Wsman.UNEXPECTED_SELECTORS,
    "w:InvalidSelectors",
    TEXTS[Wsman.UNEXPECTED_SELECTORS],
    "UnexpectedSelectors",
)
SELECTOR_TYPE_MISMATCH = FaultKind(
    Wsman.SELECTOR_TYPEMISMATCH,
    "w:InvalidSelectors",
    TEXTS[Wsman.SELECTOR_TYPEMISMATCH],
    "TypeMismatch",
)
TOO_DEEPLY_NESTED = FaultKind(Wsman.WMI_MAX_NESTED, "x:InvalidRepresentation", TEXTS[Wsman.WMI_MAX_NESTED], "InvalidValues")
QUERY_NEEDS_WILDCARD = FaultKind(
    2150859003,
    "a:DestinationUnreachable",
    "With a WQL filter the resource URI must not contain keys and the class name must be '*'. ",
    "InvalidResourceURI",
)
ENUMERATION_WITH_KEYS = FaultKind(2150859016, "w:InvalidSelectors", "An enumeration takes no keys. ", "UnexpectedSelectors")
ENUMERATION_MODE = _unsupported(2150858886, "The enumeration mode is not supported. ", "EnumerationMode")
FILTER_REQUIRED = FaultKind(2150858831, "n:CannotProcessFilter", "This resource cannot be enumerated without a filter. ")
DIFFERENT_NAMESPACE = FaultKind(
    2150859067, "w:InternalError", "__cimnamespace is not the namespace of the resource URI. ", role="Receiver"
)
ACTION_NOT_SUPPORTED = FaultKind(2150858771, "a:ActionNotSupported", "The action is not supported by the service. ")
HEADER_REQUIRED = FaultKind(2150858769, "a:MessageInformationHeaderRequired", "A required header is missing. ")
INVALID_HEADER = FaultKind(2150858767, "a:InvalidMessageInformationHeader", "A header is invalid. ")
MUST_UNDERSTAND = FaultKind(2150858768, "", "A header that must be understood is unknown. ", role="MustUnderstand")
ADDRESSING_MODE = _unsupported(2150858870, "Only anonymous replies are supported. ", "AddressingMode")
LOCALE = _unsupported(2150858887, "mustUnderstand is not supported on a locale. ", "Locale")
FRAGMENT = _unsupported(2150858871, "Fragment transfer is not supported. ", "FragmentLevelAccess")
INVALID_TIMEOUT = FaultKind(2150858881, "w:InvalidParameter", "The OperationTimeout is invalid. ", "InvalidValue")
MINIMUM_ENVELOPE = FaultKind(
    2150858878, "w:EncodingLimit", "MaxEnvelopeSize is below the minimum of 8192. ", "MinimumEnvelopeLimit"
)
REPLY_TOO_LARGE = FaultKind(
    2150858824, "w:EncodingLimit", "The reply is larger than the MaxEnvelopeSize of the request. ", "MaxEnvelopeSize"
)
SERVER_ENVELOPE_LIMIT = FaultKind(
    2150858825, "w:EncodingLimit", "The reply is larger than the service allows. ", "ServiceEnvelopeLimit"
)
SCHEMA_VALIDATION = FaultKind(2150858817, "w:SchemaValidationError", "The request is not valid against the schema. ")
INVALID_REPRESENTATION = FaultKind(
    2150858773, "x:InvalidRepresentation", "The XML representation in the body is invalid. ", "InvalidValues"
)
FILTER_DIALECT = FaultKind(
    2150858777, "n:FilterDialectRequestedUnavailable", "The filter dialect is not supported for this resource. "
)
CANNOT_PROCESS_FILTER = FaultKind(
    2150858778,
    "n:CannotProcessFilter",
    "The data source could not process the filter. The filter might be missing or it might be invalid. ",
)
INVALID_ENUMERATION_CONTEXT = FaultKind(
    2150858779, "n:InvalidEnumerationContext", "The enumeration context is invalid. ", role="Receiver"
)
OPERATIONS_QUOTA = FaultKind(
    2150859174,
    "w:QuotaLimit",
    "The WS-Management service cannot process the request. This user is allowed a maximum number of 15 concurrent "
    "operations, which has been exceeded. ",
)
SHELLS_QUOTA = FaultKind(
    2150859173,
    "w:QuotaLimit",
    "The WS-Management service cannot process the request. This user is allowed a maximum number of 30 concurrent "
    "shells, which has been exceeded. ",
)
ACCESS_DENIED = FaultKind(5, "w:AccessDenied", "Access is denied. ")
UNKNOWN_SHELL = FaultKind(
    2150858843,
    "w:InvalidSelectors",
    "The request for the Windows Remote Shell failed because the shell was not found on the server. ",
    "UnexpectedSelectors",
)
UNKNOWN_COMMAND = FaultKind(
    2150858843,
    "w:InvalidSelectors",
    "The Windows Remote Shell received a request to perform an operation on a command identifier that does not exist. ",
    "UnexpectedSelectors",
)
INVALID_SHELL_PARAMETER = FaultKind(87, "w:InvalidParameter", "The parameter is incorrect. ", "InvalidValue")
PIPE_CLOSED = FaultKind(232, "w:InternalError", "The pipe is being closed. ", role="Receiver")
ABORTED = FaultKind(
    995,
    "w:InternalError",
    "The I/O operation has been aborted because of either a thread exit or an application request. ",
    role="Receiver",
)
TIMED_OUT = FaultKind(
    2150858793,
    "w:TimedOut",
    "The WS-Management service cannot complete the operation within the time specified in OperationTimeout. ",
    role="Receiver",
)
INTERNAL_ERROR = FaultKind(2150858755, "w:InternalError", "The provider failed. ", role="Receiver")


@dataclass(frozen=True)
class ProviderFault:
    """What the provider behind the service says of the failure."""

    provider: str
    path: str
    code: int
    message: str
    extended_error: str = ""
    """The XML of the extended status object, where the provider is WMI's and has one."""

    def render(self, machine: str) -> str:
        """The element for the message of the fault; ``machine`` is the server that says so."""
        extended = f"<f:ExtendedError>{self.extended_error}</f:ExtendedError>" if self.extended_error else ""
        return (
            f"<f:ProviderFault provider={quoteattr(self.provider)} path={quoteattr(self.path)}>"
            f'<f:WSManFault xmlns:f="{WSMAN_FAULT}" Code="{self.code}" Machine={quoteattr(machine)}>'
            f"<f:Message>{escape(self.message)}</f:Message></f:WSManFault>{extended}</f:ProviderFault>"
        )


class Fault(Exception):
    """A request failed; `render` is what the body of the reply says."""

    def __init__(self, kind: FaultKind, *, provider: ProviderFault | None = None) -> None:
        super().__init__(kind.reason)
        self.kind = kind
        self.provider = provider

    @property
    def action(self) -> str:
        """The address that a reply with it has as its wsa:Action."""
        return FAULT_ACTIONS[self.kind.subcode[:1] or "a"]

    @property
    def summary(self) -> str:
        """The subcode and the code."""
        return f"{self.kind.subcode or 's:MustUnderstand'} {self.kind.code}"

    def render(self, machine: str) -> str:
        kind = self.kind
        reason = escape(kind.reason)
        subcode = f"<s:Subcode><s:Value>{kind.subcode}</s:Value></s:Subcode>" if kind.subcode else ""
        detail = f"<w:FaultDetail>{FAULT_DETAIL}/{kind.detail}</w:FaultDetail>" if kind.detail else ""
        message = self.provider.render(machine) if self.provider else reason
        return (
            f"<s:Fault><s:Code><s:Value>s:{kind.role}</s:Value>{subcode}</s:Code>"
            f'<s:Reason><s:Text xml:lang="en-US">{reason}</s:Text></s:Reason><s:Detail>{detail}'
            f'<f:WSManFault xmlns:f="{WSMAN_FAULT}" Code="{kind.code}" Machine={quoteattr(machine)}>'
            f"<f:Message>{message}</f:Message></f:WSManFault></s:Detail></s:Fault>"
        )


_WMI_PLUGIN = ("WMI Provider", r"C:\Windows\system32\WsmWmiPl.dll")
_QUERY_ERRORS = (Wbem.INVALID_CLASS, Wbem.INVALID_QUERY, Wbem.INVALID_QUERY_TYPE)
_MISSING_NAMESPACE = {"not_found": RESOURCE_NOT_FOUND, "bad_filter": CANNOT_PROCESS_FILTER}
"""What a query in a namespace that does not exist becomes, by the values of the quirk."""
_PLUGIN_ERRORS = {
    kind.code: kind
    for kind in (NOT_A_SINGLETON, INSUFFICIENT_SELECTORS, UNEXPECTED_SELECTORS, SELECTOR_TYPE_MISMATCH, TOO_DEEPLY_NESTED)
}
"""What the plug-in for WMI finds wrong before it asks WMI, so that there is no extended status."""


def wmi_plugin_fault(kind: FaultKind, message: str = "") -> Fault:
    """A fault that the plug-in for WMI found itself, without asking WMI."""
    return Fault(kind, provider=ProviderFault(*_WMI_PLUGIN, kind.code, message or kind.reason))


def wmi_fault(error: WmiError, encoder: Encoder, quirks: Quirks, namespace: str, operation: str, parameter_info: str) -> Fault:
    """The fault for a failure of WMI.

    Recorded: an instance that is not found becomes the WS-Management code, and a query of a class that does not exist
    becomes CannotProcessFilter (inferred: so does every query that WMI refuses). All other failures carry their HRESULT,
    inferred from how Win32 errors of shells were recorded, or none by the quirk ``failure_code``; their subcodes are guesses.
    """
    hresult = error.hresult & 0xFFFFFFFF
    if hresult in _PLUGIN_ERRORS:
        return wmi_plugin_fault(_PLUGIN_ERRORS[hresult])
    is_query = operation == "ExecQuery"
    if is_query and hresult == Wbem.INVALID_NAMESPACE and quirks.missing_namespace in _MISSING_NAMESPACE:
        kind, message = _MISSING_NAMESPACE[quirks.missing_namespace], error.message
    elif hresult == Wbem.NOT_FOUND:
        kind, message = RESOURCE_NOT_FOUND, RESOURCE_NOT_FOUND.reason
    elif is_query and hresult in _QUERY_ERRORS:
        kind, message = CANNOT_PROCESS_FILTER, error.message
    elif quirks.failure_code == "wsman":
        kind, message = INTERNAL_ERROR, error.message
    elif hresult == Wbem.ACCESS_DENIED:
        kind, message = FaultKind(hresult, "w:AccessDenied", error.message), error.message
    else:
        kind, message = FaultKind(hresult, "w:InternalError", error.message, role="Receiver"), error.message
    if error.extended_status is not None:
        status = encoder.instance(namespace, error.extended_status)
    else:
        uri = encoder.resource_uri(namespace, "__ExtendedStatus")
        status = _extended_status(error, uri, error.operation or operation, error.parameter_info or parameter_info)
    return Fault(kind, provider=ProviderFault(*_WMI_PLUGIN, kind.code, message, status))


def _extended_status(error: WmiError, uri: str, operation: str, parameter_info: str) -> str:
    description = (
        '<p:Description xsi:nil="true"/>'
        if error.description is None
        else f"<p:Description>{escape(error.description)}</p:Description>"
    )
    return (
        f'<p:__ExtendedStatus xmlns:xsi="{XSI}" xmlns:p="{uri}"'
        f' xsi:type="p:__ExtendedStatus_Type">{description}<p:Operation>{escape(operation)}</p:Operation>'
        f"<p:ParameterInfo>{escape(parameter_info)}</p:ParameterInfo>"
        f"<p:ProviderName>{escape(error.provider_name)}</p:ProviderName>"
        '<p:StatusCode xsi:nil="true"/></p:__ExtendedStatus>'
    )
