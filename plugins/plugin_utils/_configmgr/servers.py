# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""Names of servers and of sites, as the site stores them."""

from __future__ import annotations

import re

_LABEL = re.compile(r"(?!-)[A-Za-z0-9_-]{1,63}(?<!-)")
_SITE_CODE = re.compile(r"[A-Za-z0-9]{3}")
_SERVER_IN_NAL_PATH = re.compile(r'\["Display=\\\\([^\\"]+)')


def check_fqdn(name: str) -> str:
    """Return a fully qualified domain name as it was given. ValueError says what is wrong with anything else.

    The SMS Provider stores site systems by FQDN and validates it (Microsoft's article on distribution point installation).
    """
    example = "it must be a fully qualified domain name such as srv1.corp.example"
    shown = f"'{name}'" if name.isprintable() else repr(name)
    if not name.isascii() or any(character in name for character in "\"'\\%*/ \t\r\n\0") or not name:
        raise ValueError(f"{shown} is no server name: {example}")
    labels = name.split(".")
    if ":" in name or labels[-1].isdigit():
        raise ValueError(f"{shown} is an IP address or a number: {example}")
    if len(labels) == 1:
        raise ValueError(f"{shown} is a NetBIOS or short name: {example}")
    if len(name) > 255 or not all(_LABEL.fullmatch(label) for label in labels):
        raise ValueError(f"{shown} is no server name: {example}")
    return name


def check_host(name: str) -> str:
    """Return a host name, short or fully qualified, as it was given. ValueError for anything else."""
    labels = name.split(".")
    if len(name) > 255 or not all(_LABEL.fullmatch(label) for label in labels):
        raise ValueError(f"{name!r} is no host name, such as sql1.corp.example")
    return name


def check_proxy(name: str) -> str:
    """Return the host of a proxy, a name or an IPv4 address. ValueError for anything else, such as a URL."""
    if "@" in name:
        # Not quoted, as a password may be in it
        raise ValueError("an account does not belong there. Give the host alone, such as proxy.corp.example.")
    try:
        return check_host(name)
    except ValueError:
        raise ValueError(
            f"{name!r} is no host name: it must be one such as proxy.corp.example or an IPv4 address, without http:// and port."
        ) from None


def check_sql_server(name: str) -> str:
    """Return a SQL Server as it was given. ValueError unless that is a host name, or ``host\\instance``."""
    check_host(name.partition("\\")[0])
    return name


def check_site_code(code: str) -> str:
    """Return a site code in capitals. ValueError for what cannot be one."""
    if not _SITE_CODE.fullmatch(code):
        raise ValueError(f"{code!r} is no site code: it has three letters or digits, such as PS1")
    return code.upper()


def same_server(one: str, other: str) -> bool:
    """Whether two FQDNs name the same server; Windows ignores the letter case."""
    return one.casefold() == other.casefold()


def netbios_name(fqdn: str) -> str:
    """The short name of a server, by which component status and status messages may name it: 15 characters at the most."""
    return fqdn.partition(".")[0][:15]


def spellings(fqdn: str) -> tuple[str, str]:
    """What component status and status messages may call a server: its FQDN or its short name. Which, is not documented."""
    return fqdn, netbios_name(fqdn)


def is_spelling(name: str, fqdn: str) -> bool:
    """Whether a name is one of the `spellings` of a server."""
    return any(same_server(name, spelling) for spelling in spellings(fqdn))


def same_site(one: str, other: str) -> bool:
    """Whether two site codes name the same site, in whatever letter case they are written."""
    return one.upper() == other.upper()


def network_os_path(fqdn: str) -> str:
    """The form in which a site stores a server: ``\\\\srv1.corp.example``."""
    return f"\\\\{fqdn}"


def nal_path(fqdn: str, site_code: str) -> str:
    """The network abstraction layer path of a server in a site, as the SMS Provider's reference pages spell it."""
    return f'["Display=\\\\{fqdn}\\"]MSWNET:["SMS_SITE={site_code}"]\\\\{fqdn}\\'


def server_of(network_os_path: str, nal_path: str) -> str:
    """The server's name out of the paths of a role, as the site spells it; empty if neither names one."""
    if name := network_os_path.strip("\\"):
        return name
    match = _SERVER_IN_NAL_PATH.search(nal_path)
    return match[1] if match else ""
