# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the guides say can be done, can be: their examples have options, variables and hosts that there are."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from importlib import import_module
from inspect import getsource, signature
from pathlib import Path
from typing import Any

import pytest
import yaml
from guides import GUIDES, Example, examples_of_guides, what_modules_ask
from winrm.protocol import Protocol

ROOT = Path(__file__).parents[3]
MODULES = sorted(path.stem for path in (ROOT / "plugins/modules").glob("*.py"))
EXAMPLES = examples_of_guides()


def every(content: Any) -> Iterator[dict[str, Any]]:
    """All mappings in it, however deep."""
    if isinstance(content, dict):
        yield content
        content = list(content.values())
    if isinstance(content, list):
        for each in content:
            yield from every(each)


def variables_of_connections() -> set[str]:
    found = {"ansible_connection"}
    for name in ("winrm", "psrp"):
        source = getsource(import_module(f"ansible.plugins.connection.{name}"))
        found |= set(re.findall(r"name: (ansible_\w+)", source))
    # The first hands all others to pywinrm
    return found | {f"ansible_winrm_{name}" for name in signature(Protocol.__init__).parameters}


def variables_of_roles() -> set[str]:
    found: set[str] = set()
    for path in ROOT.glob("roles/*/meta/argument_specs.yml"):
        for entry in yaml.safe_load(path.read_text(encoding="utf-8"))["argument_specs"].values():
            found |= set(entry["options"])
    for path in ROOT.glob("playbooks/*.yml"):
        found |= set(re.findall(r"service_connection_point_\w+", path.read_text(encoding="utf-8")))
    return found


@pytest.mark.parametrize("example", EXAMPLES, ids=str)
def test_tasks_have_options_and_choices_that_their_modules_take(example: Example) -> None:
    for mapping in every(example.content):
        for key, options in mapping.items():
            if not key.startswith("configmgr.site.") or not isinstance(options, dict | None):
                continue
            specification = import_module(f"ansible_collections.configmgr.site.plugins.action.{key.split('.')[2]}")
            taken = specification.ActionModule.ARGUMENT_SPEC
            for name, value in (options or {}).items():
                assert name in taken, f"{key} has no option {name}"
                choices = taken[name].get("choices")
                if choices and "{{" not in str(value):
                    assert set(value if isinstance(value, list) else [value]) <= set(choices), f"{key}: {name}"


@pytest.mark.parametrize("guide", sorted(GUIDES.glob("*.rst")), ids=lambda path: path.stem)
def test_variables_are_there(guide: Path) -> None:
    text = guide.read_text(encoding="utf-8")
    used = set(re.findall(r"\bservice_connection_point_\w+(?=[:=])", text))
    results = {"service_connection_point_info", "service_connection_point_server_info"}
    assert used - variables_of_roles() - results == set()
    used = set(re.findall(r"\bansible_(?:winrm|psrp)_\w+|\bansible_(?:user|password|port|host|connection)\b", text))
    assert used - variables_of_connections() == set()


def test_every_guide_is_in_the_site_and_has_the_label_of_its_name() -> None:
    listed = yaml.safe_load((GUIDES.parent / "extra-docs.yml").read_text(encoding="utf-8"))["sections"]
    assert sorted(name for section in listed for name in section["toctree"]) == sorted(
        path.stem for path in GUIDES.glob("*.rst")
    )
    for path in GUIDES.glob("*.rst"):
        assert f".. _ansible_collections.configmgr.site.docsite.{path.stem}:\n" in path.read_text(encoding="utf-8")


def test_the_guide_on_rights_has_every_module() -> None:
    assert sorted(what_modules_ask()) == MODULES


def test_an_option_that_there_is_not_would_be_found() -> None:
    wrong = Example("none", 1, json.loads('[{"hosts": "a", "tasks": [{"configmgr.site.component": {"nmae": "X"}}]}]'))
    with pytest.raises(AssertionError, match="has no option nmae"):
        test_tasks_have_options_and_choices_that_their_modules_take(wrong)
