# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""The groups that an account is in, asked from a domain controller over LDAP.

Active Directory computes them itself, through groups in groups and with the primary group: the attribute ``tokenGroups`` of
an account's entry (Microsoft's reference of the Active Directory schema).
"""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from types import TracebackType
from typing import Any

from .errors import WindowsError

try:
    import ldap3
    from ldap3.core.exceptions import LDAPException
    from ldap3.protocol.formatters.formatters import format_sid
    from ldap3.utils.conv import escape_filter_chars
except ImportError:
    HAS_LDAP3 = False
else:
    HAS_LDAP3 = True

_SECONDS = 15


class DirectoryError(WindowsError):
    """The directory could not be asked, or has no answer."""


@dataclass(frozen=True)
class DirectoryAccess:
    """How to ask a domain controller."""

    url: str
    """``ldaps://`` or ``ldap://`` and a host; the latter is turned to TLS before anybody logs on."""
    user: str
    """``domain\\user``, ``user@domain`` or a distinguished name."""
    password: str
    ca_path: str | None = None
    """File with the certificates of the authorities to trust; None for those of the controller's system."""


class Directory:
    """A connection to a domain controller, for the time of a ``with``. Every use raises `DirectoryError`."""

    def __init__(self, access: DirectoryAccess) -> None:
        self._access = access
        self._connection: Any = None
        self._base = ""

    def __enter__(self) -> Directory:
        access = self._access
        try:
            tls = ldap3.Tls(validate=ssl.CERT_REQUIRED, ca_certs_file=access.ca_path)
            server = ldap3.Server(access.url, tls=tls, get_info=ldap3.DSA, connect_timeout=_SECONDS)
            self._connection = ldap3.Connection(
                server, access.user, access.password, receive_timeout=_SECONDS, raise_exceptions=True, read_only=True
            )
            self._connection.open(read_server_info=False)
            if not server.ssl:
                self._connection.start_tls(read_server_info=False)
            self._connection.bind(read_server_info=True)
            self._base = str(server.info.other["defaultNamingContext"][0])
        except (LDAPException, OSError) as error:
            raise DirectoryError(f"The domain controller at {access.url} did not log on {access.user!r}: {error}") from None
        except (KeyError, IndexError, AttributeError, TypeError):
            raise DirectoryError(f"{access.url} does not say which domain it serves; is it a domain controller?") from None
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        if self._connection is not None:
            self._connection.unbind()

    def groups_of(self, account: str) -> frozenset[str]:
        """The security identifiers of every group that an account is in, however deep. Its domain is that of the server."""
        (entry,) = self._search(self._dn_of(account), "(objectClass=*)", ldap3.BASE, "tokenGroups")
        return frozenset(_sid(value) for value in entry["raw_attributes"]["tokenGroups"])

    def sid_of(self, name: str) -> str:
        """The security identifier of a group or an account."""
        (entry,) = self._search(self._dn_of(name), "(objectClass=*)", ldap3.BASE, "objectSid")
        return _sid(entry["raw_attributes"]["objectSid"][0])

    def _dn_of(self, account: str) -> str:
        domain, _separator, name = account.rpartition("\\")
        served = ".".join(part.partition("=")[2] for part in self._base.split(","))
        # The same name in another domain is somebody else.
        if domain and domain.casefold().partition(".")[0] != served.casefold().partition(".")[0]:
            raise DirectoryError(f"{self._access.url} serves the domain {served}, and does not know {account}")
        found = self._search(self._base, f"(sAMAccountName={escape_filter_chars(name)})", ldap3.SUBTREE, "objectSid")
        if len(found) != 1:
            raise DirectoryError(f"The domain of {self._access.url} has no account {name!r}")
        return str(found[0]["dn"])

    def _search(self, base: str, condition: str, scope: str, attribute: str) -> list[Any]:
        try:
            self._connection.search(base, condition, scope, attributes=[attribute])
            return [entry for entry in self._connection.response if entry["type"] == "searchResEntry"]
        except (LDAPException, OSError) as error:
            raise DirectoryError(f"The domain controller at {self._access.url} did not answer: {error}") from None


def _sid(value: bytes) -> str:
    """A security identifier as people write it."""
    return str(format_sid(value))  # type: ignore[no-untyped-call]
