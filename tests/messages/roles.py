# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sentences with which roles and playbooks fail, read from their templates."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import product
from pathlib import Path
from typing import Any

import yaml
from jinja2 import Environment, TemplateSyntaxError, nodes

_PREFIX = re.compile(r"^_*service_connection_point_(?:offline_|health_|move_)?")
_DEEPEST = 3


def sentences_of_roles(root: Path) -> list[str]:
    """Everything that an assert or a fail of a role or playbook may say, each once."""
    variables: dict[str, Any] = {}
    for path in sorted(root.glob("roles/*/vars/*.yml")):
        variables |= yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    found: dict[str, None] = {}
    for folder in ("playbooks", "roles"):
        for path in sorted((root / folder).rglob("*.yml")):
            for template in _templates(yaml.safe_load(path.read_text(encoding="utf-8"))):
                for text in _texts(template, variables, 0):
                    sentence = " ".join(text.split())
                    if len(re.sub(r"<[^>]*>", "", sentence).split()) > 3:
                        found[sentence] = None
    return sorted(found)


def _templates(content: Any) -> Iterator[str]:
    if isinstance(content, list):
        for each in content:
            yield from _templates(each)
    if isinstance(content, dict):
        for key, value in content.items():
            if key == "fail_msg" and isinstance(value, str):
                yield value
            elif key == "ansible.builtin.fail" and isinstance(value, dict):
                yield value["msg"]
            else:
                yield from _templates(value)


def _texts(template: str, variables: Mapping[str, Any], depth: int) -> list[str]:
    try:
        parsed = Environment().parse(template)
    except TemplateSyntaxError:
        return []
    parts = [part for output in parsed.body if isinstance(output, nodes.Output) for part in output.nodes]
    return ["".join(each) for each in product(*(_said(part, variables, depth) for part in parts))]


def _said(node: nodes.Node, variables: Mapping[str, Any], depth: int) -> list[str]:
    """What an expression may say."""
    match node:
        case nodes.TemplateData(data=text):
            return [text]
        case nodes.Const(value=str(text)):
            return [text]
        case nodes.CondExpr(expr1=one, expr2=other):
            return _said(one, variables, depth) + (_said(other, variables, depth) if other else [])
        case nodes.Concat(nodes=parts):
            return ["".join(each) for each in product(*(_said(part, variables, depth) for part in parts))]
        case nodes.Add(left=left):
            return _said(left, variables, depth)
        case nodes.List(items=[first, *_]):
            return _said(first, variables, depth)
        case nodes.Or(left=left, right=right):
            return _said(left, variables, depth) + _said(right, variables, depth)
        case nodes.Name(name=name) if depth < _DEEPEST and isinstance(variables.get(name), str):
            texts = _texts(variables[name], variables, depth + 1)
            if any(re.search(r"[a-z]+ [a-z]+ [a-z]+", re.sub(r"<[^>]*>", "", text)) for text in texts):
                return texts
    return [f"<{_word(node)}>"]


def _word(node: nodes.Node | None) -> str:
    match node:
        case nodes.Name(name=name):
            return _PREFIX.sub("", name).replace("_", " ").strip() or name
        case nodes.Getattr(attr=name):
            return name.replace("_", " ")
        case nodes.Filter(node=inner) | nodes.Getitem(node=inner) | nodes.List(items=[inner, *_]):
            return _word(inner)
    return "value"
