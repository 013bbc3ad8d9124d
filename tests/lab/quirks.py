# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Switches between the plausible behaviours of the real thing, one for each fact that is weak or unknown.

The default, which stands first, is the likeliest or the strictest behaviour.
``python -m lab serve --quirk NAME=VALUE`` sets one.
"""

from __future__ import annotations

import ast
import inspect
import itertools
from dataclasses import dataclass
from typing import Literal, get_args, get_type_hints


@dataclass(frozen=True)
class Quirks:
    """The behaviour of one lab; every field is documented where it is declared."""

    first_page: Literal["one", "full"] = "one"
    """An optimised Enumerate answers with exactly one item (recorded from 2008 and 2012), or with a full page."""

    last_page: Literal["known", "asked"] = "known"
    """The last items come with the end of the sequence (recorded from 2012), or a further Pull finds it (from 2008)."""

    missing_namespace: Literal["invalid_namespace", "not_found", "bad_filter"] = "invalid_namespace"
    """A query in a namespace that does not exist fails with WMI's own code, like a resource that does not exist, or like
    a query of a class that does not exist."""

    namespace_case: Literal["kept", "upper"] = "kept"
    """Resource URIs in answers spell the namespace as the lab declares it, or in upper case (ROOT/SMS/SITE_PS1)."""

    empty_array: Literal["absent", "nil"] = "absent"
    """An empty array is not sent at all, or sent as one nil element (no recording known)."""

    boolean_case: Literal["lower", "upper"] = "lower"
    """Windows sends ``true``; the Open Management Infrastructure server sends ``TRUE``."""

    fault_status: Literal["500", "200"] = "500"
    """The HTTP status that a SOAP fault comes with."""

    kerberos_refusal: Literal["explained", "silent"] = "explained"
    """A listener that refuses a Kerberos ticket says why in a KRB-ERROR, as GSSAPI has it, or says nothing (no recording of
    WinRM is known)."""

    extended_status_class: Literal["SMS_ExtendedStatus", "__ExtendedStatus"] = "SMS_ExtendedStatus"
    """The class of the object in which the SMS Provider explains a failure."""

    create_without_item_name: Literal["filled", "refused", "refused_null", "refused_failed", "created_failed"] = "filled"
    """The SMS Provider fills ItemName and its sister keys of a new role, or refuses a Create that lacks them: with an
    invalid parameter, an illegal null value or a generic failure; or it fails although it has created the role."""

    embedded_item_type: Literal["filled", "required"] = "filled"
    """The SMS Provider fills ItemType, the key of an embedded property, or refuses an embedded property without it."""

    second_role: Literal["accepted", "refused"] = "accepted"
    """The SMS Provider accepts a second service connection point, or one below the top tier, or refuses it."""

    summarizer_machine_name: Literal["fqdn", "netbios"] = "fqdn"
    """How the component summarizer writes MachineName."""

    states_on_the_way: Literal["shown", "skipped"] = "shown"
    """The component summarizer shows components while they are installed and removed, or those before and after alone."""

    summarized_components: Literal["all", "downloader"] = "all"
    """The component summarizer shows all components that the role is said to have, or SMS_DMP_DOWNLOADER alone."""

    removed_rows: Literal["gone", "stopped"] = "gone"
    """The component summarizer forgets the components of a role that is removed, or shows them as stopped from then on."""

    known_sites: Literal["below", "all"] = "below"
    """The SMS Provider of a child primary site shows its own site and those below it, or every site of the hierarchy."""

    parent_of_top_tier: Literal["empty", "null"] = "empty"
    """The site code of the parent that the top-tier site does not have is an empty text (seen once), or NULL."""

    server_names: Literal["kept", "upper"] = "kept"
    """Site systems are listed with the letter case that they were created with, or in upper case, as one log has it."""

    role_names: Literal["declared", "upper"] = "declared"
    """Roles are listed by their names as documented, or in upper case, as one published script creates them."""

    server_remote_name: Literal["optional", "required"] = "optional"
    """A role can be created without the property Server Remote Name, or must have it, as all published samples do."""

    server_state: Literal["known", "null"] = "known"
    """ServerState and SiteSystemStatus of roles, which the reference page does not have, are there as one dump has them, or
    NULL."""

    role_props: Literal["minimal", "many"] = "minimal"
    """Props on the role instance: what was written, or several more that nobody asked for."""

    registry_missing_value: Literal["1", "2"] = "1"
    """What StdRegProv returns for a value that is not in the key (a missing key is always 2)."""

    scheduled_component: Literal["none", "present"] = "none"
    """SMS_CLOUDCONNECTION runs all the time, or is started by schedule and shown as stopped most of the time."""

    embedded_type: Literal["typed", "unprefixed", "untyped"] = "typed"
    """Embedded instances in answers name their class in ``xsi:type``, there without the prefix of its namespace (as the Open
    Management Infrastructure accepts it), or by the namespace of their members alone."""

    unzoned_times: Literal["utc", "bare", "asterisks"] = "utc"
    """Times that WMI keeps without a zone, as the SMS Provider's, come as UTC, as they are, or as WMI's own text with
    asterisks for the zone (no recording known)."""

    created_reference: Literal["full", "partial", "missing"] = "full"
    """The answer to a Create names the instance by all of its keys, by those that were sent, or not at all."""

    failure_code: Literal["wmi", "wsman"] = "wmi"
    """Failures of WMI that WS-Management has no code for carry WMI's own code, or a general one; the extended status may
    have WMI's."""

    downloader_thread: Literal["role_server", "site_server"] = "role_server"
    """The threads, registry keys and summaries of the role's components are on the server with the role, as most of
    Microsoft's pages have it, or on the site server, which two pages point to."""

    stopped_thread: Literal["restarted", "stays"] = "restarted"
    """A thread of SMS_EXECUTIVE that was stopped is started again after about five minutes (one source), or stays stopped."""

    stale_rows: Literal["none", "present"] = "none"
    """The component summarizer forgets a server that is removed, or still shows the downloader of one as started."""

    computer_account_in_group: Literal["user_account", "absent"] = "user_account"
    """Win32_GroupUser shows a computer account in a local group as a Win32_UserAccount, or leaves it out."""

    domain_controller_groups: Literal["domain", "local"] = "domain"
    """The users and groups that a domain controller's WMI shows are not local accounts, or they are (LocalAccount)."""

    server_core_sku: Literal["edition", "own"] = "edition"
    """OperatingSystemSKU of a Server Core installation is the number of its edition, or one for core installations."""

    installation_account: Literal["only", "first"] = "only"
    """The site installs a site system with its installation account and nothing else, or falls back to its computer account."""

    unknown_account: Literal["accepted", "refused"] = "accepted"
    """The SMS Provider accepts a site system with an account that the site does not know, or refuses it."""

    site_system_with_roles: Literal["refused", "removed"] = "refused"
    """The SMS Provider refuses to delete a site system that still has roles (the cmdlet does), or deletes all of them."""

    unknown_property: Literal["kept", "dropped", "refused"] = "kept"
    """The SMS Provider keeps an embedded property that Configuration Manager does not know, drops it, or refuses the Put."""

    site_replication: Literal["immediate", "delayed"] = "immediate"
    """The SMS Provider of one site shows what was removed at another one no more, or for another five minutes."""

    last_synced_time: Literal["number", "text", "missing"] = "number"
    """The registry key of SMS_DMP_DOWNLOADER has the time of the last check for updates as a number, as text, or not at all."""

    update_check_request: Literal["times", "never"] = "times"
    """SMS_DMP_DOWNLOADER looks for updates when both of its times in the registry are set to 0, as one script has it, or does
    not look at them."""

    failed_check: Literal["unsynced", "synced"] = "unsynced"
    """A check for updates that has failed is not noted as the last one, or is."""

    cloud_classes: Literal["present", "missing"] = "present"
    """The SMS Provider has the classes of Entra tenants, their applications and Azure services, or does not."""

    update_details: Literal["present", "missing"] = "present"
    """The SMS Provider has the classes with the state of an update by site, and with its progress; or is too old for them."""

    curl_tls: Literal["schannel", "openssl"] = "schannel"
    """What curl.exe was built with, which says what was wrong with TLS in its own words: as a part of Windows with Schannel;
    one that somebody has put into the PATH may have OpenSSL."""

    secret_expiry: Literal["missing", "present"] = "missing"
    """SMS_AAD_Application_Ex has no property with the date on which the secret key expires (none is known), or has one."""

    tool_exit_code: Literal["nonzero", "zero"] = "nonzero"
    """The service connection tool ends with another exit code than 0 after a failure, or with 0, as it says so in its log."""

    tool_log_format: Literal["plain", "cmtrace"] = "plain"
    """ServiceConnectionTool.log has bare lines, as Microsoft's articles show them, or lines with times for CMTrace."""

    tool_with_online_role: Literal["refused", "accepted"] = "refused"
    """The tool refuses to prepare and to import while the service connection point is online, or does not mind."""

    tool_downloads: Literal["missing", "again"] = "missing"
    """The tool downloads what is not in the folder yet, or all of it, again."""

    tool_ignorable_error: Literal["absent", "present"] = "absent"
    """The tool deletes its temporary files when it has downloaded everything, or ends with an exception that says it cannot,
    which one may ignore."""

    tool_proxy_password: Literal["console", "input"] = "console"
    """The tool reads the password for a proxy from the keyboard, which there is none of over WinRM, or from its input."""

    offline_known_updates: Literal["imported", "all"] = "imported"
    """A site whose service connection point is offline gets to know the updates that were imported, or all applicable ones of
    the manifest that came with them."""


@dataclass(frozen=True)
class Quirk:
    """One field of `Quirks`, for people who choose."""

    name: str
    values: tuple[str, ...]
    """What it can be set to, the default first."""
    meaning: str


def known_quirks() -> tuple[Quirk, ...]:
    """Every quirk; its meaning is the docstring below its field."""
    declaration = ast.parse(inspect.getsource(Quirks)).body[0]
    assert isinstance(declaration, ast.ClassDef)
    meanings = {
        field.target.id: ast.literal_eval(text.value)
        for field, text in itertools.pairwise(declaration.body)
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name) and isinstance(text, ast.Expr)
    }
    hints = get_type_hints(Quirks)
    return tuple(Quirk(name, get_args(hints[name]), meaning) for name, meaning in meanings.items())
