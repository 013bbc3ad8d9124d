# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is said to work is what ``make ansible-versions`` has run."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
import yaml
from ansible_versions import LOWEST, NEWEST, PYTHONS, REQUIREMENTS, ROOT, SUPPORTED, Outcome, chosen, committed_rows, rows


def test_what_the_collection_asks_for_is_the_lowest_that_is_tested() -> None:
    runtime = yaml.safe_load((ROOT / "meta/runtime.yml").read_text())
    assert runtime["requires_ansible"] == f">={LOWEST}.0"
    assert f"\nansible-core>={LOWEST} " in (ROOT / "requirements.txt").read_text()
    for role in (ROOT / "roles").glob("*/meta/main.yml"):
        assert yaml.safe_load(role.read_text())["galaxy_info"]["min_ansible_version"] == LOWEST
    assert f"'ansible-core>={LOWEST}'" in (ROOT / "README.md").read_text()


def test_an_execution_environment_gets_what_the_collection_asks_for() -> None:
    names = {}
    for file in ("requirements.txt", "meta/ee-requirements.txt"):
        lines = [line.partition("#")[0].strip() for line in (ROOT / file).read_text().splitlines()]
        names[file] = {re.sub(r"\[.*\]", "", line) for line in lines if line}
    # It is there anyway, in the version that whoever builds it wants
    assert names["requirements.txt"] - names["meta/ee-requirements.txt"] == {f"ansible-core>={LOWEST}"}


def test_the_table_of_the_readme_has_every_version_and_no_failure() -> None:
    _head, _line, *lines = committed_rows()
    assert [re.findall(r"^\| (\d+\.\d+)\.\d+ ", line) for line in lines] == [[version] for version in SUPPORTED]
    for line, pythons in zip(lines, SUPPORTED.values(), strict=True):
        cells = dict(zip(PYTHONS, (cell.strip() for cell in line.split("|")[2:-1]), strict=True))
        assert {python for python, cell in cells.items() if cell} == set(pythons)
        assert set(cells.values()) <= {"yes", "not run", ""} and "yes" in cells.values(), line


def test_a_failure_and_what_was_not_run_are_seen_in_the_table() -> None:
    verdicts = {(LOWEST, "3.11"): "failed", (NEWEST, "3.14"): "not run"}
    outcomes = [Outcome(*key, verdicts.get(key, "passed"), f"{key[0]}.5") for key in chosen([])]
    table = rows(outcomes)
    assert table[2] == f"| {LOWEST}.5 | **fails** | yes |  |  |"
    assert table[-1] == f"| {NEWEST}.5 |  | yes | yes | not run |"


def test_a_version_that_there_is_none_of() -> None:
    with pytest.raises(SystemExit, match=r"There is no 2\.4\. There are: lowest, newest, 2\.16"):
        chosen(["2.4"])


def test_what_is_loaded_with_the_tests_is_installed_with_every_version() -> None:
    tests = ROOT / "tests"
    of_packages = packages_distributions()
    left, seen, loaded = [tests / "conftest.py", *(tests / "integration").glob("*.py")], set(), set()
    while left:
        path = left.pop()
        seen.add(path)
        names = roots_of_imports(path)
        loaded |= {distribution for name in names for distribution in of_packages.get(name, ())}
        own = [file for name in names for file in (tests / f"{name}.py", *(tests / name).rglob("*.py")) if file.exists()]
        left += [file for file in own if file not in seen]
    assert "hypothesis" in loaded
    assert loaded & requirements([tests / "requirements.txt"]) <= requirements(REQUIREMENTS)


def roots_of_imports(path: Path) -> set[str]:
    nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    modules = [alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names]
    modules += [node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module and not node.level]
    return {module.partition(".")[0] for module in modules}


def requirements(paths: Iterable[Path]) -> set[str]:
    return {name for path in paths for name in re.findall(r"^[\w-]+", path.read_text(encoding="utf-8"), re.MULTILINE)}
