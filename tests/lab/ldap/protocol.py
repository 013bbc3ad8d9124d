# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""LDAP as a domain controller speaks it: the messages are ldaptor's, the answers those of Active Directory.

Documented (MS-ADTS): nobody reads anything but the root without a bind; names may be a distinguished name, ``DOMAIN\\user`` or
``user@domain``; a bind without a password succeeds and is anonymous; at most 1,000 entries come without paging and at most
1,500 values of an attribute at a time; a search of the whole domain refers to its application partitions as well. The
texts of errors were seen many times. Reported by users of clients: an attribute that comes in ranges without having been
asked for in ranges is there under its own name, too, and empty.

It has no SASL, changes nothing, and does not sort.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any

from ldaptor.protocols import pureber, pureldap  # type: ignore[import-untyped]
from ldaptor.protocols.ldap import ldaperrors  # type: ignore[import-untyped]
from ldaptor.protocols.ldap.ldapserver import BaseLDAPServer  # type: ignore[import-untyped]

from .entries import Entry, Tree, Values, normalized_dn
from .filters import UnknownFilter, compile_filter

if TYPE_CHECKING:
    from ..hierarchy.hierarchy import Hierarchy

MAX_PAGE_SIZE = 1000
MAX_VALUES = 1500
PAGED_RESULTS = b"1.2.840.113556.1.4.319"
_NO_ATTRIBUTES = "1.1"

_RANGE = re.compile(r"(?P<name>[^;]+);range=(?P<first>\d+)-(?P<last>\d+|\*)", re.IGNORECASE)
_NOT_BOUND = (
    "000004DC: LdapErr: DSID-0C090CF4, comment: In order to perform this operation a successful bind must be completed "
    "on the connection., data 0, v4f7c"
)
_WRONG_CREDENTIALS = "80090308: LdapErr: DSID-0C090439, comment: AcceptSecurityContext error, data 52e, v4f7c"
_NO_OBJECT = "0000208D: NameErr: DSID-0310028B, problem 2001 (NO_OBJECT), data 0, best match of:\n\t'{}'\n"


class DirectoryProtocol(BaseLDAPServer):  # type: ignore[misc]
    """One connection of a client."""

    fail_LDAPBindRequest = pureldap.LDAPBindResponse
    fail_LDAPSearchRequest = pureldap.LDAPSearchResultDone

    def __init__(self, hierarchy: Callable[[], Hierarchy], *, has_tls: bool, searches: list[str] | None = None) -> None:
        super().__init__()
        self._searches = [] if searches is None else searches
        self._hierarchy = hierarchy
        self._is_bound = False
        self._has_tls = has_tls
        self.starts_tls = False
        """The client was promised TLS, from here on."""

    def handle_LDAPBindRequest(self, request: Any, controls: object, reply: object) -> Any:
        self._is_bound = False
        if request.sasl or request.version != 3:
            raise ldaperrors.LDAPAuthMethodNotSupported("00002027: LdapErr: DSID-0C090676, comment: Invalid method")
        name, password = request.dn.decode(errors="replace"), request.auth.decode(errors="replace")
        if password:
            with self._hierarchy().simulation.moment():
                if not self._is_right(name, password):
                    raise ldaperrors.LDAPInvalidCredentials(_WRONG_CREDENTIALS)
            self._is_bound = True
        return pureldap.LDAPBindResponse(resultCode=0)

    def handle_LDAPUnbindRequest(self, request: object, controls: object, reply: object) -> None:
        self.transport.loseConnection()

    def handle_LDAPAbandonRequest(self, request: object, controls: object, reply: object) -> None:
        """Every answer is complete before the next request is read."""

    def handle_LDAPExtendedRequest(self, request: Any, controls: object, reply: object) -> Any:
        if request.requestName != pureldap.LDAPStartTLSRequest.oid or self._has_tls:
            raise ldaperrors.LDAPProtocolError("0000203D: LdapErr: DSID-0C09136A, comment: Unknown extended request OID")
        self.starts_tls = self._has_tls = True
        return pureldap.LDAPStartTLSResponse(resultCode=0, responseName=pureldap.LDAPStartTLSRequest.oid)

    def handle_LDAPSearchRequest(self, request: Any, controls: Sequence[tuple[bytes, Any, bytes]] | None, reply: Any) -> Any:
        base, scope = request.baseObject.decode(errors="replace"), int(request.scope)
        names = [name.decode(errors="replace") for name in request.attributes]
        self._searches.append(base)
        with self._hierarchy().simulation.moment():
            tree = Tree(self._hierarchy().directory)
            if not base and scope == pureldap.LDAP_SCOPE_baseObject:
                reply(_shown(_root(tree), names))
                return pureldap.LDAPSearchResultDone(resultCode=0)
            if not self._is_bound:
                raise ldaperrors.LDAPOperationsError(_NOT_BOUND)
            return self._search(tree, base, scope, request.filter, names, controls, reply)

    def queue(self, id: int, op: Any) -> None:
        """As ldaptor does it, with the controls that a search leaves to its last message."""
        controls = getattr(op, "lab_controls", None)
        self.transport.write(pureldap.LDAPMessage(op, controls=controls, id=id).toWire())

    def _search(
        self,
        tree: Tree,
        base: str,
        scope: int,
        condition: Any,
        names: Sequence[str],
        controls: Sequence[tuple[bytes, Any, bytes]] | None,
        reply: Any,
    ) -> Any:
        top = tree.find(base)
        if top is None:
            raise ldaperrors.LDAPNoSuchObject(_NO_OBJECT.format(tree.base))
        try:
            test = compile_filter(condition, tree)
        except UnknownFilter as error:
            raise ldaperrors.LDAPInappropriateMatching(f"this filter is not served: {error}") from error
        candidates = [top] if scope == pureldap.LDAP_SCOPE_baseObject else _below(tree, base, scope)
        found = (entry for entry in candidates if test(entry))
        page = next((value for kind, _critical, value in controls or () if kind == PAGED_RESULTS), None)
        size, start = _page(page) if page is not None else (MAX_PAGE_SIZE, 0)
        entries = list(islice(found, start, start + min(size, MAX_PAGE_SIZE)))
        has_more = next(found, None) is not None
        for entry in entries:
            reply(_shown(entry, names))
        if scope == pureldap.LDAP_SCOPE_wholeSubtree and normalized_dn(base) == normalized_dn(tree.base) and not has_more:
            for uri in _referrals(tree):
                reply(pureldap.LDAPSearchResultReference(uris=[pureldap.LDAPString(uri)]))
        done = pureldap.LDAPSearchResultDone(resultCode=0)
        if page is not None:
            cookie = str(start + len(entries)) if has_more else ""
            value = pureber.BERSequence([pureber.BERInteger(0), pureber.BEROctetString(cookie)]).toWire()
            done.lab_controls = [(PAGED_RESULTS, None, value)]
        elif has_more:
            done = pureldap.LDAPSearchResultDone(resultCode=ldaperrors.LDAPSizeLimitExceeded.resultCode)
        return done

    def _is_right(self, name: str, password: str) -> bool:
        directory = self._hierarchy().directory
        principal = directory.find(name)
        if principal is None:
            wanted = normalized_dn(name)
            users = (entry for entry in directory.principals if entry.password)
            names = directory.distinguished_name
            principal = next((user for user in users if normalized_dn(names(user)) == wanted), None)
        return principal is not None and bool(principal.password) and principal.password == password


def _below(tree: Tree, base: str, scope: int) -> Iterator[Entry]:
    wanted = normalized_dn(base)
    for entry in tree:
        name = normalized_dn(entry.dn)
        if scope == pureldap.LDAP_SCOPE_singleLevel:
            is_in = name.partition(",")[2] == wanted
        else:
            is_in = name == wanted or name.endswith(f",{wanted}")
        if is_in:
            yield entry


def _page(value: bytes) -> tuple[int, int]:
    """Size of the page that is wanted, and how many entries came before it."""
    (sequence, _length) = pureber.berDecodeObject(pureber.BERDecoderContext(), value)
    size, cookie = sequence[0].value, sequence[1].value
    return int(size) or MAX_PAGE_SIZE, int(cookie or 0)


def _shown(entry: Entry, names: Sequence[str]) -> Any:
    """An entry with the attributes that were asked for, or the usual ones."""
    wanted: list[str] = []
    for name in names or ["*"]:
        wanted += entry.usual_names if name == "*" else [] if name == _NO_ATTRIBUTES else [name]
    attributes: list[tuple[str, Values]] = []
    for name in dict.fromkeys(wanted):
        attributes += _attribute(entry, name)
    return pureldap.LDAPSearchResultEntry(objectName=entry.dn, attributes=attributes)


def _attribute(entry: Entry, description: str) -> list[tuple[str, Values]]:
    """One attribute; of a long one the range that was asked for, or its first values, and its own name without values."""
    match = _RANGE.fullmatch(description)
    name = entry.name_of(match["name"] if match else description)
    values = entry.values(name)
    if not values or (match is None and len(values) <= MAX_VALUES):
        return [(name, values)] if values else []
    first = int(match["first"]) if match else 0
    last = len(values) - 1 if match is None or match["last"] == "*" else int(match["last"])
    if first >= len(values):
        raise ldaperrors.LDAPOperationsError("00002121: SvcErr: DSID-03140594, problem 5003 (WILL_NOT_PERFORM), data 0")
    last = min(last, first + MAX_VALUES - 1)
    end = "*" if last >= len(values) - 1 else str(last)
    part = (f"{name};range={first}-{end}", values[first : last + 1])
    return [part] if match else [(name, []), part]


def _referrals(tree: Tree) -> list[str]:
    domain = ".".join(part.partition("=")[2] for part in tree.base.split(","))
    return [f"ldap://{name}.{domain}/DC={name},{tree.base}" for name in ("ForestDnsZones", "DomainDnsZones")]


def _root(tree: Tree) -> Entry:
    domain = ".".join(part.partition("=")[2] for part in tree.base.split(","))
    texts = {
        "defaultNamingContext": tree.base,
        "rootDomainNamingContext": tree.base,
        "namingContexts": tree.base,
        "dnsHostName": f"dc.{domain}",
        "ldapServiceName": f"{domain}:dc$@{domain.upper()}",
        "supportedLDAPVersion": "3",
        "supportedControl": PAGED_RESULTS.decode(),
        "domainFunctionality": "7",
        "isGlobalCatalogReady": "TRUE",
    }
    return Entry("", {name: lambda text=text: [text.encode()] for name, text in texts.items()})  # type: ignore[misc]
