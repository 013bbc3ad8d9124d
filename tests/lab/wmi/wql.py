# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""WQL conditions against instances: a WHERE clause becomes one Python function, made once for a query.

From MS-WMI 2.2.1.1: strings compare without regard to case; an operator that does not go with the property's type makes
the query invalid. NULL is neither equal nor unequal to anything: only ``IS NULL`` finds it.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from .codes import Wbem, failure
from .model import ClassSchema, Instance, PropertySchema, Reference, Value
from .paths import in_utc, normalized, parse_dmtf, parse_object_path
from .schema import INTEGER_RANGES
from .wql_parser import Comparison, Condition, Constant, Junction, Query, number, parse

__all__ = ["Query", "Test", "compile_condition", "equalities", "parse", "selected_names"]

Test = Callable[[Instance], bool]
IsA = Callable[[str, str], bool]
"""Whether the class named first is the one named second or derived from it."""

_OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "<>": operator.ne,
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
}


def selected_names(query: Query, schema: ClassSchema) -> tuple[str, ...] | None:
    """The selected properties by their declared names; ``__CLASS`` may be among them."""
    if query.selected is None:
        return None
    names = ("__CLASS" if name.upper() == "__CLASS" else _property(schema, name).name for name in query.selected)
    return tuple(dict.fromkeys(names))


def compile_condition(condition: Condition | None, schema: ClassSchema, is_a: IsA) -> Test | None:
    """The condition on instances of this class as a function; None where every instance meets it."""
    return None if condition is None else _compile(condition, schema, is_a)


def equalities(condition: Condition | None, schema: ClassSchema) -> dict[str, Value]:
    """What every instance found must have: ``property = constant`` terms joined by AND, by declared name."""
    terms = condition.operands if isinstance(condition, Junction) and condition.operator == "and" else (condition,)
    return {
        prop.name: _reference(schema, term.constant) if prop.type == "reference" else _typed(prop.type, term.constant)
        for term in terms
        if isinstance(term, Comparison) and term.operator == "=" and term.constant is not None
        if (prop := schema.properties.get(term.name.lower()))
    }


def _compile(condition: Condition, schema: ClassSchema, is_a: IsA) -> Test:
    if isinstance(condition, Comparison):
        return _comparison(condition, schema, is_a)
    tests = [_compile(operand, schema, is_a) for operand in condition.operands]
    if condition.operator == "and":
        return lambda instance: all(test(instance) for test in tests)
    return lambda instance: any(test(instance) for test in tests)


def _comparison(term: Comparison, schema: ClassSchema, is_a: IsA) -> Test:
    system_name = term.name.upper()
    if term.operator == "isa":
        return _isa(term, schema, is_a)
    if system_name == "__CLASS":
        return _test(term, "string", False, lambda instance: instance.class_name)
    prop = _property(schema, term.name)
    name = prop.name
    if prop.type == "reference" and term.operator in ("=", "<>") and term.constant is not None:
        wanted, is_equal = normalized(_reference(schema, term.constant)), term.operator == "="
        return lambda instance: (value := instance.properties[name]) is not None and (normalized(value) == wanted) == is_equal
    return _test(term, prop.type, prop.is_array, lambda instance: instance.properties[name])


def _reference(schema: ClassSchema, constant: Constant) -> Reference:
    """References are compared with object paths, as many published queries do; the namespace may be left out."""
    found = parse_object_path(constant, schema.namespace) if isinstance(constant, str) else None
    if found is None:
        raise failure(Wbem.INVALID_QUERY)
    return found


def _isa(term: Comparison, schema: ClassSchema, is_a: IsA) -> Test:
    """``__THIS ISA "Class"`` asks for the instance's own class, ``Property ISA "Class"`` for an embedded object's."""
    wanted, negated = term.constant, term.negated
    if not isinstance(wanted, str):
        raise failure(Wbem.INVALID_QUERY)
    if term.name.upper() == "__THIS":
        return lambda instance: is_a(instance.class_name, wanted) != negated
    prop = _property(schema, term.name)
    if prop.type != "object" or prop.is_array:
        raise failure(Wbem.INVALID_QUERY)

    def test(instance: Instance) -> bool:
        value = instance.properties[prop.name]
        return isinstance(value, Instance) and is_a(value.class_name, wanted) != negated

    return test


def _test(term: Comparison, cim_type: str, is_array: bool, read: Callable[[Instance], Value]) -> Test:
    if term.constant is None:
        if term.operator == "=":
            return lambda instance: read(instance) is None
        if term.operator == "<>":
            return lambda instance: read(instance) is not None
        raise failure(Wbem.INVALID_QUERY)
    if is_array or cim_type in ("object", "reference"):
        raise failure(Wbem.INVALID_QUERY)
    if term.operator == "like":
        return _like(term, cim_type, read)
    if cim_type == "boolean" and term.operator not in ("=", "<>"):
        raise failure(Wbem.INVALID_QUERY)
    constant, compare = _typed(cim_type, term.constant), _OPERATORS[term.operator]
    if cim_type in ("string", "char16"):
        text = str(constant).lower()
        return lambda instance: (value := read(instance)) is not None and compare(str(value).lower(), text)
    if isinstance(constant, datetime):
        return lambda instance: isinstance(value := read(instance), datetime) and compare(in_utc(value), constant)
    if isinstance(constant, timedelta):
        return lambda instance: isinstance(value := read(instance), timedelta) and compare(value, constant)
    return lambda instance: (value := read(instance)) is not None and compare(value, constant)


def _like(term: Comparison, cim_type: str, read: Callable[[Instance], Value]) -> Test:
    if cim_type not in ("string", "char16") or not isinstance(term.constant, str):
        raise failure(Wbem.INVALID_QUERY)
    pattern, negated = like_pattern(term.constant), term.negated
    return lambda instance: isinstance(value := read(instance), str) and (pattern.fullmatch(value) is None) == negated


def like_pattern(text: str) -> re.Pattern[str]:
    """LIKE's ``%``, ``_``, ``[a-f]`` and ``[^x]`` as a regular expression."""
    segments = [""]
    position = 0
    while position < len(text):
        character = text[position]
        position += 1
        if character == "%":
            segments.append("")
        elif character == "_":
            segments[-1] += "."
        elif character == "[":
            end = text.find("]", position)
            members = text[position:end].removeprefix("^")
            if end < 0 or not members:
                raise failure(Wbem.INVALID_QUERY)
            segments[-1] += ("[^" if text[position] == "^" else "[") + _set(members) + "]"
            position = end + 1
        else:
            segments[-1] += re.escape(character)
    first, *rest = segments
    # The first place where a middle segment fits is good enough, so an atomic group spares the backtracking.
    middle = "".join(f"(?>.*?{segment})" for segment in rest[:-1] if segment)
    return re.compile(first + middle + (f".*{rest[-1]}" if rest else ""), re.IGNORECASE | re.DOTALL)


def _set(members: str) -> str:
    """The inside of ``[...]``: single characters and ranges."""
    result = ""
    while members:
        if len(members) >= 3 and members[1] == "-":
            if members[0] > members[2]:
                raise failure(Wbem.INVALID_QUERY)
            result += f"{re.escape(members[0])}-{re.escape(members[2])}"
            members = members[3:]
        else:
            result += re.escape(members[0])
            members = members[1:]
    return result


def _typed(cim_type: str, constant: Constant) -> bool | int | float | str | datetime | timedelta:
    """A constant as a value of the property's type. Numbers and datetimes may be written as strings."""
    if cim_type == "boolean":
        if isinstance(constant, bool):
            return constant
    elif cim_type == "datetime":
        if isinstance(constant, str) and (parsed := parse_dmtf(constant)) is not None:
            return parsed
    elif cim_type in ("string", "char16"):
        if isinstance(constant, str):
            return constant
    elif isinstance(constant, str):
        if re.fullmatch(r"[+-]?\d+(\.\d+)?", constant, re.ASCII):
            return _typed(cim_type, number(constant))
    elif isinstance(constant, (int, float)) and not isinstance(constant, bool):
        in_64_bits = -(2**63) <= constant < 2**64
        if cim_type not in INTEGER_RANGES or (isinstance(constant, int) and in_64_bits):
            return constant
    raise failure(Wbem.INVALID_QUERY)


def _property(schema: ClassSchema, name: str) -> PropertySchema:
    prop = schema.properties.get(name.lower())
    if prop is None:
        raise failure(Wbem.INVALID_QUERY)
    return prop
