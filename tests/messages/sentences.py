# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sentences that Python files raise, read from their syntax: what is filled in is shown as <what it is>."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ERRORS = frozenset(
    {
        "AnsibleActionFail",
        "AnsibleConnectionFailure",
        "AuthenticationRejected",
        "CommandTimedOut",
        "DirectoryError",
        "HttpError",
        "Interference",
        "NoProvider",
        "NoThread",
        "NotProven",
        "Refusal",
        "Refused",
        "RegistryError",
        "ServerUnreachable",
        "ServiceError",
        "SiteError",
        "SmbError",
        "SmbLost",
        "SmbMissing",
        "SmbNotAFolder",
        "UndecodableAnswer",
        "UnusableSetting",
        "ValueError",
        "WaitTimeout",
        "WindowsError",
        "_failure",
        "kind",
    }
)
"""Exceptions that have a sentence for people, and what makes such exceptions."""

WAITS = frozenset({"until", "_until"})
"""What says, at the end of its time, what has not come."""
_FAILURE = 3
"""Position of the argument with that sentence."""


@dataclass(frozen=True)
class Sentence:
    """What is raised somewhere."""

    path: str
    """Of the file, below ``plugins``."""
    function: str
    error: str
    text: str


@dataclass(frozen=True)
class _File:
    """What the names of a file stand for."""

    path: str
    tree: ast.Module
    constants: dict[str, ast.expr]
    functions: dict[str, ast.FunctionDef]
    imports: dict[str, tuple[str, str]]
    """Local name: the file that it comes from, and its name there."""


class Sources:
    """All Python files below a folder."""

    def __init__(self, plugins: Path) -> None:
        paths = [path for folder in ("plugin_utils", "action", "filter") for path in sorted((plugins / folder).rglob("*.py"))]
        self._files = {path.relative_to(plugins).as_posix(): _read(path, plugins) for path in paths}

    def sentences(self) -> Iterator[Sentence]:
        """Everything that is raised, or made to be raised, file by file."""
        seen = set()
        for file in self._files.values():
            for function in (node for node in ast.walk(file.tree) if isinstance(node, ast.FunctionDef)):
                local = _assignments(function)
                for node in _own_nodes(function):
                    name = _name_of_call(node)
                    if not isinstance(node, ast.Call):
                        continue
                    if name in WAITS and len(node.args) > _FAILURE:
                        values = _from_callers(node.args[_FAILURE], function, file)
                        found = [
                            f"{text} within <seconds> s."
                            for value, place in values
                            for text in self._texts(value, _assignments(place), file, 0)
                        ]
                    elif name in ERRORS and node.args:
                        found = self._texts(node.args[0], local, file, 0)
                    else:
                        continue
                    for text in found:
                        sentence = Sentence(file.path, function.name, name, " ".join(text.split()))
                        if re.search(r"[a-z]{3}.* ", re.sub(r"<[^>]*>", "", text)) and (file.path, sentence.text) not in seen:
                            seen.add((file.path, sentence.text))
                            yield sentence

    def _texts(self, node: ast.expr, local: dict[str, list[ast.expr]], file: _File, depth: int) -> list[str]:
        """What an expression may say, each alternative on its own."""
        if depth > 3:
            return []
        if isinstance(node, ast.IfExp):
            return self._texts(node.body, local, file, depth) + self._texts(node.orelse, local, file, depth)
        if isinstance(node, ast.Name) and node.id in local:
            return [text for value in local[node.id] for text in self._texts(value, local, file, depth + 1)]
        found = self._function(_name_of_call(node), file)
        if found:
            called, place = found
            inner = _assignments(called)
            returned = [each.value for each in _own_nodes(called) if isinstance(each, ast.Return) and each.value]
            return [text for value in returned for text in self._texts(value, inner, place, depth + 1)]
        text = self._text(node, local, file)
        return [text] if text else []

    def _text(self, node: ast.expr, local: dict[str, list[ast.expr]], file: _File) -> str:
        """What an expression says as a part of a sentence."""
        if isinstance(node, ast.Constant):
            return str(node.value)
        if isinstance(node, ast.JoinedStr):
            return "".join(self._text(part, local, file) for part in node.values)
        if isinstance(node, ast.FormattedValue):
            return self._text(node.value, local, file)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            return self._text(node.left, local, file) + self._text(node.right, local, file)
        if isinstance(node, ast.IfExp):
            return self._choice(node, local, file)
        if isinstance(node, ast.Name):
            values = local.get(node.id, [])
            if len(values) == 1 and isinstance(values[0], ast.IfExp) and _is_optional(values[0]):
                return self._choice(values[0], local, file)
            constant, place = self._constant(node.id, file)
            if isinstance(constant, ast.Constant | ast.JoinedStr):
                return self._text(constant, {}, place)
            if isinstance(constant, ast.BinOp) and not [part for part in ast.walk(constant) if isinstance(part, ast.Name)]:
                return str(eval(compile(ast.Expression(constant), file.path, "eval"), {"__builtins__": {}}))
        if isinstance(node, ast.BinOp) and isinstance(node.left, ast.Constant):
            return self._text(node.right, local, file)
        return f"<{_word(node)}>"

    def _choice(self, node: ast.IfExp, local: dict[str, list[ast.expr]], file: _File) -> str:
        """Both of two texts; of one that may be left out, the text, unless it says nothing but what is filled in."""
        either = [self._text(part, local, file) for part in (node.body, node.orelse)]
        if all(
            isinstance(part, ast.Constant) and text.strip() for part, text in zip((node.body, node.orelse), either, strict=True)
        ):
            return f"<{either[0]} or {either[1]}>"
        longer = max(either, key=len)
        return "" if "" in either and re.fullmatch(r"<[^<>]*>", longer) else longer

    def _constant(self, name: str, file: _File) -> tuple[ast.expr | None, _File]:
        if name in file.imports:
            source, there = file.imports[name]
            if source in self._files:
                return self._constant(there, self._files[source])
        return file.constants.get(name), file

    def _function(self, name: str, file: _File) -> tuple[ast.FunctionDef, _File] | None:
        if name in file.imports:
            source, there = file.imports[name]
            return self._function(there, self._files[source]) if source in self._files else None
        return (file.functions[name], file) if name in file.functions else None


def _read(path: Path, plugins: Path) -> _File:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    constants: dict[str, ast.expr] = {}
    imports: dict[str, tuple[str, str]] = {}
    for statement in tree.body:
        if isinstance(statement, ast.Assign):
            targets, value = statement.targets[0], statement.value
            if isinstance(targets, ast.Name):
                constants[targets.id] = value
            elif isinstance(targets, ast.Tuple) and isinstance(value, ast.Tuple):
                constants |= {t.id: v for t, v in zip(targets.elts, value.elts, strict=False) if isinstance(t, ast.Name)}
        if isinstance(statement, ast.ImportFrom) and statement.module:
            source = _source(statement, path, plugins)
            imports |= {each.asname or each.name: (source, each.name) for each in statement.names}
    functions = {node.name: node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    return _File(path.relative_to(plugins).as_posix(), tree, constants, functions, imports)


def _source(statement: ast.ImportFrom, path: Path, plugins: Path) -> str:
    module = statement.module or ""
    if statement.level:
        folder = path.relative_to(plugins).parents[statement.level - 1]
        return (folder / module.replace(".", "/")).as_posix() + ".py"
    return module.removeprefix("ansible_collections.configmgr.site.plugins.").replace(".", "/") + ".py"


def _is_optional(node: ast.IfExp) -> bool:
    return any(isinstance(part, ast.Constant) and part.value == "" for part in (node.body, node.orelse))


def _word(node: ast.expr) -> str:
    """What an expression is, in a word or two."""
    match node:
        case ast.Name(id=name):
            return name.strip("_").replace("_", " ").lower()
        case ast.Attribute(value=value, attr="value" | "message"):
            return _word(value)
        case ast.Attribute(attr=name) if name.isupper():
            return name.lower()
        case ast.Attribute(attr=name):
            return name.strip("_").replace("_", " ")
        case ast.Subscript(value=value, slice=ast.Constant(value=str(name))):
            return name.replace("_", " ") if name else _word(value)
        case ast.Subscript(value=value):
            return _word(value)
        case ast.Call(func=ast.Attribute(value=value, attr="strip" | "rstrip" | "lower" | "get")):
            return _word(value)
        case ast.Call(func=ast.Name(id="len"), args=[first]):
            return f"number of {_word(first)}"
        case ast.Call(args=[first, *_]) if not isinstance(first, ast.Constant):
            return _word(first)
        case ast.Call(func=function):
            return _word(function)
        case ast.GeneratorExp(elt=element) | ast.ListComp(elt=element):
            return _word(element)
        case ast.BoolOp(values=[first, *_]):
            return _word(first)
        case ast.BinOp(left=left, right=right):
            return _word(right if isinstance(left, ast.Constant) else left)
        case ast.JoinedStr(values=values):
            return next((_word(part.value) for part in values if isinstance(part, ast.FormattedValue)), "text")
        case ast.IfExp(body=body, orelse=orelse):
            return _word(orelse if isinstance(body, ast.Constant) else body)
        case ast.Starred(value=value):
            return _word(value)
    return "value"


def _name_of_call(node: ast.AST) -> str:
    if not isinstance(node, ast.Call):
        return ""
    return node.func.id if isinstance(node.func, ast.Name) else node.func.attr if isinstance(node.func, ast.Attribute) else ""


def _from_callers(node: ast.expr, function: ast.FunctionDef, file: _File) -> list[tuple[ast.expr, ast.FunctionDef]]:
    """An expression and the function that it stands in; of a parameter, what the calls in the same file give for it."""
    names = [each.arg for each in function.args.args if each.arg != "self"]
    if not isinstance(node, ast.Name) or node.id not in names:
        return [(node, function)]
    position = names.index(node.id)
    return [
        (call.args[position], caller)
        for caller in ast.walk(file.tree)
        if isinstance(caller, ast.FunctionDef)
        for call in _own_nodes(caller)
        if isinstance(call, ast.Call) and _name_of_call(call) == function.name and len(call.args) > position
    ]


def _own_nodes(function: ast.FunctionDef) -> Iterator[ast.AST]:
    """The nodes of a function, without those of functions within it, in the order of the file."""
    waiting: list[ast.AST] = list(reversed(function.body))
    while waiting:
        node = waiting.pop()
        yield node
        waiting += [child for child in reversed(list(ast.iter_child_nodes(node))) if not isinstance(child, ast.FunctionDef)]


def _assignments(function: ast.FunctionDef) -> dict[str, list[ast.expr]]:
    found: dict[str, list[ast.expr]] = {}
    for node in _own_nodes(function):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            found.setdefault(node.targets[0].id, []).append(node.value)
    return found
