# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The error codes that WMI and its WS-Management plug-in fail with, and the errors the repository itself raises.

Names and numbers are from WbemCli.h (MS-WMI 2.2.11) and wsmerror.h. The texts of WMI's codes follow the message table
that Windows has for them, of which only that of INVALID_CLASS was recorded in a fault; those of the plug-in's codes are
this lab's own words.
"""

from __future__ import annotations

from enum import IntEnum

from .model import WmiError


class Wbem(IntEnum):
    """WMI's own codes, without their ``WBEM_E_``."""

    FAILED = 0x80041001
    NOT_FOUND = 0x80041002
    ACCESS_DENIED = 0x80041003
    TYPE_MISMATCH = 0x80041005
    INVALID_PARAMETER = 0x80041008
    NOT_SUPPORTED = 0x8004100C
    INVALID_NAMESPACE = 0x8004100E
    INVALID_CLASS = 0x80041010
    INVALID_QUERY = 0x80041017
    INVALID_QUERY_TYPE = 0x80041018
    ALREADY_EXISTS = 0x80041019
    READ_ONLY = 0x80041023
    PROVIDER_NOT_CAPABLE = 0x80041024
    ILLEGAL_NULL = 0x80041028
    INVALID_METHOD = 0x8004102E
    INVALID_METHOD_PARAMETERS = 0x8004102F
    INVALID_PROPERTY = 0x80041031
    INVALID_OBJECT_PATH = 0x8004103A
    METHOD_NOT_IMPLEMENTED = 0x80041055
    QUOTA_VIOLATION = 0x8004106C


class Wsman(IntEnum):
    """Codes of the plug-in that takes WS-Management to WMI, spelled as in the header, without their ``ERROR_WSMAN_``."""

    INSUFFCIENT_SELECTORS = 0x8033805A
    UNEXPECTED_SELECTORS = 0x8033805B
    SELECTOR_TYPEMISMATCH = 0x8033805C
    INVALID_URI_WMI_SINGLETON = 0x803380FA
    WMI_MAX_NESTED = 0x80338100


TEXTS: dict[int, str] = {
    Wbem.FAILED: "Generic failure ",
    Wbem.NOT_FOUND: "Not found ",
    Wbem.ACCESS_DENIED: "Access denied ",
    Wbem.TYPE_MISMATCH: "Type mismatch ",
    Wbem.INVALID_PARAMETER: "Invalid parameter ",
    Wbem.NOT_SUPPORTED: "Not supported ",
    Wbem.INVALID_NAMESPACE: "Invalid namespace ",
    Wbem.INVALID_CLASS: "The specified class does not exist in the given namespace. ",
    Wbem.INVALID_QUERY: "Invalid query ",
    Wbem.INVALID_QUERY_TYPE: "Invalid query type ",
    Wbem.ALREADY_EXISTS: "Object or property already exists ",
    Wbem.READ_ONLY: "Read-only property was set ",
    Wbem.PROVIDER_NOT_CAPABLE: "Provider is not capable of the attempted operation ",
    Wbem.ILLEGAL_NULL: "Illegal null value ",
    Wbem.INVALID_METHOD: "Invalid method ",
    Wbem.INVALID_METHOD_PARAMETERS: "Invalid method Parameter(s) ",
    Wbem.INVALID_PROPERTY: "Invalid property ",
    Wbem.INVALID_OBJECT_PATH: "Invalid object path ",
    Wbem.METHOD_NOT_IMPLEMENTED: "This method is not implemented in any class ",
    Wbem.QUOTA_VIOLATION: "Quota violation ",
    Wsman.INSUFFCIENT_SELECTORS: "The request does not have all of the selectors that the resource needs. ",
    Wsman.UNEXPECTED_SELECTORS: "The request has selectors that the resource does not know. ",
    Wsman.SELECTOR_TYPEMISMATCH: "A selector's value does not have the type that the resource needs. ",
    Wsman.INVALID_URI_WMI_SINGLETON: "The resource URI has no keys, but the class is not a singleton. ",
    Wsman.WMI_MAX_NESTED: "The nesting of embedded objects is too deep. ",
}


def failure(code: Wbem | Wsman, description: str | None = None, provider_name: str = "WinMgmt") -> WmiError:
    """An error with this code, of WMI's core if no provider is named; the repository adds operation and parameters."""
    return WmiError(int(code), TEXTS[code], description=description, provider_name=provider_name)
