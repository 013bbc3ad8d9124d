# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""The classes of the SMS Provider that this collection relies on, with the types of the properties it uses.

Sources are the class reference pages of the Configuration Manager SDK; properties that only real instances show are marked.
"""

from __future__ import annotations

from .._wsman.values import CimClass, Schema

PROVIDER_LOCATION = CimClass.declare(
    "SMS_ProviderLocation", Machine="string", NamespacePath="string", ProviderForLocalSite="boolean", SiteCode="string"
)
SITE = CimClass.declare(
    "SMS_Site",
    BuildNumber="uint32",
    InstallDir="string",
    Mode="uint32",
    ReportingSiteCode="string",
    ServerName="string",
    SiteCode="string",
    SiteName="string",
    Status="uint32",
    Type="uint32",
    Version="string",
)
ROLE = CimClass.declare(
    "SMS_SCI_SysResUse",
    FileType="uint32",
    ItemName="string",
    ItemType="string",
    NALPath="string",
    NALType="string",
    NetworkOSPath="string",
    PropLists="object[]",
    Props="object[]",
    RoleCount="uint32",
    RoleName="string",
    ServiceWindows="object[]",
    SiteCode="string",
    SslState="uint32",
    Type="uint32",
)
EMBEDDED_PROPERTY = CimClass.declare(
    "SMS_EmbeddedProperty", ItemType="string", PropertyName="string", Value="uint32", Value1="string", Value2="string"
)
EMBEDDED_PROPERTY_LIST = CimClass.declare(
    "SMS_EmbeddedPropertyList", ItemType="string", PropertyListName="string", Values="string[]"
)
COMPONENT_SUMMARIZER = CimClass.declare(
    "SMS_ComponentSummarizer",
    AvailabilityState="uint32",
    ComponentName="string",
    Errors="uint32",
    Infos="uint32",
    LastContacted="datetime",
    LastStarted="datetime",
    MachineName="string",
    SiteCode="string",
    State="uint32",
    Status="uint32",
    TallyInterval="string",
    Type="uint32",
    Warnings="uint32",
)
UPDATE_PACKAGE = CimClass.declare(
    "SMS_CM_UpdatePackages", FullVersion="string", Name="string", PackageGuid="string", State="uint32"
)

SCHEMA = Schema(
    PROVIDER_LOCATION,
    SITE,
    ROLE,
    EMBEDDED_PROPERTY,
    EMBEDDED_PROPERTY_LIST,
    COMPONENT_SUMMARIZER,
    UPDATE_PACKAGE,
)
