# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the guides say can be done, can be: their examples have options and variables that there are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib import import_module
from inspect import getsource, signature
from pathlib import Path
from typing import Any

import pytest
import yaml
from guides import GUIDES, blocks, what_modules_ask
from winrm.protocol import Protocol

ROOT = Path(__file__).parents[3]
MODULES = sorted(path.stem for path in (ROOT / "plugins/modules").glob("*.py"))
EXAMPLES = [(guide, yaml.safe_load(text)) for guide, text in blocks("yaml")]


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
    files = [yaml.safe_load(path.read_text(encoding="utf-8")) for path in ROOT.glob("roles/*/meta/argument_specs.yml")]
    found = {name for file in files for entry in file["argument_specs"].values() for name in entry["options"]}
    # Of the playbooks, which name their hosts with it
    return found | {"service_connection_point_provider"}


def check_options(content: Any) -> None:
    """Tasks have options that their modules take, and values that these allow."""
    for mapping in every(content):
        for key, options in mapping.items():
            if not key.startswith("configmgr.site."):
                continue
            taken = import_module(
                f"ansible_collections.configmgr.site.plugins.action.{key.split('.')[2]}"
            ).ActionModule.ARGUMENT_SPEC
            for name, value in (options or {}).items():
                assert name in taken, f"{key} has no option {name}"
                choices = taken[name].get("choices")
                assert not choices or set(value if isinstance(value, list) else [value]) <= set(choices), f"{key}: {name}"


@pytest.mark.parametrize(
    ("guide", "content"), EXAMPLES, ids=[f"{guide} {number}" for number, (guide, _content) in enumerate(EXAMPLES)]
)
def test_an_example_has_options_that_there_are(guide: str, content: Any) -> None:
    check_options(content)


@pytest.mark.parametrize("options", [{"nmae": "X"}, {"state": "restared"}])
def test_an_option_or_a_value_that_there_is_not_is_found(options: dict[str, str]) -> None:
    with pytest.raises(AssertionError, match="component"):
        check_options([{"hosts": "all", "tasks": [{"configmgr.site.component": options}]}])


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: path.stem)
def test_variables_are_there(guide: Path) -> None:
    text = guide.read_text(encoding="utf-8")
    used = set(re.findall(r"\bservice_connection_point_\w+(?=[:=])", text))
    assert used - variables_of_roles() - {f"service_connection_point_{name}" for name in ("info", "server_info")} == set()
    used = set(re.findall(r"\bansible_(?:winrm|psrp)_\w+|\bansible_(?:user|password|port|host|connection)\b", text))
    assert used - variables_of_connections() == set()


def test_the_commands_name_playbooks_and_variables_that_are_there() -> None:
    playbooks = {path.stem for path in (ROOT / "playbooks").glob("*.yml")}
    variables = " ".join(path.read_text() for path in (ROOT / "roles").glob("*/meta/argument_specs.yml"))
    commands = [text for _guide, text in blocks("shell")]
    assert {name for text in commands for name in re.findall(r"configmgr\.site\.(\w+)", text)} <= playbooks | {
        "connection_info"
    }
    for name in {name for text in commands for name in re.findall(r"-e (\w+)=", text)}:
        assert f"{name}:" in variables, name


def test_every_guide_is_in_the_site_and_has_the_label_of_its_name() -> None:
    listed = yaml.safe_load((ROOT / "docs/docsite/extra-docs.yml").read_text(encoding="utf-8"))["sections"]
    assert sorted(name for section in listed for name in section["toctree"]) == [path.stem for path in GUIDES]
    for path in GUIDES:
        assert f".. _ansible_collections.configmgr.site.docsite.{path.stem}:\n" in path.read_text(encoding="utf-8")


def test_every_module_has_its_rights_and_its_check_mode() -> None:
    assert sorted(what_modules_ask()) == MODULES
    table = (ROOT / "docs/docsite/rst/check_mode.rst").read_text(encoding="utf-8").partition("Module by module")[2]
    cells = re.findall(r"^   \* - ((?:.|\n       )+)", table, re.MULTILINE)
    assert sorted(name for cell in cells for name in re.findall(r"``(\w+)``", cell)) == MODULES
