# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""Numbers that WinRM and WMI answer with: their names and, in plain words, what they mean.

Names are those of the SDK headers wsmerror.h, wbemcli.h and winerror.h; MS-WSMV and MS-WMI 2.2.11 list most of them.
"""

from __future__ import annotations

from typing import NamedTuple


class Code(NamedTuple):
    """A code's symbol and a sentence for a person."""

    name: str
    meaning: str


RESOURCE_NOT_FOUND = 0x80338000
DESTINATION_UNREACHABLE = 0x80338012
CANNOT_PROCESS_FILTER = 0x8033801A
TIMED_OUT = 0x80338029
ALREADY_EXISTS = 0x80338033
SCHEMA_VALIDATION_ERROR = 0x80338041
INSUFFICIENT_SELECTORS = 0x8033805A
INVALID_PARAMETER_WSMAN = 0x8033803A
WMI_INVALID_PARAMETER = 0x8033811E
ACCESS_DENIED = 5
WBEM_NOT_FOUND = 0x80041002
WBEM_ACCESS_DENIED = 0x80041003
WBEM_INVALID_PARAMETER = 0x80041008
WBEM_INVALID_NAMESPACE = 0x8004100E
WBEM_INVALID_CLASS = 0x80041010
WBEM_ALREADY_EXISTS = 0x80041019
WBEM_INVALID_OBJECT_PATH = 0x8004103A

CODES: dict[int, Code] = {
    # Win32
    5: Code("ERROR_ACCESS_DENIED", "access is denied"),
    87: Code("ERROR_INVALID_PARAMETER", "a parameter is not valid"),
    170: Code("ERROR_BUSY", "the resource is in use"),
    0x80070005: Code("E_ACCESSDENIED", "access is denied"),
    0x80070057: Code("E_INVALIDARG", "an argument is not valid"),
    0x800706BA: Code("RPC_S_SERVER_UNAVAILABLE", "the RPC server is not available"),
    # WS-Management
    RESOURCE_NOT_FOUND: Code("ERROR_WSMAN_RESOURCE_NOT_FOUND", "there is no such instance, class or namespace"),
    DESTINATION_UNREACHABLE: Code("ERROR_WSMAN_DESTINATION_UNREACHABLE", "the service cannot reach the resource"),
    0x80338013: Code("ERROR_WSMAN_ACTION_NOT_SUPPORTED", "the operation is not supported for this resource"),
    0x80338015: Code("ERROR_WSMAN_INVALID_REPRESENTATION", "the body of the request is not valid for the resource"),
    0x80338018: Code("ERROR_WSMAN_FILTERING_NOT_SUPPORTED", "queries are not supported for this resource"),
    0x80338019: Code("ERROR_WSMAN_FILTER_DIALECT_UNAVAILABLE", "the query language is not supported"),
    CANNOT_PROCESS_FILTER: Code("ERROR_WSMAN_CANNOT_PROCESS_FILTER", "the query cannot be processed"),
    0x8033801B: Code("ERROR_WSMAN_INVALID_ENUMERATION_CONTEXT", "the server no longer knows the running query"),
    0x80338026: Code("ERROR_WSMAN_ENVELOPE_TOO_LARGE", "the request is larger than the server allows"),
    TIMED_OUT: Code("ERROR_WSMAN_OPERATION_TIMEDOUT", "the operation did not finish within its time limit"),
    ALREADY_EXISTS: Code("ERROR_WSMAN_ALREADY_EXISTS", "the instance exists already"),
    0x80338035: Code("ERROR_WSMAN_ENCODING_LIMIT", "the message exceeds a limit of the server"),
    0x80338039: Code("ERROR_WSMAN_INVALID_OPTIONS", "an option of the request is not valid"),
    INVALID_PARAMETER_WSMAN: Code("ERROR_WSMAN_INVALID_PARAMETER", "a parameter of the request is not valid"),
    0x8033803B: Code("ERROR_WSMAN_INVALID_RESOURCE_URI", "the resource URI is not valid"),
    0x8033803D: Code("ERROR_WSMAN_INVALID_SELECTORS", "the keys do not fit the class"),
    SCHEMA_VALIDATION_ERROR: Code("ERROR_WSMAN_SCHEMA_VALIDATION_ERROR", "the request does not fit its schema"),
    0x80338042: Code("ERROR_WSMAN_UNSUPPORTED_FEATURE", "the server does not support a feature of the request"),
    0x80338048: Code("ERROR_WSMAN_MAX_ENVELOPE_SIZE_EXCEEDED", "the answer is larger than the request allows"),
    0x80338049: Code("ERROR_WSMAN_SERVER_ENVELOPE_LIMIT", "the answer is larger than the server allows"),
    INSUFFICIENT_SELECTORS: Code("ERROR_WSMAN_INSUFFICIENT_SELECTORS", "keys of the instance are missing"),
    0x8033805B: Code("ERROR_WSMAN_UNEXPECTED_SELECTORS", "the class does not have one of the keys"),
    0x8033805C: Code("ERROR_WSMAN_SELECTOR_TYPEMISMATCH", "a key has the wrong type"),
    0x803380FA: Code("ERROR_WSMAN_INVALID_URI_WMI_SINGLETON", "the class needs keys to find an instance"),
    0x803380FB: Code("ERROR_WSMAN_INVALID_URI_WMI_ENUM_WQL", "a query must be sent to the whole namespace"),
    0x80338100: Code("ERROR_WSMAN_WMI_MAX_NESTED", "the instance is nested too deeply"),
    0x80338102: Code("ERROR_WSMAN_WMI_PROVIDER_NOT_CAPABLE", "the WMI provider cannot do this"),
    0x80338103: Code("ERROR_WSMAN_WMI_INVALID_VALUE", "the WMI provider does not take a value"),
    0x80338104: Code("ERROR_WSMAN_WMI_SVC_ACCESS_DENIED", "the WMI service denies access"),
    0x80338105: Code("ERROR_WSMAN_WMI_PROVIDER_ACCESS_DENIED", "the WMI provider denies access"),
    0x80338106: Code("ERROR_WSMAN_WMI_CANNOT_CONNECT_ACCESS_DENIED", "access to the WMI namespace is denied"),
    WMI_INVALID_PARAMETER: Code("ERROR_WSMAN_WMI_PROVIDER_INVALID_PARAMETER", "the WMI provider refuses a value"),
    0x80338122: Code("ERROR_WSMAN_CANNOT_PROCESS_FILTER", "the query cannot be processed"),
    0x803381A5: Code("ERROR_WSMAN_QUOTA_MAX_SHELLS", "the account has too many shells open on the server"),
    0x803381A6: Code("ERROR_WSMAN_QUOTA_MAX_OPERATIONS", "the account has too many operations open on the server"),
    # WMI
    0x80041001: Code("WBEM_E_FAILED", "the WMI provider failed"),
    WBEM_NOT_FOUND: Code("WBEM_E_NOT_FOUND", "there is no such object"),
    WBEM_ACCESS_DENIED: Code("WBEM_E_ACCESS_DENIED", "access is denied"),
    0x80041004: Code("WBEM_E_PROVIDER_FAILURE", "the WMI provider failed"),
    0x80041005: Code("WBEM_E_TYPE_MISMATCH", "a value has the wrong type"),
    0x80041006: Code("WBEM_E_OUT_OF_MEMORY", "the server is out of memory"),
    WBEM_INVALID_PARAMETER: Code("WBEM_E_INVALID_PARAMETER", "a parameter is not valid"),
    0x80041009: Code("WBEM_E_NOT_AVAILABLE", "the resource is not available now"),
    0x8004100A: Code("WBEM_E_CRITICAL_ERROR", "WMI met a critical error"),
    0x8004100C: Code("WBEM_E_NOT_SUPPORTED", "the operation is not supported"),
    WBEM_INVALID_NAMESPACE: Code("WBEM_E_INVALID_NAMESPACE", "there is no such WMI namespace"),
    WBEM_INVALID_CLASS: Code("WBEM_E_INVALID_CLASS", "there is no such WMI class"),
    0x80041013: Code("WBEM_E_PROVIDER_LOAD_FAILURE", "the WMI provider could not be loaded"),
    0x80041014: Code("WBEM_E_INITIALIZATION_FAILURE", "WMI could not start a component"),
    0x80041015: Code("WBEM_E_TRANSPORT_FAILURE", "WMI could not reach another server"),
    0x80041017: Code("WBEM_E_INVALID_QUERY", "the query is not valid"),
    0x80041018: Code("WBEM_E_INVALID_QUERY_TYPE", "the query language is not supported"),
    WBEM_ALREADY_EXISTS: Code("WBEM_E_ALREADY_EXISTS", "the object exists already"),
    0x80041023: Code("WBEM_E_READ_ONLY", "a property cannot be written"),
    0x80041024: Code("WBEM_E_PROVIDER_NOT_CAPABLE", "the WMI provider cannot do this"),
    0x8004102E: Code("WBEM_E_INVALID_METHOD", "the class has no such method"),
    0x8004102F: Code("WBEM_E_INVALID_METHOD_PARAMETERS", "the method does not take these parameters"),
    0x80041033: Code("WBEM_E_SHUTTING_DOWN", "WMI is shutting down"),
    WBEM_INVALID_OBJECT_PATH: Code("WBEM_E_INVALID_OBJECT_PATH", "the object path is not valid"),
    0x80041068: Code("WBEM_E_PRIVILEGE_NOT_HELD", "the account lacks a privilege"),
    0x8004106C: Code("WBEM_E_QUOTA_VIOLATION", "the query exceeds a quota of WMI"),
}

NOT_FOUND_CODES = frozenset({RESOURCE_NOT_FOUND, WBEM_NOT_FOUND})
ALREADY_EXISTS_CODES = frozenset({ALREADY_EXISTS, WBEM_ALREADY_EXISTS})
MISSING_NAMESPACE_CODES = frozenset(
    {RESOURCE_NOT_FOUND, CANNOT_PROCESS_FILTER, WBEM_NOT_FOUND, WBEM_INVALID_NAMESPACE, WBEM_INVALID_CLASS}
)
ACCESS_DENIED_CODES = frozenset({ACCESS_DENIED, 0x80070005, 0x80338104, 0x80338105, 0x80338106, WBEM_ACCESS_DENIED, 0x80041068})


def describe(code: int) -> Code:
    """The entry of a code; one that is not listed is named by its number."""
    return CODES.get(code) or Code(f"0x{code:08X}", "the server gave a code that is not listed")
