# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every parser, and everything that quotes, has a test that gives it whatever there may be: parsers.yml says which."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
import yaml

TESTS = Path(__file__).parents[1]
SOURCES = Path(__file__).parents[4] / "plugins/plugin_utils"
TABLE: dict[str, dict[str, str]] = yaml.safe_load(Path(__file__).with_name("parsers.yml").read_text())
ROWS = [(module, function, test) for module, functions in TABLE.items() for function, test in functions.items()]

_VERBS = re.compile(r"(parse|decode|read|check|quote|quoted|escape)(_|$)")
_TEXTS = {"str", "bytes", "Element", "str | None", "Sequence[str]"}
_OURS = {"read_data_file"}
"""What reads files of the collection itself."""


def parsers(path: Path) -> Iterator[str]:
    """Functions of a module that, by their names, read or check what they get as text. Those that ask a server get a client."""
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.FunctionDef) and _VERBS.match(node.name) and node.name not in _OURS:
            types = [ast.unparse(argument.annotation) for argument in node.args.args if argument.annotation]
            names = {argument.arg for argument in node.args.args}
            if (types and types[0] in _TEXTS) or names & {"output", "outputs", "answer", "text"}:
                yield node.name


def test_every_parser_is_in_the_table() -> None:
    found = {(str(path.relative_to(SOURCES)), name) for path in SOURCES.rglob("*.py") for name in parsers(path)}
    assert len(found) > 20
    assert sorted(found - {(module, function) for module, function, _test in ROWS}) == []


@cache
def _source(path: Path) -> str:
    return path.read_text()


@pytest.mark.parametrize(("module", "function", "test"), ROWS)
def test_its_test_is_one_that_makes_up_what_it_gives(module: str, function: str, test: str) -> None:
    assert re.search(rf"^(def|class) {function}\b", _source(SOURCES / module), re.MULTILINE)
    file, _separator, name = test.partition("::")
    whole = _source(TESTS / file)
    (node,) = [node for node in ast.parse(whole).body if isinstance(node, ast.FunctionDef) and node.name == name]
    assert any("given" in ast.unparse(decorator) for decorator in node.decorator_list)
    assert re.search(rf"\b{function}\b", whole)
