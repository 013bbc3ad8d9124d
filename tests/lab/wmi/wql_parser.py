# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""WQL text into a `Query`: the SELECT statement of MS-WMI 2.2.1.1, for data (not for events or schemas).

Beyond the published grammar, NOT and a constant on the left are accepted, as WMI accepts them. NOT is moved inwards
while parsing, so that a condition is made of AND, OR and comparisons only.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from .codes import Wbem, failure

MAX_NESTING = 100
"""Parentheses and NOTs inside one another; WMI too refuses a query that is too complex (QUOTA_VIOLATION)."""

Constant = None | bool | int | float | str


@dataclass(frozen=True)
class Comparison:
    """``name operator constant``. The operator is one of ``= <> < > <= >= like isa``; `negated` is for the last two."""

    name: str
    operator: str
    constant: Constant
    negated: bool = False


@dataclass(frozen=True)
class Junction:
    """Conditions joined by ``and`` or ``or``."""

    operator: str
    operands: tuple[Condition, ...]


Condition = Comparison | Junction


@dataclass(frozen=True)
class Query:
    """A SELECT statement; names are as the client wrote them."""

    class_name: str
    selected: tuple[str, ...] | None
    """None for ``*``."""
    condition: Condition | None


_TOKEN = re.compile(
    r"""\s*(?:
        (?P<number>[+-]?(?:0[xX][0-9a-fA-F]+|\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)(?!\w))
      | (?P<string>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
      | (?P<word>[A-Za-z_]\w*)
      | (?P<symbol><=|>=|<>|!=|[=<>(),*])
    )""",
    re.VERBOSE | re.DOTALL | re.ASCII,
)
_NEGATION = {"=": "<>", "<>": "=", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}
_MIRROR = {"=": "=", "<>": "<>", "<": ">", ">": "<", "<=": ">=", ">=": "<="}
_WORD_CONSTANTS: dict[str, Constant] = {"true": True, "false": False, "null": None}


def parse(text: str) -> Query:
    """Read a query, or raise INVALID_QUERY."""
    return _Parser(text).query()


class _Parser:
    """Recursive descent over the tokens, each a kind and its text."""

    def __init__(self, text: str) -> None:
        self._tokens: list[tuple[str, str]] = []
        position, end = 0, len(text.rstrip())
        while position < end:
            match = _TOKEN.match(text, position)
            if match is None or match.lastgroup is None:
                raise failure(Wbem.INVALID_QUERY)
            self._tokens.append((match.lastgroup, match[match.lastgroup]))
            position = match.end()
        self._tokens.append(("end", ""))
        self._index = 0

    def query(self) -> Query:
        self._need_word("select")
        selected = None if self._take_symbol("*") else self._names()
        self._need_word("from")
        class_name = self._name()
        condition = self._any_of(0, negated=False) if self._take_word("where") else None
        if self._tokens[self._index][0] != "end":
            raise failure(Wbem.INVALID_QUERY)
        return Query(class_name, selected, condition)

    def _names(self) -> tuple[str, ...]:
        names = [self._name()]
        while self._take_symbol(","):
            names.append(self._name())
        return tuple(names)

    def _any_of(self, depth: int, *, negated: bool) -> Condition:
        operands = [self._all_of(depth, negated=negated)]
        while self._take_word("or"):
            operands.append(self._all_of(depth, negated=negated))
        return _junction("and" if negated else "or", operands)

    def _all_of(self, depth: int, *, negated: bool) -> Condition:
        operands = [self._term(depth, negated=negated)]
        while self._take_word("and"):
            operands.append(self._term(depth, negated=negated))
        return _junction("or" if negated else "and", operands)

    def _term(self, depth: int, *, negated: bool) -> Condition:
        if depth > MAX_NESTING:
            raise failure(Wbem.QUOTA_VIOLATION)
        if self._take_word("not"):
            return self._term(depth + 1, negated=not negated)
        if self._take_symbol("("):
            condition = self._any_of(depth + 1, negated=negated)
            self._need(self._take_symbol(")"))
            return condition
        return self._comparison(negated=negated)

    def _comparison(self, *, negated: bool) -> Comparison:
        kind, text = self._tokens[self._index]
        if kind in ("number", "string") or text.lower() in _WORD_CONSTANTS:
            constant = self._constant()
            operator = _MIRROR[self._operator()]
            name = self._name()
        else:
            name = self._name()
            if self._take_word("is"):
                operator = "<>" if self._take_word("not") else "="
                self._need_word("null")
                constant = None
            elif self._take_word("not"):
                self._need_word("like")
                return Comparison(name, "like", self._constant(), not negated)
            elif self._take_word("like"):
                return Comparison(name, "like", self._constant(), negated)
            elif self._take_word("isa"):
                return Comparison(name, "isa", self._constant(), negated)
            else:
                operator = self._operator()
                constant = self._constant()
        return Comparison(name, _NEGATION[operator] if negated else operator, constant)

    def _operator(self) -> str:
        kind, text = self._tokens[self._index]
        operator = "<>" if text == "!=" else text
        self._need(kind == "symbol" and operator in _NEGATION)
        self._index += 1
        return operator

    def _constant(self) -> Constant:
        kind, text = self._tokens[self._index]
        self._index += 1
        if kind == "string":
            return re.sub(r"\\(.)", r"\1", text[1:-1], flags=re.DOTALL)
        if kind == "number":
            return number(text)
        self._need(kind == "word" and text.lower() in _WORD_CONSTANTS)
        return _WORD_CONSTANTS[text.lower()]

    def _name(self) -> str:
        kind, text = self._tokens[self._index]
        self._need(kind == "word")
        self._index += 1
        return text

    def _take_word(self, word: str) -> bool:
        kind, text = self._tokens[self._index]
        return self._take(kind == "word" and text.lower() == word)

    def _take_symbol(self, symbol: str) -> bool:
        return self._take(self._tokens[self._index] == ("symbol", symbol))

    def _take(self, found: bool) -> bool:
        self._index += found
        return found

    def _need_word(self, word: str) -> None:
        self._need(self._take_word(word))

    @staticmethod
    def _need(found: bool) -> None:
        if not found:
            raise failure(Wbem.INVALID_QUERY)


def _junction(operator: str, operands: list[Condition]) -> Condition:
    return operands[0] if len(operands) == 1 else Junction(operator, tuple(operands))


def number(text: str) -> int | float:
    """A number as WQL writes it; ValueError for text that is none, or of more digits than a number can have."""
    if text.lower().lstrip("+-").startswith("0x"):
        return int(text, 16)
    if len(text) > 40:
        raise failure(Wbem.INVALID_QUERY)
    return int(text) if text.lstrip("+-").isdecimal() else float(text)
