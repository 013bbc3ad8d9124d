# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Search filters, against the entries of the directory, as Active Directory understands them.

Documented (MS-ADTS): the matching rules for bits and for chains of groups, identifiers written as text, short names of
object categories; what an entry does not have matches nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from ldaptor.protocols import pureldap  # type: ignore[import-untyped]

from .entries import Entry, Tree, binary_sid, normalized_dn

Test = Callable[[Entry], bool]

BIT_AND, BIT_OR, IN_CHAIN = "1.2.840.113556.1.4.803", "1.2.840.113556.1.4.804", "1.2.840.113556.1.4.1941"
_NAMES = ("member", "memberof", "distinguishedname")
"""Attributes whose values are distinguished names."""


class UnknownFilter(Exception):
    """A filter of a kind that is not served."""


def compile_filter(element: Any, tree: Tree) -> Test:
    """The filter as a function."""
    match element:
        case pureldap.LDAPFilter_and():
            tests = [compile_filter(part, tree) for part in element]
            return lambda entry: all(test(entry) for test in tests)
        case pureldap.LDAPFilter_or():
            tests = [compile_filter(part, tree) for part in element]
            return lambda entry: any(test(entry) for test in tests)
        case pureldap.LDAPFilter_not():
            inner = compile_filter(element.value, tree)
            return lambda entry: not inner(entry)
        case pureldap.LDAPFilter_present():
            name = _text(element.value)
            return lambda entry: bool(entry.values(name))
        case pureldap.LDAPFilter_equalityMatch() | pureldap.LDAPFilter_approxMatch():
            return _equal(_text(element.attributeDesc.value), _bytes(element.assertionValue.value))
        case pureldap.LDAPFilter_substrings():
            return _substrings(element)
        case pureldap.LDAPFilter_greaterOrEqual():
            return _ordered(element, 1)
        case pureldap.LDAPFilter_lessOrEqual():
            return _ordered(element, -1)
        case pureldap.LDAPFilter_extensibleMatch():
            return _extensible(element, tree)
        case _:
            raise UnknownFilter(type(element).__name__)


def _equal(name: str, wanted: bytes) -> Test:
    lower = name.lower()
    if lower in ("objectsid", "tokengroups") and wanted.upper().startswith(b"S-1-"):
        wanted = binary_sid(wanted.decode())
    if lower in ("objectsid", "tokengroups", "objectguid"):
        return lambda entry: wanted in entry.values(name)
    text = wanted.decode(errors="replace")
    if lower in _NAMES:
        dn = normalized_dn(text)
        return lambda entry: any(normalized_dn(value.decode()) == dn for value in entry.values(name))
    folded = text.lower()
    if lower == "objectcategory" and "=" not in folded:
        return lambda entry: any(value.decode().lower().startswith(f"cn={folded},") for value in entry.values(name))
    return lambda entry: any(value.decode().lower() == folded for value in entry.values(name))


def _substrings(element: Any) -> Test:
    name, pattern, at_end = _text(element.type), "", False
    for part in element.substrings:
        text = re.escape(_text(part.value))
        is_first = isinstance(part, pureldap.LDAPFilter_substrings_initial)
        at_end = isinstance(part, pureldap.LDAPFilter_substrings_final)
        pattern += text if is_first else f".*{text}"
    compiled = re.compile(pattern + ("" if at_end else ".*"), re.IGNORECASE | re.DOTALL)
    return lambda entry: any(compiled.fullmatch(value.decode(errors="replace")) for value in entry.values(name))


def _ordered(element: Any, sign: int) -> Test:
    name, wanted = _text(element.attributeDesc.value), _text(element.assertionValue.value)
    if not re.fullmatch(r"-?\d+", wanted):
        raise UnknownFilter(f"{name} compared with {wanted}")
    limit = int(wanted)
    return lambda entry: any(sign * int(value) >= sign * limit for value in entry.values(name) if value.lstrip(b"-").isdigit())


def _extensible(element: Any, tree: Tree) -> Test:
    rule = _text(element.matchingRule.value) if element.matchingRule else ""
    name, value = _text(element.type.value) if element.type else "", _text(element.matchValue.value)
    if rule in (BIT_AND, BIT_OR) and value.isdigit():
        bits, needed = int(value), int(value) if rule == BIT_AND else 1
        if rule == BIT_OR:
            return lambda entry: any(int(number) & bits for number in entry.values(name))
        return lambda entry: any(int(number) & bits == needed for number in entry.values(name))
    if rule == IN_CHAIN and name.lower() in ("member", "memberof"):
        found = tree.groups_in_chain(value) if name.lower() == "member" else tree.members_in_chain(value)
        return lambda entry: normalized_dn(entry.dn) in found
    raise UnknownFilter(f"{name}:{rule}")


def _bytes(value: bytes | str) -> bytes:
    return value.encode() if isinstance(value, str) else value


def _text(value: bytes | str) -> str:
    return value.decode(errors="replace") if isinstance(value, bytes) else value
