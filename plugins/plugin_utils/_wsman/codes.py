# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""Numbers that WinRM and WMI answer with: their names and, in plain words, what they mean.

Names are those of the SDK headers wsmerror.h, wbemcli.h and winerror.h; those of WMI are there without a gap (MS-WMI 2.2.11
lists most of them), since a provider may answer with any.
"""

from __future__ import annotations

from typing import NamedTuple


class Code(NamedTuple):
    """A code's symbol and a sentence for a person."""

    name: str
    meaning: str


RESOURCE_NOT_FOUND = 0x80338000
CANNOT_PROCESS_FILTER = 0x8033801A
TIMED_OUT = 0x80338029
ALREADY_EXISTS = 0x80338033
ACCESS_DENIED = 5
WBEM_NOT_FOUND = 0x80041002
WBEM_ACCESS_DENIED = 0x80041003
WBEM_TYPE_MISMATCH = 0x80041005
WBEM_INVALID_NAMESPACE = 0x8004100E
WBEM_INVALID_CLASS = 0x80041010
WBEM_ALREADY_EXISTS = 0x80041019
WBEM_PRIVILEGE_NOT_HELD = 0x80041062

CODES: dict[int, Code] = {
    # Win32
    1: Code("ERROR_INVALID_FUNCTION", "there is no such value"),
    2: Code("ERROR_FILE_NOT_FOUND", "there is no such key or value"),
    5: Code("ERROR_ACCESS_DENIED", "access is denied"),
    87: Code("ERROR_INVALID_PARAMETER", "a parameter is not valid"),
    170: Code("ERROR_BUSY", "the resource is in use"),
    232: Code("ERROR_NO_DATA", "the pipe is being closed"),
    995: Code("ERROR_OPERATION_ABORTED", "the operation was ended from outside"),
    0x80070005: Code("E_ACCESSDENIED", "access is denied"),
    0x80070057: Code("E_INVALIDARG", "an argument is not valid"),
    0x800706BA: Code("RPC_S_SERVER_UNAVAILABLE", "the RPC server is not available"),
    0x800706BE: Code("RPC_S_CALL_FAILED", "the RPC call failed"),
    # WS-Management
    RESOURCE_NOT_FOUND: Code("ERROR_WSMAN_RESOURCE_NOT_FOUND", "there is no such instance, class or namespace"),
    0x80338003: Code("ERROR_WSMAN_PROVIDER_FAILURE", "the provider failed"),
    0x8033800F: Code("ERROR_WSMAN_INVALID_MESSAGE_INFORMATION_HEADER", "a header of the request is not valid"),
    0x80338010: Code("ERROR_WSMAN_SOAP_FAULT_MUST_UNDERSTAND", "the server does not know a header of the request"),
    0x80338011: Code("ERROR_WSMAN_MESSAGE_INFORMATION_HEADER_REQUIRED", "a header of the request is missing"),
    0x80338012: Code("ERROR_WSMAN_DESTINATION_UNREACHABLE", "the service cannot reach the resource"),
    0x80338013: Code("ERROR_WSMAN_ACTION_NOT_SUPPORTED", "the operation is not supported for this resource"),
    0x80338015: Code("ERROR_WSMAN_INVALID_REPRESENTATION", "the body of the request is not valid for the resource"),
    0x80338018: Code("ERROR_WSMAN_ENUMERATE_FILTERING_NOT_SUPPORTED", "queries are not supported for this resource"),
    0x80338019: Code("ERROR_WSMAN_ENUMERATE_FILTER_DIALECT_REQUESTED_UNAVAILABLE", "the query language is not supported"),
    CANNOT_PROCESS_FILTER: Code("ERROR_WSMAN_ENUMERATE_CANNOT_PROCESS_FILTER", "the query cannot be processed"),
    0x8033801B: Code("ERROR_WSMAN_ENUMERATE_INVALID_ENUMERATION_CONTEXT", "the server no longer knows the running query"),
    0x80338026: Code("ERROR_WSMAN_ENVELOPE_TOO_LARGE", "the request is larger than the server allows"),
    TIMED_OUT: Code("ERROR_WSMAN_OPERATION_TIMEDOUT", "the operation did not finish within its time limit"),
    ALREADY_EXISTS: Code("ERROR_WSMAN_ALREADY_EXISTS", "the instance exists already"),
    0x80338035: Code("ERROR_WSMAN_ENCODING_LIMIT", "the message exceeds a limit of the server"),
    0x80338039: Code("ERROR_WSMAN_INVALID_OPTIONS", "an option of the request is not valid"),
    0x8033803A: Code("ERROR_WSMAN_INVALID_PARAMETER", "a parameter of the request is not valid"),
    0x8033803B: Code("ERROR_WSMAN_INVALID_RESOURCE_URI", "the resource URI is not valid"),
    0x8033803D: Code("ERROR_WSMAN_INVALID_SELECTORS", "the keys do not fit the class"),
    0x80338041: Code("ERROR_WSMAN_SCHEMA_VALIDATION_ERROR", "the request does not fit its schema"),
    0x80338042: Code("ERROR_WSMAN_UNSUPPORTED_FEATURE", "the server does not support a feature of the request"),
    0x80338048: Code("ERROR_WSMAN_MAX_ENVELOPE_SIZE_EXCEEDED", "the answer is larger than the request allows"),
    0x80338049: Code("ERROR_WSMAN_SERVER_ENVELOPE_LIMIT", "the answer is larger than the server allows"),
    0x8033804F: Code("ERROR_WSMAN_FILTERING_REQUIRED", "the resource cannot be enumerated without a query"),
    0x8033805A: Code("ERROR_WSMAN_INSUFFCIENT_SELECTORS", "keys of the instance are missing"),
    0x8033805B: Code("ERROR_WSMAN_UNEXPECTED_SELECTORS", "the class does not have one of the keys"),
    0x8033805C: Code("ERROR_WSMAN_SELECTOR_TYPEMISMATCH", "a key has the wrong type"),
    0x80338076: Code("ERROR_WSMAN_UNSUPPORTED_ADDRESSING_MODE", "the server sends replies on the same connection only"),
    0x80338077: Code("ERROR_WSMAN_FRAGMENT_TRANSFER_NOT_SUPPORTED", "parts of an instance cannot be sent alone"),
    0x8033807E: Code("ERROR_WSMAN_MIN_ENVELOPE_SIZE", "the request allows too small an answer"),
    0x80338081: Code("ERROR_WSMAN_INVALID_TIMEOUT_HEADER", "the time limit of the request is not valid"),
    0x80338086: Code("ERROR_WSMAN_ENUMERATION_MODE_UNSUPPORTED", "the server does not support this way to enumerate"),
    0x80338087: Code("ERROR_WSMAN_MUSTUNDERSTAND_ON_LOCALE_UNSUPPORTED", "the request demands a language"),
    0x803380FA: Code("ERROR_WSMAN_INVALID_URI_WMI_SINGLETON", "the class needs keys to find an instance"),
    0x803380FB: Code("ERROR_WSMAN_INVALID_URI_WMI_ENUM_WQL", "a query must be sent to the whole namespace"),
    0x80338100: Code("ERROR_WSMAN_WMI_MAX_NESTED", "the instance is nested too deeply"),
    0x80338102: Code("ERROR_WSMAN_WMI_PROVIDER_NOT_CAPABLE", "the WMI provider cannot do this"),
    0x80338103: Code("ERROR_WSMAN_WMI_INVALID_VALUE", "the WMI provider does not take a value"),
    0x80338104: Code("ERROR_WSMAN_WMI_SVC_ACCESS_DENIED", "the WMI service denies access"),
    0x80338105: Code("ERROR_WSMAN_WMI_PROVIDER_ACCESS_DENIED", "the WMI provider denies access"),
    0x80338106: Code("ERROR_WSMAN_WMI_CANNOT_CONNECT_ACCESS_DENIED", "access to the WMI namespace is denied"),
    0x80338108: Code("ERROR_WSMAN_ENUMERATE_WMI_INVALID_KEY", "an enumeration takes no keys"),
    0x8033811E: Code("ERROR_WSMAN_WMI_PROVIDER_INVALID_PARAMETER", "the WMI provider refuses a value"),
    0x80338122: Code("ERROR_WSMAN_CANNOT_PROCESS_FILTER", "the query cannot be processed"),
    0x8033813B: Code("ERROR_WSMAN_DIFFERENT_CIM_SELECTOR", "the request names two WMI namespaces"),
    0x803381A5: Code("ERROR_WSMAN_QUOTA_MAX_SHELLS", "the account has too many shells open on the server"),
    0x803381A6: Code("ERROR_WSMAN_QUOTA_MAX_OPERATIONS", "the account has too many operations open on the server"),
    # WMI
    0x80041001: Code("WBEM_E_FAILED", "the WMI provider failed"),
    0x80041002: Code("WBEM_E_NOT_FOUND", "there is no such object"),
    0x80041003: Code("WBEM_E_ACCESS_DENIED", "access is denied"),
    0x80041004: Code("WBEM_E_PROVIDER_FAILURE", "the WMI provider failed"),
    0x80041005: Code("WBEM_E_TYPE_MISMATCH", "a value has the wrong type"),
    0x80041006: Code("WBEM_E_OUT_OF_MEMORY", "the server is out of memory"),
    0x80041007: Code("WBEM_E_INVALID_CONTEXT", "the context object is not valid"),
    0x80041008: Code("WBEM_E_INVALID_PARAMETER", "a parameter is not valid"),
    0x80041009: Code("WBEM_E_NOT_AVAILABLE", "the resource is not available now"),
    0x8004100A: Code("WBEM_E_CRITICAL_ERROR", "WMI met a critical error"),
    0x8004100B: Code("WBEM_E_INVALID_STREAM", "a stream of data is damaged"),
    0x8004100C: Code("WBEM_E_NOT_SUPPORTED", "the operation is not supported"),
    0x8004100D: Code("WBEM_E_INVALID_SUPERCLASS", "the base class is not valid"),
    0x8004100E: Code("WBEM_E_INVALID_NAMESPACE", "there is no such WMI namespace"),
    0x8004100F: Code("WBEM_E_INVALID_OBJECT", "the object is not complete or not valid"),
    0x80041010: Code("WBEM_E_INVALID_CLASS", "there is no such WMI class"),
    0x80041011: Code("WBEM_E_PROVIDER_NOT_FOUND", "the WMI provider is not registered"),
    0x80041012: Code("WBEM_E_INVALID_PROVIDER_REGISTRATION", "the WMI provider is registered wrongly"),
    0x80041013: Code("WBEM_E_PROVIDER_LOAD_FAILURE", "the WMI provider could not be loaded"),
    0x80041014: Code("WBEM_E_INITIALIZATION_FAILURE", "WMI could not start a component"),
    0x80041015: Code("WBEM_E_TRANSPORT_FAILURE", "WMI could not reach another server"),
    0x80041016: Code("WBEM_E_INVALID_OPERATION", "the operation is not valid here"),
    0x80041017: Code("WBEM_E_INVALID_QUERY", "the query is not valid"),
    0x80041018: Code("WBEM_E_INVALID_QUERY_TYPE", "the query language is not supported"),
    0x80041019: Code("WBEM_E_ALREADY_EXISTS", "the object exists already"),
    0x8004101A: Code("WBEM_E_OVERRIDE_NOT_ALLOWED", "a qualifier cannot be overridden"),
    0x8004101B: Code("WBEM_E_PROPAGATED_QUALIFIER", "an inherited qualifier cannot be deleted"),
    0x8004101C: Code("WBEM_E_PROPAGATED_PROPERTY", "an inherited property cannot be deleted"),
    0x8004101D: Code("WBEM_E_UNEXPECTED", "WMI was called in an order that it does not expect"),
    0x8004101E: Code("WBEM_E_ILLEGAL_OPERATION", "the operation is not allowed for this object"),
    0x8004101F: Code("WBEM_E_CANNOT_BE_KEY", "the property cannot be a key"),
    0x80041020: Code("WBEM_E_INCOMPLETE_CLASS", "the class is not defined completely"),
    0x80041021: Code("WBEM_E_INVALID_SYNTAX", "the syntax is not valid"),
    0x80041022: Code("WBEM_E_NONDECORATED_OBJECT", "the object is read-only"),
    0x80041023: Code("WBEM_E_READ_ONLY", "a property cannot be written"),
    0x80041024: Code("WBEM_E_PROVIDER_NOT_CAPABLE", "the WMI provider cannot do this"),
    0x80041025: Code("WBEM_E_CLASS_HAS_CHILDREN", "the class has derived classes"),
    0x80041026: Code("WBEM_E_CLASS_HAS_INSTANCES", "the class has instances"),
    0x80041027: Code("WBEM_E_QUERY_NOT_IMPLEMENTED", "the query is not implemented"),
    0x80041028: Code("WBEM_E_ILLEGAL_NULL", "a value that must be set is missing"),
    0x80041029: Code("WBEM_E_INVALID_QUALIFIER_TYPE", "a qualifier has the wrong type"),
    0x8004102A: Code("WBEM_E_INVALID_PROPERTY_TYPE", "a property has a type that does not exist"),
    0x8004102B: Code("WBEM_E_VALUE_OUT_OF_RANGE", "a value is out of range"),
    0x8004102C: Code("WBEM_E_CANNOT_BE_SINGLETON", "the class cannot be a singleton"),
    0x8004102D: Code("WBEM_E_INVALID_CIM_TYPE", "the type is not valid"),
    0x8004102E: Code("WBEM_E_INVALID_METHOD", "the class has no such method"),
    0x8004102F: Code("WBEM_E_INVALID_METHOD_PARAMETERS", "the method does not take these parameters"),
    0x80041030: Code("WBEM_E_SYSTEM_PROPERTY", "the property belongs to WMI"),
    0x80041031: Code("WBEM_E_INVALID_PROPERTY", "there is no such property"),
    0x80041032: Code("WBEM_E_CALL_CANCELLED", "the operation was cancelled"),
    0x80041033: Code("WBEM_E_SHUTTING_DOWN", "WMI is shutting down"),
    0x80041034: Code("WBEM_E_PROPAGATED_METHOD", "the method is inherited"),
    0x80041035: Code("WBEM_E_UNSUPPORTED_PARAMETER", "a parameter is not supported"),
    0x80041036: Code("WBEM_E_MISSING_PARAMETER_ID", "a parameter of the method is not numbered"),
    0x80041037: Code("WBEM_E_INVALID_PARAMETER_ID", "a parameter of the method is numbered wrongly"),
    0x80041038: Code("WBEM_E_NONCONSECUTIVE_PARAMETER_IDS", "the parameters of the method are not numbered in order"),
    0x80041039: Code("WBEM_E_PARAMETER_ID_ON_RETVAL", "the return value of the method is numbered"),
    0x8004103A: Code("WBEM_E_INVALID_OBJECT_PATH", "the object path is not valid"),
    0x8004103B: Code("WBEM_E_OUT_OF_DISK_SPACE", "the server is out of disk space"),
    0x8004103C: Code("WBEM_E_BUFFER_TOO_SMALL", "a buffer is too small"),
    0x8004103D: Code("WBEM_E_UNSUPPORTED_PUT_EXTENSION", "the WMI provider cannot write single properties"),
    0x8004103E: Code("WBEM_E_UNKNOWN_OBJECT_TYPE", "WMI met an object of unknown type"),
    0x8004103F: Code("WBEM_E_UNKNOWN_PACKET_TYPE", "WMI met a packet of unknown type"),
    0x80041040: Code("WBEM_E_MARSHAL_VERSION_MISMATCH", "WMI met a packet of another version"),
    0x80041041: Code("WBEM_E_MARSHAL_INVALID_SIGNATURE", "WMI met a damaged packet"),
    0x80041042: Code("WBEM_E_INVALID_QUALIFIER", "there is no such qualifier"),
    0x80041043: Code("WBEM_E_INVALID_DUPLICATE_PARAMETER", "a parameter of the method is declared twice"),
    0x80041044: Code("WBEM_E_TOO_MUCH_DATA", "there is too much data for a buffer"),
    0x80041045: Code("WBEM_E_SERVER_TOO_BUSY", "the server is too busy"),
    0x80041046: Code("WBEM_E_INVALID_FLAVOR", "the flavor of a qualifier is not valid"),
    0x80041047: Code("WBEM_E_CIRCULAR_REFERENCE", "the classes derive from each other"),
    0x80041048: Code("WBEM_E_UNSUPPORTED_CLASS_UPDATE", "the class cannot be updated"),
    0x80041049: Code("WBEM_E_CANNOT_CHANGE_KEY_INHERITANCE", "the key is inherited and cannot be changed"),
    0x80041050: Code("WBEM_E_CANNOT_CHANGE_INDEX_INHERITANCE", "the index is inherited and cannot be changed"),
    0x80041051: Code("WBEM_E_TOO_MANY_PROPERTIES", "the class has too many properties"),
    0x80041052: Code("WBEM_E_UPDATE_TYPE_MISMATCH", "the update gives a property another type"),
    0x80041053: Code("WBEM_E_UPDATE_OVERRIDE_NOT_ALLOWED", "the update overrides what cannot be overridden"),
    0x80041054: Code("WBEM_E_UPDATE_PROPAGATED_METHOD", "the update changes an inherited method"),
    0x80041055: Code("WBEM_E_METHOD_NOT_IMPLEMENTED", "the method is not implemented"),
    0x80041056: Code("WBEM_E_METHOD_DISABLED", "the method is disabled"),
    0x80041057: Code("WBEM_E_REFRESHER_BUSY", "the refresher is busy"),
    0x80041058: Code("WBEM_E_UNPARSABLE_QUERY", "the query cannot be parsed"),
    0x80041059: Code("WBEM_E_NOT_EVENT_CLASS", "the class is not one of events"),
    0x8004105A: Code("WBEM_E_MISSING_GROUP_WITHIN", "a query groups without WITHIN"),
    0x8004105B: Code("WBEM_E_MISSING_AGGREGATION_LIST", "an aggregation names no properties"),
    0x8004105C: Code("WBEM_E_PROPERTY_NOT_AN_OBJECT", "the property is not an embedded object"),
    0x8004105D: Code("WBEM_E_AGGREGATING_BY_OBJECT", "an embedded object cannot be aggregated by"),
    0x8004105F: Code("WBEM_E_UNINTERPRETABLE_PROVIDER_QUERY", "the registration of an event provider has a wrong query"),
    0x80041060: Code("WBEM_E_BACKUP_RESTORE_WINMGMT_RUNNING", "the WMI repository is in use"),
    0x80041061: Code("WBEM_E_QUEUE_OVERFLOW", "a queue of events is full"),
    0x80041062: Code("WBEM_E_PRIVILEGE_NOT_HELD", "the account lacks a privilege"),
    0x80041063: Code("WBEM_E_INVALID_OPERATOR", "the operator does not fit the property"),
    0x80041064: Code("WBEM_E_LOCAL_CREDENTIALS", "a local connection takes no user name"),
    0x80041065: Code("WBEM_E_CANNOT_BE_ABSTRACT", "the class cannot be abstract"),
    0x80041066: Code("WBEM_E_AMENDED_OBJECT", "an object with localized texts cannot be written"),
    0x80041067: Code("WBEM_E_CLIENT_TOO_SLOW", "the answer was not fetched fast enough"),
    0x80041068: Code("WBEM_E_NULL_SECURITY_DESCRIPTOR", "a security descriptor is missing"),
    0x80041069: Code("WBEM_E_TIMED_OUT", "the operation took too long"),
    0x8004106A: Code("WBEM_E_INVALID_ASSOCIATION", "the association is not valid"),
    0x8004106B: Code("WBEM_E_AMBIGUOUS_OPERATION", "the operation is ambiguous"),
    0x8004106C: Code("WBEM_E_QUOTA_VIOLATION", "the query exceeds a quota of WMI"),
    0x8004106D: Code("WBEM_E_TRANSACTION_CONFLICT", "another change is being made at the same time"),
    0x8004106E: Code("WBEM_E_FORCED_ROLLBACK", "the change was taken back by force"),
    0x8004106F: Code("WBEM_E_UNSUPPORTED_LOCALE", "the language is not supported"),
    0x80041070: Code("WBEM_E_HANDLE_OUT_OF_DATE", "a handle is out of date"),
    0x80041071: Code("WBEM_E_CONNECTION_FAILED", "the connection to the database failed"),
    0x80041072: Code("WBEM_E_INVALID_HANDLE_REQUEST", "a handle is not valid"),
    0x80041073: Code("WBEM_E_PROPERTY_NAME_TOO_WIDE", "a property has too long a name"),
    0x80041074: Code("WBEM_E_CLASS_NAME_TOO_WIDE", "a class has too long a name"),
    0x80041075: Code("WBEM_E_METHOD_NAME_TOO_WIDE", "a method has too long a name"),
    0x80041076: Code("WBEM_E_QUALIFIER_NAME_TOO_WIDE", "a qualifier has too long a name"),
    0x80041077: Code("WBEM_E_RERUN_COMMAND", "a command must be run again"),
    0x80041078: Code("WBEM_E_DATABASE_VER_MISMATCH", "the WMI repository has another version"),
    0x80041079: Code("WBEM_E_VETO_DELETE", "the deletion was vetoed"),
    0x8004107A: Code("WBEM_E_VETO_PUT", "the change was vetoed"),
    0x80041080: Code("WBEM_E_INVALID_LOCALE", "the language is not valid"),
    0x80041081: Code("WBEM_E_PROVIDER_SUSPENDED", "the WMI provider is suspended"),
    0x80041082: Code("WBEM_E_SYNCHRONIZATION_REQUIRED", "an object must be synchronized first"),
    0x80041083: Code("WBEM_E_NO_SCHEMA", "there is no schema"),
    0x80041084: Code("WBEM_E_PROVIDER_ALREADY_REGISTERED", "the WMI provider is registered already"),
    0x80041085: Code("WBEM_E_PROVIDER_NOT_REGISTERED", "the WMI provider is not registered"),
    0x80041086: Code("WBEM_E_FATAL_TRANSPORT_ERROR", "the connection to the WMI provider broke"),
    0x80041087: Code("WBEM_E_ENCRYPTED_CONNECTION_REQUIRED", "the namespace demands an encrypted connection"),
    0x80041088: Code("WBEM_E_PROVIDER_TIMED_OUT", "the WMI provider took too long"),
    0x80041089: Code("WBEM_E_NO_KEY", "the object has no key"),
    0x8004108A: Code("WBEM_E_PROVIDER_DISABLED", "the WMI provider is disabled"),
}

NOT_FOUND_CODES = frozenset({RESOURCE_NOT_FOUND, WBEM_NOT_FOUND})
ALREADY_EXISTS_CODES = frozenset({ALREADY_EXISTS, WBEM_ALREADY_EXISTS})
MISSING_NAMESPACE_CODES = frozenset(
    {RESOURCE_NOT_FOUND, CANNOT_PROCESS_FILTER, WBEM_NOT_FOUND, WBEM_INVALID_NAMESPACE, WBEM_INVALID_CLASS}
)
ACCESS_DENIED_CODES = frozenset(
    {ACCESS_DENIED, 0x80070005, 0x80338104, 0x80338105, 0x80338106, WBEM_ACCESS_DENIED, WBEM_PRIVILEGE_NOT_HELD}
)
TEMPORARY_CODES = frozenset(
    {
        0x800706BA,  # RPC_S_SERVER_UNAVAILABLE
        0x800706BE,  # RPC_S_CALL_FAILED
        0x80041006,  # WBEM_E_OUT_OF_MEMORY
        0x80041009,  # WBEM_E_NOT_AVAILABLE
        0x80041015,  # WBEM_E_TRANSPORT_FAILURE
        0x80041032,  # WBEM_E_CALL_CANCELLED
        0x80041033,  # WBEM_E_SHUTTING_DOWN
        0x80041045,  # WBEM_E_SERVER_TOO_BUSY
        0x8004106C,  # WBEM_E_QUOTA_VIOLATION
        0x803381A5,  # ERROR_WSMAN_QUOTA_MAX_SHELLS
        0x803381A6,  # ERROR_WSMAN_QUOTA_MAX_OPERATIONS
    }
)
"""Of servers that are busy, or that start or end: the same request may succeed a minute later."""


def describe(code: int) -> Code:
    """The entry of a code; one that is not listed is named by its number."""
    return CODES.get(code) or Code(f"0x{code:08X}", "the server gave a code that is not listed")
