# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# FOR INTERNAL COLLECTION USE ONLY
# The interfaces in this file are meant for this collection and may change in any release.
"""The groups that an account is in, asked from a domain controller over LDAP.

Active Directory computes them itself, through groups in groups and with the primary group: the attribute ``tokenGroups`` of
an account's entry (Microsoft's reference of the Active Directory schema). Those are security identifiers; a group's name as
Windows shows it in lists of members is its ``msDS-PrincipalName`` (MS-ADTS, since Windows Server 2008).

ldap3 takes as long to load as the collection itself, so this module is imported by those who ask a directory.
"""

from __future__ import annotations

import ssl
from collections.abc import Sequence
from types import TracebackType
from typing import Any

from .directory_accounts import DirectoryAccess, DirectoryAccount
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
_GROUPS_PER_SEARCH = 100
_MOST_GROUPS = 1024
"""Windows does not log on an account that is in more (MaxTokenSids)."""
_BUILTIN = "S-1-5-32-"
_NAME = "msDS-PrincipalName"


class DirectoryError(WindowsError):
    """The directory could not be asked, or has no answer."""


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

    @property
    def domain(self) -> str:
        """The DNS name of the domain that it serves."""
        return ".".join(part.partition("=")[2] for part in self._base.split(","))

    def find(self, account: str) -> DirectoryAccount:
        """An account, given as ``domain\\name``, with its groups. Takes a few searches, however many groups there are."""
        dn, name, sid = self._principal(account)
        entries = self._search(dn, "(objectClass=*)", ldap3.BASE, "tokenGroups")
        groups = [bytes(value) for entry in entries for value in entry["raw_attributes"].get("tokenGroups", [])]
        if not groups:
            # Every account is in its primary group at least.
            raise self._may_not_read("groups (tokenGroups)", account)
        if len(groups) > _MOST_GROUPS:
            raise DirectoryError(f"{account} is in {len(groups)} groups, and Windows logs on nobody who is in that many")
        own_domain = sid.rpartition("-")[0] + "-"
        return DirectoryAccount(name, frozenset(map(_sid, groups)), self._names_of(groups, account, own_domain))

    def _names_of(self, groups: Sequence[bytes], account: str, own_domain: str) -> frozenset[str]:
        """The names of groups. Those of other domains have none here; of the account's own, none may be missing."""
        names: dict[str, str] = {}
        for start in range(0, len(groups), _GROUPS_PER_SEARCH):
            part = groups[start : start + _GROUPS_PER_SEARCH]
            condition = "".join(f"(objectSid={escape_filter_chars(group)})" for group in part)
            for entry in self._search(self._base, f"(|{condition})", ldap3.SUBTREE, "objectSid", _NAME):
                attributes = entry["raw_attributes"]
                for sid, name in zip(attributes.get("objectSid", []), attributes.get(_NAME, []), strict=False):
                    names[_sid(sid)] = name.decode().casefold()
        unnamed = [sid for sid in map(_sid, groups) if sid.startswith((own_domain, _BUILTIN)) and sid not in names]
        if unnamed:
            raise self._may_not_read(f"names of the groups {', '.join(unnamed[:3])}", account)
        return frozenset(names.values())

    def _principal(self, account: str) -> tuple[str, str, str]:
        """An account's distinguished name, its name as Windows shows it, and its security identifier."""
        domain, _separator, name = account.rpartition("\\")
        # The same name in another domain is somebody else. A domain has a name in DNS and one for NetBIOS.
        unknown = DirectoryError(f"{self._access.url} serves the domain {self.domain}, and does not know {account}")
        if "." in domain and domain.casefold() != self.domain.casefold():
            raise unknown
        condition = f"(sAMAccountName={escape_filter_chars(name)})"
        found = self._search(self._base, condition, ldap3.SUBTREE, "objectSid", _NAME)
        if len(found) != 1:
            raise DirectoryError(f"The domain of {self._access.url} has no account {name!r}")
        attributes = found[0]["raw_attributes"]
        names, sids = attributes.get(_NAME, []), attributes.get("objectSid", [])
        if len(names) != 1 or len(sids) != 1:
            raise self._may_not_read("name and identifier", account)
        windows_name = str(names[0].decode())
        if domain and "." not in domain and domain.casefold() != windows_name.partition("\\")[0].casefold():
            raise unknown
        return str(found[0]["dn"]), windows_name, _sid(sids[0])

    def _may_not_read(self, what: str, account: str) -> DirectoryError:
        return DirectoryError(
            f"{self._access.user!r} may not read the {what} of {account} at {self._access.url}. Ask with an account that may "
            "(option ldap_user)"
        )

    def _search(self, base: str, condition: str, scope: str, *attributes: str) -> list[Any]:
        try:
            self._connection.search(base, condition, scope, attributes=list(attributes))
            return [entry for entry in self._connection.response if entry["type"] == "searchResEntry"]
        except (LDAPException, OSError) as error:
            raise DirectoryError(f"The domain controller at {self._access.url} did not answer: {error}") from None


def _sid(value: bytes) -> str:
    """A security identifier as people write it."""
    return str(format_sid(value))  # type: ignore[no-untyped-call]
