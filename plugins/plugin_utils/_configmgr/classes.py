# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""The classes of the SMS Provider that this collection relies on, with the types of the properties it uses.

Sources are the class reference pages of the Configuration Manager SDK. What is not declared here is not converted, so that
it cannot fail, and goes back to the server as it came.
"""

from __future__ import annotations

from .._wsman.values import CimClass, Schema

PROVIDER_LOCATION = CimClass.declare(
    "SMS_ProviderLocation", Machine="string", NamespacePath="string", ProviderForLocalSite="boolean", SiteCode="string"
)
SITE = CimClass.declare(
    "SMS_Site",
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
SITE_DEFINITION = CimClass.declare("SMS_SCI_SiteDefinition", SiteCode="string", SQLServerName="string")
ROLE = CimClass.declare(
    "SMS_SCI_SysResUse",
    FileType="uint32",
    ItemName="string",
    ItemType="string",
    NALPath="string",
    NetworkOSPath="string",
    Props="object:SMS_EmbeddedProperty[]",
    RoleName="string",
    SiteCode="string",
    SiteSystemStatus="uint32",
)
EMBEDDED_PROPERTY = CimClass.declare(
    "SMS_EmbeddedProperty", ItemType="string", PropertyName="string", Value="uint32", Value1="string", Value2="string"
)
COMPONENT_SUMMARIZER = CimClass.declare(
    "SMS_ComponentSummarizer",
    ComponentName="string",
    LastContacted="datetime",
    LastStarted="datetime",
    MachineName="string",
    SiteCode="string",
    State="uint32",
    Status="uint32",
    Type="uint32",
)
ACCOUNT = CimClass.declare(
    "SMS_SCI_Reserved",
    Availability="uint32",
    FileType="uint32",
    ItemName="string",
    ItemType="string",
    Reserved2="string",
    SiteCode="string",
    UserName="string",
)
# Severity is left as text: its reference page shows numbers that scripts write with a sign.
STATUS_MESSAGE = CimClass.declare(
    "SMS_StatMsg",
    Component="string",
    MachineName="string",
    MessageID="uint32",
    RecordID="sint64",
    SiteCode="string",
    Time="datetime",
)
INSERTION_STRING = CimClass.declare("SMS_StatMsgInsStrings", InsStrIndex="uint32", InsStrValue="string", RecordID="sint64")
ENTRA_TENANT = CimClass.declare("SMS_AAD_Tenant_Ex", Name="string", TenantID="string")
ENTRA_APPLICATION = CimClass.declare("SMS_AAD_Application_Ex", ClientID="string", Name="string")
AZURE_SERVICE = CimClass.declare("SMS_Azure_CloudService", Name="string", ServiceType="uint32")
UPDATE_PACKAGE = CimClass.declare(
    "SMS_CM_UpdatePackages",
    ClientVersion="string",
    DateCreated="datetime",
    DateReleased="datetime",
    Description="string",
    FullVersion="string",
    Impact="sint32",
    LastUpdateTime="datetime",
    LocaleID="sint32",
    MaxCMVersion="string",
    MinCMVersion="string",
    MoreInfoLink="string",
    Name="string",
    PackageGuid="string",
    PrereqFlag="sint32",
    PrereqPackageName="string",
    PrereqPackageState="sint32",
    PublisherFlags="sint32",
    State="sint32",
    UpdateType="sint32",
    WarningFlag="sint32",
)
UPDATE_SITE_STATUS = CimClass.declare(
    "SMS_CM_UpdatePackageSiteStatus",
    LastUpdateTime="datetime",
    PackageGuid="string",
    SiteCode="string",
    SiteName="string",
    SiteServerName="string",
    State="sint32",
)
UPDATE_DOWNLOAD, UPDATE_PREREQUISITE_CHECK, UPDATE_INSTALLATION = (
    CimClass.declare(
        name,
        Description="string",
        IsComplete="sint32",
        MessageTime="datetime",
        OrderId="sint32",
        PackageGuid="string",
        Progress="sint32",
        SiteCode="string",
        SubStageName="string",
    )
    for name in (
        "SMS_CM_UpdatePackDownloadMonitoring",
        "SMS_CM_UpdatePackDetailedPrereqMonitoring",
        "SMS_CM_UpdatePackDetailedMonitoring",
    )
)

SCHEMA = Schema(
    PROVIDER_LOCATION,
    SITE,
    SITE_DEFINITION,
    ROLE,
    EMBEDDED_PROPERTY,
    COMPONENT_SUMMARIZER,
    ACCOUNT,
    STATUS_MESSAGE,
    INSERTION_STRING,
    UPDATE_PACKAGE,
    UPDATE_SITE_STATUS,
    UPDATE_DOWNLOAD,
    UPDATE_PREREQUISITE_CHECK,
    UPDATE_INSTALLATION,
)
