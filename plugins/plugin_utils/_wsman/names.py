# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""Names of the protocol: XML namespaces, actions and resource URIs (DSP0226, DSP0227, MS-WSMV 2.2.4)."""

from __future__ import annotations

SOAP = "http://www.w3.org/2003/05/soap-envelope"
ADDRESSING = "http://schemas.xmlsoap.org/ws/2004/08/addressing"
ENUMERATION = "http://schemas.xmlsoap.org/ws/2004/09/enumeration"
TRANSFER = "http://schemas.xmlsoap.org/ws/2004/09/transfer"
WSMAN = "http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd"
MICROSOFT_WSMAN = "http://schemas.microsoft.com/wbem/wsman/1/wsman.xsd"
WSMAN_FAULT = "http://schemas.microsoft.com/wbem/wsman/1/wsmanfault"
CIM = "http://schemas.dmtf.org/wbem/wscim/1/common"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
ANONYMOUS = f"{ADDRESSING}/role/anonymous"

GET = f"{TRANSFER}/Get"
PUT = f"{TRANSFER}/Put"
CREATE = f"{TRANSFER}/Create"
DELETE = f"{TRANSFER}/Delete"
ENUMERATE = f"{ENUMERATION}/Enumerate"
PULL = f"{ENUMERATION}/Pull"
RELEASE = f"{ENUMERATION}/Release"

WQL_DIALECT = "http://schemas.microsoft.com/wbem/wsman/1/WQL"
WMI = "http://schemas.microsoft.com/wbem/wsman/1/wmi"

SHELL = "http://schemas.microsoft.com/wbem/wsman/1/windows/shell"
CMD_SHELL = f"{SHELL}/cmd"
COMMAND = f"{SHELL}/Command"
RECEIVE = f"{SHELL}/Receive"
SEND = f"{SHELL}/Send"


def class_uri(namespace: str, class_name: str) -> str:
    """The resource URI of a WMI class; ``*`` stands for all classes of the namespace, as queries need it."""
    return f"{WMI}/{namespace.strip('/')}/{class_name}"


def local_name(tag: str) -> str:
    """``{namespace}Name`` without its namespace."""
    return tag.rpartition("}")[2]
