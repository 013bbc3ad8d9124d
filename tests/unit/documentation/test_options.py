# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the documentation of a module says of its options is what its action accepts."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import yaml

COLLECTION = "ansible_collections.configmgr.site"
ROOT = Path(__file__).parents[3]
MODULES = sorted(path.stem for path in (ROOT / "plugins/modules").glob("*.py"))
ASKS_NOBODY = "service_connection_point_health_report"
"""The module that is in no action group, as it knows neither sites nor servers."""


def documentation(module: str) -> dict[str, Any]:
    """The module's documentation with its fragments' options merged in, as ansible-doc does."""
    loaded: dict[str, Any] = yaml.safe_load(import_module(f"{COLLECTION}.plugins.modules.{module}").DOCUMENTATION)
    options: dict[str, Any] = dict(loaded.get("options") or {})
    for name in loaded.get("extends_documentation_fragment", ()):
        _namespace, _collection, fragment, *variant = name.split(".")
        source = import_module(f"{COLLECTION}.plugins.doc_fragments.{fragment}").ModuleDocFragment
        text = getattr(source, (variant[0] if variant else "documentation").upper())
        options |= yaml.safe_load(text).get("options") or {}
    return {**loaded, "options": options}


def specification(module: str) -> dict[str, Any]:
    action = import_module(f"{COLLECTION}.plugins.action.{module}").ActionModule
    assert module == action.MODULE
    return dict(action.ARGUMENT_SPEC)


def comparable(option: dict[str, Any]) -> dict[str, Any]:
    return {key: option.get(key) for key in ("type", "elements", "required", "default", "choices", "aliases")}


def test_there_is_an_action_for_every_module_and_the_other_way_round() -> None:
    assert sorted(path.stem for path in (ROOT / "plugins/action").glob("*.py")) == MODULES
    groups = yaml.safe_load((ROOT / "meta/runtime.yml").read_text())["action_groups"]
    assert sorted([ASKS_NOBODY, *(module for group in groups.values() for module in group)]) == MODULES


@pytest.mark.parametrize("module", MODULES)
def test_documentation_and_specification_agree(module: str) -> None:
    documented = documentation(module)["options"]
    specified = specification(module)
    assert sorted(documented) == sorted(specified)
    for name in documented:
        assert comparable(documented[name]) == comparable(specified[name]), name


@pytest.mark.parametrize("module", MODULES)
def test_every_option_is_described_and_stands_in_an_example(module: str) -> None:
    examples = yaml.safe_load(import_module(f"{COLLECTION}.plugins.modules.{module}").EXAMPLES)
    used = {option for task in examples for option in task.get(f"{COLLECTION.partition('.')[2]}.{module}") or {}}
    for name, option in documentation(module)["options"].items():
        assert option["description"], name
        assert name in used, f"no example uses {name}"
