# SPDX-FileCopyrightText: configmgr.site contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The collection as it is installed, with all taken out that is not needed when it runs, as execution environments do."""

from __future__ import annotations

from pathlib import Path

import collection_copies
import pytest
from plays import Site

PLAYBOOKS = {
    "set_mode": {"mode": "offline"},
    "check": {"mode": "offline"},
}


@pytest.fixture(scope="session")
def collections(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with nothing but the installed collection."""
    directory = tmp_path_factory.mktemp("installed")
    copy = collection_copies.copy_to(directory / "clone")
    tarball = collection_copies.build(copy, directory)
    collection_copies.install_stripped(tarball, directory / "collections")
    return directory / "collections"


def test_nothing_but_what_collections_may_count_on_is_needed(role: Site, collections: Path, tmp_path: Path) -> None:
    left = {path.name for path in (collections / "ansible_collections/configmgr/site").iterdir()}
    assert left == collection_copies.KEPT
    page = tmp_path / "health.html"
    environment = {
        **collection_copies.only(collections),
        "ANSIBLE_HOME": str(tmp_path),
        "ANSIBLE_CONFIG": str(collection_copies.ROOT / "tests/ansible.cfg"),
    }
    said = ""
    for playbook, values in PLAYBOOKS.items():
        variables = {f"service_connection_point_{name}": value for name, value in values.items()}
        variables["service_connection_point_health_page"] = str(page)
        command = ["ansible-playbook", "-v", "-i", str(role.lab.inventory_file), f"configmgr.site.{playbook}"]
        for name, value in variables.items():
            command += ["-e", f"{name}={value}"]
        # Away from the clone, whose directories Ansible would look in
        said = collection_copies.run(*command, cwd=tmp_path, environment=environment)
    assert "srv1.corp.example, offline: nothing is wrong" in said
    assert page.read_text().startswith("<!DOCTYPE html>")


def test_the_documentation_can_be_shown(collections: Path, tmp_path: Path) -> None:
    environment = {**collection_copies.only(collections), "ANSIBLE_HOME": str(tmp_path)}
    command = ("ansible-doc", "configmgr.site.service_connection_point")
    assert "site_system" in collection_copies.run(*command, cwd=tmp_path, environment=environment)
