# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The queries ASSOCIATORS OF and REFERENCES OF (MS-WMI 2.2.1.1): which objects an object is associated with, and through what.

AssocClass, ResultClass, Role and ResultRole are understood; what asks for keys, classes or qualifiers is not.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from .codes import Wbem, failure
from .model import ClassSchema, Instance, Reference, Value
from .paths import normalized, parse_object_path
from .schema import is_a

_QUERY = re.compile(
    r"\s*(?P<kind>associators|references)\s+of\s*\{(?P<path>[^{}]+)\}\s*(?:where\s+(?P<terms>.*?))?\s*",
    re.IGNORECASE | re.DOTALL,
)
_TERM = re.compile(r"\s*(?P<name>\w+)(?:\s*=\s*(?P<value>\w+))?(?=\s|$)")
_TERMS = {"associators": ("assocclass", "resultclass", "role", "resultrole"), "references": ("resultclass", "role")}


Find = Callable[[Reference], tuple[Instance, ClassSchema]]
"""Where a reference leads; `WmiError` if nowhere."""
Ask = Callable[[ClassSchema, Mapping[str, Value]], Iterable[Instance]]
"""The instances of a class, at least those with these values."""


@dataclass(frozen=True)
class AssociationQuery:
    """What is asked; names are empty where nothing is."""

    source: Reference
    wants_associations: bool
    """References to the object are wanted, not what is at their other ends."""
    association_class: str = ""
    result_class: str = ""
    role: str = ""
    result_role: str = ""


def parse_association_query(text: str, namespace: str) -> AssociationQuery | None:
    """Read such a query; None for one of another kind."""
    if re.match(r"\s*(associators|references)\b", text, re.IGNORECASE) is None:
        return None
    match = _QUERY.fullmatch(text)
    source = parse_object_path(match["path"], namespace) if match else None
    if match is None or source is None:
        raise failure(Wbem.INVALID_QUERY)
    kind, terms = match["kind"].lower(), _terms(match["terms"] or "")
    if not terms.keys() <= set(_TERMS[kind]):
        raise failure(Wbem.NOT_SUPPORTED)
    if kind == "references":
        return AssociationQuery(source, True, terms.get("resultclass", ""), role=terms.get("role", ""))
    return AssociationQuery(
        source,
        False,
        terms.get("assocclass", ""),
        terms.get("resultclass", ""),
        terms.get("role", ""),
        terms.get("resultrole", ""),
    )


def associated(query: AssociationQuery, schemas: Iterable[ClassSchema], ask: Ask, find: Find) -> Iterator[Instance]:
    """What the query finds by the association classes among these."""
    source = replace(query.source, class_name=find(query.source)[0].class_name)
    for schema in schemas:
        ends = [prop.name for prop in schema.properties.values() if prop.type == "reference"]
        if query.association_class and not is_a(schema, query.association_class):
            continue
        for end in ends:
            if query.role.lower() in ("", end.lower()):
                others = [other for other in ends if other != end and query.result_role.lower() in ("", other.lower())]
                for row in ask(schema, {end: source}):
                    if normalized(row.properties[end]) == normalized(source):
                        yield from [row] if query.wants_associations else _targets(row, others, query, find)


def _targets(row: Instance, ends: Iterable[str], query: AssociationQuery, find: Find) -> Iterator[Instance]:
    for end in ends:
        target = row.properties[end]
        if isinstance(target, Reference):
            found, schema = find(target)
            if not query.result_class or is_a(schema, query.result_class):
                yield found


def _terms(text: str) -> dict[str, str]:
    terms: dict[str, str] = {}
    position = 0
    while text[position:].strip():
        match = _TERM.match(text, position)
        if match is None:
            raise failure(Wbem.INVALID_QUERY)
        terms[match["name"].lower()] = match["value"] or ""
        position = match.end()
    return terms
